"""Focal Depth Matte: a mask of what lies between two distances."""

from . import depth_merge
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Matte"
DESCRIPTION = "1 where the picture shows something between Near and Far, 0 elsewhere"
MIN_SOFTNESS = 1e-6


def draw(group: Group) -> None:
    """Draw the matte."""
    depth = group.depth("Depth", "Depth of the picture, in Blender units")
    near = group.number("Near", 0, "Distance at which the matte begins", 0, INFINITY, subtype="DISTANCE")
    far = group.number("Far", 10, "Distance at which the matte ends", 0, INFINITY, subtype="DISTANCE")
    softness = group.number(
        "Softness",
        0,
        "Range before Near and beyond Far in which the matte fades",
        0,
        INFINITY,
        subtype="DISTANCE",
    )
    fading = group.math("MAXIMUM", softness, MIN_SOFTNESS)
    inside = (group.math("SUBTRACT", depth, near), group.math("SUBTRACT", far, depth))
    shares = (group.math("ADD", group.math("DIVIDE", each, fading), 1, clamp=True) for each in inside)
    matte = group.antialias(group.math("MULTIPLY", *shares))
    group.output("Matte", matte, "Matte, 0 to 1")


def apply(tree: SceneTree, result: Result) -> None:
    """Add a matte of the foreground, shown in a viewer; the output of the compositor stays as it is."""
    if tree.find(KIND) is None:
        merge = tree.get(depth_merge.KIND)
        matte = tree.beside(merge, shared_group(KIND, DESCRIPTION, draw), 1, 1)
        tree.link(merge.outputs["Depth"], matte.inputs["Depth"])
        near, far = result.effect_range
        middle = 2 * near * far / (near + far)  # in dioptres
        matte.inputs["Near"].default_value, matte.inputs["Far"].default_value = near, middle
        matte.inputs["Softness"].default_value = (middle - near) / 10
        tree.view(matte.outputs["Matte"])
