"""`focal-depth mesh`: a result folder's depth as mesh arrays in a NumPy .npz file."""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.schema import Description
from ..depth.units import expected_error
from ..geometry.atlas import build_atlas, to_atlas
from ..geometry.directions import Upright
from ..geometry.grid import DepthMap
from ..geometry.mesh import MIN_TRIANGLES, MeshArrays, build_mesh
from ..geometry.pinhole import Pinhole
from ..io.arrays import write_arrays
from ..io.result_folder import (
    read_all_in_focus,
    read_depth,
    read_description,
    replacing_file,
    write_background,
)
from ..retouch.masks import MeshRegions, read_mesh_regions
from ..runtime.progress import Reporter

SENSOR_DEVIATION = 1.5  # degrees, of a camera's tilt sensor
TEXTURES = (".jpg", ".png")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `mesh` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the .npz to write")
    parser.add_argument(
        "--triangles", type=int, default=500_000, metavar="N", help="at most so many (default 500000)"
    )

    parser.add_argument(
        "--atlas", type=Path, metavar="FILE", help="one .jpg or .png texture for photograph and background"
    )
    parser.add_argument("--atlas-size", type=int, default=2048, metavar="PIXELS", help="default 2048")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write the arrays of a mesh, and the picture behind its cuts or one texture for both."""
    if options.triangles < MIN_TRIANGLES:
        raise InputError(f"--triangles {options.triangles}: a mesh needs {MIN_TRIANGLES} or more")
    if options.atlas is not None and options.atlas.suffix.lower() not in TEXTURES:
        raise InputError(f"--atlas {options.atlas}: use a name that ends in {' or '.join(TEXTURES)}")
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read_all_in_focus, options.result)
        depth, confidence = read_depth(options.result)
        description = read_description(options.result)
        pinhole = _pinhole(description)
        regions = _read_regions(options.result, depth.shape, reporter)
        picture = reading.result()
    mesh, background = build_mesh(
        DepthMap(
            depth,
            confidence,
            expected_error(confidence, description),
            description["metric"],
            regions.left_out,
            regions.objects,
            regions.names,
        ),
        picture,
        pinhole,
        options.triangles,
        _upright(description),
    )
    with ThreadPoolExecutor(1) as beside:
        if options.atlas is None:
            writing = beside.submit(write_background, options.result, background)
        else:
            texture, placements = build_atlas(picture, background, options.atlas_size)
            mesh = _in_atlas(mesh, placements)
            writing = beside.submit(_write_texture, options.atlas, texture)
        _write(options.output, mesh)
        writing.result()
    reporter.result(
        options.output, f"{options.output}: {len(mesh.vertices)} vertices, {len(mesh.faces)} triangles"
    )


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


def _in_atlas(mesh: MeshArrays, placements: np.ndarray) -> MeshArrays:
    behind = np.zeros(len(mesh.vertices), bool)
    behind[mesh.faces[mesh.background]] = True
    on_photograph, on_background = (to_atlas(mesh.uvs, placement) for placement in placements)
    return replace(mesh, uvs=np.where(behind[:, None], on_background, on_photograph))


def _write_texture(path: Path, picture: np.ndarray) -> None:
    try:
        with replacing_file(path) as partial:
            partial.write_bytes(cv2.imencode(path.suffix, picture[..., ::-1])[1].tobytes())
    except OSError as error:
        raise _unwritable(path, error) from None


def _write(path: Path, mesh: MeshArrays) -> None:
    try:
        with replacing_file(path) as partial:
            write_arrays(partial, asdict(mesh))
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be written ({error.strerror}); choose another place")
