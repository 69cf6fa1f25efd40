"""`focal-depth view`: pictures and clips of a result's photo set, flat, in stereo or as a quilt."""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.messages import DRAW, MESH
from ..export.photo_set import PhotoSet, build_photo_set
from ..io.result_folder import check_place, write_file
from ..runtime.parallel import prefetch
from ..runtime.progress import Reporter
from ..views import quilt, stereo
from ..views.camera_moves import FRAME_RATE, MOVES, ORBIT, PUSH_IN, TRAVEL, move_camera
from ..views.clip import encode_clip
from ..views.layouts import LAYOUTS, MONO, OVER_UNDER, QUILT, RGBD, SIDE_BY_SIDE, STEREO, compose, views_of
from ..views.rasteriser import Drawing, Scene, build_texture, draw
from ..views.view import View, Window, common_window

PICTURES, CLIP = (".png", ".jpg"), ".mp4"
JPEG = cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
LONGER_SIDE, LONGER_SIDE_OF_CLIP = 1920, 1280  # pixels of a view at most, unless a person chooses otherwise
SIZES = range(64, 8193)
LARGEST, LARGEST_OF_CLIP = 16384, 4096  # pixels of the longer side of all views together
MEASURED_SIDE = 480  # pixels of the view whose depth is measured
PIXELS_OF_TRIANGLE = 4
TRIANGLES = 100_000, 500_000  # at least, at most
MIN_SHOWN = 0.5  # of the picture's width and height, after borders are cropped
MAX_FILLED = 0.002  # of a picture, without a word about it


@dataclass(frozen=True)
class _Plan:
    """What is drawn, and what a person hears about it."""

    views: list[View]  # of all frames, one frame after the other
    frames: int
    window: Window
    size: tuple[int, int]  # of a view
    depth: stereo.DepthRange
    eye_distance: float
    eyes_are: str
    convergence: float
    disparity: stereo.Disparity
    focal_length: float  # in widths of a view


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `view` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help=".png or .jpg, or .mp4 with --move"
    )
    parser.add_argument("--layout", choices=LAYOUTS, default=MONO, help="default mono")
    parser.add_argument(
        "--eye-distance",
        type=float,
        metavar="METRES",
        help="default 0.063, or a comfortable one where that is not, or depth is relative",
    )
    parser.add_argument(
        "--convergence",
        type=float,
        metavar="METRES",
        help="depth that is shown in the plane of the screen (default: near that of the picture's middle)",
    )
    parser.add_argument("--move", choices=MOVES, help="move the camera; the output is a clip")
    parser.add_argument(
        "--size",
        type=int,
        metavar="PIXELS",
        help=f"longer side of a view (default {LONGER_SIDE} at most, {LONGER_SIDE_OF_CLIP} of a clip)",
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write a picture of the set, or a clip."""
    _check(options)
    check_place(options.output)
    reporter.plan({MESH: 1, DRAW: 10 if options.move or options.layout == QUILT else 1})
    reporter.progress(MESH, 0, 1)
    photo_set = build_photo_set(options.result, _count_triangles(options), reporter)
    plan = _choose_plan(options, photo_set)
    filled: list[float] = []
    frames = _frames(options.layout, photo_set, plan, filled, reporter)
    if options.move:
        path = options.output
        content = encode_clip(frames, _composed_size(options.layout, plan.size), FRAME_RATE)
    else:
        path = quilt.name_quilt(options.output, plan.size) if options.layout == QUILT else options.output
        content = _encode_picture(path.suffix, next(frames))
    write_file(path, content)
    _warn(options.layout, plan, max(filled), reporter)
    reporter.result(path, f"{path}: {_summary(options, plan)}", **_details(options.layout, plan, max(filled)))


def _check(options: argparse.Namespace) -> None:
    suffix = options.output.suffix.lower()
    if options.move and suffix != CLIP:
        raise InputError(f"--output {options.output}: --move makes a clip, use a name that ends in {CLIP}")
    if not options.move and suffix not in PICTURES:
        raise InputError(f"--output {options.output}: use a name that ends in {' or '.join(PICTURES)}")
    if options.move and options.layout == QUILT:
        raise InputError("--layout quilt is for pictures: leave --move out, or choose another layout")
    if options.eye_distance is not None and options.layout not in STEREO:
        raise InputError(
            f"--eye-distance is for views of two eyes: leave it out of --layout {options.layout}"
        )
    if options.convergence is not None and options.layout not in STEREO and options.move != ORBIT:
        raise InputError(f"--convergence is for stereo and orbits: leave it out of --layout {options.layout}")
    for name in ("eye_distance", "convergence"):
        value = getattr(options, name)
        if value is not None and not 0 < value < math.inf:
            raise InputError(f"--{name.replace('_', '-')} {value}: give a number above 0")
    if options.size is not None and options.size not in SIZES:
        raise InputError(f"--size {options.size}: give a number of pixels from {SIZES[0]} to {SIZES[-1]}")


def _count_triangles(options: argparse.Namespace) -> int:
    side = options.size or (quilt.LONGER_SIDE // quilt.COLUMNS if options.layout == QUILT else LONGER_SIDE)
    return int(np.clip(side**2 // PIXELS_OF_TRIANGLE, *TRIANGLES))


def _choose_plan(options: argparse.Namespace, photo_set: PhotoSet) -> _Plan:
    """All that the options leave open, chosen by the depth of the set, and by what is left of the width."""
    depth = _measure_depth(photo_set)
    draft = _plan_within(options, photo_set, depth, photo_set.picture.shape[1])
    return _plan_within(options, photo_set, depth, draft.window.width)


def _plan_within(
    options: argparse.Namespace, photo_set: PhotoSet, depth: stereo.DepthRange, shown_width: float
) -> _Plan:
    """The plan where so many of the photograph's columns are left when borders are cropped."""
    height, width = photo_set.picture.shape[:2]
    focal_length = photo_set.camera.fx / shown_width
    eyes, eyes_are = _choose_eyes(options, photo_set, depth, focal_length)
    convergence = options.convergence or stereo.choose_convergence(depth, focal_length, eyes)
    if options.move == PUSH_IN and convergence <= TRAVEL * depth.nearest:
        raise InputError(f"--convergence {convergence}: the camera goes beyond it, give a larger one")
    straight = View(convergence=convergence)
    cameras = move_camera(options.move, depth, convergence) if options.move else [straight]
    views = [view for camera in cameras for view in views_of(options.layout, camera, eyes)]
    window = common_window(photo_set.mesh, photo_set.camera, (width, height), views)
    if min(window.width / width, window.height / height) < MIN_SHOWN:
        raise InputError(
            f"{options.result}: all views together show less than half of the picture; use a smaller eye "
            "distance, or a convergence within the scene"
        )
    focal_length = photo_set.camera.fx / window.width
    size = _view_size(options, window)
    _check_composed(options, size)
    return _Plan(
        views,
        len(cameras),
        window,
        size,
        depth,
        eyes,
        eyes_are,
        convergence,
        stereo.measure_disparity(depth, focal_length, eyes, convergence),
        focal_length,
    )


def _choose_eyes(
    options: argparse.Namespace, photo_set: PhotoSet, depth: stereo.DepthRange, focal_length: float
) -> tuple[float, str]:
    if options.eye_distance is not None:
        return options.eye_distance, "as given"
    return stereo.choose_eye_distance(depth, focal_length, photo_set.description["metric"])


def _measure_depth(photo_set: PhotoSet) -> stereo.DepthRange:
    """By a small view from the photograph's camera."""
    height, width = photo_set.picture.shape[:2]
    shrink = min(1.0, MEASURED_SIDE / max(height, width))
    size = round(shrink * width), round(shrink * height)
    drawing = draw(_scene(photo_set, shrink), View(), Window(0, 0, width, height), size)
    return stereo.measure_depth(drawing)


def _scene(photo_set: PhotoSet, scale: float) -> Scene:
    height, width = photo_set.picture.shape[:2]
    texture = build_texture(photo_set.picture, photo_set.background, min(scale, 1))
    return Scene(photo_set.mesh, photo_set.camera, (width, height), texture)


def _view_size(options: argparse.Namespace, window: Window) -> tuple[int, int]:
    longer = max(window.width, window.height)
    if options.size is not None:
        scale = options.size / longer
    elif options.layout == QUILT:
        scale = quilt.LONGER_SIDE / max(quilt.COLUMNS * window.width, quilt.ROWS * window.height)
    else:
        scale = min(1.0, (LONGER_SIDE_OF_CLIP if options.move else LONGER_SIDE) / longer)
    step = 2 if options.move else 1  # H.264 halves the colours of a clip
    width, height = (step * max(1, round(scale * side / step)) for side in (window.width, window.height))
    return width, height


def _composed_size(layout: str, size: tuple[int, int]) -> tuple[int, int]:
    if layout == QUILT:
        return quilt.COLUMNS * size[0], quilt.ROWS * size[1]
    across = 2 if layout in (SIDE_BY_SIDE, RGBD) else 1
    down = 2 if layout == OVER_UNDER else 1
    return across * size[0], down * size[1]


def _check_composed(options: argparse.Namespace, size: tuple[int, int]) -> None:
    composed, most = _composed_size(options.layout, size), LARGEST_OF_CLIP if options.move else LARGEST
    if max(composed) > most:
        fitting = max(size) * most // max(composed)
        raise InputError(
            f"--size {options.size}: all views together would have {composed[0]} x {composed[1]} pixels, "
            f"give {fitting} or less"
        )


def _frames(
    layout: str, photo_set: PhotoSet, plan: _Plan, filled: list[float], reporter: Reporter
) -> Iterator[np.ndarray]:
    """Pictures of all frames; what of each view was filled is added to `filled`."""
    scene = _scene(photo_set, plan.size[0] / plan.window.width)

    def drawings() -> Iterator[Drawing]:
        drawn = prefetch(lambda view: draw(scene, view, plan.window, plan.size), plan.views, at_once=2)
        for index, drawing in enumerate(drawn):
            reporter.progress(DRAW, index, len(plan.views))
            filled.append(drawing.filled)
            yield drawing

    under_way, count = drawings(), len(plan.views) // plan.frames
    for _ in range(plan.frames):
        yield compose(layout, list(islice(under_way, count)), plan.depth)


def _encode_picture(suffix: str, picture: np.ndarray) -> bytes:
    settings = JPEG if suffix.lower() == ".jpg" else ()
    return cv2.imencode(suffix, picture[..., ::-1], settings)[1].tobytes()


def _warn(layout: str, plan: _Plan, filled: float, reporter: Reporter) -> None:
    if layout in STEREO and not plan.disparity.is_comfortable:
        reporter.warning(f"{_describe(plan.disparity)} is uncomfortable: {_remedy(plan)}.")
    if filled > MAX_FILLED:
        remedy = ": use a smaller eye distance, or show what layers leave out" if layout in STEREO else ""
        reporter.warning(
            f"{filled:.1%} of a view shows nothing of the set, and is filled with what is beside it{remedy}."
        )


def _remedy(plan: _Plan) -> str:
    most = stereo.comfortable_eye_distance(plan.depth, plan.focal_length)
    if plan.eye_distance > most:
        return f"use an eye distance of {_digits(most)} or less"
    fitting = stereo.choose_convergence(plan.depth, plan.focal_length, plan.eye_distance)
    return f"use a convergence of {_digits(fitting)}"


def _summary(options: argparse.Namespace, plan: _Plan) -> str:
    views = len(plan.views) // plan.frames
    parts = [options.layout, f"{views} view{'s'[: views > 1]} of {plan.size[0]} x {plan.size[1]} pixels"]
    if options.move:
        parts.append(f"{plan.frames / FRAME_RATE:.0f} s of {options.move}")
    if options.layout in STEREO:
        comfort = "comfortable" if plan.disparity.is_comfortable else "uncomfortable"
        parts.append(f"eye distance {_digits(plan.eye_distance)} ({plan.eyes_are})")
        parts.append(f"convergence {_digits(plan.convergence)}")
        parts.append(f"{_describe(plan.disparity)}, {comfort}")
    return ", ".join(parts)


def _describe(disparity: stereo.Disparity) -> str:
    return (
        f"disparity from {max(disparity.front, 0):.1%} of the width in front of the screen to "
        f"{max(disparity.behind, 0):.1%} behind it"
    )


def _details(layout: str, plan: _Plan, filled: float) -> dict[str, object]:
    """For programs; lengths in metres, or relative as the result is."""
    details: dict[str, object] = {
        "size": list(plan.size),
        "filled": round(filled, 6),
        "near": plan.depth.nearest,
        "far": plan.depth.farthest,
    }
    if layout in STEREO:
        details |= {
            "eye_distance": plan.eye_distance,
            "eye_distance_source": plan.eyes_are,
            "convergence": plan.convergence,
            "disparity_front": plan.disparity.front,
            "disparity_behind": plan.disparity.behind,
            "comfortable": plan.disparity.is_comfortable,
        }
    return details


def _digits(length: float) -> str:
    return f"{length:.3g}"
