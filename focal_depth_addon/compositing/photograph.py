"""Focal Depth Photograph: the result's picture and depth, at the render's size and in Blender units."""

import bpy

from ...backend.contract.files import DEPTH_EXR
from .. import result_folder
from .nodes import INFINITY, Group, result_group
from .result import Result

KIND = "Photograph"
DESCRIPTION = "All-in-focus picture of the stack and its depth, at the render's size"


def update_group(result: Result) -> bpy.types.NodeTree:
    """Return the group that shows a result."""

    def draw(group: Group) -> None:
        passes = group.image(result_folder.load_image(result.folder / DEPTH_EXR))
        units = group.math("MULTIPLY", passes["Depth"], result.units_per_metre)
        finite = group.math("MINIMUM", units, INFINITY)  # infinity does not survive being resampled
        group.output("Image", group.fit(passes["Combined"]), "All-in-focus picture")
        depth = group.fit(finite, nearest=True)
        group.output("Depth", depth, "Distance along the optical axis, in Blender units")
        confidence = group.fit(passes["Confidence"])
        group.output("Confidence", confidence, "Reliability of the depth, 0 to 1")

    return result_group(KIND, DESCRIPTION, result.folder, draw)
