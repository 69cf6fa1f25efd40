"""A photographer for Cycles: a thin lens that breathes, frames that do not quite line up, depth truth.

Cycles' own camera does not breathe: it keeps one field of view whatever it focuses on. Every frame here
gets the image distance s = f d / (d - f) for its focal length, which narrows the field of view as a thin
lens does, and the f-stop that keeps the aperture at f/N. The blur is then the thin lens's, to the letter.
"""

import tempfile
from dataclasses import dataclass
from math import cos, sin
from pathlib import Path

import bpy
import numpy as np
from focal_depth.lens.thin_lens import image_distance
from mathutils import Euler, Matrix

MILLIMETRES = 1000.0
SMALLEST_PIXEL_FILTER = 0.01


@dataclass(frozen=True)
class Lens:
    """Focal length and the width of the picture on the sensor in metres."""

    focal_length: float
    f_number: float
    sensor_width: float


@dataclass(frozen=True)
class Frame:
    """One photograph: where it is focused, and what its camera does beyond the thin lens.

    A point at p in the picture of a still thin lens, in pixels from the centre, lands at
    `scale * p + width * shift` here: shift is in widths of the picture, right and down. Translation
    (metres) and rotation (radians) are along and about the camera's own axes (right, up, backward).
    """

    focus_distance: float
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float] = (0.0, 0.0, 0.0)


def add_camera(height: float, pitch: float) -> bpy.types.Object:
    """The scene's camera, `height` metres over the origin, looking along +Y and down by `pitch` radians."""
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.matrix_world = Matrix(
        (
            (1, 0, 0, 0),
            (0, sin(pitch), -cos(pitch), 0),
            (0, cos(pitch), sin(pitch), height),
            (0, 0, 0, 1),
        )
    )
    camera.data.sensor_fit = "HORIZONTAL"
    camera.data.clip_start, camera.data.clip_end = 1e-3, 1e3
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return camera


def set_up_cycles(
    size: tuple[int, int], samples: int, noise: float, bounces: int, denoise: bool = False
) -> None:
    """Plain sRGB pictures of (width, height) `size`; fireflies are clamped."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "None"
    scene.cycles.samples = samples
    scene.cycles.adaptive_threshold = noise
    scene.cycles.adaptive_min_samples = samples // 3
    scene.cycles.use_denoising = denoise
    scene.render.use_persistent_data = True
    scene.cycles.max_bounces = bounces
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_direct = 4.0
    scene.cycles.sample_clamp_indirect = 3.0


def focus(camera: bpy.types.Object, lens: Lens, frame: Frame) -> None:
    """Turn the focus ring: the camera takes the lens's field of view, blur and the frame's offsets."""
    distance = float(image_distance(lens.focal_length, 1.0 / frame.focus_distance)) * frame.scale
    aperture = lens.focal_length / lens.f_number
    camera.data.sensor_width = lens.sensor_width * MILLIMETRES
    camera.data.lens = distance * MILLIMETRES
    camera.data.dof.use_dof = True
    camera.data.dof.focus_distance = frame.focus_distance
    camera.data.dof.aperture_fstop = distance / aperture
    # Blender shifts the sensor's view, right and up; the picture's content goes the other way.
    camera.data.shift_x, camera.data.shift_y = -frame.shift[0], frame.shift[1]


def photograph(camera: bpy.types.Object, lens: Lens, frame: Frame, path: Path, quality: int = 95) -> None:
    """Render the frame to a JPEG at `path`. The camera is back where it stood afterwards."""
    scene = bpy.context.scene
    stand = camera.matrix_world.copy()
    camera.matrix_world = (
        stand @ Matrix.Translation(frame.translation) @ Euler(frame.rotation).to_matrix().to_4x4()
    )
    focus(camera, lens, frame)
    scene.cycles.seed = int(1e6 * frame.focus_distance) % 2**31  # the noise of no two frames is the same
    scene.render.image_settings.file_format = "JPEG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.quality = quality
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    camera.matrix_world = stand


def picture(camera: bpy.types.Object, lens: Lens, frame: Frame, path: Path, colours: str = "RGB") -> None:
    """Render the frame without blur to a PNG at `path`; with RGBA as `colours` it may be see-through."""
    scene = bpy.context.scene
    focus(camera, lens, frame)
    camera.data.dof.use_dof = False
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode, scene.render.image_settings.color_depth = colours, "8"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def depth_truth(camera: bpy.types.Object, lens: Lens, frame: Frame) -> np.ndarray:
    """(H, W) float32 planar depth in metres of `frame` without blur, exactly at the pixel centres.

    Every surface emits its own distance along the optical axis, and one sample through the smallest pixel
    filter reads it. Infinite where the camera sees no surface.
    """
    scene, layer = bpy.context.scene, bpy.context.view_layer
    focus(camera, lens, frame)
    camera.data.dof.use_dof = False
    changed = {
        scene.cycles: {
            "samples": 1,
            "use_denoising": False,
            "use_adaptive_sampling": False,
            "pixel_filter_type": "BOX",
            "filter_width": SMALLEST_PIXEL_FILTER,
            "sample_clamp_direct": 0.0,
        },
        scene.render: {"film_transparent": True},
        layer: {"material_override": _depth_material()},
    }
    pixels = _rendered_with(changed)
    return np.where(pixels[..., 3] > 0.5, pixels[..., 0], np.inf).astype(np.float32)


def meter(camera: bpy.types.Object, lens: Lens, frame: Frame, mean: float = 0.2) -> None:
    """Expose so that the median brightness of the picture is `mean`, scene linear (0.2 is a grey card)."""
    scene = bpy.context.scene
    focus(camera, lens, frame)
    changed = {
        scene.cycles: {"samples": 8, "use_denoising": False, "use_adaptive_sampling": False},
        scene.render: {"resolution_percentage": 25},
    }
    brightness = np.median(_rendered_with(changed)[..., :3].mean(axis=-1))
    scene.view_settings.exposure = float(np.log2(mean / max(brightness, 1e-6)))


def _depth_material() -> bpy.types.Material:
    material = bpy.data.materials.get("Depth") or bpy.data.materials.new("Depth")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    emission = nodes.new("ShaderNodeEmission")
    links.new(nodes.new("ShaderNodeCameraData").outputs["View Z Depth"], emission.inputs["Color"])
    links.new(emission.outputs["Emission"], nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    return material


def _rendered_with(changed: dict) -> np.ndarray:
    """(H, W, 4) float32 scene-linear pixels, rendered with some settings changed for this once."""
    scene = bpy.context.scene
    before = {owner: {name: getattr(owner, name) for name in values} for owner, values in changed.items()}
    _set(changed)
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder, "picture.exr"))
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty((image.size[1], image.size[0], 4), dtype=np.float32)
        image.pixels.foreach_get(pixels.ravel())
        bpy.data.images.remove(image)
    _set(before)
    return pixels[::-1]


def _set(changed: dict) -> None:
    for owner, values in changed.items():
        for name, value in values.items():
            setattr(owner, name, value)
