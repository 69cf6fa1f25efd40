"""The retouch layers of a scene: each has a mask of Blender's, in which it is outlined over the photograph.

The layers of a .blend file and those of a result folder are one list: opening a result reads the folder's,
and applying, or opening another result, writes them there. One that was painted elsewhere keeps its picture.
Masks have a fake user, so that no outline goes with its layer.
"""

from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty, PointerProperty, StringProperty

from ..backend.contract import retouch
from ..backend.contract.errors import InputError
from ..backend.contract.files import LAYERS_JSON
from .errors import UserError
from .translations import CONTEXT, translate

STEPS = 16  # of an outline between two of its points
STRAIGHT = 1e-6  # twice an area in the mask's own unit, of the handles' triangles with a line
TOOLS = (
    (retouch.FLATTEN, "Flatten", "Make what is outlined flat: the plane that most of it lies on"),
    (
        retouch.FROM_NEIGHBOURS,
        "From Neighbours",
        "Let the surface about what is outlined go on there, in place of what was estimated",
    ),
    (retouch.PUSH, "Push", "Move what is outlined nearer, or farther"),
    (retouch.CUT, "Cut", "Let depth jump along the middle of what is outlined"),
    (retouch.SAME_SURFACE, "Same Surface", "Remove a jump of depth: both sides are joined smoothly"),
    (retouch.TRUST, "Trust", "Make the confidence of what is outlined 1"),
    (
        retouch.DISTRUST,
        "Do Not Trust",
        "Let the surface about what is outlined go on there, with a confidence of 0",
    ),
    (retouch.FRAME, "From Photograph", "Show one photograph, aligned, in place of the fused picture"),
    (retouch.BACKGROUND, "Background", "Show what the mesh shows behind its cuts, once it is built"),
    (retouch.HEAL, "Heal", "Fill the picture from what is about it"),
    (retouch.LEAVE_OUT, "Leave Out", "Keep what is outlined out of the mesh"),
    (
        retouch.OWN_OBJECT,
        "Own Object",
        "Make what is outlined an object of its own in the set, and fill in what is behind it",
    ),
)
TOOL_NAMES = {key: name for key, name, _ in TOOLS}


class RetouchLayer(bpy.types.PropertyGroup):
    """One layer; `name` is its name, unlike that of any other."""

    written: StringProperty()  # the name that the result folder has it by; empty where it is not there yet
    tool: EnumProperty(
        name="Tool",
        description="What becomes of what is outlined",
        items=TOOLS,
        translation_context=CONTEXT,
    )
    mask: PointerProperty(
        name="Mask",
        description="Outlines what is retouched: closed splines are filled, open ones are strokes",
        type=bpy.types.Mask,
    )
    picture: StringProperty()  # a mask's file in the result folder, of layers that were painted elsewhere
    amount: FloatProperty(
        name="Amount",
        description="How far it is moved nearer, or farther below 0, in shares of the focus range",
        default=0.05,
        min=-1,
        max=1,
        precision=3,
    )
    width: FloatProperty(
        name="Stroke Width",
        description="Width of open splines, in shares of the picture's longer side",
        default=0.01,
        min=0.001,
        max=retouch.MAX_WIDTH,
        precision=3,
    )
    photograph: StringProperty(name="Photograph", description="Name of the photograph that is shown")
    shown: BoolProperty(
        name="Apply", description="Apply the layer. If off, it is kept and does nothing", default=True
    )


def read_layers(folder: Path) -> list[retouch.Layer]:
    """Read the layers of a result folder. Raises UserError where their file is damaged."""
    try:
        return retouch.read_layers(folder)
    except InputError as error:
        raise UserError(str(error)) from None


def write_layers(settings: bpy.types.PropertyGroup, folder: Path, size: tuple[int, int]) -> dict[str, str]:
    """Write a scene's layers to a result folder of `size` (width, height), and list those that others wrote.

    Returns
    -------
    dict
        New names of the layers that the folder had by others.

    Raises
    ------
    OSError
        Where the folder cannot be written.
    UserError
        Where the layers that are there are damaged.
    """
    there, others = _others(settings, folder)
    described = _describe_all(settings, there, others, size)
    layers = [*others, *filter(None, described)]
    if layers or there:
        _write(folder, layers)
    renamed = {}
    for item, name, layer in zip(settings.layers, _names(settings, others), described, strict=True):
        if item.written not in ("", name):
            renamed[item.written] = name
        item.name, item.written = name, "" if layer is None else name
    for number, layer in enumerate(others):
        _add(settings, layer, size)
        settings.layers.move(len(settings.layers) - 1, number)
    return renamed


def describe_layers(
    settings: bpy.types.PropertyGroup, folder: Path, size: tuple[int, int]
) -> list[retouch.Layer]:
    """Return the layers as `write_layers` would write them. Raises UserError as that does."""
    there, others = _others(settings, folder)
    return [*others, *filter(None, _describe_all(settings, there, others, size))]


def layers_state(settings: bpy.types.PropertyGroup) -> tuple:
    """Return something that differs where layers or their outlines do; soon, even of many points."""
    return tuple(_item_state(item) for item in settings.layers)


def forget_layer(folder: Path, name: str) -> None:
    """Remove a layer from a result folder. Raises OSError and UserError as `write_layers` does."""
    layers = read_layers(folder)
    if any(layer.name == name for layer in layers):
        _write(folder, [layer for layer in layers if layer.name != name])


def list_layers(settings: bpy.types.PropertyGroup, folder: Path, size: tuple[int, int]) -> None:
    """Fill a scene's list with the layers of a result folder. Raises UserError as `read_layers` does."""
    layers = read_layers(folder)
    settings.layers.clear()
    for layer in layers:
        _add(settings, layer, size)
    settings.active_layer = max(0, len(settings.layers) - 1)


def new_mask(name: str) -> bpy.types.Mask:
    """Return a mask with a layer of its own, which stays in the file."""
    mask = bpy.data.masks.new(name)
    mask.use_fake_user = True
    mask.layers.new(name=name)
    return mask


def outline(
    layer: RetouchLayer, points: list[tuple[float, float]], size: tuple[int, int], closed=True
) -> None:
    """Add an outline to a layer: points from 0 to 1 of a picture of `size`, from its top left."""
    if layer.mask is None:
        layer.mask = new_mask(layer.name)
    mask = layer.mask
    spline = (mask.layers[0] if mask.layers else mask.layers.new(name=layer.name)).splines.new()
    spline.use_cyclic = closed
    spline.points.add(len(points) - 1)  # it begins with one
    for point, place in zip(spline.points, _to_mask(np.array(points), size), strict=True):
        point.handle_type = "VECTOR"
        point.co = point.handle_left = point.handle_right = place


def format_layers(layers: list[retouch.Layer]) -> str:
    """Return the text of a layers.json. Raises UserError where no reader would take it."""
    text = retouch.format_layers(layers)
    try:
        retouch.parse_layers(text)
    except ValueError as error:
        raise UserError(
            translate("The layers of Retouch cannot be written ({reason}): simplify them", reason=error)
        ) from None
    return text


def _write(folder: Path, layers: list[retouch.Layer]) -> None:
    """Whole or not at all."""
    try:
        path = retouch.file_of(folder, LAYERS_JSON)
    except InputError as error:
        raise UserError(str(error)) from None
    text = format_layers(layers)
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".unfinished")
    partial.unlink(missing_ok=True)  # a folder from elsewhere may have a link there, which leads out of it
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _others(
    settings: bpy.types.PropertyGroup, folder: Path
) -> tuple[dict[str, retouch.Layer], list[retouch.Layer]]:
    """The layers of a result folder by their names, and those of them that the scene does not list."""
    there = {layer.name: layer for layer in read_layers(folder)}
    listed = {item.written for item in settings.layers}
    return there, [layer for name, layer in there.items() if name not in listed]


def _describe_all(
    settings: bpy.types.PropertyGroup,
    there: dict[str, retouch.Layer],
    others: list[retouch.Layer],
    size: tuple[int, int],
) -> list[retouch.Layer | None]:
    """Each layer of the scene as its file has it; None where nothing is outlined yet."""
    described = []
    for item, name in zip(settings.layers, _names(settings, others), strict=True):
        before = there.get(item.written) if item.mask is None else None
        described.append(_describe(item, name, size) or (before and replace(before, name=name)))
    return described


def _names(settings: bpy.types.PropertyGroup, others: list[retouch.Layer]) -> list[str]:
    """Names for the scene's layers: no two are alike, nor like that of one that others wrote."""
    taken, names = {layer.name for layer in others}, []
    for item in settings.layers:
        name = item.name.strip()[: retouch.MAX_NAME - 10] or TOOL_NAMES[item.tool]
        names.append(free_name(name, taken))
        taken = taken | {names[-1]}
    return names


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number where it is taken."""
    numbered = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
    return next(each for each in numbered if each not in taken)


def _add(settings: bpy.types.PropertyGroup, layer: retouch.Layer, size: tuple[int, int]) -> None:
    """List a layer of a result folder."""
    item = settings.layers.add()
    item.name = item.written = layer.name
    item.tool, item.shown, item.picture = layer.tool, layer.shown, layer.mask
    item.amount, item.photograph = layer.amount, layer.frame
    if layer.outlines:
        item.mask = new_mask(layer.name)
    for each in layer.outlines:
        outline(item, each["points"], size, closed=not each["width"])
        item.width = each["width"] or item.width


def _item_state(item: RetouchLayer) -> tuple:
    splines = [] if item.mask is None else [each for layer in item.mask.layers for each in layer.splines]
    values = item.name, item.tool, item.picture, item.amount, item.width, item.photograph, item.shown
    return *values, *((spline.use_cyclic, _places(spline).tobytes()) for spline in splines)


def _places(spline: bpy.types.MaskSpline) -> np.ndarray:
    """(n, 3, 2) of each point: its left handle, itself, its right handle, in the mask's own places."""
    places = np.empty((3, 2 * len(spline.points)), np.float32)
    for row, name in zip(places, ("handle_left", "co", "handle_right"), strict=True):
        spline.points.foreach_get(name, row)
    return places.reshape(3, -1, 2).swapaxes(0, 1)


def _describe(item: RetouchLayer, name: str, size: tuple[int, int]) -> retouch.Layer | None:
    """The layer as its file has it; None where nothing is outlined yet."""
    outlines = [] if item.mask is None else list(_outlines(item, size))
    if not outlines and not item.picture:
        return None
    return retouch.Layer(
        name=name,
        tool=item.tool,
        mask="" if outlines else item.picture,
        amount=round(item.amount, 6) if item.tool == retouch.PUSH else 0.0,
        frame=item.photograph if item.tool == retouch.FRAME else "",
        shown=item.shown,
        outlines=outlines,
    )


def _outlines(item: RetouchLayer, size: tuple[int, int]):
    for layer in item.mask.layers:
        for spline in layer.splines:
            if len(spline.points) < (3 if spline.use_cyclic else 2):
                continue
            points = _from_mask(_sample(spline), size)
            width = 0 if spline.use_cyclic else round(item.width, 6)
            yield {"points": np.clip(points, -5, 5).round(6).tolist(), "width": width}


def _sample(spline: bpy.types.MaskSpline) -> np.ndarray:
    """Points (n, 2) along a spline, which is a chain of Bezier curves, in the mask's own places."""
    ends = _places(spline).astype(np.float64)
    pairs = list(zip(ends, np.roll(ends, -1, axis=0), strict=True))
    if not spline.use_cyclic:
        pairs.pop()
    parts = [_curve(a, b, c, d) for (_, a, b), (c, d, _) in pairs]
    return np.concatenate([*parts, *([] if spline.use_cyclic else [[ends[-1][1]]])])


def _curve(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Points (n, 2) of a Bezier curve, without its end; a straight line needs one."""
    right, along = d - a, np.stack([b, c]) - a
    is_straight = np.abs(along[:, 0] * right[1] - along[:, 1] * right[0]).max() < STRAIGHT
    t = np.linspace(0, 1, 1 if is_straight else STEPS, endpoint=False)[:, None]
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def _from_mask(places: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Places (n, 2) of a mask, 0 to 1 of the longer side about the middle, from 0 to 1 from the top left."""
    points = (places - 0.5) * (max(size) / np.array(size)) + 0.5
    points[:, 1] = 1 - points[:, 1]
    return points


def _to_mask(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Do the reverse."""
    places = np.array(points, np.float64)
    places[:, 1] = 1 - places[:, 1]
    return (places - 0.5) * (np.array(size) / max(size)) + 0.5
