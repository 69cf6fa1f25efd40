"""Small results that the tests write themselves, as whole as those of an estimate."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from focal_depth.contract.focus import even_positions, normalise, relative_dioptres
from focal_depth.io import result_folder

CAMERA = {
    "focal_length_mm": 50.0,
    "sensor_width_mm": 36.0,
    "sensor_height_mm": 24.0,
    "fx": 67.0,
    "fy": 67.0,
    "cx": 24.0,
    "cy": 16.0,
    "f_number": None,
    "assumed": [],
}


def description(files: Sequence[str | Path], distances: Sequence[float] | None = None, **changes) -> dict:
    """What result.json says of a stack of these files, far to near; without distances it is relative."""
    count = len(files)
    if distances is None:
        positions = even_positions(count)
        distances, dioptres = [None] * count, relative_dioptres(positions)
    else:
        dioptres = [1 / distance for distance in distances]
        positions = normalise(dioptres)
    frames = [
        {
            "file": file,
            "name": Path(file).name,
            "focus_distance_m": distance,
            "source": "unknown" if distance is None else "sidecar",
            "normalised_focus": position,
            "dioptres": dioptre,
        }
        for file, distance, position, dioptre in zip(files, distances, positions, dioptres, strict=True)
    ]
    metric = distances[0] is not None
    return {
        "metric": metric,
        "network": "focal_unet",
        "camera": CAMERA,
        "frames": frames,
        "warnings": [],
    } | changes


def write_result(
    folder: Path,
    depth: np.ndarray,
    confidence: np.ndarray,
    picture: np.ndarray,
    description: dict,
    **options,
) -> Path:
    """The folder, with a result of these arrays."""
    with result_folder.open_result(folder) as output:
        result_folder.write_result(output, depth, confidence, picture, description, **options)
    return folder
