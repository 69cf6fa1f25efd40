"""What is marked in a real stack, whose depth nobody knows: places that are flat, and which of two is nearer.

`surfaces.json` lies beside the stacks' folders: {stack: {"publish": bool, "planes": {name: [x0, y0, x1, y1]},
"pairs": [[[x, y] nearer, [x, y] farther]]}}. Coordinates are in halves of the picture's width, from its
centre, x to the right and y down, on the reference frame after EXIF orientation.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .source import DataSetSource

Point = tuple[float, float]
SURFACES = "surfaces.json"
SOURCE = DataSetSource(
    "Real stacks",
    "Mark what is flat and what is nearer in stacks of your own",
    f"FOLDER/STACK/ with photographs and FOLDER/{SURFACES}: "
    '{"STACK": {"publish": false, "planes": {"wall": [x0, y0, x1, y1]}, "pairs": [[[x, y], [x, y]]]}}',
)


@dataclass(frozen=True)
class Plane:
    """A box of the picture that shows something flat.

    Attributes
    ----------
    name
        What it is.
    left, top, right, bottom
        In halves of the picture's width, from its centre.
    """

    name: str
    left: float
    top: float
    right: float
    bottom: float

    def pixels(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns of a picture (H, W) that the box covers, one at least."""
        height, width = shape
        rows = _span(height, self.top, self.bottom, width)
        return rows, _span(width, self.left, self.right, width)


@dataclass(frozen=True)
class Pair:
    """Two points of the picture, x and y, of which one is nearer to the camera."""

    nearer: Point
    farther: Point


@dataclass(frozen=True)
class Surfaces:
    """What is marked in one stack.

    Attributes
    ----------
    planes, pairs
        Any number of either.
    is_public
        Whether pictures of the stack may be shown.
    """

    planes: tuple[Plane, ...]
    pairs: tuple[Pair, ...]
    is_public: bool


def read_surfaces(path: Path) -> dict[str, Surfaces]:
    """Read {stack: what is marked in it}. Raises InputError where the file is damaged."""
    try:
        return {name: _surfaces(each) for name, each in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SOURCE.damaged_error(path) from None


def _surfaces(stored: dict) -> Surfaces:
    planes = tuple(Plane(name, *map(float, box)) for name, box in stored["planes"].items())
    if any(plane.left >= plane.right or plane.top >= plane.bottom for plane in planes):
        raise ValueError
    pairs = tuple(Pair(_point(nearer), _point(farther)) for nearer, farther in stored["pairs"])
    return Surfaces(planes, pairs, stored["publish"] is True)


def _point(stored: list) -> Point:
    x, y = map(float, stored)
    return x, y


def _span(length: int, begin: float, end: float, width: int) -> slice:
    first = min(max(round((length + begin * width) / 2), 0), length - 1)
    return slice(first, max(min(round((length + end * width) / 2), length), first + 1))
