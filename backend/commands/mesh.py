"""`focal-depth mesh`: a result folder's depth as mesh arrays in a NumPy .npz file."""

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .. import results
from ..errors import InputError
from ..geometry.mesh import Intrinsics, MeshArrays, grid_mesh
from ..messages import Reporter

REACH = 1000  # times the near distance; beyond, up to infinity, a focal stack tells no depths apart


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the .npz to write")
    parser.add_argument("--max-vertices", type=int, default=500_000, metavar="N", help="default 500000")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    if options.max_vertices < 4:
        raise InputError("--max-vertices: a mesh needs at least 4 vertices; give a larger number")
    depth, _ = results.read_depth(options.result)
    description = results.read_description(options.result)
    camera, near = description["camera"], float(description["depth"]["near"])
    intrinsics = Intrinsics(*(float(camera[name]) for name in ("fx", "fy", "cx", "cy")))
    mesh = grid_mesh(np.minimum(depth, REACH * near), intrinsics, options.max_vertices)
    _write(options.output, mesh)
    reporter.result(
        options.output, f"{options.output}: {len(mesh.vertices)} vertices, {len(mesh.faces)} faces"
    )


def _write(path: Path, mesh: MeshArrays) -> None:
    try:
        with open(path, "wb") as file:
            np.savez(file, **asdict(mesh))
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose another place") from None
