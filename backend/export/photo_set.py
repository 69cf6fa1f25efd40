"""From a result folder to the photo set: the mesh, and the pictures that it shows."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.schema import Description
from ..depth.units import expected_error
from ..geometry.atlas import build_atlas, to_atlas
from ..geometry.directions import Upright
from ..geometry.grid import DepthMap
from ..geometry.mesh import MIN_TRIANGLES, MeshArrays, OnBackground, build_mesh
from ..geometry.pinhole import Pinhole
from ..io.result_folder import read_description, read_scene
from ..retouch.masks import MeshRegions, read_mesh_regions
from ..runtime.progress import Reporter

SENSOR_DEVIATION = 1.5  # degrees, of a camera's tilt sensor


@dataclass(frozen=True)
class PhotoSet:
    """A mesh and its two textures.

    Attributes
    ----------
    mesh
        Its faces that are `background` show that picture, the others the photograph.
    picture, background
        (H, W, 3) uint8 sRGB.
    camera
        Of both.
    description
        Of the result.
    """

    mesh: MeshArrays
    picture: np.ndarray
    background: np.ndarray
    camera: Pinhole
    description: Description


def build_photo_set(
    folder: Path, max_triangles: int, reporter: Reporter, on_background: OnBackground | None = None
) -> PhotoSet:
    """Build the set of a result folder.

    Parameters
    ----------
    folder
        As `estimate` writes it, with the layers of Retouch.
    max_triangles
        At least `MIN_TRIANGLES`.
    reporter
        Hears of layers that are damaged.
    on_background
        Called with the background's picture on another thread, while the mesh is built.

    Raises
    ------
    InputError
        Where the folder is no result, or nothing of it is left for a mesh.
    """
    if max_triangles < MIN_TRIANGLES:
        raise InputError(f"--triangles {max_triangles}: a mesh needs {MIN_TRIANGLES} or more")
    description = read_description(folder)
    depth, confidence, picture = read_scene(folder)
    regions = _read_regions(folder, depth.shape, reporter)
    source = DepthMap(
        depth,
        confidence,
        expected_error(confidence, description),
        description["metric"],
        regions.left_out,
        regions.objects,
        regions.names,
    )
    camera = _pinhole(description)
    upright = _upright(description)
    mesh, background = build_mesh(source, picture, camera, max_triangles, upright, on_background)
    return PhotoSet(mesh, picture, background, camera, description)


def in_atlas(photo_set: PhotoSet, size: int) -> tuple[MeshArrays, np.ndarray]:
    """Return the mesh with the uvs of one texture for photograph and background, and that (size, size, 3)."""
    mesh = photo_set.mesh
    texture, placements = build_atlas(photo_set.picture, photo_set.background, size)
    behind = np.zeros(len(mesh.vertices), bool)
    behind[mesh.faces[mesh.background]] = True
    on_photograph, on_background = (to_atlas(mesh.uvs, placement) for placement in placements)
    return replace(mesh, uvs=np.where(behind[:, None], on_background, on_photograph)), texture


def _read_regions(folder: Path, shape: tuple[int, ...], reporter: Reporter) -> MeshRegions:
    """What layers tell of the mesh; nothing, and a warning, where one is damaged."""
    try:
        regions = read_mesh_regions(folder, (shape[1], shape[0]))
    except InputError as error:
        reporter.warning(f"{error}.")
        return MeshRegions(np.zeros(shape, bool), np.zeros(shape, np.uint8), ())
    if regions.left_out.all():
        raise InputError(f"{folder} has a layer that leaves all out of the mesh: change it")
    return regions


def _pinhole(description: Description) -> Pinhole:
    camera = description["camera"]
    return Pinhole(*(float(value) for value in (camera["fx"], camera["fy"], camera["cx"], camera["cy"])))


def _upright(description: Description) -> Upright | None:
    """What the camera's tilt sensor tells."""
    up = description["camera"].get("up")
    return None if up is None else Upright(np.array(up, np.float64) / np.linalg.norm(up), SENSOR_DEVIATION)
