"""Photographs the tests make themselves, with the tags real cameras write; and the shared real ones."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pyexiv2
import pytest

PROJECT = Path(__file__).resolve().parents[2]
STACKS = Path(os.environ.get("FOCAL_DEPTH_DATA", PROJECT.parent / "shared")) / "stacks"
NIKON_SCENES = ("nikon_d3100_scene2", "nikon_d3100_scene5", "nikon_d3100_scene6")


def shared_stack(name: str) -> Path:
    """A real stack's folder; skips the test where the shared data is missing."""
    folder = STACKS / name
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}")
    return folder


def quadrants(width: int = 48, height: int = 32) -> np.ndarray:
    """(H, W, 3) uint8 RGB: every corner another colour, so that no turn or mirror goes unseen."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = 200, 30, 30
    picture[: height // 2, width // 2 :] = 30, 200, 30
    picture[height // 2 :, : width // 2] = 30, 30, 200
    picture[height // 2 :, width // 2 :] = 220, 220, 220
    return picture


def write_photograph(
    path: Path,
    picture: np.ndarray | None = None,
    exif: Mapping[str, object] | None = None,
    xmp: Mapping[str, object] | None = None,
) -> Path:
    """Write an RGB picture as its suffix says, with tags by their Exiv2 names."""
    picture = quadrants() if picture is None else picture
    data = cv2.imencode(path.suffix, picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    if exif or xmp:
        image = pyexiv2.ImageData(data)
        image.modify_exif({name: str(value) for name, value in (exif or {}).items()})
        image.modify_xmp({name: str(value) for name, value in (xmp or {}).items()})
        data = image.get_bytes()
        image.close()
    path.write_bytes(data)
    return path


def write_stack(folder: Path, distances: Sequence[str | None], **lens: object) -> list[Path]:
    """Photographs IMG_1.jpg and on with EXIF SubjectDistance ('5/10'); None writes no distance."""
    folder.mkdir(exist_ok=True)
    exif = {f"Exif.Photo.{tag}": value for tag, value in lens.items()}
    return [
        write_photograph(
            folder / f"IMG_{i}.jpg",
            exif=exif | ({"Exif.Photo.SubjectDistance": distance} if distance else {}),
        )
        for i, distance in enumerate(distances, 1)
    ]
