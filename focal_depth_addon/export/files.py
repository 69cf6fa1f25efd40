"""The set as a file, written by Blender's own exporters."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..errors import UserError
from ..scene import materials
from ..scene.nodes import Drawing
from ..translations import translate
from .model import build_model
from .presets import Preset

# Draco's. The background reaches a thousand times as far as the nearest thing, and both stay in place
# to less than a pixel of the texture.
POSITION_BITS, UV_BITS = 22, 14
UNCOMPRESSED = "It is not compressed: this Blender has no Draco library"
DRACO = b"KHR_draco_mesh_compression"


def require_exporter(preset: Preset) -> None:
    """Raise UserError where this Blender cannot write such files."""
    if preset.suffix == ".usdz" and not bpy.app.build_options.usd:
        raise UserError("This Blender was built without USD: use a Blender from blender.org")
    if preset.suffix == ".glb" and not hasattr(bpy.types, "EXPORT_SCENE_OT_gltf"):
        raise UserError("The add-on glTF 2.0 is disabled: enable it in Edit > Preferences > Add-ons")


def write(
    preset: Preset,
    scene: bpy.types.Scene,
    folder: Path,
    stored: Path,
    texture: Path,
    path: Path,
) -> str:
    """Write a file of a set; all in Blender stays as it is.

    Parameters
    ----------
    preset
        The viewer.
    scene
        Its set, if it has one, has the place and the modifiers.
    folder
        The result folder.
    stored, texture
        Files of `focal-depth mesh`: its arrays, and their atlas.
    path
        The file to write.

    Returns
    -------
    str
        What people read about it.

    Raises
    ------
    UserError
        Where it cannot be written, or is more than the viewer shows.
    """
    with np.load(stored) as file:
        arrays = dict(file)
    unfinished = texture.parent / path.name  # USD names what is in its package after it
    for layer in scene.view_layers:
        layer.update()  # transforms
    with _temporary_scene(folder.name) as temporary:
        model = build_model(scene, folder, arrays, temporary)
        triangles, vertices = len(model.data.polygons), len(model.data.vertices)
        if vertices > preset.vertices:
            too_many = translate(
                "{name} has {vertices} vertices in {triangles} triangles, and {viewer} shows at most "
                "{limit}: disable Background, or use another preset",
                name=folder.name,
                vertices=f"{vertices:,}",
                triangles=f"{triangles:,}",
                viewer=translate(preset.name),
                limit=f"{preset.vertices:,}",
            )
            raise UserError(too_many)
        export = _export_usdz if preset.suffix == ".usdz" else _export_glb
        export(preset, model, bpy.data.images.load(str(texture)), unfinished)
    size, is_plain = unfinished.stat().st_size / 1e6, preset.draco and not _is_compressed(unfinished)
    try:
        shutil.move(unfinished, path)
    except OSError as error:
        unwritten = translate(
            "{file} cannot be written ({reason}): choose another folder", file=path, reason=error.strerror
        )
        raise UserError(unwritten) from None
    written = translate(
        "{file}: {triangles} triangles, {vertices} vertices, {size} MB",
        file=path,
        triangles=f"{triangles:,}",
        vertices=f"{vertices:,}",
        size=f"{size:.1f}",
    )
    return f"{written}. {translate(UNCOMPRESSED)}" if is_plain else written


@contextmanager
def _temporary_scene(name: str) -> Iterator[bpy.types.Scene]:
    """Show a new scene, which exporters then write; it is removed with all that was added meanwhile."""
    window, before = bpy.context.window, set(bpy.data.user_map())
    shown, window.scene = window.scene, bpy.data.scenes.new(name)
    try:
        yield window.scene
    finally:
        window.scene = shown
        bpy.data.batch_remove(set(bpy.data.user_map()) - before)


def _export_glb(preset: Preset, model: bpy.types.Object, image: bpy.types.Image, path: Path) -> None:
    drawing = _new_drawing(model)
    # A colour instead of a shader is what the exporter takes for unlit.
    drawing.add("ShaderNodeOutputMaterial", materials.add_texture(drawing, image))
    try:
        _run_gltf_exporter(path, preset.draco)
    except RuntimeError:  # of a Blender that offers Draco and comes without its library, as 5.2.0's wheel
        if not preset.draco:
            raise
        _run_gltf_exporter(path, compress=False)


def _run_gltf_exporter(path: Path, compress: bool) -> None:
    bpy.ops.export_scene.gltf(
        filepath=str(path),
        export_format="GLB",
        use_active_scene=True,
        export_normals=False,
        export_animations=False,
        export_draco_mesh_compression_enable=compress,
        export_draco_position_quantization=POSITION_BITS,
        export_draco_texcoord_quantization=UV_BITS,
    )


def _is_compressed(path: Path) -> bool:
    """Whether a GLB names Draco in its first part, which is JSON (glTF 2.0, section 4.4)."""
    with path.open("rb") as file:
        header = file.read(20)
        return DRACO in file.read(int.from_bytes(header[12:16], "little"))


def _export_usdz(preset: Preset, model: bpy.types.Object, image: bpy.types.Image, path: Path) -> None:
    drawing = _new_drawing(model)
    shader = drawing.add("ShaderNodeBsdfPrincipled")
    for name, value in (("Base Color", (0, 0, 0, 1)), ("Roughness", 1), ("IOR", 1), ("Emission Strength", 1)):
        shader.inputs[name].default_value = value
    model.data.materials[0].node_tree.links.new(
        materials.add_texture(drawing, image), shader.inputs["Emission Color"]
    )
    drawing.add("ShaderNodeOutputMaterial", shader.outputs[0])
    bpy.ops.wm.usd_export(
        filepath=str(path),
        convert_orientation=True,
        export_normals=False,
        export_custom_properties=False,
        convert_world_material=False,
    )


def _new_drawing(model: bpy.types.Object) -> Drawing:
    """Of the object's only material."""
    material = materials.new_material(model.name)
    model.data.materials.append(material)
    return Drawing(material.node_tree)
