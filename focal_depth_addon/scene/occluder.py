"""What stands in the way of the set, as the cube of a new file may do."""

from collections.abc import Sequence

import bpy
from mathutils import Vector

RAYS = 5  # along each side of the picture
MAX_SHARE = 0.5  # of the rays that an object may stop
BOX_FACES = 6  # at most: a box about the camera is none of a room that somebody has built


def find_occluder(
    context: bpy.types.Context, camera: bpy.types.Object, mesh: bpy.types.Object
) -> bpy.types.Object | None:
    """Return an object that stands before most of the set, or a plain box about its camera; or None.

    Parameters
    ----------
    context
        With the scene and its objects.
    camera, mesh
        Of the set.
    """
    context.view_layer.update()
    depsgraph = context.evaluated_depsgraph_get()
    corner, below, _, beside = camera.data.view_frame(scene=context.scene)
    steps = [(step + 0.5) / RAYS for step in range(RAYS)]
    rays = [corner + right * (beside - corner) + down * (below - corner) for right in steps for down in steps]
    nearest = -max(z for _, _, z in mesh.bound_box)  # the set has the camera's axes
    for each in context.visible_objects:
        if each.type != "MESH" or each.parent in (mesh.parent, mesh):
            continue
        solid = each.evaluated_get(depsgraph)
        to_object = each.matrix_world.inverted_safe() @ camera.matrix_world
        origin = to_object.translation
        if len(each.data.polygons) <= BOX_FACES and _is_within(origin, solid.bound_box):
            return each
        reaches = [to_object @ (ray * (nearest / -ray.z)) - origin for ray in rays]
        hits = sum(solid.ray_cast(origin, reach, distance=reach.length)[0] for reach in reaches)
        if hits > MAX_SHARE * len(rays):
            return each
    return None


def _is_within(point: Vector, corners: Sequence[Sequence[float]]) -> bool:
    return all(
        min(axis) < value < max(axis) for value, axis in zip(point, zip(*corners, strict=True), strict=True)
    )
