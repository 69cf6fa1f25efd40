"""The set as one mesh with one texture and without modifiers."""

from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from ..scene import mesh, modifier, photo_set
from ..scene.ground import camera_frame

UV_MAP = "UVMap"  # as `mesh.fill` names it


def build_model(
    scene: bpy.types.Scene, folder: Path, arrays: dict[str, np.ndarray], temporary: bpy.types.Scene
) -> bpy.types.Object:
    """Build an object in metres, Z up, about the set's origin.

    Parameters
    ----------
    scene
        Its set, if it has one, has the place and the modifiers; without a mesh there, the modifier is as it
        is after Build Mesh.
    folder
        The result folder.
    arrays
        Of `focal-depth mesh`.
    temporary
        An empty scene, which the window shows; the object is in there.
    """
    objects = photo_set.find_objects(scene, folder)
    metres = scene.unit_settings.scale_length
    temporary.frame_set(scene.frame_current)  # settings may be animated
    shaped = _shape(objects.get("mesh"), arrays, 1 / metres)
    temporary.collection.objects.link(shaped)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    shape = bpy.data.meshes.new_from_object(
        shaped.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )
    temporary.collection.objects.unlink(shaped)
    shape.transform(Matrix.Scale(metres, 4) @ _frame(objects, arrays, 1 / metres))
    _remove_all_but_shape(shape)
    shape.name = folder.name  # the name in the file
    model = bpy.data.objects.new(folder.name, shape)
    temporary.collection.objects.link(model)
    return model


def _shape(
    existing: bpy.types.Object | None, arrays: dict[str, np.ndarray], units_per_metre: float
) -> bpy.types.Object:
    """The arrays in the camera's space, under the modifiers of the mesh that exists."""
    filled = bpy.data.meshes.new("Focal Depth")
    mesh.fill(filled, arrays, units_per_metre)
    if existing is None:
        shaped = bpy.data.objects.new(filled.name, filled)
    else:
        shaped = existing.copy()
        shaped.data, shaped.hide_viewport = filled, False
    if modifier.find(shaped) is None:
        depth = -arrays["vertices"][:, 2] * units_per_metre
        modifier.update(shaped, depth.min(), depth.max(), float(arrays["cut"]))
    return shaped


def _frame(
    objects: dict[str, bpy.types.Object], arrays: dict[str, np.ndarray], units_per_metre: float
) -> Matrix:
    """From the camera's space to the world's, but about the set's origin."""
    origin = objects["origin"].matrix_world if "origin" in objects else Matrix()
    if "mesh" in objects:
        frame = objects["mesh"].matrix_world
    else:
        frame = origin @ camera_frame(arrays["ground"], arrays["pivot"] * units_per_metre)
    return Matrix.Translation(-origin.translation) @ frame


def _remove_all_but_shape(shape: bpy.types.Mesh) -> None:
    names = [each.name for each in shape.attributes if not each.is_required and each.name != UV_MAP]
    for name in names:
        shape.attributes.remove(shape.attributes[name])
    shape.materials.clear()
