"""Renders of the tests' scenes as arrays."""

import math
from pathlib import Path

import bpy
import numpy as np

WIDTH, HEIGHT = 320, 240  # of outside.py's pictures
EEVEE = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"


def psnr(picture: np.ndarray, truth: np.ndarray) -> float:
    """In decibels, of pictures from 0 to 1."""
    return -10 * math.log10(np.mean((picture - truth) ** 2))


def read_pixels(path: Path) -> np.ndarray:
    """(H,W,3) float32 as stored in the file, row 0 at the top."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty(4 * image.size[0] * image.size[1], dtype=np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(image.size[1], image.size[0], 4)[::-1, :, :3]
    bpy.data.images.remove(image)
    return pixels


def _render(scene: bpy.types.Scene, path: Path, file_format: str, engine: str = "CYCLES") -> None:
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # Blender 5.0
        settings.media_type = "MULTI_LAYER_IMAGE" if file_format.endswith("LAYER") else "IMAGE"
    settings.file_format = file_format
    scene.render.engine = engine
    scene.eevee.taa_render_samples = 4
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", 8, False
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def render_image(scene: bpy.types.Scene, path: Path, engine: str = "CYCLES") -> np.ndarray:
    """(H,W,3) float32 as the person sees it, sRGB-encoded."""
    _render(scene, path, "PNG", engine)
    return read_pixels(path)


def render_pass(scene: bpy.types.Scene, outside, folder: Path) -> np.ndarray:
    """(H,W) float32 Z in Blender units."""
    scene.view_layers[0].use_pass_z = True
    _render(scene, folder / "render.exr", "OPEN_EXR_MULTILAYER")
    outside("pass", folder / "render.exr", "Depth.Z", folder / "render.npy")
    return np.load(folder / "render.npy")


def add_emissive_cube(scene: bpy.types.Scene, depth: float, size: float) -> None:
    """A green cube, its front face `depth` Blender units before the world's origin, along +Y."""
    bpy.ops.mesh.primitive_cube_add(size=size, location=(0, depth + size / 2, 0))
    material = bpy.data.materials.new("Green")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    emission, output = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    emission.inputs["Color"].default_value = (0, 1, 0, 1)
    material.node_tree.links.new(emission.outputs[0], output.inputs["Surface"])
    bpy.context.object.data.materials.append(material)
