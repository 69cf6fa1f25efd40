"""What the demo puts into the photograph: a golden ring on the table, its shadow and the room's light.

Places in the sample's picture are (x from the left edge, y from the upper one), 0 to 1.
"""

from math import radians

import bpy
import numpy as np
from mathutils import Matrix, Vector

TABLE = ((0.52, 0.97), (0.62, 0.93), (0.70, 0.62), (0.50, 0.55), (0.30, 0.50), (0.55, 0.48), (0.04, 0.58))
FOOT = (0.295, 0.80)  # where the ring stands: behind the mug, before the pencil and the letters
# Metres.
CLOTH = 0.008  # over the table
RING, THICKNESS = 0.13, 0.03
LAMPS = (  # as in the photograph: place from the ring, size, watts, colour
    (Vector((-1.4, -0.4, 1.3)), 0.9, 62, (1.0, 0.94, 0.85)),
    (Vector((1.7, -0.9, 0.8)), 1.2, 9, (1.0, 0.8, 0.62)),
)


def table_frame(mesh: bpy.types.Object, description: dict) -> Matrix:
    """World frame at FOOT on the cloth: z up from the table, y away from the camera.

    `mesh` is in the camera's space. What it shows at TABLE is fitted by a plane, in least squares.
    """
    points = np.array([mesh.ray_cast((0, 0, 0), _ray(place, description))[1] for place in TABLE])
    centre = points.mean(axis=0)
    up = Vector(np.linalg.svd(points - centre)[2][-1])
    up *= np.sign(up.y)
    foot = _ray(FOOT, description)
    foot *= (Vector(centre).dot(up) + CLOTH) / foot.dot(up)
    away = (foot - up * foot.dot(up)).normalized()
    axes = Matrix((away.cross(up), away, up)).transposed().to_4x4()
    return mesh.matrix_world @ Matrix.Translation(foot) @ axes


def _ray(place: tuple[float, float], description: dict) -> Vector:
    """From the camera, in its own space, through a place in the picture to depth 1."""
    (width, height), camera = description["size"], description["camera"]
    across = (place[0] * width - camera["cx"]) / camera["fx"]
    down = (place[1] * height - camera["cy"]) / camera["fy"]
    return Vector((across, -down, -1.0))


def stand(table: Matrix) -> bpy.types.Object:
    """A golden ring on its edge, and its shadow on the table. Returns the ring."""
    bpy.ops.mesh.primitive_torus_add(
        major_radius=(RING - THICKNESS) / 2,
        minor_radius=THICKNESS / 2,
        major_segments=160,
        minor_segments=64,
    )
    ring = bpy.context.object
    ring.name = "Ring"
    bpy.ops.object.shade_smooth()
    upright = Matrix.Translation((0, 0, RING / 2)) @ Matrix.Rotation(radians(90), 4, "X")
    ring.matrix_world = table @ Matrix.Rotation(radians(-25), 4, "Z") @ upright
    gold = bpy.data.materials.new("Gold")
    gold.use_nodes = True
    surface = gold.node_tree.nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value = (0.9, 0.58, 0.22, 1)
    surface["Metallic"].default_value = 1.0
    surface["Roughness"].default_value = 0.15
    ring.data.materials.append(gold)

    bpy.ops.mesh.primitive_circle_add(vertices=64, radius=5 * RING, fill_type="NGON")
    catcher = bpy.context.object
    catcher.name = "Shadow on the table"
    catcher.is_shadow_catcher = True
    catcher.matrix_world = table
    return ring


def light(scene: bpy.types.Scene, table: Matrix, mesh: bpy.types.Object) -> None:
    """The photograph's lamps and dim room; the photograph itself is mirrored in the ring."""
    for place, size, watts, colour in LAMPS:
        lamp = bpy.data.lights.new("Lamp", "AREA")
        lamp.size, lamp.energy, lamp.color = size, watts, colour
        stand = bpy.data.objects.new("Lamp", lamp)
        scene.collection.objects.link(stand)
        stand.matrix_world = table @ Matrix.LocRotScale(place, place.to_track_quat("Z", "Y"), None)
    scene.world = bpy.data.worlds.new("Room")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.16, 0.19, 0.24, 1)

    mirrored = mesh.copy()
    mirrored.name = "Photograph in mirrors"
    scene.collection.objects.link(mirrored)
    mirrored.visible_camera = mirrored.visible_shadow = mirrored.visible_diffuse = False
