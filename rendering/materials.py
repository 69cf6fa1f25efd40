"""Materials with something to focus on: procedural patterns and photographs, textured in object space."""

from pathlib import Path

import bpy
import numpy as np

PATTERNS = ("noise", "brick", "checker", "cells", "waves", "speckle")
Colour = tuple[float, float, float]


class Surface:
    """A material under construction: `node` adds a node, and `finish` wires a colour into its shader."""

    def __init__(self, name: str):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes["Principled BSDF"]
        self.coordinates = self.node("ShaderNodeTexCoord").outputs["Object"]

    def node(self, kind: str, properties: dict | None = None, **inputs):
        """Add a node; each input (spaces as _) is a value or the socket it comes from."""
        node = self.tree.nodes.new(kind)
        for name, value in (properties or {}).items():
            setattr(node, name, value)
        for name, value in inputs.items():
            self.connect(value, node.inputs[name.replace("_", " ")])
        return node

    def connect(self, value, socket) -> None:
        """Link where the value is a socket, else set the socket's own value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = (*value, 1.0) if socket.type == "RGBA" else value

    def mapped(self, scale, rotation=(0.0, 0.0, 0.0), location=(0.0, 0.0, 0.0)):
        """Object coordinates scaled, turned and moved."""
        scale = (scale,) * 3 if isinstance(scale, float) else scale
        node = self.node(
            "ShaderNodeMapping", Vector=self.coordinates, Scale=scale, Rotation=rotation, Location=location
        )
        return node.outputs["Vector"]

    def noise(self, vector, detail: float = 8.0, roughness: float = 0.6, distortion: float = 0.0):
        """Fractal noise, 0 to 1."""
        node = self.node(
            "ShaderNodeTexNoise",
            Vector=vector,
            Scale=1.0,
            Detail=detail,
            Roughness=roughness,
            Distortion=distortion,
        )
        return node.outputs["Fac"]

    def ramp(self, factor, stops: list[tuple[float, Colour]]):
        """Colours at positions 0 to 1, blended linearly."""
        node = self.node("ShaderNodeValToRGB", Fac=factor)
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops, strict=True):
            element.position, element.color = position, (*colour, 1.0)
        return node.outputs["Color"]

    def multiplied(self, colour, other, amount: float = 1.0):
        """The product of two colours, by `amount`."""
        node = self.node("ShaderNodeMix", {"data_type": "RGBA", "blend_type": "MULTIPLY"})
        for value, socket in ((amount, 0), (colour, 6), (other, 7)):
            self.connect(value, node.inputs[socket])
        return node.outputs[2]

    def grained(self, colour, repeats: float):
        """The colour under fine grain: a bare patch has no depth that focus could tell. None with 0."""
        if not repeats:
            return colour
        grain = self.noise(self.mapped(repeats), detail=4.0, roughness=0.7)
        return self.multiplied(colour, self.ramp(grain, [(0.36, (0.3,) * 3), (0.64, (1.0,) * 3)]))

    def finish(self, colour, roughness=0.6, bump=None, depth: float = 0.0, metallic: float = 0.0):
        """The material; `bump` is a height that tilts the normals, `depth` metres from 0 to 1."""
        self.connect(colour, self.shader.inputs["Base Color"])
        self.connect(roughness, self.shader.inputs["Roughness"])
        self.connect(metallic, self.shader.inputs["Metallic"])
        if bump is not None:
            node = self.node("ShaderNodeBump", Height=bump, Distance=depth)
            self.connect(node.outputs["Normal"], self.shader.inputs["Normal"])
        return self.material


def pattern(
    kind: str, repeats: float, grain: float, colours: list[Colour], rotation=(0.0, 0.0, 0.0), roughness=0.6
):
    """A procedural material of three colours, with so many features and finer grains a metre."""
    surface = Surface(kind)
    vector = surface.mapped(repeats, rotation)
    first, second, third = colours
    if kind == "brick":
        node = surface.node(
            "ShaderNodeTexBrick", Vector=vector, Color1=first, Color2=second, Mortar=third, Scale=1.0
        )
        colour = node.outputs["Color"]
    elif kind == "checker":
        node = surface.node("ShaderNodeTexChecker", Vector=vector, Color1=first, Color2=second, Scale=1.0)
        colour = node.outputs["Color"]
    elif kind == "cells":
        cells = surface.node("ShaderNodeTexVoronoi", Vector=vector, Scale=1.0).outputs["Distance"]
        colour = surface.ramp(cells, [(0.1, first), (0.45, second), (0.8, third)])
    elif kind == "waves":
        waves = surface.node("ShaderNodeTexWave", Vector=vector, Scale=1.0, Distortion=4.0, Detail=4.0)
        colour = surface.ramp(waves.outputs["Fac"], [(0.2, first), (0.5, second), (0.8, third)])
    elif kind == "speckle":
        spots = surface.noise(surface.mapped(repeats * 3, rotation), detail=2.0)
        colour = surface.ramp(spots, [(0.45, first), (0.52, second), (0.62, third)])
    else:
        clouds = surface.noise(vector, detail=6.0, roughness=0.7, distortion=0.5)
        colour = surface.ramp(clouds, [(0.35, first), (0.5, second), (0.65, third)])
    return surface.finish(surface.grained(colour, grain), roughness)


def photograph(path: Path, repeats: float, grain: float, rotation=(0.0, 0.0, 0.0), roughness=0.6):
    """A photograph laid on from all six sides, `repeats` times a metre, under `grain` grains a metre."""
    surface = Surface(path.stem)
    image = bpy.data.images.load(str(path), check_existing=True)
    node = surface.node(
        "ShaderNodeTexImage",
        {"image": image, "projection": "BOX", "projection_blend": 0.1, "extension": "MIRROR"},
        Vector=surface.mapped(repeats, rotation, (0.5, 0.5, 0.5)),
    )
    return surface.finish(surface.grained(node.outputs["Color"], grain), roughness)


def plain(colour: Colour, roughness=0.6):
    """A material of one colour, as seamless backdrops and painted walls have it."""
    return Surface("plain").finish(colour, roughness)


def diffuse_panorama(path: Path) -> bpy.types.Image:
    """An equirectangular panorama blurred to what a matt surface sees of it, of mean brightness 1."""
    image = bpy.data.images.load(str(path))
    image.scale(8, 4)
    pixels = np.empty((4, 8, 4), dtype=np.float32)
    image.pixels.foreach_get(pixels.ravel())
    pixels[..., :3] = np.clip(pixels[..., :3] / pixels[..., :3].mean(), 0.2, 3.0)
    image.pixels.foreach_set(pixels.ravel())
    return image


def add_ambient(
    material: bpy.types.Material, panorama: bpy.types.Image, turn: float, strength: float
) -> None:
    """Let a Principled material glow as the panorama, turned about the vertical, would light it."""
    tree = material.node_tree
    shader = tree.nodes.get("Principled BSDF") if tree else None
    if shader is None:
        return
    normal = tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"]
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value = (0.0, 0.0, turn)
    light = tree.nodes.new("ShaderNodeTexEnvironment")
    light.image = panorama
    product = tree.nodes.new("ShaderNodeMix")
    product.data_type, product.blend_type = "RGBA", "MULTIPLY"
    product.inputs[0].default_value = 1.0
    colour = shader.inputs["Base Color"]
    if colour.is_linked:
        tree.links.new(colour.links[0].from_socket, product.inputs[6])
    else:
        product.inputs[6].default_value = colour.default_value
    tree.links.new(normal, mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], light.inputs["Vector"])
    tree.links.new(light.outputs["Color"], product.inputs[7])
    tree.links.new(product.outputs[2], shader.inputs["Emission Color"])
    shader.inputs["Emission Strength"].default_value = strength
    shader.inputs["Specular IOR Level"].default_value = 0.15  # highlights of a bare sun would sparkle
