"""Focal Depth Refocus: the photograph with another focus and aperture.

A pixel at d dioptres, to be shown with the lens focused at f and its aperture k times as wide, has the blur
that a frame of the stack focused at f' = d + k (f - d) has there: k s |f - d| = s |f' - d| (thin lens, see
backend/optics.py). So each pixel is taken from the two frames next to its f'. With k = 1 that is one
photograph as the lens would have taken it; with k towards 0 everything is in focus. What blur the frames
cannot give, since f' lies beyond the stack, is added: discs, whose squared radii add up.
"""

from dataclasses import dataclass
from pathlib import Path

import bpy

from .. import result_folder
from ..translations import say
from . import depth_merge, photograph
from .nodes import Group, result_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Refocus"
DESCRIPTION = "The photograph with another focus and aperture: the lens's own blur, taken from the stack"
FOCUS, F_NUMBER, APERTURE = "Focus Distance", "F-Number", "Aperture"
NOTE_TAG = "focal_depth_note"  # on the group: what a person should know
RELATIVE_FAR, RELATIVE_NEAR = 0.25, 1.0  # dioptres of a stack without distances, as the backend has it
USUAL_BLUR = 1 / 40  # of the picture's width, at one end of the stack while the other is in focus
MOST_BLUR = 1 / 40  # of the picture's width: the radius above which it takes too long
NO_DISC = 0.05  # pixels: radius that is not worth the time
SMALLEST_DISC = 1.6  # pixels: the radius of Blender's disc of 3 x 3 pixels
DISC_EXCESS = 0.5  # pixels by which Blender's discs are wider than asked for


@dataclass(frozen=True)
class Lens:
    """What Refocus has of a stack. `frames` are (dioptres, picture), far to near; without aligned
    photographs there are none. `blur` is the disc's diameter in pixels a dioptre out of focus."""

    frames: tuple[tuple[float, Path], ...]
    far: float
    near: float
    f_number: float | None
    blur: float
    size: tuple[int, int]
    note: str

    @classmethod
    def of(cls, result: Result) -> "Lens":
        description = result.description
        told, camera, size = description["frames"], description["camera"], tuple(description["size"])
        notes = []
        if description["metric"]:
            distances = [frame["focus_distance_m"] for frame in told]
            dioptres = [0.0 if distance == "inf" else 1 / distance for distance in distances]
        else:
            step = (RELATIVE_NEAR - RELATIVE_FAR) / (len(told) - 1)
            dioptres = [RELATIVE_FAR + step * number for number in range(len(told))]
            notes.append(
                say("Focus distances are not known: Focus Distance is relative, 1 (near) to 4 (far)")
            )
        far, near = dioptres[0], dioptres[-1]
        f_number = camera["f_number"] if description["metric"] else None
        if f_number:
            # c = A s |f - d| on the sensor, and fx pixels are s: A fx |f - d| pixels in every aligned frame.
            blur = camera["focal_length_mm"] / 1000 / f_number * camera["fx"]
        else:
            blur = USUAL_BLUR * size[0] / (near - far)
            notes.append(say("The f-number is not known: blur beyond the stack is a guess"))
        aligned = zip(dioptres, (frame.get("aligned") for frame in told), strict=True)
        frames = tuple((dioptre, result.folder / path) for dioptre, path in aligned if path)
        if not frames:
            notes.insert(
                0, say("There are no aligned photographs, all blur is synthetic: estimate depth again")
            )
        return cls(frames, far, near, f_number, blur, size, ". ".join(notes))

    @property
    def middle(self) -> float:
        """The focus distance in the middle of the stack, in metres."""
        return 2 / (self.far + self.near)


def group(result: Result) -> bpy.types.NodeTree:
    lens = Lens.of(result)

    def draw(group: Group) -> None:
        distance = group.number(
            FOCUS, lens.middle * result.units_per_metre, "What is in focus", 0.001, 1e6, subtype="DISTANCE"
        )
        ratio = _aperture(group, lens)
        passes = group.image(result_folder.load_image(result.folder / result_folder.DEPTH))
        here = group.math("DIVIDE", 1, passes["Depth"])
        focus = group.math("DIVIDE", result.units_per_metre, distance)
        wanted = group.math("MULTIPLY_ADD", ratio, group.math("SUBTRACT", focus, here), here)
        if lens.frames:
            picture, had = _blended(group, lens.frames, wanted)
        else:
            picture, had = passes["Combined"], here
        radius = _missing_radius(group, wanted, had, here, lens.blur)
        group.give("Image", group.fitted(_blurred(group, picture, radius, lens)), "The photograph, refocused")

    tree = result_group(KIND, DESCRIPTION, result.folder, draw)
    tree[NOTE_TAG] = lens.note
    return tree


def _aperture(group: Group, lens: Lens):
    """k, the aperture's width over the lens's own."""
    if not lens.f_number:
        return group.number(APERTURE, 1, "Width of the aperture; 1 is the photographs' own", 0, 8)
    number = group.number(F_NUMBER, lens.f_number, "Of the aperture; the photographs' own at first", 0.1, 128)
    return group.math("DIVIDE", lens.f_number, number)


def _blended(group: Group, frames: tuple, wanted):
    """The frames focused next to `wanted` dioptres, blended, and where that blend is focused."""
    (farthest, path), *nearer = frames
    picture, before = _picture(group, path), farthest
    for dioptres, path in nearer:
        step = group.math("DIVIDE", group.math("SUBTRACT", wanted, before), dioptres - before, clamp=True)
        picture, before = group.over(step, picture, _picture(group, path)), dioptres
    return picture, group.math("MINIMUM", group.math("MAXIMUM", wanted, farthest), before)


def _picture(group: Group, path: Path):
    return group.image(result_folder.load_image(path))["Image"]


def _missing_radius(group: Group, wanted, had, here, blur: float):
    """In pixels, of the disc that turns the blur there is into the blur wanted."""
    squares = []
    for focus in (wanted, had):
        off = group.math("SUBTRACT", focus, here)
        squares.append(group.math("MULTIPLY", off, off))
    missing = group.math("SQRT", group.math("MAXIMUM", group.math("SUBTRACT", *squares), 0))
    return group.math("MULTIPLY", missing, blur / 2)


def _blurred(group: Group, picture, radius, lens: Lens):
    """There is no disc between one pixel and 3 x 3: below that, the two are blended."""
    at_least = group.math("MAXIMUM", group.math("SUBTRACT", radius, DISC_EXCESS), 1)
    asked = group.math("MULTIPLY", at_least, group.math("GREATER_THAN", radius, NO_DISC))
    blurred = group.defocused(picture, asked, lens.size, MOST_BLUR * lens.size[0])
    share = group.math("DIVIDE", radius, SMALLEST_DISC)
    return group.over(group.math("MULTIPLY", share, share, clamp=True), picture, blurred)


def put(tree: SceneTree, result: Result) -> str:
    """Let Depth Merge show the photograph refocused. Returns what a person should know of it.

    A second call changes the photographs and leaves focus and aperture as they are.
    """
    refocused = group(result)
    node = tree.find(KIND)
    if node is None:
        node = tree.beside(tree.find(photograph.KIND), refocused, 0, 1)
        tree.link(node.outputs["Image"], tree.find(depth_merge.KIND).inputs["Photograph"])
    node.node_tree = refocused
    return refocused[NOTE_TAG]
