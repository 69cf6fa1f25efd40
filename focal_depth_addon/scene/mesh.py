"""The backend's arrays as a Blender mesh."""

import bpy
import numpy as np

from .. import compat

CORNERS = 3  # of a face
SURFACE, BACKGROUND = 0, 1  # material slots


def fill(mesh: bpy.types.Mesh, arrays: dict[str, np.ndarray], units_per_metre: float) -> None:
    """Replace a mesh's geometry by the arrays of `focal-depth mesh`; its materials stay.

    The mesh gets a confidence (points, 0 to 1) and a gap (faces, degrees). Bridges over depth jumps are flat,
    all else is smooth: they stand along the view rays, at right angles to what they join.

    Parameters
    ----------
    mesh
        The mesh.
    arrays
        Vertices (V, 3) in metres in the camera's space, and what belongs to them.
    units_per_metre
        Blender units for a metre.
    """
    # By attributes, which are copied whole; `loops.foreach_set` goes one by one.
    corners, gap = arrays["faces"].ravel(), arrays["gap"]
    mesh.clear_geometry()
    mesh.vertices.add(len(arrays["vertices"]))
    mesh.loops.add(len(corners))
    mesh.polygons.add(len(gap))
    _set(mesh, "position", "vector", arrays["vertices"] * np.float32(units_per_metre))
    _set(mesh, ".corner_vert", "value", corners)
    mesh.polygons.foreach_set("loop_start", np.arange(0, len(corners), CORNERS, dtype=np.int32))
    _add(mesh, "confidence", "FLOAT", "POINT", arrays["confidence"])
    _add(mesh, "gap", "FLOAT", "FACE", gap)
    _add(mesh, "sharp_face", "BOOLEAN", "FACE", gap > 0)
    material = np.where(arrays["background"], np.int32(BACKGROUND), np.int32(SURFACE))
    _add(mesh, "material_index", "INT", "FACE", material)
    mesh.attributes.new("UVMap", "FLOAT2", "CORNER")
    _set(mesh, "UVMap", "vector", arrays["uvs"].take(corners, axis=0))
    mesh.update(calc_edges=True)
    compat.repair_edge_selection(mesh)


def select_object(arrays: dict[str, np.ndarray], number: int) -> dict[str, np.ndarray]:
    """Return the arrays of the faces of one object of its own, or of the set for 0.

    Parameters
    ----------
    arrays
        As `fill` takes them.
    number
        Its place in `object_names`, from 1.
    """
    if not len(arrays["object_names"]):
        return arrays
    chosen = arrays["objects"] == number
    faces = arrays["faces"][chosen]
    is_used = np.zeros(len(arrays["vertices"]), bool)
    is_used[faces] = True
    index = np.cumsum(is_used, dtype=np.int32) - 1
    of_faces = {name: arrays[name][chosen] for name in ("gap", "background")}
    of_vertices = {name: arrays[name][is_used] for name in ("vertices", "uvs", "confidence")}
    return arrays | of_faces | of_vertices | {"faces": index[faces]}


def _add(mesh: bpy.types.Mesh, name: str, data_type: str, domain: str, values: np.ndarray) -> None:
    mesh.attributes.new(name, data_type, domain)
    _set(mesh, name, "value", values)


def _set(mesh: bpy.types.Mesh, name: str, field: str, values: np.ndarray) -> None:
    mesh.attributes[name].data.foreach_set(field, values.ravel())
