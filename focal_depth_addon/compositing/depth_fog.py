"""Focal Depth Fog: what is farther away is paler, photograph and render alike."""

from . import depth_merge
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Fog"
DESCRIPTION = "Even fog between the camera and what it sees"
LEAST_REACH = 1e-6


def draw(group: Group) -> None:
    """Even fog lets through e^(-extinction x way), Beer and Lambert; Density and End tell the extinction."""
    image = group.colour("Image", (0, 0, 0, 1), "The picture the fog lies over")
    depth = group.depth("Depth", "The picture's depth in Blender units")
    colour = group.colour("Colour", (0.7, 0.76, 0.82, 1), "The fog's colour", is_picture=False)
    density = group.number(
        "Density", 0.5, "How much of what stands at End the fog hides", 0, 1, subtype="FACTOR"
    )
    start = group.number("Start", 1, "Where the fog begins", 0, INFINITY, subtype="DISTANCE")
    end = group.number("End", 10, "Where Density is the fog's", 0, INFINITY, subtype="DISTANCE")

    reach = group.math("MAXIMUM", group.math("SUBTRACT", end, start), LEAST_REACH)
    way = group.math("DIVIDE", group.math("MAXIMUM", group.math("SUBTRACT", depth, start), 0), reach)
    hidden = group.math("SUBTRACT", 1, group.math("POWER", group.math("SUBTRACT", 1, density), way))
    amount = group.without_stairs(hidden)
    group.give("Image", group.over(amount, image, colour), "The picture in fog")
    group.give("Fog", amount, "How much of the picture the fog hides, 0 to 1")


def put(tree: SceneTree, result: Result) -> None:
    """Fog over all the tree gives, from the nearest to the farthest that the photograph shows."""
    if tree.find(KIND) is None:
        fog = tree.append(shared_group(KIND, DESCRIPTION, draw))
        tree.link(tree.find(depth_merge.KIND).outputs["Depth"], fog.inputs["Depth"])
        fog.inputs["Start"].default_value, fog.inputs["End"].default_value = result.reach
