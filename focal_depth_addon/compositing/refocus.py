"""Focal Depth Refocus: the photograph with another focus and aperture.

A pixel at d dioptres, to be shown with the lens focused at f and its aperture k times as wide, has the blur
that a frame of the stack focused at f' = d + k (f - d) has there: k s |f - d| = s |f' - d| (thin lens, see
backend/lens/thin_lens.py). So each pixel is taken from the two frames next to its f'. With k = 1 that is one
photograph as the lens would have taken it; with k towards 0 everything is in focus. Blur that the frames
cannot have, since f' lies beyond the stack, is added: discs, whose squared radii add up.
"""

from dataclasses import dataclass
from pathlib import Path

import bpy

from ...backend.contract.files import DEPTH_EXR
from .. import result_folder
from ..translations import translate
from . import depth_merge, photograph
from .nodes import Group, result_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Refocus"
DESCRIPTION = "Photograph with another focus and aperture: the blur is the lens's own, taken from the stack"
FOCUS, F_NUMBER, APERTURE = "Focus Distance", "F-Number", "Aperture"
NOTE_TAG = "focal_depth_note"  # on the group: a sentence for the panel
# Shares of the picture's width.
USUAL_BLUR = 1 / 40  # at one end of the stack while the other is in focus, if the aperture is unknown
MAX_RADIUS = 1 / 40  # of a disc: larger ones take too long
# Pixels.
MIN_RADIUS = 0.05  # of a disc that is worth the time
SMALLEST_DISC = 1.6  # radius of Blender's disc of 3 x 3 pixels
DISC_EXCESS = 0.5  # by which Blender's discs are wider than their size


@dataclass(frozen=True)
class Lens:
    """A stack and the lens that took it, as far as Refocus needs them.

    Attributes
    ----------
    frames
        (dioptres, picture) of frames that are focused at different distances, far to near; empty without
        aligned photographs.
    far, near
        Dioptres at the ends of the stack.
    f_number
        None where it is unknown.
    blur
        Diameter of the disc in pixels for a dioptre out of focus.
    size
        (width, height) in pixels.
    note
        Sentences for the panel, or empty.
    """

    frames: tuple[tuple[float, Path], ...]
    far: float
    near: float
    f_number: float | None
    blur: float
    size: tuple[int, int]
    note: str

    @classmethod
    def from_result(cls, result: Result) -> "Lens":
        """Return what a result says of its stack and lens."""
        description = result.description
        frames, camera = description["frames"], description["camera"]
        width, height = description["size"]
        far, near = frames[0]["dioptres"], frames[-1]["dioptres"]
        f_number = camera["f_number"] if description["metric"] else None
        if f_number:
            # c = A s |f - d| on the sensor, and fx pixels are s: A fx |f - d| pixels in every aligned frame.
            blur = camera["focal_length_mm"] / 1000 / f_number * camera["fx"]
        else:
            blur = USUAL_BLUR * width / (near - far)
        pictures = _distinct_frames(result)
        note = _note(result, bool(pictures), bool(f_number))
        return cls(pictures, far, near, f_number, blur, (width, height), note)

    @property
    def middle(self) -> float:
        """The focus distance in the middle of the stack, in metres."""
        return 2 / (self.far + self.near)


def update_group(result: Result) -> bpy.types.NodeTree:
    """Return the group that refocuses a result, drawn anew."""
    lens = Lens.from_result(result)

    def draw(group: Group) -> None:
        distance = group.number(
            FOCUS,
            lens.middle * result.units_per_metre,
            "Distance that is in focus",
            0.001,
            1e6,
            subtype="DISTANCE",
        )
        ratio = _aperture_ratio(group, lens)
        passes = group.image(result_folder.load_image(result.folder / DEPTH_EXR))
        depth = group.math("DIVIDE", 1, passes["Depth"])
        focus = group.math("DIVIDE", result.units_per_metre, distance)
        wanted = group.math("MULTIPLY_ADD", ratio, group.math("SUBTRACT", focus, depth), depth)
        if lens.frames:
            picture, available = _blend(group, lens.frames, wanted)
        else:
            picture, available = passes["Combined"], depth
        radius = _missing_radius(group, wanted, available, depth, lens.blur)
        refocused = _blur(group, picture, radius, lens)
        group.output("Image", group.fit(refocused), "Photograph, refocused")

    tree = result_group(KIND, DESCRIPTION, result.folder, draw)
    tree[NOTE_TAG] = lens.note
    return tree


def apply(tree: SceneTree, result: Result) -> str:
    """Let Depth Merge show the photograph refocused; return a note about it, or an empty string.

    A second call changes the photographs and leaves focus and aperture as they are.
    """
    group = update_group(result)
    node = tree.find(KIND)
    if node is None:
        node = tree.beside(tree.get(photograph.KIND), group, 0, 1)
        tree.link(node.outputs["Image"], tree.get(depth_merge.KIND).inputs["Photograph"])
    node.node_tree = group
    return group[NOTE_TAG]


def link(node: bpy.types.Node, camera: bpy.types.Object, focal_length_mm: float, unscaled: float) -> None:
    """Let focus and aperture of the node follow a set's camera, by drivers.

    Parameters
    ----------
    node
        Of the Refocus group.
    camera
        The set's, with its focus.
    focal_length_mm
        Of the photographs.
    unscaled
        Blender units for a metre before the set is scaled.
    """
    unlink(node)
    focus = camera.data.dof.focus_object
    if focus is None or camera.parent is None:
        return
    sources = {"z": (focus, "location[2]"), "scale": (camera.parent, "scale[0]")}
    _drive(node.inputs[FOCUS], "z * scale", sources)
    if F_NUMBER in node.inputs:  # see PhotoSet, which turns it into the camera's F-stop
        stops = {"stop": (camera, "data.dof.aperture_fstop"), "lens": (camera, "data.lens")}
        _drive(node.inputs[F_NUMBER], f"stop * {unscaled * focal_length_mm!r} / lens", stops)


def is_linked(node: bpy.types.Node) -> bool:
    """Whether focus and aperture of the node follow a camera."""
    animation, path = node.id_data.animation_data, node.inputs[FOCUS].path_from_id("default_value")
    return animation is not None and animation.drivers.find(path) is not None


def unlink(node: bpy.types.Node) -> None:
    """Let a person set focus and aperture of the node."""
    for socket in node.inputs:
        socket.driver_remove("default_value")


def _drive(
    socket: bpy.types.NodeSocket, expression: str, sources: dict[str, tuple[bpy.types.Object, str]]
) -> None:
    driver = socket.driver_add("default_value").driver
    driver.type = "SCRIPTED"
    for name, (owner, path) in sources.items():
        variable = driver.variables.new()
        variable.name = name
        variable.targets[0].id, variable.targets[0].data_path = owner, path
    driver.expression = expression


def _distinct_frames(result: Result) -> tuple[tuple[float, Path], ...]:
    """Aligned frames, of those focused alike the first: between them there is nothing to blend."""
    distinct: list[tuple[float, Path]] = []
    for frame in result.description["frames"]:
        dioptres, path = frame["dioptres"], frame.get("aligned")
        if path and (not distinct or dioptres > distinct[-1][0]):
            distinct.append((dioptres, result.folder / path))
    return tuple(distinct)


def _note(result: Result, has_frames: bool, has_f_number: bool) -> str:
    notes = []
    if not has_frames:
        notes.append(
            translate("There are no aligned photographs, so all blur is synthetic: estimate depth again")
        )
    if not result.description["metric"]:
        notes.append(
            translate("The focus distances are unknown: Focus Distance is relative, from 1 (near) to 4 (far)")
        )
    if not has_f_number:
        notes.append(translate("The f-number is unknown: the blur beyond the stack is a guess"))
    return ". ".join(notes)


def _aperture_ratio(group: Group, lens: Lens):
    """k, the aperture's width over the lens's own."""
    if not lens.f_number:
        return group.number(APERTURE, 1, "Width of the aperture, where 1 is that of the photographs", 0, 8)
    number = group.number(
        F_NUMBER, lens.f_number, "F-number of the aperture, at first that of the photographs", 0.1, 128
    )
    return group.math("DIVIDE", lens.f_number, number)


def _blend(group: Group, frames: tuple[tuple[float, Path], ...], wanted):
    """The frames focused next to `wanted` dioptres, blended, and where that blend is focused."""
    (farthest, path), *nearer = frames
    picture, before = _picture(group, path), farthest
    for dioptres, path in nearer:
        step = group.math("DIVIDE", group.math("SUBTRACT", wanted, before), dioptres - before, clamp=True)
        picture, before = group.over(step, picture, _picture(group, path)), dioptres
    return picture, group.math("MINIMUM", group.math("MAXIMUM", wanted, farthest), before)


def _picture(group: Group, path: Path):
    return group.image(result_folder.load_image(path))["Image"]


def _missing_radius(group: Group, wanted, available, depth, blur: float):
    """In pixels, of the disc that turns the available blur into the wanted one."""
    squares = []
    for focus in (wanted, available):
        difference = group.math("SUBTRACT", focus, depth)
        squares.append(group.math("MULTIPLY", difference, difference))
    missing = group.math("SQRT", group.math("MAXIMUM", group.math("SUBTRACT", *squares), 0))
    return group.math("MULTIPLY", missing, blur / 2)


def _blur(group: Group, picture, radius, lens: Lens):
    """There is no disc between one pixel and 3 x 3: below that, the two are blended."""
    at_least = group.math("MAXIMUM", group.math("SUBTRACT", radius, DISC_EXCESS), 1)
    size = group.math("MULTIPLY", at_least, group.math("GREATER_THAN", radius, MIN_RADIUS))
    blurred = group.defocus(picture, size, lens.size, MAX_RADIUS * lens.size[0])
    share = group.math("DIVIDE", radius, SMALLEST_DISC)
    return group.over(group.math("MULTIPLY", share, share, clamp=True), picture, blurred)
