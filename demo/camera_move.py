"""A second scene in the demo's .blend: the set and the ring, seen by a camera that moves.

Two view layers: the photograph on its mesh, and over it the ring with its shadow, which a twin of the mesh
catches. The same twin hides what stands behind it.
"""

from math import pi, sin
from pathlib import Path

import bpy

FRAMES, RATE = 24, 12
REACH = 0.05  # how far the camera goes to each side, of the distance to the ring; half of that up and down
CLOSER = 1.1  # the photograph has nothing beyond its border for a camera that moves
SIZE = 50  # percent of the photograph's
SAMPLES = 6


def stage(photographed: bpy.types.Scene, mesh: bpy.types.Object, ring: bpy.types.Object) -> bpy.types.Scene:
    """A scene with the ring and the light of `photographed`, its own camera and twins of the mesh."""
    scene = bpy.data.scenes.new("Camera Move")
    scene.world = photographed.world
    photograph, added = (_collection(scene, name) for name in ("Photograph", "CG"))
    for each in photographed.collection.objects:
        if each.type == "LIGHT" or not each.is_shadow_catcher:  # lights say they are
            added.objects.link(each)
    seen = _twin(mesh, "Photograph from aside", photograph)
    _freeze(seen, mesh)
    _catch_shadows(_twin(seen, "Shadows on the photograph", added))
    scene.camera = _twin(photographed.camera, "Moving camera", scene.collection)
    _animate(scene.camera, ring)
    scene.frame_end, scene.render.fps = FRAMES, RATE
    for name in ("resolution_x", "resolution_y", "engine"):
        setattr(scene.render, name, getattr(photographed.render, name))
    scene.view_settings.view_transform = photographed.view_settings.view_transform
    _lay_over(scene, photograph, added)
    return scene


def _collection(scene: bpy.types.Scene, name: str) -> bpy.types.Collection:
    collection = bpy.data.collections.new(name)
    scene.collection.children.link(collection)
    return collection


def _twin(each: bpy.types.Object, name: str, collection: bpy.types.Collection) -> bpy.types.Object:
    twin = each.copy()
    twin.name, twin.hide_render = name, False
    twin.parent, twin.matrix_world = None, each.matrix_world.copy()
    collection.objects.link(twin)
    return twin


def _freeze(twin: bpy.types.Object, mesh: bpy.types.Object) -> None:
    """Give it the shape of `mesh` as shown, which then is not worked out anew in every frame."""
    shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    twin.data = bpy.data.meshes.new_from_object(shown)
    twin.modifiers.clear()


def _catch_shadows(twin: bpy.types.Object) -> None:
    """Without standing in the light of the ring or in its mirror."""
    twin.is_shadow_catcher = True
    twin.visible_shadow = twin.visible_glossy = twin.visible_diffuse = False
    receiver = bpy.data.materials.new("Shadows")
    for slot in twin.material_slots:
        slot.link, slot.material = "OBJECT", receiver


def _animate(camera: bpy.types.Object, ring: bpy.types.Object) -> None:
    """A lying figure of eight, with the eye on the ring: what is nearer or farther moves."""
    start = camera.matrix_world.copy()
    lens = camera.data = camera.data.copy()
    lens.dof.use_dof = False
    lens.lens *= CLOSER
    shift_x, shift_y = lens.shift_x * CLOSER, lens.shift_y * CLOSER
    depth = -(start.inverted() @ ring.matrix_world.translation).z
    in_widths = lens.lens / lens.sensor_width / depth  # of the picture, for a metre at the ring's depth
    for frame in range(FRAMES):
        angle = 2 * pi * frame / FRAMES
        aside, above = REACH * depth * sin(angle), REACH * depth / 2 * sin(2 * angle)
        camera.location = start.translation + start.col[0].xyz * aside + start.col[1].xyz * above
        lens.shift_x, lens.shift_y = shift_x - aside * in_widths, shift_y - above * in_widths
        camera.keyframe_insert("location", frame=frame + 1)
        lens.keyframe_insert("shift_x", frame=frame + 1)
        lens.keyframe_insert("shift_y", frame=frame + 1)


def _lay_over(scene: bpy.types.Scene, photograph: bpy.types.Collection, added: bpy.types.Collection) -> None:
    """What was added over the photograph, each rendered in a layer of its own."""
    scene.render.film_transparent = scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    over = tree.nodes.new("CompositorNodeAlphaOver")
    layers = scene.view_layers[0], scene.view_layers.new("CG")
    for number, (layer, left_out) in enumerate(zip(layers, (added, photograph), strict=True)):
        layer.layer_collection.children[left_out.name].exclude = True
        rendered = tree.nodes.new("CompositorNodeRLayers")
        rendered.scene, rendered.layer = scene, layer.name
        rendered.location = -400, -400 * number
        tree.links.new(rendered.outputs["Image"], over.inputs[1 + number])
    output = tree.nodes.new("CompositorNodeComposite")
    output.location = 250, 0
    tree.links.new(over.outputs[0], output.inputs[0])


def render(scene: bpy.types.Scene, path: Path) -> None:
    """As an .mp4."""
    scene.cycles.samples, scene.cycles.use_denoising = SAMPLES, True
    scene.cycles.diffuse_bounces = 0
    settings = scene.render
    settings.resolution_percentage = SIZE
    settings.use_persistent_data = True
    settings.image_settings.file_format = "FFMPEG"
    settings.ffmpeg.format, settings.ffmpeg.codec = "MPEG4", "H264"
    settings.ffmpeg.constant_rate_factor = "HIGH"
    settings.filepath = str(path)
    bpy.ops.render.render(animation=True, scene=scene.name)
