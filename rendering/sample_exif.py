"""Write what a camera would into the sample's photographs: `python -m rendering.sample_exif [SAMPLE]`.

A step of its own because pyexiv2 lives with the backend and bpy does not.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pyexiv2
from focal_depth.lens.thin_lens import FULL_FRAME_WIDTH

TAKEN = datetime(2026, 11, 20, 10, 0, 0)
SECONDS_BETWEEN = 2


def write_exif(folder: Path) -> None:
    """EXIF for every photograph that the folder's truth.json names."""
    truth = json.loads((folder / "truth.json").read_text())
    millimetres = truth["focal_length_m"] * 1000
    equivalent = millimetres * FULL_FRAME_WIDTH / truth["sensor_width_m"]
    for number, frame in enumerate(truth["frames"]):
        taken = TAKEN + timedelta(seconds=SECONDS_BETWEEN * number)
        photograph = pyexiv2.Image(str(folder / frame["file"]))
        photograph.modify_exif(
            {
                "Exif.Image.Make": "Focal Depth",
                "Exif.Image.Model": "Thin Lens",
                "Exif.Image.Copyright": "CC0 1.0",
                "Exif.Photo.FocalLength": _rational(millimetres),
                "Exif.Photo.FocalLengthIn35mmFilm": str(round(equivalent)),
                "Exif.Photo.FNumber": _rational(truth["f_number"]),
                "Exif.Photo.SubjectDistance": _rational(frame["focus_distance_m"]),
                "Exif.Photo.DateTimeOriginal": taken.strftime("%Y:%m:%d %H:%M:%S"),
            }
        )
        photograph.close()


def _rational(number: float) -> str:
    return f"{round(number * 100)}/100"


if __name__ == "__main__":
    write_exif(Path(sys.argv[1] if len(sys.argv) > 1 else "sample"))
