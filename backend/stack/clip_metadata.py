"""Camera and lens of a clip, by the tags that phones write."""

import math
import re
from pathlib import Path

from ..io.clip_file import ClipHeader, read_clip_header
from .metadata import PLAUSIBLE_F_NUMBER, PLAUSIBLE_FOCAL_LENGTH, Metadata, printable

APPLE, ANDROID = "com.apple.quicktime.", "com.android."
LENS, EQUIVALENT = f"{APPLE}camera.lens_model", f"{APPLE}camera.focal_length.35mm_equivalent"
# "back camera 5.7mm f/1.5"
FOCAL_LENGTH, F_NUMBER = re.compile(r"(?<![\w.])([\d.]+) ?mm\b"), re.compile(r"\bf/([\d.]+)")
FULL_FRAME_DIAGONAL = math.hypot(0.036, 0.024)  # metres, which equivalent focal lengths are of (CIPA DCG-001)


def read_clip_metadata(clip: Path) -> Metadata:
    """Return what a clip's tags tell of its camera and lens; no clip tells where it is focused.

    Raises
    ------
    InputError
        As `read_clip_header` does.
    """
    return parse_clip_tags(read_clip_header(clip))


def parse_clip_tags(header: ClipHeader) -> Metadata:
    """Return the metadata in a clip's tags, each of which may hold anything."""
    tags = header.tags
    lens = printable(tags.get(LENS, ""))
    focal_length = _number(FOCAL_LENGTH, lens, 0.001, PLAUSIBLE_FOCAL_LENGTH)
    return Metadata(
        focal_length=focal_length,
        f_number=_number(F_NUMBER, lens, 1.0, PLAUSIBLE_F_NUMBER),
        sensor_width=_sensor_width(header, focal_length),
        camera=printable(tags.get(f"{APPLE}model") or tags.get(f"{ANDROID}model", "")),
        lens=lens,
    )


def _sensor_width(header: ClipHeader, focal_length: float | None) -> float | None:
    """Metres that a frame shows along its width: the clip's own part of the sensor."""
    equivalent = _number(re.compile(r"([\d.]+)"), header.tags.get(EQUIVALENT), 0.001, PLAUSIBLE_FOCAL_LENGTH)
    if equivalent is None or focal_length is None:
        return None
    diagonal = FULL_FRAME_DIAGONAL * focal_length / equivalent
    return diagonal * header.width / math.hypot(header.width, header.height)


def _number(
    pattern: re.Pattern[str], text: str | None, unit: float, bounds: tuple[float, float]
) -> float | None:
    match = pattern.search(text or "")
    try:
        value = float(match[1]) * unit if match else math.nan
    except ValueError:
        return None
    return value if bounds[0] < value < bounds[1] else None
