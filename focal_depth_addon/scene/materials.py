"""What the mesh shows: the photograph, and behind its cuts the picture of the background."""

import bpy

from .. import compat
from .nodes import Drawing


def photograph(name: str, image: bpy.types.Image) -> bpy.types.Material:
    """Emission: the photograph already holds its light."""
    material = new(name)
    drawing = Drawing(material.node_tree)
    emission = drawing.add("ShaderNodeEmission", texture(drawing, image))
    drawing.add("ShaderNodeOutputMaterial", emission.outputs[0])
    return material


def new(name: str) -> bpy.types.Material:
    """A material with nodes, none of whose faces is a lamp."""
    material = bpy.data.materials.new(name)
    compat.use_nodes(material)
    if hasattr(material, "cycles"):  # a lamp for every face would take minutes to prepare
        material.cycles.emission_sampling = "NONE"
    return material


def texture(drawing: Drawing, image: bpy.types.Image, place: bpy.types.NodeSocket | None = None):
    """The colour of `image` at `place`, without one at the UV map's."""
    node = drawing.add("ShaderNodeTexImage", place, image=image, extension="EXTEND")
    return node.outputs["Color"]
