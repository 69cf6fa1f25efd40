"""Make docs/real_stacks.jpg from the real stacks of the shared data: python docs/real_stacks.py"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from focal_depth.io.result_folder import read_depth

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("FOCAL_DEPTH_DATA", ROOT.parent / "shared")) / "stacks"
STACKS = ("balls", "nikon_d3100_scene2", "nikon_d3100_scene5", "nikon_d3100_scene6")
WIDTH = 480  # of each picture
QUALITY = 86


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(DATA / name, Path(folder, name)) for name in STACKS]
    cv2.imwrite(str(ROOT / "docs/real_stacks.jpg"), np.concatenate(rows), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def _row(photographs: Path, result: Path) -> np.ndarray:
    """The farthest and the nearest photograph, the all-in-focus picture, depth and confidence."""
    command = [sys.executable, "-m", "focal_depth", "estimate", photographs, "--output", result]
    subprocess.run(command, cwd=ROOT, check=True)
    frames = json.loads((result / "result.json").read_text())["frames"]
    _, confidence = read_depth(result)
    pictures = [cv2.imread(frames[end]["file"]) for end in (0, -1)]
    pictures += [cv2.imread(str(result / name)) for name in ("all_in_focus.png", "depth.png")]
    pictures.append(cv2.cvtColor(np.uint8(255 * confidence), cv2.COLOR_GRAY2BGR))
    height = round(WIDTH * pictures[-1].shape[0] / pictures[-1].shape[1])
    return np.concatenate([cv2.resize(p, (WIDTH, height), interpolation=cv2.INTER_AREA) for p in pictures], 1)


if __name__ == "__main__":
    main()
