"""Retouch layers: what a person painted over a result, kept in its folder and applied after every estimate.

RESULT/retouch/layers.json lists them from the bottom up:

    {"format": 1, "layers": [{"name": "Wall", "tool": "flatten", "mask": "wall.png"}, ...]}

A `mask` is a PNG beside it, white where it was painted, of the result's shape at any size. In its place a
layer may have `outlines`: {"points": [[x, y], ...], "width": 0}, points from 0 to 1 of the picture's width
and height, from its top left. An outline of width 0 is closed and filled; another is a stroke, `width`
longer sides of the picture wide. `push` has an `amount` in normalised dioptres, above 0 for nearer, and
`frame` the `frame` whose photograph it shows, by the `name` that result.json has. A layer whose `shown` is
false is kept and not applied.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from .errors import InputError
from .files import LAYERS_JSON, RETOUCH
from .limits import MAX_TEXT_BYTES, read_whole

FORMAT = 1
FLATTEN, FROM_NEIGHBOURS, PUSH, CUT, SAME_SURFACE, TRUST, DISTRUST = DEPTH_TOOLS = (
    "flatten",
    "from_neighbours",
    "push",
    "cut",
    "same_surface",
    "trust",
    "distrust",
)
FRAME, BACKGROUND, HEAL = PICTURE_TOOLS = "frame", "background", "heal"
LEAVE_OUT, OWN_OBJECT = MESH_TOOLS = "leave_out", "own_object"  # depth and picture stay
TOOLS = *DEPTH_TOOLS, *PICTURE_TOOLS, *MESH_TOOLS
MAX_LAYERS = 200
MAX_POINTS = 20_000  # of all outlines of a file: filling takes time that grows with their square
MAX_WIDTH = 0.25  # longer sides: a broader stroke is an outline
MAX_PLACE = 10  # sides of the picture: no outline leads farther out of it
MAX_NAME = 200  # letters
KINDS = {
    "name": str,
    "tool": str,
    "mask": str,
    "amount": (int, float),
    "frame": str,
    "shown": bool,
    "outlines": list,
}


@dataclass(frozen=True)
class Layer:
    """One layer of a retouched result.

    Attributes
    ----------
    name
        For people.
    tool
        Of TOOLS.
    mask
        Name of the picture in the folder of layers.json; "" where there are outlines.
    amount
        Of `push`: normalised dioptres, above 0 for nearer.
    frame
        Of `frame`: the photograph, as result.json names it.
    shown
        Whether it is applied.
    outlines
        As layers.json has them.
    """

    name: str
    tool: str
    mask: str = ""
    amount: float = 0.0
    frame: str = ""
    shown: bool = True
    outlines: list[dict[str, Any]] = field(default_factory=list)


def read_layers(folder: Path) -> list[Layer]:
    """Read the layers of a result folder, from the bottom up; none where nothing was painted.

    Raises
    ------
    InputError
        Where their file is damaged, or leads out of the folder.
    """
    try:
        path = file_of(folder, LAYERS_JSON)
        return parse_layers(read_whole(path, MAX_TEXT_BYTES).decode()) if path.exists() else []
    except (InputError, OSError, ValueError) as error:
        path = folder / RETOUCH / LAYERS_JSON
        raise InputError(
            f"{path} cannot be used: {error}. Mend it, or move it away to do without what was painted"
        ) from None


def file_of(folder: Path, name: str) -> Path:
    """Return the path of a file beside layers.json, which is in a result folder that may come from anywhere.

    Raises
    ------
    InputError
        Where a link leads out of the folder.
    """
    path = folder / RETOUCH / name
    if path.is_symlink() or path.parent.is_symlink():
        raise InputError(f"{path} is a link: put the file itself there")
    return path


def parse_layers(text: str) -> list[Layer]:
    """Read the text of a layers.json, and check all that readers rely on.

    Raises
    ------
    ValueError
        Where it is damaged, or of a newer version; the text says which layer is at fault.
    """
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise ValueError("it was written by another version of Focal Depth")
        entries = content["layers"]
    except (KeyError, RecursionError, TypeError) as error:
        raise ValueError("it has no list of layers") from error
    if not isinstance(entries, list) or len(entries) > MAX_LAYERS:
        raise ValueError(f"it has no list of {MAX_LAYERS} layers at most")
    layers = [_layer(number, entry) for number, entry in enumerate(entries, 1)]
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError("two of its layers have one name")
    if sum(len(each["points"]) for layer in layers for each in layer.outlines) > MAX_POINTS:
        raise ValueError(f"its outlines have more than {MAX_POINTS} points")
    return layers


def format_layers(layers: list[Layer]) -> str:
    """Return the text of a layers.json."""
    return json.dumps({"format": FORMAT, "layers": [vars(layer) for layer in layers]}, indent=1) + "\n"


def _layer(number: int, entry: Any) -> Layer:
    if not isinstance(entry, dict) or not {"name", "tool"} <= entry.keys() <= KINDS.keys():
        raise ValueError(f"layer {number} needs a name and a tool, and nothing unknown")
    if not all(isinstance(value, KINDS[key]) for key, value in entry.items()):
        raise ValueError(f"layer {number} has a value of the wrong kind")
    layer = Layer(**entry)
    if layer.tool not in TOOLS:
        raise ValueError(f"layer {number} has no tool of that name: use one of {', '.join(TOOLS)}")
    if not _is_number(layer.amount, 1):
        raise ValueError(f"layer {number} needs an amount from -1 to 1")
    if not layer.name or not all(map(_is_name, (layer.name, layer.mask, layer.frame))):
        raise ValueError(f"layer {number} has a name that is none")
    if bool(layer.mask) == bool(layer.outlines):
        raise ValueError(f"layer {number} needs either a mask or outlines")
    if layer.mask and (PurePath(layer.mask).name != layer.mask or not layer.mask.endswith(".png")):
        raise ValueError(f"layer {number} needs a mask that is a .png beside {LAYERS_JSON}")
    if not all(map(_is_outline, layer.outlines)):
        raise ValueError(f"layer {number} has an outline that is none")
    return layer


def _is_name(text: str) -> bool:
    return len(text) <= MAX_NAME and text.isprintable()  # no line breaks, and none of halves of a letter


def _is_outline(outline: Any) -> bool:
    if not isinstance(outline, dict) or outline.keys() != {"points", "width"}:
        return False
    points, width = outline["points"], outline["width"]
    if not _is_number(width, MAX_WIDTH) or width < 0 or not isinstance(points, list):
        return False
    if len(points) < (2 if width else 3):
        return False
    pairs = all(isinstance(point, list) and len(point) == 2 for point in points)
    return pairs and all(_is_number(value, MAX_PLACE) for point in points for value in point)


def _is_number(value: Any, most: float) -> bool:
    """Whether it is one, not too large, and not not-a-number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= most
