"""From a FocalStack to a result: read, align, infer depth, fuse, write."""

import math
import os
import platform
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np

from . import __version__
from .contract.cost import Plan, plan
from .depth.focal_unet import ALIGNMENT, DEPTH, forget, open_networks
from .depth.predictors import JUMP, OURS, check_network, infer
from .depth.tiling import to_confidence, to_metres
from .depth.upsampling import to_full_size
from .fusion.all_in_focus import AllInFocus
from .io import results
from .io.colour import half_linear, srgb_bytes, srgb_decode
from .lens.camera import reference_camera
from .registration.motion import NETWORK, fill_in, warp
from .registration.moving import larger_where, moving, warnings_of
from .registration.register import register
from .runtime import cache, devices
from .runtime.cache import Found, Known
from .runtime.prefetch import made_ahead
from .runtime.progress import Reporter
from .stack import FocalStack, describe, one_in, read_pixels, read_working_photograph

# Longer side in pixels at which depth is inferred; None is the photographs' own. Results are of full size.
DRAFT, STANDARD, FULL = "draft", "standard", "full"
QUALITIES = {DRAFT: 640, STANDARD: 960, FULL: None}
WORTHWHILE = 1.5  # pictures shrink by so much or not at all: less would cost detail and save little


@dataclass(frozen=True)
class Choices:
    """How a stack is estimated, where there is a choice."""

    quality: str = STANDARD  # of QUALITIES
    alignment: str = NETWORK  # of ALIGNMENTS
    network: str = OURS  # "ours", "paper" or the path of an imported .onnx file of the paper's
    save_aligned: bool = False
    max_memory: float | None = None  # bytes; less may make depth coarser

    @property
    def enlarge(self) -> bool:
        """Whether small pictures are enlarged, which keeps their edges and takes time."""
        return self.quality != DRAFT


@dataclass
class Timings:
    """Seconds a stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 3)


def estimate(stack: FocalStack, output: Path, reporter: Reporter, choices: Choices) -> None:
    """Write the result folder of a stack to `output`; what an earlier result there knows is not run again.

    Raises InputError where the output cannot be written or a photograph cannot be read.
    """
    with results.to_write(output):
        check_network(choices.network)
        _estimate(stack, output, reporter, choices)


def _estimate(stack: FocalStack, output: Path, reporter: Reporter, choices: Choices) -> None:
    planned, versions = plan_of(stack, choices), _versions()
    seen = cache.seen(stack, choices.alignment, choices.network, (planned.size, choices.enlarge, versions))
    asked = cache.asked(seen, stack, asdict(choices))
    if (unchanged := cache.unchanged(output, asked)) is not None:
        _report(unchanged["warnings"], output, reporter, reused="all")
        return
    timings = Timings()
    known = cache.known(output, seen)
    reused = None if known is None else "networks"
    known = known or look(stack, planned, choices, reporter, timings)
    stack = known.found.of(stack)
    stack = stack.with_warnings(*_doubts(stack, planned, choices))
    with timings.stage("enlarge"):
        reporter.progress("enlarge", 0, 1)
        normalised = to_full_size(known.found.normalised, srgb_bytes(known.picture), JUMP)
        spread = _at_size(known.found.spread, stack.size)
    reporter.progress("write", 0, 1)
    frames = known.aligned or ((index, pixels * gain) for index, pixels, gain in _aligned(stack, known.found))
    results.write_result(
        output,
        to_metres(normalised, stack),
        to_confidence(spread, len(stack.frames)),
        known.picture,
        _description(stack, known.found, choices, timings) | {"versions": versions, "fingerprint": asked},
        aligned=_counted(frames, len(stack.frames), reporter) if choices.save_aligned else None,
        sixteen_bit=_is_deep(stack),
        found=cache.to_keep(known.found, seen),
    )
    reporter.progress("write", 1, 1)
    _report(stack.warnings, output, reporter, reused)


def look(stack: FocalStack, plan: Plan, choices: Choices, reporter: Reporter, timings: Timings) -> Known:
    """All that takes its time: frames aligned, their depth, and one picture fused of them."""
    reporter.plan(_shares(stack, plan.size))
    needed = {ALIGNMENT: choices.alignment == NETWORK, DEPTH: choices.network == OURS}
    open_networks(*(name for name, is_needed in needed.items() if is_needed))
    with timings.stage("read"):
        photographs = _working_photographs(stack, plan.size, reporter)
    with timings.stage("align"):
        reporter.progress("align", 0, 1)
        left, registered = register(
            photographs,
            stack,
            choices.alignment,
            lambda done, of: reporter.progress("align", done, of),
        )
        del photographs
        forget(ALIGNMENT)
    with timings.stage("depth"):
        normalised, spread = infer(
            choices.network,
            registered.pictures,
            left.positions,
            lambda done, of: reporter.progress("depth", done, of),
            choices.enlarge,
            plan.tile_budget,
        )
        forget(DEPTH)
        if choices.network == OURS:  # the paper's does not doubt itself
            moved = moving(registered.pictures)
            spread = larger_where(moved, spread, len(left.frames))
            left = left.with_warnings(*warnings_of(moved))
    found = Found(
        normalised,
        spread,
        kept=np.array([frame in left.frames for frame in stack.frames]),
        warnings=np.array(left.warnings[len(stack.warnings) :], dtype=str),
        gains=registered.gains,
        **asdict(registered.alignment),
    )
    del registered
    with timings.stage("fuse"):
        fused = _fuse(left, found, reporter)
        return Known(found, srgb_decode(fused) if _is_deep(stack) else half_linear(fused))


def _shares(stack: FocalStack, size: tuple[int, int]) -> dict[str, float]:
    """About how many seconds the stages take; the networks alone use all cores."""
    count, cores = len(stack.frames), os.cpu_count() or 1
    whole, looked_at = (count * width * height / 1e6 for width, height in (stack.size, size))
    return {
        "read": 0.003 * whole,
        "align": 0.14 * count / cores,
        "depth": 0.4 * looked_at / cores,
        "fuse": 0.018 * whole,
        "enlarge": 0.2 * whole / count,
        "write": 0.3 + 0.13 * whole / count,
    }


def plan_of(stack: FocalStack, choices: Choices) -> Plan:
    """How large the networks look at the pictures. Raises InputError where memory does not hold them."""
    return plan(len(stack.frames), stack.size, _size_asked(stack, choices), choices.max_memory)


def _size_asked(stack: FocalStack, choices: Choices) -> tuple[int, int]:
    width, height = stack.size
    shrink = max(width, height) / (QUALITIES[choices.quality] or math.inf)
    if shrink < WORTHWHILE:
        return width, height
    return max(16, round(width / shrink)), max(16, round(height / shrink))


def _working_photographs(stack: FocalStack, size: tuple[int, int], reporter: Reporter) -> np.ndarray:
    """(N, h, w, 3) float32 sRGB, as taken, at the size the networks look at."""
    photographs = np.empty((len(stack.frames), size[1], size[0], 3), np.float32)
    paths = [frame.path for frame in stack.frames]
    for index, photograph in enumerate(made_ahead(lambda path: read_working_photograph(path, size), paths)):
        reporter.progress("read", index, len(paths))
        photographs[index] = photograph
    return photographs


def _is_deep(stack: FocalStack) -> bool:
    """Whether a photograph has more than 8 bits."""
    return any(frame.bits_per_channel > 8 for frame in stack.frames)


def _doubts(stack: FocalStack, plan: Plan, choices: Choices) -> Iterator[str]:
    """What a person should know of a result that is whole, but less than it looks."""
    if plan.size < _size_asked(stack, choices):
        yield f"Depth was inferred at {max(plan.size)} pixels: the memory allowed holds no more."
    if assumed := reference_camera(stack).assumed:
        yield f"Unknown and assumed, so widths are a guess: {' and '.join(assumed)}."
    if choices.network != OURS:
        yield "This network does not tell how sure it is: Confidence is 1 everywhere."


def _at_size(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return values if values.shape[::-1] == size else cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)


def _fuse(stack: FocalStack, found: Found, reporter: Reporter) -> np.ndarray:
    """All-in-focus picture (H, W, 3) sRGB of full size."""
    fusion = AllInFocus(_at_size(found.normalised, stack.size), stack.positions)
    count = len(stack.frames)
    for index, pixels, gain in _aligned(stack, found):
        reporter.progress("fuse", count - 1 - index, count)
        fusion.add(index, pixels, gain)
    return fusion.picture()


def _aligned(stack: FocalStack, found: Found) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Number and full-size pixels of every frame on the reference's grid, from near to far, and what to
    multiply them by for sRGB 0..1 of one exposure. The pixels are of the file's own kind, which is small."""

    def aligned(index: int) -> np.ndarray:
        return warp(read_pixels(stack.frames[index].path), found.alignment.motion[index], stack.size)

    numbers = range(len(stack.frames) - 1, -1, -1)
    nearer, gain_of_nearer = None, 1.0
    for index, pixels in zip(numbers, made_ahead(aligned, numbers, most=1), strict=True):
        gain = found.gains[index] / one_in(pixels)
        if nearer is not None:
            fill_in(pixels, found.alignment.motion[index], nearer, gain_of_nearer / gain)
        yield index, pixels, gain
        nearer, gain_of_nearer = pixels, gain


def _counted(frames: Iterable, count: int, reporter: Reporter) -> Iterator:
    """The frames themselves, reporting each that is about to be written."""
    for done, frame in enumerate(frames):
        reporter.progress("write", done, count)
        yield frame


def _description(stack: FocalStack, found: Found, choices: Choices, timings: Timings) -> dict:
    alignment, described = found.alignment, describe(stack)
    half = max(stack.size) / 2
    frames = [
        {
            **frame,
            "scale": round(float(scale), 6),
            "shift_x": round(float(x) * half, 3),
            "shift_y": round(float(y) * half, 3),
            "gain": [round(float(value), 4) for value in gain],
        }
        for frame, (scale, x, y), gain in zip(
            described["frames"], alignment.residual, found.gains, strict=True
        )
    ]
    return {
        "metric": stack.metric,
        "order_source": stack.order_source,
        "camera": reference_camera(stack).describe(),
        "frames": frames,
        "alignment": {
            "method": choices.alignment,
            "neighbour_correlation": [round(float(value), 4) for value in alignment.match],
        },
        "quality": choices.quality,
        "network": choices.network,
        "engine": devices.described(),
        "warnings": list(stack.warnings),
        "timings": timings.seconds,
    }


def _versions() -> dict[str, str]:
    """What made the result."""
    import onnxruntime

    return {
        "focal_depth": __version__,
        "onnxruntime": onnxruntime.__version__,
        "opencv": cv2.__version__,
        "python": platform.python_version(),
    }


def _report(warnings: Iterable[str], output: Path, reporter: Reporter, reused: str | None) -> None:
    """`reused` is what was not run again: "all", "networks" or None."""
    for text in warnings:
        reporter.warning(text)
    depth = results.read_description(output)["depth"]
    unit = "m" if depth["unit"] == "metres" else "(relative depth: focus distances are not known)"
    said = f"{output}: depth {float(depth['near']):.3g} to {float(depth['far']):.3g} {unit}"
    if reused == "all":
        said = f"Nothing has changed, so nothing was run again. {said}"
    reporter.result(output, said, reused=reused)
