"""Make docs/real_sets.jpg of results whose sets were looked at: python docs/real_sets.py RESULT...

A row for each folder, in which `python -m rendering.set_views RESULT` left views: the all-in-focus picture,
depth, confidence, and the set from its camera, from the left, from the right and from above. Blue is where
there is no surface.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from focal_depth.io.result_folder import read_depth

DOCS = Path(__file__).resolve().parent
VIEWS = "camera", "left", "right", "above"
HEIGHT, GAP = 180, 6  # pixels of a row, and between rows
NOTHING = 120, 60, 20  # BGR
QUALITY = 86


def row(result: Path) -> np.ndarray:
    """Return the pictures of one result beside each other, (HEIGHT, W, 3) BGR."""
    pictures = [cv2.imread(str(result / name)) for name in ("all_in_focus.png", "depth.png")]
    pictures.append(cv2.cvtColor(np.uint8(255 * read_depth(result)[1]), cv2.COLOR_GRAY2BGR))
    pictures += [_over_blue(result / "views" / f"{name}.png") for name in VIEWS]
    size = round(HEIGHT * pictures[0].shape[1] / pictures[0].shape[0]), HEIGHT
    return np.hstack([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in pictures])


def _over_blue(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32)
    share = picture[..., 3:] / 255
    return np.uint8(share * picture[..., :3] + (1 - share) * NOTHING)


def main() -> None:
    rows = [row(Path(folder)) for folder in sys.argv[1:]]
    width = max(each.shape[1] for each in rows)
    rows = [
        np.pad(each, ((0, GAP), (0, width - each.shape[1]), (0, 0)), constant_values=255) for each in rows
    ]
    cv2.imwrite(str(DOCS / "real_sets.jpg"), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


if __name__ == "__main__":
    main()
