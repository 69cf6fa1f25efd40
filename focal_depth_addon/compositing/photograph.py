"""Focal Depth Photograph: the result's picture and depth at the render's size, in Blender units."""

import bpy

from .. import result_folder
from .nodes import INFINITY, Group, result_group
from .result import Result

KIND = "Photograph"
DESCRIPTION = "The photograph, all in focus, with its depth, at the render's size"


def group(result: Result) -> bpy.types.NodeTree:
    def draw(group: Group) -> None:
        passes = group.image(result_folder.load_image(result.folder / result_folder.DEPTH))
        units = group.math("MULTIPLY", passes["Depth"], result.units_per_metre)
        finite = group.math("MINIMUM", units, INFINITY)  # infinity does not survive being resampled
        group.give("Image", group.fitted(passes["Combined"]), "The photograph, all in focus")
        depth = group.fitted(finite, nearest=True)
        group.give("Depth", depth, "Distance along the optical axis in Blender units")
        confidence = group.fitted(passes["Confidence"])
        group.give("Confidence", confidence, "How far the depth is to be trusted, 0 to 1")

    return result_group(KIND, DESCRIPTION, result.folder, draw)
