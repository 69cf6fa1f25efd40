"""What was measured of a scene, kept in a folder, so that a run that was broken off goes on from there."""

import json
import re
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np

from .compare import Measured, Shown
from .data.scene import Scene

MEASURED, PIXELS = "measured.json", "pixels.npz"
PICTURE, TRUTH = "picture.jpg", "truth.png"
LONGEST = 480  # pixels of a picture's longer side
WORST = 0.2  # of the range: an error that is white


def folder_of(output: Path, scene: Scene) -> Path:
    """One of its own, whatever its name holds; it can stand in a page as it is."""
    parts = scene.data_set, scene.split, scene.name
    return output.joinpath("scenes", *(re.sub(r"[^\w .-]", _escaped, part) for part in parts))


def _escaped(character: re.Match) -> str:
    return f"={ord(character[0]):x}="


def read(folder: Path, fingerprint: str) -> Measured | None:
    """None where it is not whole, or of something else that was asked for."""
    try:
        stored = json.loads((folder / MEASURED).read_text(encoding="utf-8"))
        if stored.pop("fingerprint") != fingerprint:
            return None
        with np.load(folder / PIXELS) as pixels:
            return Measured(**stored, pixels=dict(pixels))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, fingerprint: str, measured: Measured, shown: Shown) -> None:
    """The scene's pictures, then its numbers: where these are, all is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write_pictures(folder, shown)
    np.savez(folder / PIXELS, **measured.pixels)
    stored = asdict(replace(measured, pixels={})) | {"fingerprint": fingerprint}
    del stored["pixels"]
    unfinished = folder / f"{MEASURED}.unfinished"
    unfinished.write_text(json.dumps(stored), encoding="utf-8")
    unfinished.replace(folder / MEASURED)


def picture_of(column: str, kind: str) -> str:
    """The file's name of a column's "depth" or "error"."""
    return f"{''.join(c if c.isalnum() else '-' for c in column)}.{kind}.png"


def _write_pictures(folder: Path, shown: Shown) -> None:
    picture = np.uint8(np.rint(255 * np.clip(shown.picture[..., ::-1], 0, 1)))
    _save(folder / PICTURE, picture)
    if shown.truth is not None:
        _save(folder / TRUTH, _coloured(shown.truth, cv2.COLORMAP_INFERNO))
    for column, depth in shown.depth.items():
        _save(folder / picture_of(column, "depth"), _coloured(depth, cv2.COLORMAP_INFERNO))
        if shown.truth is not None:
            error = np.abs(depth - shown.truth) / WORST
            _save(folder / picture_of(column, "error"), _coloured(error, cv2.COLORMAP_BONE))


def _coloured(values: np.ndarray, colours: int) -> np.ndarray:
    """(H, W, 3) of values 0..1; what is not a number is grey."""
    known = np.isfinite(values)
    picture = cv2.applyColorMap(np.uint8(255 * np.clip(np.where(known, values, 0), 0, 1)), colours)
    picture[~known] = 128
    return picture


def _save(path: Path, picture: np.ndarray) -> None:
    shrink = min(1.0, LONGEST / max(picture.shape[:2]))
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    path.write_bytes(cv2.imencode(path.suffix, picture)[1])
