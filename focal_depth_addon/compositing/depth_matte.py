"""Focal Depth Matte: a mask of what stands between two distances."""

from . import depth_merge
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Matte"
DESCRIPTION = "1 where the picture shows something between Near and Far, 0 elsewhere"
LEAST_SOFTNESS = 1e-6


def draw(group: Group) -> None:
    depth = group.depth("Depth", "The picture's depth in Blender units")
    near = group.number("Near", 0, "All from here on is in the matte", 0, INFINITY, subtype="DISTANCE")
    far = group.number("Far", 10, "All up to here is in the matte", 0, INFINITY, subtype="DISTANCE")
    softness = group.number(
        "Softness", 0, "Depth before Near and behind Far over which it fades", 0, INFINITY, subtype="DISTANCE"
    )
    fading = group.math("MAXIMUM", softness, LEAST_SOFTNESS)
    inside = (group.math("SUBTRACT", depth, near), group.math("SUBTRACT", far, depth))
    shares = (group.math("ADD", group.math("DIVIDE", each, fading), 1, clamp=True) for each in inside)
    matte = group.without_stairs(group.math("MULTIPLY", *shares))
    group.give("Matte", matte, "0 to 1")


def put(tree: SceneTree, result: Result) -> None:
    """A matte of the foreground, shown in a viewer; it changes nothing."""
    if tree.find(KIND) is None:
        merge = tree.find(depth_merge.KIND)
        matte = tree.beside(merge, shared_group(KIND, DESCRIPTION, draw), 1, 1)
        tree.link(merge.outputs["Depth"], matte.inputs["Depth"])
        near, far = result.reach
        middle = 2 * near * far / (near + far)  # in dioptres
        matte.inputs["Near"].default_value, matte.inputs["Far"].default_value = near, middle
        matte.inputs["Softness"].default_value = (middle - near) / 10
        tree.view(matte.outputs["Matte"])
