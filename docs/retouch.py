"""Make manual/pictures/retouch.jpg, a real stack before and after one layer: python docs/retouch.py RESULT

RESULT is a result folder of the stack "yeuchi", which is changed: the side of its box is flattened.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from focal_depth.contract.retouch import FLATTEN, Layer, format_layers
from focal_depth.io.result_folder import read_depth, read_scene
from focal_depth.retouch.result import retouch_result

OUTLINE = [[0.708, 0.17], [1, 0.11], [1, 1], [0.703, 1]]  # of the side of the box
WIDTH, PICTURE = 620, Path(__file__).parent / "manual" / "pictures" / "retouch.jpg"
LIGHT = np.array([-0.5, -0.5, 0.7])
RELIEF = 600.0  # how steep depth is drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(",")[0])
    parser.add_argument("result", type=Path, metavar="RESULT")
    folder = parser.parse_args().result
    (folder / "retouch").mkdir(exist_ok=True)
    layer = Layer("Side", FLATTEN, outlines=[{"points": OUTLINE, "width": 0}])
    (folder / "retouch" / "layers.json").write_text(format_layers([layer]))
    retouch_result(folder)
    depths = read_depth(folder, before_retouch=True)[0], read_depth(folder)[0]
    picture = _small(read_scene(folder)[2])
    points = (np.array(OUTLINE) * picture.shape[1::-1]).round().astype(np.int32)
    cv2.polylines(picture, [points], True, (255, 170, 0), 2, cv2.LINE_AA)
    tiles = np.concatenate([picture, *map(_relief, depths)], axis=1)
    cv2.imwrite(str(PICTURE), tiles[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, 90))


def _relief(depth: np.ndarray) -> np.ndarray:
    """Dioptres as a surface that is lit from the upper left, (h, w, 3) uint8."""
    dioptres = cv2.GaussianBlur(_small(1 / depth), (0, 0), 1)
    span = np.ptp(np.percentile(dioptres, (1, 99)))
    down, across = np.gradient(dioptres / span * RELIEF)
    normals = np.stack([-across, -down, np.ones_like(down)], -1)
    shade = normals @ LIGHT / np.linalg.norm(normals, axis=-1) / np.linalg.norm(LIGHT)
    return np.repeat((255 * np.clip(shade, 0, 1)).astype(np.uint8)[..., None], 3, 2)


def _small(values: np.ndarray) -> np.ndarray:
    height, width = values.shape[:2]
    return cv2.resize(values, (WIDTH, round(WIDTH * height / width)), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
