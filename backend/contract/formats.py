"""Which files are photographs, by their endings."""

from collections.abc import Iterable
from pathlib import Path

PICTURE_EXTENSIONS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".exr", ".webp", ".heic", ".heif", ".hif")
# By their names: most are TIFF, of which other decoders take the small preview.
RAW_EXTENSIONS = (".dng", ".nef", ".nrw", ".cr2", ".cr3", ".arw", ".raf", ".rw2", ".orf", ".pef", ".srw")
EXTENSIONS = PICTURE_EXTENSIONS + RAW_EXTENSIONS


def photographs_among(paths: Iterable[Path]) -> list[Path]:
    """List those with a photograph's ending, without raw files beside a picture of the same name.

    Cameras write such pairs of one shot.
    """
    candidates = [path for path in paths if path.suffix.lower() in EXTENSIONS]
    pictures = {path.with_suffix("") for path in candidates if path.suffix.lower() in PICTURE_EXTENSIONS}
    return [
        path
        for path in candidates
        if path.suffix.lower() not in RAW_EXTENSIONS or path.with_suffix("") not in pictures
    ]
