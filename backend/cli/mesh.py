"""`focal-depth mesh`: a result folder's depth as mesh arrays in a NumPy .npz file."""

import argparse
import math
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..geometry.atlas import atlas, placed
from ..geometry.mesh import LEAST_BUDGET, MeshArrays, build_mesh
from ..geometry.pinhole import Pinhole
from ..io import results
from ..runtime.progress import Reporter

TEXTURES = (".jpg", ".png")


def add_arguments(parser: argparse.ArgumentParser) -> None:
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
    if options.triangles < LEAST_BUDGET:
        raise InputError(f"--triangles {options.triangles}: a mesh needs {LEAST_BUDGET} or more")
    if options.atlas is not None and options.atlas.suffix.lower() not in TEXTURES:
        raise InputError(f"--atlas {options.atlas}: use a name that ends in {' or '.join(TEXTURES)}")
    depth, confidence = results.read_depth(options.result)
    pinhole = _pinhole(results.read_description(options.result), options.result)
    picture = results.read_all_in_focus(options.result)
    mesh, background = build_mesh(depth, confidence, picture, pinhole, options.triangles)
    if options.atlas is None:
        results.write_background(options.result, background)
    else:
        texture, places = atlas(picture, background, options.atlas_size)
        mesh = _in_atlas(mesh, places)
        _write_texture(options.atlas, texture)
    _write(options.output, mesh)
    reporter.result(
        options.output, f"{options.output}: {len(mesh.vertices)} vertices, {len(mesh.faces)} triangles"
    )


def _pinhole(description: dict, folder: Path) -> Pinhole:
    try:
        fx, fy, cx, cy = (float(description["camera"][name]) for name in ("fx", "fy", "cx", "cy"))
    except (KeyError, TypeError, ValueError):
        fx = fy = math.nan
    if not (0 < fx < math.inf and 0 < fy < math.inf and math.isfinite(cx + cy)):
        raise InputError(f"{folder} tells nothing of its camera: name a folder that `estimate` wrote")
    return Pinhole(fx, fy, cx, cy)


def _in_atlas(mesh: MeshArrays, places: np.ndarray) -> MeshArrays:
    behind = np.zeros(len(mesh.vertices), bool)
    behind[mesh.faces[mesh.background]] = True
    on_photograph, on_background = (placed(mesh.uvs, place) for place in places)
    return replace(mesh, uvs=np.where(behind[:, None], on_background, on_photograph))


def _write_texture(path: Path, picture: np.ndarray) -> None:
    try:
        with results.whole_file(path) as unfinished:
            unfinished.write_bytes(cv2.imencode(path.suffix, picture[..., ::-1])[1])
    except OSError as error:
        raise _unwritable(path, error) from None


def _write(path: Path, mesh: MeshArrays) -> None:
    try:
        with results.whole_file(path) as unfinished:
            results.save_arrays(unfinished, asdict(mesh))
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be written ({error.strerror}); choose another place")
