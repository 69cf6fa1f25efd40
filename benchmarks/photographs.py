"""Focal stacks of any size and number, made of the sample: for timing, not to be shown."""

import shutil
from pathlib import Path

import cv2
import numpy as np

SAMPLE = Path(__file__).resolve().parents[1] / "sample"
GRAIN = 6.0  # of 255, so that files are as large as a camera's
QUALITY = 95  # of JPEG


def make_stack(folder: Path, count: int, megapixels: float) -> Path:
    """`count` photographs of 3:2 with focus distances, in `folder`; one that is there already stays."""
    if (folder / "focus.csv").is_file():
        return folder
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    size = round((1.5e6 * megapixels) ** 0.5), round((megapixels / 1.5e-6) ** 0.5)
    sources = sorted(SAMPLE.glob("*.jpg"))
    random = np.random.default_rng(0)
    lines = ["file,focus_distance_m,focal_length_mm,f_number,sensor_width_mm"]
    for index, dioptres in enumerate(np.linspace(0.5, 2.0, count)):
        source = sources[index * len(sources) // count]
        picture = cv2.resize(cv2.imread(str(source)), size, interpolation=cv2.INTER_CUBIC)
        grain = random.normal(0, GRAIN, picture.shape).astype(np.float32)
        path = unfinished / f"{index:03d}.jpg"
        cv2.imwrite(
            str(path), np.uint8(np.clip(picture + grain, 0, 255)), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
        )
        lines.append(f"{path.name},{1 / dioptres:.6f},35,2.8,23.6")
    (unfinished / "focus.csv").write_text("\n".join(lines) + "\n")
    unfinished.rename(folder)
    return folder
