"""Renders inside the photograph, without compositing.

The mesh hides what is behind it and takes shadows; everywhere else is the photograph.

Cycles: the mesh catches shadows in front of a world that shows camera rays the photograph, and Cycles
darkens that by the share of the light that the scene keeps from the mesh. All other rays see the
person's world, and the photograph on the mesh.

EEVEE catches no shadows. Its mesh shows the photograph times the share of the light that reaches it;
what would reach it in an empty scene is rendered once, so lights that change need that done again.
"""

import tempfile
from pathlib import Path

import bpy
import numpy as np

from .. import compat
from . import materials
from .nodes import KIND_TAG, Drawing, new_group

BACKDROP, HOLDOUT = "Photograph Behind", "Holdout"  # kinds of node group and of material
SAMPLES = 4  # the light is smooth; these are for the edges of things
LIGHT_SIDE = 960  # pixels of its longer side: enough for what is smooth, and no wait
ALL_LIGHT = 0.98  # of what reaches the empty scene: from there on there is no shadow
MIN_LIGHT = 1e-4  # light that makes no difference


def is_enabled(mesh: bpy.types.Object) -> bool:
    """Whether a mesh is a holdout."""
    return mesh.is_shadow_catcher


def enable(
    scene: bpy.types.Scene,
    meshes: list[bpy.types.Object],
    images: list[bpy.types.Image],
    light: bpy.types.Image | None,
) -> None:
    """Turn the meshes of a set into a holdout, or update one.

    Parameters
    ----------
    scene
        The scene that is rendered.
    meshes
        The meshes.
    images
        Of their material slots, the photograph first.
    light
        As `measure_light` returns it; without it EEVEE shows no shadows.
    """
    for mesh in meshes:
        mesh.is_shadow_catcher, mesh.hide_render = True, False
        for slot, image in zip(mesh.material_slots, images, strict=False):
            slot.link = "OBJECT"  # the mesh's own materials wait behind
            if slot.material is None or slot.material.get(KIND_TAG) != HOLDOUT:
                slot.material = materials.new_material(f"{mesh.name} holdout")
                slot.material[KIND_TAG] = HOLDOUT
            _draw_material(slot.material, image, light)
    _add_backdrop(scene, images[0])
    scene.render.film_transparent = False
    scene.render.use_compositing = False
    for layer in scene.view_layers:
        if hasattr(layer, "cycles"):  # Depth Merge's pass, with which the picture itself has no photograph
            layer.cycles.use_pass_shadow_catcher = False


def disable(scene: bpy.types.Scene, *meshes: bpy.types.Object) -> None:
    """Restore meshes and the world."""
    for mesh in meshes:
        mesh.is_shadow_catcher = False
        for slot in mesh.material_slots:
            slot.link = "DATA"
    if scene.world is not None and scene.world.node_tree is not None:
        _remove_backdrop(scene.world.node_tree)


def measure_light(
    scene: bpy.types.Scene, meshes: list[bpy.types.Object], frame: bpy.types.Scene, name: str
) -> bpy.types.Image:
    """Render EEVEE's light on the meshes of a set in a scene without other objects.

    Parameters
    ----------
    scene
        The scene whose lights and world shine.
    meshes
        The meshes.
    frame
        An empty scene with the camera and the shape of the image.
    name
        Of the image; it replaces one of that name.

    Returns
    -------
    Image
        Packed, with linear light.
    """
    bare = [mesh.copy() for mesh in meshes]
    for each in scene.objects:
        if each.type == "LIGHT" and not each.hide_render:
            frame.collection.objects.link(each)
    frame.world = scene.world
    receiver = _light_material()
    for each in bare:
        frame.collection.objects.link(each)
        for slot in each.material_slots:
            slot.link, slot.material = "OBJECT", receiver
        each.hide_render = False
    frame.render.engine = compat.EEVEE
    frame.render.film_transparent = True
    frame.eevee.taa_render_samples = SAMPLES
    longest = max(frame.render.resolution_x, frame.render.resolution_y)
    frame.render.resolution_percentage = max(1, min(100, 100 * LIGHT_SIDE // longest))
    frame.render.image_settings.file_format = "OPEN_EXR"
    try:
        with tempfile.TemporaryDirectory() as folder:
            frame.render.filepath = str(Path(folder) / "light.exr")
            bpy.ops.render.render(write_still=True, scene=frame.name)
            return _pack(frame.render.filepath, name)
    finally:
        bpy.data.batch_remove(bare)
        bpy.data.materials.remove(receiver)


def _pack(path: str, name: str) -> bpy.types.Image:
    """Load a picture with each pixel the least of its neighbours.

    Edges mix near and far, and too much expected light would look like a shadow.
    """
    rendered = bpy.data.images.load(path)
    width, height = rendered.size
    pixels = np.empty((height, width, 4), dtype=np.float32)
    rendered.pixels.foreach_get(pixels.reshape(-1))
    bpy.data.images.remove(rendered)
    for axis in (0, 1):
        pixels = np.minimum.reduce([np.roll(pixels, step, axis) for step in (-1, 0, 1)])

    if former := bpy.data.images.get(name):
        bpy.data.images.remove(former)
    image = bpy.data.images.new(name, width, height, float_buffer=True, is_data=True)
    image.pixels.foreach_set(pixels.reshape(-1))
    image.pack()
    return image


def _draw_material(
    material: bpy.types.Material, image: bpy.types.Image, light: bpy.types.Image | None
) -> None:
    drawing = Drawing(material.node_tree)
    picture = materials.add_texture(drawing, image)
    rays = drawing.add("ShaderNodeLightPath").outputs
    shown = drawing.add("ShaderNodeEmission", picture).outputs[0]
    receiver = drawing.add("ShaderNodeBsdfDiffuse", (1, 1, 1, 1)).outputs[0]
    catcher = drawing.add("ShaderNodeMixShader", rays["Is Camera Ray"], shown, receiver).outputs[0]
    drawing.add("ShaderNodeOutputMaterial", catcher, target="CYCLES")

    if light is not None:
        share = _share(drawing, materials.add_texture(drawing, light))
        shaded = drawing.vector_math("SCALE", picture, None, None, share)
        shown = drawing.add("ShaderNodeEmission", shaded).outputs[0]
    # The photograph holds the shadows of the things in it: the mesh casts none upon itself.
    nothing = drawing.add("ShaderNodeBsdfTransparent").outputs[0]
    shadowless = drawing.add("ShaderNodeMixShader", rays["Is Shadow Ray"], shown, nothing).outputs[0]
    drawing.add("ShaderNodeOutputMaterial", shadowless, target="EEVEE")


def _share(drawing: Drawing, empty: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The share of the empty scene's light that reaches the mesh, 0 to 1; 1 where there is none."""
    light = drawing.math("ADD", _received(drawing), MIN_LIGHT)
    all_light = drawing.math("MULTIPLY_ADD", empty, ALL_LIGHT, MIN_LIGHT)
    return drawing.math("MINIMUM", drawing.math("DIVIDE", light, all_light), 1)


def _light_material() -> bpy.types.Material:
    material = materials.new_material("Focal Depth Light")
    drawing = Drawing(material.node_tree)
    emission = drawing.add("ShaderNodeEmission", _received(drawing))
    rays = drawing.add("ShaderNodeLightPath").outputs
    nothing = drawing.add("ShaderNodeBsdfTransparent").outputs[0]
    shadowless = drawing.add("ShaderNodeMixShader", rays["Is Shadow Ray"], emission.outputs[0], nothing)
    drawing.add("ShaderNodeOutputMaterial", shadowless.outputs[0])
    return material


def _received(drawing: Drawing) -> bpy.types.NodeSocket:
    """EEVEE's light on the mesh."""
    receiver = drawing.add("ShaderNodeBsdfDiffuse", (1, 1, 1, 1))
    return drawing.add("ShaderNodeShaderToRGB", receiver.outputs[0]).outputs[0]


def _add_backdrop(scene: bpy.types.Scene, photograph: bpy.types.Image) -> None:
    """Show the photograph to camera rays that reach the world."""
    scene.world = scene.world or _black_world()
    compat.use_nodes(scene.world)
    tree = scene.world.node_tree
    _remove_backdrop(tree)
    group = _draw_backdrop(new_group(BACKDROP, "ShaderNodeTree"), photograph)
    for output in [each for each in tree.nodes if each.bl_idname == "ShaderNodeOutputWorld"]:
        surface = output.inputs["Surface"]
        node = tree.nodes.new("ShaderNodeGroup")
        node.node_tree = group
        node.location = output.location.x, output.location.y + 200
        if surface.is_linked:
            tree.links.new(surface.links[0].from_socket, node.inputs[0])
        tree.links.new(node.outputs[0], surface)


def _remove_backdrop(tree: bpy.types.NodeTree) -> None:
    groups = [each for each in tree.nodes if each.bl_idname == "ShaderNodeGroup" and each.node_tree]
    for node in groups:
        group = node.node_tree
        if group.get(KIND_TAG) != BACKDROP:
            continue
        for link in node.outputs[0].links if node.inputs[0].is_linked else ():
            tree.links.new(node.inputs[0].links[0].from_socket, link.to_socket)
        tree.nodes.remove(node)
        if not group.users:
            bpy.data.node_groups.remove(group)


def _black_world() -> bpy.types.World:
    world = bpy.data.worlds.new("World")
    compat.use_nodes(world)
    drawing = Drawing(world.node_tree)
    background = drawing.add("ShaderNodeBackground", (0, 0, 0, 1))
    drawing.add("ShaderNodeOutputWorld", background.outputs[0])
    return world


def _draw_backdrop(group: bpy.types.NodeTree, photograph: bpy.types.Image) -> bpy.types.NodeTree:
    group.interface.new_socket("World", in_out="INPUT", socket_type="NodeSocketShader")
    group.interface.new_socket("World", in_out="OUTPUT", socket_type="NodeSocketShader")
    drawing = Drawing(group)
    world = drawing.add("NodeGroupInput").outputs[0]
    is_camera = drawing.add("ShaderNodeLightPath").outputs["Is Camera Ray"]
    window = drawing.add("ShaderNodeTexCoord").outputs["Window"]
    shown = drawing.add("ShaderNodeBackground", materials.add_texture(drawing, photograph, window))
    mixed = drawing.add("ShaderNodeMixShader", is_camera, world, shown.outputs[0])
    drawing.add("NodeGroupOutput", mixed.outputs[0])
    return group
