"""Focal Depth Fog: photograph and render fade with distance."""

from . import depth_merge
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Fog"
DESCRIPTION = "Even fog, which hides more of the picture with distance"
MIN_RANGE = 1e-6


def draw(group: Group) -> None:
    """Draw even fog, which lets through e^(-extinction x distance) (Beer and Lambert).

    Density and End set the extinction.
    """
    image = group.colour("Image", (0, 0, 0, 1), "Picture that the fog hides")
    depth = group.depth("Depth", "Depth of the picture, in Blender units")
    colour = group.colour("Colour", (0.7, 0.76, 0.82, 1), "Colour of the fog", is_picture=False)
    density = group.number(
        "Density", 0.5, "Share that the fog hides of an object at the End distance", 0, 1, subtype="FACTOR"
    )
    start = group.number("Start", 1, "Distance at which the fog begins", 0, INFINITY, subtype="DISTANCE")
    end = group.number(
        "End", 10, "Distance at which the fog has reached its Density", 0, INFINITY, subtype="DISTANCE"
    )

    span = group.math("MAXIMUM", group.math("SUBTRACT", end, start), MIN_RANGE)
    way = group.math("DIVIDE", group.math("MAXIMUM", group.math("SUBTRACT", depth, start), 0), span)
    hidden = group.math("SUBTRACT", 1, group.math("POWER", group.math("SUBTRACT", 1, density), way))
    amount = group.antialias(hidden)
    group.output("Image", group.over(amount, image, colour), "Picture in fog")
    group.output("Fog", amount, "Share of the picture that the fog hides, 0 to 1")


def apply(tree: SceneTree, result: Result) -> None:
    """Add fog to the output of a compositor, from the nearest to the farthest part of the photograph."""
    if tree.find(KIND) is None:
        fog = tree.append(shared_group(KIND, DESCRIPTION, draw))
        tree.link(tree.get(depth_merge.KIND).outputs["Depth"], fog.inputs["Depth"])
        fog.inputs["Start"].default_value, fog.inputs["End"].default_value = result.effect_range
