"""`focal-depth preview`: a result folder's depth or frames, small enough to show at once."""

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.schema import Description
from ..depth.units import expected_error
from ..io.arrays import write_arrays
from ..io.photographs import read_photograph
from ..io.preview_size import sample_centres, small_size
from ..io.reading import AS_FILED, Reading
from ..io.result_folder import Maps, aligned_paths, read_description, read_maps, replacing_file
from ..runtime.progress import Reporter

DEPTH, ALIGNED, PHOTOGRAPHED = "depth", "aligned", "photographed"
ARRAYS, UNCERTAINTY = "preview.npz", "uncertainty"
# As near to the photographs as JPEG gets, also in thin coloured edges.
JPEG = cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `preview` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to write into")
    parser.add_argument(
        "--show",
        choices=(DEPTH, ALIGNED, PHOTOGRAPHED),
        default=DEPTH,
        help="depth and what comes with it, the frames aligned, or the photographs as taken (default depth)",
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write preview.npz, or pictures of the frames.

    The arrays are `depth` (h, w), in metres along the optical axis or relative, `confidence` (h, w), 0 to 1,
    and `uncertainty` (h, w), in dioptres, not a number where the network has none; `frame` (h, w), the frame
    that the all-in-focus picture shows, 1 for the farthest and 0 for none, and `sharpness` (h, w) of that
    picture, each where the result has it; float32, row 0 at the top.
    Frames become aligned_01.jpg or photographed_01.jpg and so on, of the same size, far to near.
    """
    write(options, reporter, ARRAYS, make_arrays)


def make_arrays(maps: Maps, description: Description) -> dict[str, np.ndarray]:
    """Return the arrays of preview.npz, of all passes of a result."""
    arrays = sample_depth(maps, description, UNCERTAINTY)
    for name, values in (("frame", maps.frame_numbers), ("sharpness", maps.sharpness)):
        if values is not None:
            arrays[name] = sample_centres(values).astype(np.float32)
    return arrays


def sample_depth(maps: Maps, description: Description, uncertainty: str) -> dict[str, np.ndarray]:
    """Return those of depth; the name of the array `uncertainty` has differed between versions."""
    depth, confidence = sample_centres(maps.depth), sample_centres(maps.confidence)
    return {
        "depth": depth,
        "confidence": confidence,
        uncertainty: expected_error(confidence, description),
    }


def write(
    options: argparse.Namespace,
    reporter: Reporter,
    file_name: str,
    arrays_of: Callable[[Maps, Description], dict[str, np.ndarray]],
) -> None:
    """Do so; the name of the file and its arrays have differed between versions."""
    description = read_description(options.result)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        if options.show == DEPTH:
            arrays = arrays_of(read_maps(options.result), description)
            with replacing_file(options.output / file_name) as partial:
                write_arrays(partial, arrays)
        else:
            _write_frames(options, description, reporter)
    except OSError as error:
        raise InputError(
            f"{options.output} cannot be written ({error.strerror}); choose another folder"
        ) from None
    reporter.result(options.output, str(options.output))


def _write_frames(options: argparse.Namespace, description: Description, reporter: Reporter) -> None:
    size = small_size(*description["size"])
    files = _frame_files(options.result, description, options.show)
    for index, (path, reading) in enumerate(files):
        reporter.progress("read", index, len(files))
        small = cv2.resize(read_photograph(path, reading), size, interpolation=cv2.INTER_AREA)
        bgr = np.round(np.clip(small[..., ::-1], 0, 1) * 255).astype(np.uint8)
        jpeg = cv2.imencode(".jpg", bgr, JPEG)[1].tobytes()
        with replacing_file(options.output / f"{options.show}_{index + 1:02d}.jpg") as partial:
            partial.write_bytes(jpeg)


def _frame_files(folder: Path, description: Description, show: str) -> list[tuple[Path, Reading]]:
    if show == PHOTOGRAPHED:
        return [(Path(frame["file"]), Reading(**frame.get("reading", {}))) for frame in description["frames"]]
    if (paths := aligned_paths(folder, description)) is None:
        raise InputError(f"{folder} holds no aligned frames: estimate depth again with --save-aligned")
    return [(path, AS_FILED) for path in paths]
