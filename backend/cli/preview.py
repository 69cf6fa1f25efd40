"""`focal-depth look`: a result folder's depth or frames, small enough to look at."""

import argparse
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..depth.predictors import OURS
from ..depth.tiling import dioptre_span, from_confidence
from ..io import results
from ..runtime.progress import Reporter
from ..stack import read_photograph

LONGEST = 1280  # pixels of the longer side at most; depth itself is inferred no finer
DEPTH, ALIGNED, PHOTOGRAPHED = "depth", "aligned", "photographed"
ARRAYS = "look.npz"
# As near to the photographs as JPEG gets, also in thin coloured edges.
JPEG = cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to write into")
    parser.add_argument(
        "--show",
        choices=(DEPTH, ALIGNED, PHOTOGRAPHED),
        default=DEPTH,
        help="depth with its confidence, the frames aligned, or the photographs as taken (default depth)",
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Depth becomes look.npz: `depth` (h, w) in metres along the optical axis or relative, `confidence`
    (h, w) 0 to 1 and `error` (h, w), expected, in dioptres, not a number where nobody knows; float32, row 0
    at the top. Frames become aligned_01.jpg or photographed_01.jpg and so on, of the same size, far to near.
    """
    description = results.read_description(options.result)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        if options.show == DEPTH:
            with results.whole_file(options.output / ARRAYS) as unfinished:
                results.save_arrays(unfinished, _arrays(options.result, description))
        else:
            _write_frames(options, description, reporter)
    except OSError as error:
        raise InputError(
            f"{options.output} cannot be written ({error.strerror}); choose another folder"
        ) from None
    reporter.result(options.output, str(options.output))


def small_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) of what is looked at."""
    shrink = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _arrays(folder: Path, description: dict) -> dict[str, np.ndarray]:
    depth, confidence = (_sampled(values) for values in results.read_depth(folder))
    return {"depth": depth, "confidence": confidence, "error": _expected_error(confidence, description)}


def _sampled(values: np.ndarray) -> np.ndarray:
    """The value in the middle of every small pixel: a mean would invent depths between near and far."""
    height, width = values.shape
    columns, rows = (
        ((np.arange(small) + 0.5) * whole / small).astype(int)
        for small, whole in zip(small_size(width, height), (width, height), strict=True)
    )
    return values[np.ix_(rows, columns)]


def _expected_error(confidence: np.ndarray, description: dict) -> np.ndarray:
    if description.get("network") != OURS:
        return np.full_like(confidence, np.nan)
    frames = description["frames"]
    dioptres = [float(frame.get("dioptres") or 0) for frame in frames] if description["metric"] else None
    return from_confidence(confidence, len(frames)) * np.float32(dioptre_span(dioptres))


def _write_frames(options: argparse.Namespace, description: dict, reporter: Reporter) -> None:
    size = small_size(*description["size"])
    paths = _frame_paths(options.result, description["frames"], options.show)
    for index, path in enumerate(paths):
        reporter.progress("read", index, len(paths))
        small = cv2.resize(read_photograph(path), size, interpolation=cv2.INTER_AREA)
        bgr = np.round(np.clip(small[..., ::-1], 0, 1) * 255).astype(np.uint8)
        jpeg = cv2.imencode(".jpg", bgr, JPEG)[1]
        with results.whole_file(options.output / f"{options.show}_{index + 1:02d}.jpg") as unfinished:
            unfinished.write_bytes(jpeg)


def _frame_paths(folder: Path, frames: list[dict], show: str) -> list[Path]:
    if show == PHOTOGRAPHED:
        return [Path(frame["file"]) for frame in frames]
    if (paths := results.aligned_paths(folder, frames)) is None:
        raise InputError(f"{folder} holds no aligned frames: estimate depth again with --save-aligned")
    return paths
