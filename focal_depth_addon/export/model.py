"""The set as a viewer is to show it: one mesh, one texture, nothing left to evaluate."""

from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from ..scene import mesh, modifier
from ..scene.ground import camera_frame

UV_MAP = "UVMap"  # as `mesh.fill` calls it


def make(
    scene: bpy.types.Scene, folder: Path, arrays: dict[str, np.ndarray], bench: bpy.types.Scene
) -> bpy.types.Object:
    """A mesh in metres, Z up, about the set's origin, in the empty scene `bench`, which the window shows.

    The `arrays` of `focal-depth mesh`, made of the result `folder`, take on what stands of that result in
    `scene`: how it is placed, and the modifiers of its mesh. Without a mesh there, ours as it is made.
    """
    standing = scene.standing(scene, folder)
    metres = scene.unit_settings.scale_length
    bench.frame_set(scene.frame_current)  # settings may be animated
    shaped = _shaped(standing.get("mesh"), arrays, 1 / metres)
    bench.collection.objects.link(shaped)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    shape = bpy.data.meshes.new_from_object(
        shaped.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )
    bench.collection.objects.unlink(shaped)
    shape.transform(Matrix.Scale(metres, 4) @ _frame(standing, arrays, 1 / metres))
    _forget_all_but_shape(shape)
    shape.name = folder.name  # which the file says
    model = bpy.data.objects.new(folder.name, shape)
    bench.collection.objects.link(model)
    return model


def _shaped(
    standing: bpy.types.Object | None, arrays: dict[str, np.ndarray], units_per_metre: float
) -> bpy.types.Object:
    """The arrays in the camera's space, under the modifiers of the mesh that stands."""
    filled = bpy.data.meshes.new("Focal Depth")
    mesh.fill(filled, arrays, units_per_metre)
    if standing is None:
        shaped = bpy.data.objects.new(filled.name, filled)
    else:
        shaped = standing.copy()
        shaped.data, shaped.hide_viewport = filled, False
    if modifier.find(shaped) is None:
        depth = -arrays["vertices"][:, 2] * units_per_metre
        modifier.update(shaped, depth.min(), depth.max(), float(arrays["cut"]))
    return shaped


def _frame(
    standing: dict[str, bpy.types.Object], arrays: dict[str, np.ndarray], units_per_metre: float
) -> Matrix:
    """From the camera's space to the world's, but about the set's origin."""
    origin = standing["origin"].matrix_world if "origin" in standing else Matrix()
    if "mesh" in standing:
        frame = standing["mesh"].matrix_world
    else:
        frame = origin @ camera_frame(arrays["ground"], arrays["pivot"] * units_per_metre)
    return Matrix.Translation(-origin.translation) @ frame


def _forget_all_but_shape(shape: bpy.types.Mesh) -> None:
    names = [each.name for each in shape.attributes if not each.is_required and each.name != UV_MAP]
    for name in names:
        shape.attributes.remove(shape.attributes[name])
    shape.materials.clear()
