"""Gaussian splats as files: the .ply of 3D Gaussian Splatting, and glTF with KHR_gaussian_splatting.

Colour is kept as the coefficient of the spherical harmonic of degree 0, which is the same from all sides.
"""

import math

import numpy as np

from .glb import Glb
from .splats import Splats, move_splats

HARMONIC = 0.28209479177387814  # of degree 0: 1 / (2 sqrt(pi))
EXTENSION = "KHR_gaussian_splatting"
POINTS = 0  # a glTF primitive's mode
Y_DOWN = np.diag([1.0, -1.0, -1.0, 1.0])  # from y up: a half turn about x
PLY_FIELDS = (
    *("x", "y", "z"),
    *("f_dc_0", "f_dc_1", "f_dc_2"),
    "opacity",
    *("scale_0", "scale_1", "scale_2"),
    *("rot_0", "rot_1", "rot_2", "rot_3"),
)


def to_ply(splats: Splats) -> bytes:
    """Return splats, y up, as the reference implementation of 3D Gaussian Splatting writes them, y down.

    There opacity is a logit, scales are natural logarithms, and quaternions begin with w (Kerbl et al. 2023).
    Viewers of such files turn them round x or z by half a turn.
    """
    splats = move_splats(splats, Y_DOWN)
    count = len(splats.centres)
    logit = math.log(splats.opacity / (1 - splats.opacity))
    columns = (
        splats.centres,
        _coefficients(splats),
        np.full((count, 1), logit, np.float32),
        np.log(splats.scales),
        splats.rotations,
    )
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"element vertex {count}",
        *(f"property float {name}" for name in PLY_FIELDS),
        "end_header\n",
    ]
    return "\n".join(header).encode() + np.concatenate(columns, 1).astype("<f4").tobytes()


def to_glb(splats: Splats) -> bytes:
    """Return splats, y up, as glTF has them: opacity and scales are linear, and quaternions end with w."""
    glb = Glb()
    attributes = {
        "POSITION": splats.centres,
        f"{EXTENSION}:ROTATION": np.roll(splats.rotations, -1, 1),
        f"{EXTENSION}:SCALE": splats.scales,
        f"{EXTENSION}:OPACITY": np.full(len(splats.centres), splats.opacity, np.float32),
        f"{EXTENSION}:SH_DEGREE_0_COEF_0": _coefficients(splats),
    }
    extension = {
        "kernel": "ellipse",
        "colorSpace": "srgb_rec709_display",
        "projection": "perspective",
        "sortingMethod": "cameraDistance",
    }
    primitive = {
        "mode": POINTS,
        "attributes": {name: glb.add_array(values) for name, values in attributes.items()},
        "extensions": {EXTENSION: extension},
    }
    return glb.pack(
        {
            "extensionsUsed": [EXTENSION],
            "meshes": [{"name": "Splats", "primitives": [primitive]}],
            "nodes": [{"name": "Splats", "mesh": 0}],
            "scenes": [{"nodes": [0]}],
            "scene": 0,
        }
    )


def _coefficients(splats: Splats) -> np.ndarray:
    """(N, 3) float32."""
    return (splats.colours.astype(np.float32) / 255 - 0.5) / np.float32(HARMONIC)
