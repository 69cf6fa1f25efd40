"""Materials of the mesh: the photograph, and behind its cuts the picture of the background."""

import bpy

from .. import compat
from .nodes import Drawing


def new_photograph(name: str, image: bpy.types.Image) -> bpy.types.Material:
    """Return a material that emits an image: the photograph already holds its light."""
    material = new_material(name)
    drawing = Drawing(material.node_tree)
    emission = drawing.add("ShaderNodeEmission", add_texture(drawing, image))
    drawing.add("ShaderNodeOutputMaterial", emission.outputs[0])
    return material


def new_material(name: str) -> bpy.types.Material:
    """Return a material with nodes, none of whose faces is a lamp."""
    material = bpy.data.materials.new(name)
    compat.use_nodes(material)
    if hasattr(material, "cycles"):  # a lamp for every face would take minutes to prepare
        material.cycles.emission_sampling = "NONE"
    return material


def add_texture(
    drawing: Drawing, image: bpy.types.Image, place: bpy.types.NodeSocket | None = None
) -> bpy.types.NodeSocket:
    """Add an image to a drawing; return its colour at `place`, or at the UV map's."""
    node = drawing.add("ShaderNodeTexImage", place, image=image, extension="EXTEND")
    return node.outputs["Color"]
