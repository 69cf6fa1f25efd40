"""Files of a result folder: depth.exr, pictures to look at and result.json; whole or absent.

How that is kept, whatever happens to a run: contract/output_folder.py. What the files are called and what
result.json holds: contract/files.py and contract/schema.py.
"""

import errno
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..contract.errors import Cancelled, InputError
from ..contract.files import (
    ALIGNED,
    ALL_IN_FOCUS_PNG,
    BACKGROUND_PNG,
    CACHE,
    DEPTH_EXR,
    DEPTH_PNG,
    ESTIMATE_EXR,
    LAYER,
    OWNED,
    PARTIAL,
    RESULT_JSON,
)
from ..contract.formats import is_compact
from ..contract.limits import MAX_TEXT_BYTES, read_whole
from ..contract.output_folder import OutputFolder, open_output
from ..contract.schema import VERSION, Description, NewerVersion, parse_description
from ..fusion.sharpness import measure_sharpness
from ..runtime.chunks import chunks
from ..runtime.parallel import for_each
from ..runtime.resources import available_threads
from .arrays import write_arrays
from .colour import srgb_bytes, srgb_encode, to_integers
from .exr import check_exr, set_zip_level

JPEG_QUALITY = 97  # of copies of photographs that are JPEGs themselves, with all their colour
COLOURS = tuple(f"Combined.{colour}" for colour in "RGB")
SHOWN = 1, 99  # percentiles of dioptres from dark to bright
ROWS = 256  # of a picture, in one go
DEPTH, CONFIDENCE, FRAME, SHARPNESS = "Depth.Z", "Confidence.V", "Frame.V", "Sharpness.V"  # of LAYER


class Maps(NamedTuple):
    """What depth.exr has for every pixel beside the all-in-focus picture; (H, W) each.

    Attributes
    ----------
    depth
        Float32, metres or relative.
    confidence
        Float16 or float32, 0 to 1.
    frame_numbers
        Float16, as `write_result` takes them; None where a result of an older version has none.
    sharpness
        Float16, as `fusion.sharpness.measure_sharpness` returns it; None where there is none.
    """

    depth: np.ndarray
    confidence: np.ndarray
    frame_numbers: np.ndarray | None
    sharpness: np.ndarray | None


@contextmanager
def open_result(folder: Path) -> Iterator[OutputFolder]:
    """Hold a folder in which no other run writes a result, until the end of the block.

    Begin it before the long work. What a run that was killed left there is restored first.

    Raises
    ------
    InputError
        Where the folder cannot be written, holds somebody's other files, or another run is at work.
    """
    with ExitStack() as block:
        try:
            output = block.enter_context(
                open_output(Path(os.path.realpath(folder)), _check_replaceable, OWNED)
            )
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield output


def write_result(
    output: OutputFolder,
    depth: np.ndarray,
    confidence: np.ndarray,
    all_in_focus: np.ndarray,
    description: Mapping[str, Any],
    *,
    frame_numbers: np.ndarray | None = None,
    aligned: Iterable[tuple[int, np.ndarray | Path]] | None = None,
    is_deep: bool = False,
    cache: dict[str, np.ndarray] | None = None,
    threads: int = 1,
) -> None:
    """Write the files of a result; an earlier result in their place is replaced at the last moment.

    Parameters
    ----------
    output
        As `open_result` yields it.
    depth
        (H, W) float32, planar, above 0; infinity is allowed.
    confidence
        (H, W) float16 or float32, 0 to 1.
    all_in_focus
        (H, W, 3) float16 or float32, scene linear, Rec.709; kept as that type.
    description
        Becomes result.json; its `format`, `size` and `depth` are filled in here.
    frame_numbers
        (H, W) float16: the frame that `all_in_focus` shows, 1 for the farthest, 0 for none of them; None
        where that is unknown, as of results of older versions.
    aligned
        Numbers in description["frames"] with pictures (H, W, 3) float32, sRGB, or with their file, of an
        earlier result or in the folder already; those entries get an `aligned`, their path in the folder.
    is_deep
        Whether pictures are PNGs of 16 bits a channel.
    cache
        Arrays of cache.npz.
    threads
        That may compress.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    if not np.all(depth > 0):
        raise ValueError("depth must be above zero everywhere")
    new = output.new
    with writing_into(output):
        with ThreadPoolExecutor(threads) as pool:
            encoded = to_integers(srgb_encode(all_in_focus)) if is_deep else srgb_bytes(all_in_focus)
            maps = Maps(depth, confidence, frame_numbers, measure_sharpness(encoded))
            under_way = [pool.submit(_write_bgr, new / ALL_IN_FOCUS_PNG, _to_bgr(encoded, encoded))]
            del encoded
            if cache is not None:
                under_way.append(pool.submit(write_arrays, new / CACHE, cache))
            dioptres = 1.0 / depth  # 0 is infinity
            far, near = map(float, np.percentile(dioptres, SHOWN, overwrite_input=True))
            del dioptres
            under_way.append(pool.submit(_write_depth, new / DEPTH_PNG, depth, far, near))
            _write_exr(new / DEPTH_EXR, maps, all_in_focus, threads)
            for each in under_way:
                each.result()
        if aligned is not None:
            frames = _write_aligned(new / ALIGNED, aligned, description["frames"], is_deep)
            description = {**description, "frames": frames}
        _write_description(new / RESULT_JSON, depth.shape, far, near, description)
        output.commit(OWNED)


@contextmanager
def writing_into(output: OutputFolder) -> Iterator[None]:
    """Explain what the system says while files of a result are written.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        if output.is_released:
            raise Cancelled from None
        raise _unwritable(output.path, error) from error


def read_depth(folder: Path, before_retouch: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Read depth and confidence of a result.

    Parameters
    ----------
    folder
        Of the result.
    before_retouch
        As they were estimated.

    Returns
    -------
    tuple of ndarray
        (H, W) float32 each.

    Raises
    ------
    InputError
        Where there is none.
    """
    channels = _read_channels(folder, (DEPTH, CONFIDENCE), before_retouch)
    return _as_floats(channels[DEPTH]), _as_floats(channels[CONFIDENCE])


def read_scene(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read what a mesh is made of.

    The picture is the one in depth.exr, which is read whole for depth's sake: a PNG takes longer to decode.

    Returns
    -------
    depth, confidence : ndarray
        (H, W) float32 each.
    picture : ndarray
        (H, W, 3) uint8 sRGB, all in focus.

    Raises
    ------
    InputError
        Where there is no result.
    """
    import cv2

    channels = _read_channels(folder, (DEPTH, CONFIDENCE, *COLOURS))
    picture = cv2.merge([srgb_bytes(channels[name]) for name in COLOURS])
    return _as_floats(channels[DEPTH]), _as_floats(channels[CONFIDENCE]), picture


def read_maps(folder: Path) -> Maps:
    """Read all passes of a result but its picture.

    Raises
    ------
    InputError
        Where there is none, or frames are numbered that it does not have.
    """
    channels = _read_channels(folder, (DEPTH, CONFIDENCE))
    return Maps(
        _as_floats(channels[DEPTH]),
        _as_floats(channels[CONFIDENCE]),
        _frame_numbers(folder, channels),
        channels.get(SHARPNESS),
    )


def read_linear_picture(folder: Path, before_retouch: bool = False) -> tuple[np.ndarray, np.ndarray | None]:
    """Read the all-in-focus picture of a result to the bit, and which frames it shows.

    Parameters
    ----------
    folder
        Of the result.
    before_retouch
        As it was estimated.

    Returns
    -------
    picture : ndarray
        (H, W, 3) float16 or float32, scene linear.
    frame_numbers : ndarray or None
        (H, W) float16, as `write_result` takes them; None of an older version's result.

    Raises
    ------
    InputError
        Where there is none, or frames are numbered that it does not have.
    """
    channels = _read_channels(folder, COLOURS, before_retouch)
    return np.stack([channels[name] for name in COLOURS], axis=-1), _frame_numbers(folder, channels)


def estimate_path(folder: Path) -> Path:
    """Return the file with what was estimated: depth.exr, or the one beside it where that is retouched.

    Raises
    ------
    InputError
        Where there is no result, or that file is missing.
    """
    is_retouched = "retouch" in read_description(folder)
    path = Path(folder) / (ESTIMATE_EXR if is_retouched else DEPTH_EXR)
    if is_retouched and not path.exists():
        raise InputError(f"{path}, the depth before it was retouched, is missing: estimate again")
    return path


def _read_channels(
    folder: Path, needed: Iterable[str], before_retouch: bool = False
) -> dict[str, np.ndarray]:
    """Those that are needed, and of FRAME and SHARPNESS those that are there."""
    import OpenEXR

    path = estimate_path(folder) if before_retouch else Path(folder) / DEPTH_EXR
    try:
        check_exr(path)
        OpenEXR.set_global_thread_count(available_threads())
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = file.channels()
            names = [*needed, *(name for name in (FRAME, SHARPNESS) if f"{LAYER}.{name}" in channels)]
            return {name: np.asarray(channels[f"{LAYER}.{name}"].pixels) for name in names}
    except (KeyError, RuntimeError, TypeError, ValueError):
        raise _no_depth_map(path) from None


def _as_floats(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32, copy=False)


def _frame_numbers(folder: Path, channels: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """(H, W) float16, none of a frame that the result does not have; None where there are no numbers."""
    if FRAME not in channels:
        return None
    numbers = channels[FRAME]
    of_frames = np.arange(len(read_description(folder)["frames"]) + 1).astype(np.float16)
    is_number = np.zeros(1 << 16, bool)  # of all half floats, by their bits
    is_number[of_frames.view(np.uint16)] = True
    if numbers.dtype != np.float16 or not is_number[numbers.view(np.uint16)].all():
        raise _no_depth_map(folder / DEPTH_EXR)
    return numbers


def _no_depth_map(path: Path) -> InputError:
    return InputError(f"{path} is not a depth map of Focal Depth: name a folder that `estimate` wrote")


def read_description(folder: Path) -> Description:
    """Read the result.json of any version. Raises InputError where it is missing or of another kind."""
    path = Path(folder) / RESULT_JSON
    try:
        return parse_description(read_whole(path, MAX_TEXT_BYTES).decode())
    except NewerVersion:
        raise InputError(f"{path} was written by a newer Focal Depth: update this one") from None
    except (OSError, ValueError):
        raise InputError(
            f"{path} is not the description of a result: name a folder that `estimate` wrote"
        ) from None


def aligned_paths(folder: Path, description: Description) -> list[Path] | None:
    """Return the files of the aligned frames, none outside the folder; None where they were not saved."""
    frames = description["frames"]
    if not all("aligned" in frame for frame in frames):
        return None
    return [Path(folder) / ALIGNED / Path(str(frame.get("aligned"))).name for frame in frames]


def aligned_name(index: int, file: str, suffix: str) -> str:
    """Return what the aligned frame of this number, taken as `file`, is called."""
    return f"{index + 1:02d}_{Path(file).stem}{suffix}"


def aligned_suffix(file: str, is_deep: bool) -> str:
    """Return the ending of an aligned frame: JPEG where its photograph was as compact, else PNG."""
    return ".jpg" if is_compact(Path(file)) and not is_deep else ".png"


def write_background(folder: Path, png: bytes) -> None:
    """Add to a result the picture, as `encode_png` returns it, that a mesh shows behind its cuts."""
    try:
        with replacing_file(Path(folder) / BACKGROUND_PNG) as partial:
            partial.write_bytes(png)
    except OSError as error:
        raise _unwritable(folder, error) from None


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to, which takes its place if the block ends well."""
    partial = path.with_name(f"{path.stem}{PARTIAL}{path.suffix}")
    partial.unlink(missing_ok=True)  # a folder from elsewhere may have a link there, which leads out of it
    try:
        yield partial
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises InputError where that is impossible."""
    try:
        with replacing_file(path) as partial:
            partial.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose another place") from None


def check_place(path: Path) -> None:
    """Raise InputError where a file cannot be written for want of its folder, before all the work."""
    if not path.absolute().parent.is_dir():
        reason = os.strerror(errno.ENOENT)
        raise InputError(f"{path} cannot be written ({reason}); choose another place")


def _unwritable(folder: Path, error: OSError) -> InputError:
    reason = error.strerror or error
    return InputError(f"{folder} cannot be written ({reason}): choose another output folder")


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is a file: choose a folder for the output")
    if any(folder.iterdir()):
        try:
            read_description(folder)
        except InputError:
            raise InputError(
                f"{folder} holds other files than a Focal Depth result: choose an empty or a new folder"
            ) from None


def _write_exr(path: Path, maps: Maps, all_in_focus: np.ndarray, threads: int) -> None:
    """One part and one layer: Blender 4.2 shows only Combined of a multi-part file."""
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    passes = {
        "Combined": np.ascontiguousarray(all_in_focus),
        "Combined.A": np.ones(maps.depth.shape, all_in_focus.dtype),
        DEPTH: np.ascontiguousarray(maps.depth, dtype=np.float32),
        CONFIDENCE: np.ascontiguousarray(maps.confidence, dtype=np.float16),  # float32 is 9 x as large
        FRAME: maps.frame_numbers,
        SHARPNESS: maps.sharpness,
    }
    channels = {f"{LAYER}.{name}": values for name, values in passes.items() if values is not None}
    OpenEXR.set_global_thread_count(threads)
    set_zip_level()
    try:
        OpenEXR.File(header, channels).write(str(path))
    except RuntimeError as error:  # what OpenEXR makes of a full disk
        raise OSError(str(error)) from error


def encode_png(rgb: np.ndarray) -> bytes:
    """Return a picture (H, W, 3) uint8 or uint16 as a PNG."""
    import cv2

    return cv2.imencode(".png", _to_bgr(rgb))[1].tobytes()


def write_rgb(path: Path, rgb: np.ndarray) -> None:
    """Write a picture (H, W, 3) uint8 or uint16 as its ending says. Raises OSError where that fails."""
    _write_bgr(path, _to_bgr(rgb))


def _to_bgr(rgb: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    import cv2

    return cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR, out)


def _write_bgr(path: Path, bgr: np.ndarray) -> None:
    import cv2

    finest = (
        cv2.IMWRITE_JPEG_QUALITY,
        JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    )
    # cv2.imwrite cannot open paths outside the code page on Windows
    path.write_bytes(cv2.imencode(path.suffix, bgr, finest if path.suffix == ".jpg" else ())[1].data)


def write_false_colour(path: Path, nearness: np.ndarray) -> None:
    """Write a picture of (H, W) uint8; near is bright and warm, far is dark. Raises OSError if that fails."""
    import cv2

    _write_bgr(path, cv2.applyColorMap(nearness, cv2.COLORMAP_INFERNO))


def _write_depth(path: Path, depth: np.ndarray, far: float, near: float) -> None:
    """Even steps of colour for even steps of dioptres."""
    level = np.empty(depth.shape, np.uint8)

    def colour(some: slice) -> None:
        share = np.clip((1.0 / depth[some] - far) / max(near - far, 1e-12), 0, 1)
        level[some] = np.round(share * 255)

    for_each(colour, list(chunks(len(depth), ROWS)))
    write_false_colour(path, level)


def _write_aligned(
    folder: Path,
    aligned: Iterable[tuple[int, np.ndarray | Path]],
    frames: list[dict[str, Any]],
    is_deep: bool,
) -> list[dict[str, Any]]:
    """The frames, each with where its picture is."""
    folder.mkdir(exist_ok=True)
    frames = list(frames)
    for index, picture in aligned:
        file = frames[index]["file"]
        suffix = picture.suffix if isinstance(picture, Path) else aligned_suffix(file, is_deep)
        name = aligned_name(index, file, suffix)
        if isinstance(picture, Path):
            link_or_copy(picture, folder / name)
        else:
            write_rgb(folder / name, to_integers(picture, np.uint16 if is_deep else np.uint8))
        frames[index] = {**frames[index], "aligned": f"{folder.name}/{name}"}
    return frames


def link_or_copy(source: Path, target: Path) -> None:
    """Have a file in a second place too. Raises OSError where that fails."""
    if source == target:  # it was written here already
        return
    try:
        os.link(source, target)
    except OSError:  # not every file system has links
        shutil.copyfile(source, target)


def _write_description(
    path: Path, shape: tuple[int, ...], far: float, near: float, description: Mapping[str, Any]
) -> None:
    height, width = shape
    whole = {
        "format": VERSION,
        **description,
        "size": [width, height],
        "depth": {
            "near": 1.0 / near if near > 0 else math.inf,
            "far": 1.0 / far if far > 0 else math.inf,
            "unit": "metres" if description["metric"] else "relative",
        },
    }
    text = json.dumps(_plain(whole), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    """The same in JSON's own types: infinity becomes the string "inf", not-a-number null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return str(value) if isinstance(value, Path) else value
