"""Depth Merge against the truth: `python -m rendering.occlusion DIR`, with the DIR of `rendering.refocus`.

Balls at known places between the things of each scene are rendered with these as holdouts, which tells where
the balls are truly seen, and alone, which is what the compositor merges with the estimated result. Printed is
how many of the balls' pixels it shows that are hidden, or hides that are seen. The same render with Refocus
and Depth Fog on goes to DIR/NAME/composite-VERSION.exr, and how far it is from those of other versions of
Blender is printed too. Delete DIR/NAME/seen.exr to render anew.
"""

import argparse
from pathlib import Path

import bpy
import numpy as np
from focal_depth_extension.focal_depth_addon import compat, result_folder
from focal_depth_extension.focal_depth_addon.compositing import depth_fog, depth_merge, refocus
from focal_depth_extension.focal_depth_addon.compositing.result import Result
from focal_depth_extension.focal_depth_addon.compositing.scene_tree import SceneTree
from mathutils import Vector

from . import camera as cameras
from . import scenes
from .refocus import SIZE, STAGES, Stage, read_pixels

BALLS, RADIUS = 24, 0.05  # radius in widths of the picture
SAMPLES = 64
SEED = 3
WHOLE, DEPTH, SEEN = "whole.exr", "whole-depth.exr", "seen.exr"


def render(stage: Stage, folder: Path) -> None:
    """The balls alone, their depth, and what is seen of them in the scene."""
    scenes.empty_scene()
    camera = stage.build()
    scene = bpy.context.scene
    things = [each for each in scene.objects if each.type not in ("CAMERA", "LIGHT")]
    cameras.set_up_cycles(SIZE, SAMPLES, 0, 0)
    cameras.focus(camera, stage.lens, stage.frame(stage.near))
    camera.data.dof.use_dof = False
    scene.render.film_transparent = True
    _add_balls(camera, stage)
    for each in things:
        each.is_holdout = True
    _rendered(folder / SEEN)
    for each in things:
        each.hide_render = True
    _rendered(folder / WHOLE)
    scene.view_layers[0].use_pass_z = True
    tree = SceneTree(scene)
    tree.link(tree.layers.outputs["Depth"], tree.first(compat.output_type()).inputs[0])
    _rendered(folder / DEPTH)


def measure(folder: Path) -> None:
    """Merge and compare. No camera takes part: this runs in every version of Blender."""
    scenes.empty_scene()
    cameras.add_camera(0, 0)  # Blender renders nothing without one
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    result = Result(folder / "result", result_folder.read_description(folder / "result"), 1.0)
    tree = depth_merge.apply(scene, result)
    merge = tree.find(depth_merge.KIND)
    nodes = compat.compositor_tree(scene).nodes
    for socket, name in (("Image", WHOLE), ("Depth", DEPTH)):
        node = nodes.new("CompositorNodeImage")
        node.image = bpy.data.images.load(str(folder / name))
        tree.link(node.outputs["Image"], merge.inputs[socket])
    refocus.apply(tree, result)
    depth_fog.apply(tree, result)
    version = "{}.{}".format(*bpy.app.version)
    composite = _rendered(folder / f"composite-{version}.exr")
    tree.link(merge.outputs["Matte"], tree.first(compat.output_type()).inputs[0])
    matte = _rendered(folder / "matte.exr")[..., 0]

    whole, seen = (read_pixels(folder / name, channels=4)[..., 3] for name in (WHOLE, SEEN))
    covered = whole > 0.5
    wrong = np.abs(matte - seen) > 0.5
    print(
        f"{folder.name}: {covered.mean():.1%} of the picture is balls, {1 - seen[covered].mean():.0%} hidden"
    )
    print(f"  wrong: {wrong[covered].mean():.2%} of the balls' pixels, {wrong.mean():.2%} of the picture's")
    for path in sorted(folder.glob("composite-*.exr")):
        difference = np.abs(read_pixels(path) - composite[..., :3])
        print(f"  against {path.stem}: {difference.max():.2g} at most")


def _add_balls(camera: bpy.types.Object, stage: Stage) -> None:
    """Glowing balls all over the picture, from near to far evenly in dioptres."""
    rng = np.random.default_rng(SEED)
    glow = bpy.data.materials.new("Glow")
    compat.use_nodes(glow)
    nodes = glow.node_tree.nodes
    nodes.clear()
    emission, output = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    emission.inputs["Color"].default_value = (0.1, 0.6, 0.3, 1)
    glow.node_tree.links.new(emission.outputs[0], output.inputs["Surface"])
    width = camera.data.sensor_width / camera.data.lens  # of the picture at depth 1
    for step in (np.arange(BALLS) + 0.5) / BALLS:
        depth = 1 / (1 / stage.far + step * (1 / stage.near - 1 / stage.far))
        across, up = rng.uniform(-0.45, 0.45, 2)
        place = camera.matrix_world @ (Vector((across * width, up * width * SIZE[1] / SIZE[0], -1)) * depth)
        bpy.ops.mesh.primitive_uv_sphere_add(radius=RADIUS * width * depth, segments=48, location=place)
        bpy.context.object.data.materials.append(glow)


def _rendered(path: Path) -> np.ndarray:
    """(H, W, 4) float32, scene linear."""
    render = bpy.context.scene.render
    render.threads_mode, render.threads = "FIXED", 1
    settings = render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path, channels=4)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder = parser.parse_args().folder.resolve()
    for name, stage in STAGES.items():
        if not (folder / name / SEEN).exists():
            render(stage, folder / name)
        measure(folder / name)
