"""What keeps the camera from seeing the set, as the cube of a new file may do."""

import bpy

RAYS = 5  # along each side of the picture
MOST = 0.5  # of the picture


def hidden_by(
    context: bpy.types.Context, camera: bpy.types.Object, mesh: bpy.types.Object
) -> bpy.types.Object | None:
    """An object that stands before most of the set; None where there is none."""
    context.view_layer.update()
    shown = context.evaluated_depsgraph_get()
    corner, below, _, beside = camera.data.view_frame(scene=context.scene)
    steps = [(step + 0.5) / RAYS for step in range(RAYS)]
    rays = [corner + right * (beside - corner) + down * (below - corner) for right in steps for down in steps]
    nearest = -max(z for _, _, z in mesh.bound_box)  # the set has the camera's axes
    for each in context.visible_objects:
        if each.type != "MESH" or each.parent == mesh.parent:
            continue
        solid = each.evaluated_get(shown)
        to_object = each.matrix_world.inverted_safe() @ camera.matrix_world
        origin = to_object.translation
        reaches = [to_object @ (ray * (nearest / -ray.z)) - origin for ray in rays]
        hits = sum(solid.ray_cast(origin, reach, distance=reach.length)[0] for reach in reaches)
        if hits > MOST * len(rays):
            return each
    return None
