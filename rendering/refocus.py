"""Refocus against the truth: `python -m rendering.refocus --output DIR`, from the project's root.

Renders small stacks, and the same scenes focused between the frames and with other apertures. Where the
stack has been estimated (`focal-depth estimate DIR/NAME/stack --output DIR/NAME/result --save-aligned`) the
compositor's Refocus makes the same pictures, once from the aligned photographs and once with blur that is
synthetic alone, and each one's PSNR (sRGB, without a border of 8 pixels) is printed.
"""

import argparse
import csv
from collections.abc import Callable
from dataclasses import dataclass
from math import atan
from pathlib import Path

import bpy
import numpy as np
from focal_depth.lens.thin_lens import image_distance
from focal_depth_extension.focal_depth_addon import compat, result_folder
from focal_depth_extension.focal_depth_addon.compositing import refocus
from focal_depth_extension.focal_depth_addon.compositing.result import Result

from . import camera as cameras
from . import sample, scenes, still_life

SIZE = (480, 336)
FRAMES, SAMPLES, NOISE, BOUNCES = 8, 32, 0.02, 1
SHOTS = ((1.5, 1.0), (3.5, 1.0), (5.5, 1.0), (3.5, 0.5), (3.5, 2.0))  # focus in frames, aperture ratio
BORDER = 8
SEED = 11


@dataclass(frozen=True)
class Stage:
    """A scene to photograph: how it is built, by what lens, focused from `far` to `near` metres."""

    build: Callable[[], bpy.types.Object]
    lens: cameras.Lens
    near: float
    far: float

    @property
    def dioptres(self) -> np.ndarray:
        """(FRAMES,) from far to near."""
        return np.linspace(1 / self.far, 1 / self.near, FRAMES)

    def focus(self, position: float) -> float:
        """Distance in metres at a place in the stack; 0 is its farthest frame, 1.5 midway to the third."""
        return float(1 / np.interp(position, np.arange(FRAMES), self.dioptres))

    def frame(self, distance: float) -> cameras.Frame:
        """Focused there, seen on the grid of the nearest-focus frame."""
        near, here = (image_distance(self.lens.focal_length, 1 / each) for each in (self.near, distance))
        return cameras.Frame(distance, scale=float(near / here))

    def stopped(self, ratio: float) -> cameras.Lens:
        """The lens with its aperture so many times as wide."""
        return cameras.Lens(self.lens.focal_length, self.lens.f_number / ratio, self.lens.sensor_width)


def _build_still_life() -> bpy.types.Object:
    still_life.build(np.random.default_rng(sample.SEED))
    return cameras.add_camera(sample.CAMERA_HEIGHT, sample.CAMERA_PITCH)


def _build_street() -> bpy.types.Object:
    lens, near, far = STREET_LENS, STREET_NEAR, STREET_FAR
    field_of_view = 2 * atan(lens.sensor_width / 2 / image_distance(lens.focal_length, 1 / near))
    view = scenes.view_of(9, field_of_view, SIZE[0] / SIZE[1], near, far)
    rng = np.random.default_rng(SEED)
    scenes.SceneBuilder(scenes.shared_data(), scenes.STREET, rng).build(view, things=12)
    return cameras.add_camera(view.height, view.pitch)


STREET_LENS, STREET_NEAR, STREET_FAR = cameras.Lens(0.05, 1.4, 0.024), 2.0, 7.0
STAGES = {
    "still_life": Stage(_build_still_life, sample.LENS, sample.NEAR, sample.FAR),
    "street": Stage(_build_street, STREET_LENS, STREET_NEAR, STREET_FAR),
}


def render(stage: Stage, folder: Path) -> None:
    """The photographs, in `stack` with their distances, and the SHOTS in `truth`."""
    scenes.empty_scene()
    camera = stage.build()
    cameras.set_up_cycles(SIZE, SAMPLES, NOISE, BOUNCES, denoise=True)
    bpy.context.scene.render.threads_mode, bpy.context.scene.render.threads = "FIXED", 1
    cameras.meter(camera, stage.lens, stage.frame(stage.near))
    for name in ("stack", "truth"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(FRAMES):
        path = folder / "stack" / f"{number:02d}.jpg"
        cameras.photograph(camera, stage.lens, cameras.Frame(stage.focus(number)), path)
    for shot in SHOTS:
        position, ratio = shot
        frame = stage.frame(stage.focus(position))
        cameras.photograph(camera, stage.stopped(ratio), frame, folder / "truth" / _name(shot), quality=100)
    with open(folder / "stack" / "focus.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "focus_distance_m", "focal_length_mm", "f_number", "sensor_width_mm"])
        lens = stage.lens.focal_length * 1000, stage.lens.f_number, stage.lens.sensor_width * 1000
        writer.writerows([f"{n:02d}.jpg", f"{stage.focus(n):.6f}", *lens] for n in range(FRAMES))


def measure(stage: Stage, folder: Path) -> None:
    """Print the PSNR of every shot, refocused in the compositor from the estimated result."""
    scenes.empty_scene()
    cameras.add_camera(0, 0)  # Blender renders nothing without one
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    description = result_folder.read_description(folder / "result")
    bare = {**description, "frames": [{**each, "aligned": None} for each in description["frames"]]}
    for shot in SHOTS:
        truth = read_pixels(folder / "truth" / _name(shot))
        found = []
        for source, described in (("lens", description), ("synthetic", bare)):
            _show(scene, refocus.update_group(Result(folder / "result", described, 1.0)), stage, shot)
            path = folder / source / Path(_name(shot)).with_suffix(".png")
            scene.render.filepath = str(path)
            bpy.ops.render.render(write_still=True)
            found.append(_psnr(read_pixels(path), truth))
        shown = "focus {}, aperture {}".format(*shot)
        print(f"{folder.name}, {shown}: the lens's own {found[0]:.1f} dB, synthetic {found[1]:.1f} dB")


def _show(scene: bpy.types.Scene, group: bpy.types.NodeTree, stage: Stage, shot: tuple[float, float]) -> None:
    """Let the scene's compositor give the group, focused as the shot is."""
    tree = compat.compositor_tree(scene)
    tree.nodes.clear()
    node = tree.nodes.new("CompositorNodeGroup")
    node.node_tree = group
    position, ratio = shot
    node.inputs[refocus.FOCUS].default_value = stage.focus(position)
    node.inputs[refocus.F_NUMBER].default_value = stage.lens.f_number / ratio
    tree.links.new(node.outputs["Image"], tree.nodes.new(compat.output_type()).inputs[0])


def read_pixels(path: Path, channels: int = 3) -> np.ndarray:
    """(H, W, channels) float32, as stored."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty((image.size[1], image.size[0], 4), dtype=np.float32)
    image.pixels.foreach_get(pixels.ravel())
    bpy.data.images.remove(image)
    return pixels[::-1, :, :channels]


def _psnr(picture: np.ndarray, truth: np.ndarray) -> float:
    inner = slice(BORDER, -BORDER)
    return float(-10 * np.log10(np.mean((picture - truth)[inner, inner] ** 2)))


def _name(shot: tuple[float, float]) -> str:
    return "focus_{}_aperture_{}.jpg".format(*shot)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    output = parser.parse_args().output.resolve()
    for name, stage in STAGES.items():
        if not (output / name).exists():
            render(stage, output / name)
        if (output / name / "result").exists():
            measure(stage, output / name)
