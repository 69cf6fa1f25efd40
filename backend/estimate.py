"""From a FocalStack to a result: read, align, infer depth, fuse, write."""

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from . import __version__, results
from .alignment import fill_in, warp
from .all_in_focus import AllInFocus
from .camera import reference_camera
from .colour import srgb_decode
from .depth import to_confidence, to_metres
from .inference import OURS, check_network, infer
from .messages import Reporter
from .registration import Registered, register
from .stack import FocalStack, describe, read_photograph

WORKING_SIZE = 1280  # longer side at which depth is inferred; the results are of full size


@dataclass
class Timings:
    """Seconds a stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 3)


def estimate(
    stack: FocalStack, output: Path, reporter: Reporter, network: str = OURS, save_aligned: bool = False
) -> None:
    """Write the result folder of a stack to `output`.

    `network` is "ours", "paper" or the path of an imported .onnx file of the paper's depth network.
    Raises InputError where the output cannot be written or a photograph cannot be read.
    """
    results.check_output(output)
    check_network(network)
    count = len(stack.frames)
    reporter.plan({"read": 0.1 * count, "align": 2, "depth": 0.6 * count, "fuse": 0.15 * count, "write": 1})
    timings = Timings()
    with timings.stage("read"):
        photographs = _working_photographs(stack, reporter)
    with timings.stage("align"):
        reporter.progress("align", 0, 1)
        stack, registered = register(photographs, stack)
        del photographs
    stack = stack.with_warnings(*_doubts(stack, network))
    for text in stack.warnings:
        reporter.warning(text)
    with timings.stage("depth"):
        normalised, spread = infer(
            network,
            registered.pictures,
            stack.positions,
            lambda done, of: reporter.progress("depth", done, of),
        )
        normalised, spread = (_full_size(values, stack.size) for values in (normalised, spread))
    with timings.stage("fuse"):
        fused = _fuse(stack, registered, normalised, reporter)
    reporter.progress("write", 0, 1)
    depth = to_metres(normalised, stack)
    results.write_result(
        output,
        depth,
        to_confidence(spread, len(stack.frames)),
        srgb_decode(fused),
        _description(stack, registered, network, timings),
        aligned=_aligned(stack, registered) if save_aligned else None,
        sixteen_bit=any(frame.bits_per_channel > 8 for frame in stack.frames),
    )
    reporter.progress("write", 1, 1)
    reporter.result(output, _summary(output, depth, stack))


def _working_photographs(stack: FocalStack, reporter: Reporter) -> np.ndarray:
    """(N, h, w, 3) float32 sRGB, as taken, at the size the networks look at."""
    width, height = stack.size
    shrink = min(1.0, WORKING_SIZE / max(width, height))
    size = max(16, round(width * shrink)), max(16, round(height * shrink))
    photographs = np.empty((len(stack.frames), size[1], size[0], 3), np.float32)
    for index, frame in enumerate(stack.frames):
        reporter.progress("read", index, len(stack.frames))
        picture = read_photograph(frame.path)
        photographs[index] = (
            picture if size == (width, height) else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        )
    return photographs


def _doubts(stack: FocalStack, network: str) -> Iterator[str]:
    """What a person should know of a result that is whole, but less than it looks."""
    if assumed := reference_camera(stack).assumed:
        yield f"Unknown and assumed, so widths are a guess: {' and '.join(assumed)}."
    if network != OURS:
        yield "This network does not tell how sure it is: Confidence is 1 everywhere."


def _full_size(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return values if values.shape[::-1] == size else cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)


def _fuse(
    stack: FocalStack, registered: Registered, normalised: np.ndarray, reporter: Reporter
) -> np.ndarray:
    """All-in-focus picture (H, W, 3) sRGB of full size."""
    fusion = AllInFocus(normalised, stack.positions)
    count = len(stack.frames)
    for index, picture in _aligned(stack, registered):
        reporter.progress("fuse", count - 1 - index, count)
        fusion.add(index, picture)
    return fusion.picture()


def _aligned(stack: FocalStack, registered: Registered) -> Iterator[tuple[int, np.ndarray]]:
    """Number and full-size picture of every frame on the reference's grid, from near to far."""
    nearer = None
    for index in reversed(range(len(stack.frames))):
        motion = registered.alignment.motion[index]
        picture = (
            warp(read_photograph(stack.frames[index].path), motion, stack.size) * registered.gains[index]
        )
        if nearer is not None:
            fill_in(picture, motion, nearer)
        yield index, picture
        nearer = picture


def _description(stack: FocalStack, registered: Registered, network: str, timings: Timings) -> dict:
    import onnxruntime

    alignment, described = registered.alignment, describe(stack)
    half = max(stack.size) / 2
    frames = [
        {
            "file": frame["file"],
            "focus_distance_m": frame["focus_distance_m"],
            "source": frame["source"],
            "dioptres": frame["dioptres"],
            "relative_fov": frame["relative_fov"],
            "scale": round(float(scale), 6),
            "shift_x": round(float(x) * half, 3),
            "shift_y": round(float(y) * half, 3),
            "gain": [round(float(value), 4) for value in gain],
        }
        for frame, (scale, x, y), gain in zip(
            described["frames"], alignment.residual, registered.gains, strict=True
        )
    ]
    return {
        "metric": stack.metric,
        "order_source": stack.order_source,
        "camera": reference_camera(stack).describe(),
        "frames": frames,
        "alignment": {"neighbour_correlation": [round(float(value), 4) for value in alignment.match]},
        "network": network,
        "warnings": list(stack.warnings),
        "timings": timings.seconds,
        "versions": {
            "focal_depth": __version__,
            "onnxruntime": onnxruntime.__version__,
            "opencv": cv2.__version__,
            "python": platform.python_version(),
        },
    }


def _summary(output: Path, depth: np.ndarray, stack: FocalStack) -> str:
    near, far = np.percentile(depth, (1, 99))
    unit = "m" if stack.metric else "(relative depth: focus distances are not known)"
    return f"{output}: depth {near:.3g} to {far:.3g} {unit}"
