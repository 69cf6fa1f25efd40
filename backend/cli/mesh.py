"""`focal-depth mesh`: a result folder's depth as mesh arrays in a NumPy .npz file."""

import argparse
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..export.photo_set import build_photo_set, in_atlas
from ..io.arrays import pack_arrays
from ..io.result_folder import encode_png, write_background, write_file
from ..runtime.progress import Reporter

TEXTURES = (".jpg", ".png")
ATLAS_SIZES = range(64, 16385)


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
    if options.atlas is not None and options.atlas.suffix.lower() not in TEXTURES:
        raise InputError(f"--atlas {options.atlas}: use a name that ends in {' or '.join(TEXTURES)}")
    if options.atlas_size not in ATLAS_SIZES:
        raise InputError(
            f"--atlas-size {options.atlas_size}: give pixels from {ATLAS_SIZES[0]} to {ATLAS_SIZES[-1]}"
        )
    backgrounds: list[bytes] = []

    def encode_background(picture: np.ndarray) -> None:
        if options.atlas is None:
            backgrounds.append(encode_png(picture))

    photo_set = build_photo_set(options.result, options.triangles, reporter, encode_background)
    mesh = photo_set.mesh
    if options.atlas is None:
        write_background(options.result, backgrounds[0])
    else:
        mesh, texture = in_atlas(photo_set, options.atlas_size)
        write_file(options.atlas, _encode(options.atlas.suffix, texture))
    write_file(options.output, pack_arrays(asdict(mesh)))
    reporter.result(
        options.output, f"{options.output}: {len(mesh.vertices)} vertices, {len(mesh.faces)} triangles"
    )


def _encode(suffix: str, picture: np.ndarray) -> bytes:
    return cv2.imencode(suffix, picture[..., ::-1])[1].tobytes()
