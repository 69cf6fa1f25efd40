"""Make docs/overview.jpg from the sample and what `make demo` wrote: python docs/overview.py"""

from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SAMPLE, DEMO = ROOT / "sample", ROOT / "demo/output"
WIDTH = 1200
QUALITY = 88


def main() -> None:
    brackets = [cv2.imread(str(SAMPLE / f"0{number}.jpg")) for number in (0, 2, 5, 7)]
    result = next(DEMO.rglob("result.json")).parent
    pictures = [cv2.imread(str(result / name)) for name in ("all_in_focus.png", "depth.png")]
    renders = [cv2.imread(str(DEMO / name)) for name in ("composite.png", "refocused.png")]
    rows = [_row(brackets), _row(pictures), _row(renders)]
    cv2.imwrite(str(ROOT / "docs/overview.jpg"), np.concatenate(rows), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def _row(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures of one height side by side, WIDTH pixels wide."""
    row = np.concatenate(pictures, 1)
    height = round(row.shape[0] * WIDTH / row.shape[1])
    return cv2.resize(row, (WIDTH, height), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
