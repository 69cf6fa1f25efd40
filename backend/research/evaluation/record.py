"""The measures of a scene in a folder, so that a run that was broken off goes on from there."""

import json
import re
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np

from .compare import SceneMaps, SceneMeasures

RECORD, PIXELS = "measured.json", "pixels.npz"
PICTURE, TRUTH = "picture.jpg", "truth.png"
PICTURE_SIDE = 480  # pixels of a picture's longer side at most
MAX_ERROR = 0.2  # of the range: an error that is white


def scene_folder(output: Path, data_set: str, split: str, name: str) -> Path:
    """Return the folder of a scene's record: unlike any other's, and fit for a page as it is."""
    parts = (re.sub(r"[^\w .-]", _escape, part) for part in (data_set, split, name))
    return output.joinpath("scenes", *parts)


def _escape(character: re.Match[str]) -> str:
    return f"={ord(character[0]):x}="


def read_record(folder: Path, fingerprint: str) -> SceneMeasures | None:
    """Read a record; None where it is not whole, or of another configuration."""
    try:
        stored = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if stored.pop("fingerprint") != fingerprint:
            return None
        with np.load(folder / PIXELS) as pixels:
            return SceneMeasures(**stored, pixels=dict(pixels))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(folder: Path, fingerprint: str, measures: SceneMeasures, maps: SceneMaps | None) -> None:
    """Write the scene's pictures, where there are any, then its numbers: where these are, all is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if maps is not None:
        _write_pictures(folder, maps)
    np.savez(folder / PIXELS, **measures.pixels)
    stored = asdict(replace(measures, pixels={})) | {"fingerprint": fingerprint}
    del stored["pixels"]
    unfinished = folder / f"{RECORD}.unfinished"
    unfinished.write_text(json.dumps(stored), encoding="utf-8")
    unfinished.replace(folder / RECORD)


def picture_name(column: str, kind: str) -> str:
    """Return the file name of a column's "depth" or "error"."""
    return f"{''.join(c if c.isalnum() else '-' for c in column)}.{kind}.png"


def _write_pictures(folder: Path, maps: SceneMaps) -> None:
    picture = np.rint(255 * np.clip(maps.picture[..., ::-1], 0, 1)).astype(np.uint8)
    _save(folder / PICTURE, picture)
    if maps.truth is not None:
        _save(folder / TRUTH, _colour(maps.truth, cv2.COLORMAP_INFERNO))
    for column, depth in maps.depth.items():
        _save(folder / picture_name(column, "depth"), _colour(depth, cv2.COLORMAP_INFERNO))
        if maps.truth is not None:
            error = np.abs(depth - maps.truth) / MAX_ERROR
            _save(folder / picture_name(column, "error"), _colour(error, cv2.COLORMAP_BONE))


def _colour(values: np.ndarray, colours: int) -> np.ndarray:
    """Colour values 0 to 1, to (H, W, 3) bytes; what is not a number is grey."""
    finite = np.isfinite(values)
    levels = (255 * np.clip(np.where(finite, values, 0), 0, 1)).astype(np.uint8)
    picture = cv2.applyColorMap(levels, colours)
    picture[~finite] = 128
    return picture


def _save(path: Path, picture: np.ndarray) -> None:
    shrink = min(1.0, PICTURE_SIDE / max(picture.shape[:2]))
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
