"""The set as a file, by Blender's own exporters."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..errors import UserError
from ..scene import materials
from ..scene.nodes import Drawing
from ..translations import say
from . import model
from .presets import Preset

# Draco's. The background reaches a thousand times as far as the nearest thing, and both stay in place
# to less than a pixel of the texture.
POSITION_BITS, UV_BITS = 22, 14


def require_exporter(preset: Preset) -> None:
    """Raises UserError where this Blender cannot write such files."""
    if preset.suffix == ".usdz" and not bpy.app.build_options.usd:
        raise UserError("This Blender was built without USD: use one from blender.org")
    if preset.suffix == ".glb" and not hasattr(bpy.types, "EXPORT_SCENE_OT_gltf"):
        raise UserError("The add-on glTF 2.0 is off: enable it in Edit > Preferences > Add-ons")


def write(
    preset: Preset,
    scene: bpy.types.Scene,
    folder: Path,
    stored: Path,
    texture: Path,
    path: Path,
) -> str:
    """Write the file `path`; returns what to tell the person. Raises UserError.

    `stored` are the arrays of `focal-depth mesh` of the result `folder`, `texture` is their atlas; what
    stands of the result in `scene` gives them their place and shape. All in Blender stays as it was.
    """
    with np.load(stored) as file:
        arrays = dict(file)
    unfinished = texture.parent / path.name  # USD names what is in its package after it
    for layer in scene.view_layers:
        layer.update()  # where things stand
    with _bench(folder.name) as bench:
        made = model.make(scene, folder, arrays, bench)
        triangles, vertices = len(made.data.polygons), len(made.data.vertices)
        if vertices > preset.vertices:
            too_many = say(
                "{name} has {vertices} vertices at {triangles} triangles, and {viewer} shows {most}: "
                "switch Background off, or use another preset",
                name=folder.name,
                vertices=f"{vertices:,}",
                triangles=f"{triangles:,}",
                viewer=say(preset.name),
                most=f"{preset.vertices:,}",
            )
            raise UserError(too_many)
        export = _export_usdz if preset.suffix == ".usdz" else _export_glb
        export(preset, made, bpy.data.images.load(str(texture)), unfinished)
    size = unfinished.stat().st_size / 1e6
    try:
        shutil.move(unfinished, path)
    except OSError as error:
        unwritten = say(
            "{file} cannot be written ({reason}): choose another place", file=path, reason=error.strerror
        )
        raise UserError(unwritten) from None
    return say(
        "{file}: {triangles} triangles, {vertices} vertices, {size} MB",
        file=path,
        triangles=f"{triangles:,}",
        vertices=f"{vertices:,}",
        size=f"{size:.1f}",
    )


@contextmanager
def _bench(name: str) -> Iterator[bpy.types.Scene]:
    """A new scene that the window shows, as exporters write that one. It goes, and all made meanwhile."""
    window, kept = bpy.context.window, set(bpy.data.user_map())
    shown, window.scene = window.scene, bpy.data.scenes.new(name)
    try:
        yield window.scene
    finally:
        window.scene = shown
        bpy.data.batch_remove(set(bpy.data.user_map()) - kept)


def _export_glb(preset: Preset, made: bpy.types.Object, image: bpy.types.Image, path: Path) -> None:
    drawing = _new_drawing(made)
    # A colour instead of a shader is what the exporter takes for unlit.
    drawing.add("ShaderNodeOutputMaterial", materials.texture(drawing, image))
    bpy.ops.export_scene.gltf(
        filepath=str(path),
        export_format="GLB",
        use_active_scene=True,
        export_normals=False,
        export_animations=False,
        export_draco_mesh_compression_enable=preset.draco,
        export_draco_position_quantization=POSITION_BITS,
        export_draco_texcoord_quantization=UV_BITS,
    )


def _export_usdz(preset: Preset, made: bpy.types.Object, image: bpy.types.Image, path: Path) -> None:
    drawing = _new_drawing(made)
    shader = drawing.add("ShaderNodeBsdfPrincipled")
    for name, value in (("Base Color", (0, 0, 0, 1)), ("Roughness", 1), ("IOR", 1), ("Emission Strength", 1)):
        shader.inputs[name].default_value = value
    made.data.materials[0].node_tree.links.new(
        materials.texture(drawing, image), shader.inputs["Emission Color"]
    )
    drawing.add("ShaderNodeOutputMaterial", shader.outputs[0])
    bpy.ops.wm.usd_export(
        filepath=str(path),
        convert_orientation=True,
        export_normals=False,
        export_custom_properties=False,
        convert_world_material=False,
    )


def _new_drawing(made: bpy.types.Object) -> Drawing:
    """Of the object's only material."""
    material = materials.new(made.name)
    made.data.materials.append(material)
    return Drawing(material.node_tree)
