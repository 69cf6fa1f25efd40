"""The result folder: depth.exr, pictures to look at and result.json; whole or absent.

How that is kept, whatever happens to a run: claim.py.
"""

import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np

from ..contract.atomic_folder import Claim, claimed
from ..contract.errors import Cancelled, InputError
from ..contract.limits import MOST_TEXT, check_exr, read_whole
from .colour import srgb_bytes, srgb_encode
from .photographs import read_header

FORMAT = 1
LAYER = "FocalDepth"
DEPTH_EXR, DESCRIPTION = "depth.exr", "result.json"
ALL_IN_FOCUS, FALSE_COLOUR, ALIGNED = "all_in_focus.png", "depth.png", "aligned"
FOUND = "found.npz"  # what the networks found, so that they need not look again
BACKGROUND = "background.png"  # made with a mesh: the colours behind its cuts
UNFINISHED = ".unfinished"  # before the suffix of a single file that is being written
OURS = {DEPTH_EXR, DESCRIPTION, ALL_IN_FOCUS, FALSE_COLOUR, ALIGNED, FOUND, BACKGROUND}
OURS |= {f"{Path(BACKGROUND).stem}{UNFINISHED}{Path(BACKGROUND).suffix}"}


@contextmanager
def to_write(folder: Path) -> Iterator[Claim]:
    """A block in which no other run writes a result at `folder`; begin it before the long work.

    What a run that was killed left there is put right first. Raises InputError where the folder cannot be
    written, holds somebody's other files, or another run is at work.
    """
    with ExitStack() as block:
        try:
            place = Path(os.path.realpath(folder))
            claim = block.enter_context(claimed(place, _check_replaceable, OURS))
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield claim


def write_result(
    folder: Path,
    depth: np.ndarray,
    confidence: np.ndarray,
    all_in_focus: np.ndarray,
    description: dict,
    aligned: Iterable[tuple[int, np.ndarray | Path]] | None = None,
    sixteen_bit: bool = False,
    found: dict[str, np.ndarray] | None = None,
) -> None:
    """Write a result folder; an earlier result there is replaced at the last moment.

    depth (H,W) float32, planar, above 0, infinity allowed; confidence (H,W) float32 0..1;
    all_in_focus (H,W,3) float16 or float32, scene linear, Rec.709, as which it is kept. `description`
    becomes result.json; its `format`, `size` and `depth` are filled in here. `aligned`: numbers in
    description["frames"] with pictures (H,W,3) float32, sRGB-encoded, or with the PNG of an earlier
    result; those entries get an `aligned`, the picture's path in the folder. `sixteen_bit` makes 16-bit
    PNGs. `found` becomes found.npz.
    Raises InputError if the folder cannot be written or holds somebody's other files.
    """
    if not np.all(depth > 0):
        raise ValueError("depth must be above zero everywhere")
    far, near = (float(edge) for edge in np.percentile(1.0 / depth, (1, 99)))  # dioptres; 0 is infinity
    with to_write(folder) as claim:
        new = claim.new
        try:
            _write_exr(new / DEPTH_EXR, depth, confidence, all_in_focus)
            encoded = _whole_numbers(srgb_encode(all_in_focus)) if sixteen_bit else srgb_bytes(all_in_focus)
            _save_png(new / ALL_IN_FOCUS, encoded[..., ::-1])
            _write_false_colour(new / FALSE_COLOUR, depth, far, near)
            if aligned is not None:
                frames = _write_aligned(new / ALIGNED, aligned, description["frames"], sixteen_bit)
                description = {**description, "frames": frames}
            if found is not None:
                save_arrays(new / FOUND, found)
            _write_description(new / DESCRIPTION, depth.shape, far, near, description)
            claim.replace(OURS)
        except OSError as error:
            if claim.released:
                raise Cancelled from None
            raise _unwritable(folder, error) from error


def read_depth(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Depth and confidence of a result, each (H,W) float32. Raises InputError where there is none."""
    channels = _read_channels(folder, "Depth.Z", "Confidence.V")
    return tuple(channel.astype(np.float32, copy=False) for channel in channels)


def read_linear_picture(folder: Path) -> np.ndarray:
    """The all-in-focus picture of a result, (H,W,3) float16 or float32, scene linear, to the bit as it was
    found. Raises InputError where there is none."""
    return np.stack(_read_channels(folder, *(f"Combined.{colour}" for colour in "RGB")), axis=-1)


def _read_channels(folder: Path, *names: str) -> list[np.ndarray]:
    import OpenEXR

    path = Path(folder) / DEPTH_EXR
    try:
        check_exr(path)
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = file.channels()
            return [np.asarray(channels[f"{LAYER}.{name}"].pixels) for name in names]
    except (KeyError, RuntimeError, TypeError, ValueError):
        raise InputError(
            f"{path} is not a depth map of Focal Depth: name a folder that `estimate` wrote"
        ) from None


def read_description(folder: Path) -> dict:
    """What result.json says. Raises InputError where it is missing or of another kind."""
    path = Path(folder) / DESCRIPTION
    try:
        description = json.loads(read_whole(path, MOST_TEXT).decode())
        known = description["format"] <= FORMAT
        if known:
            _check_kinds(description)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            f"{path} is not the description of a result: name a folder that `estimate` wrote"
        ) from None
    if not known:
        raise InputError(f"{path} was written by a newer Focal Depth: update this one")
    return description


def _check_kinds(description: dict) -> None:
    """Raises KeyError, TypeError or ValueError unless all is there that a result is opened by."""
    width, height = description["size"]
    near, far = (float(description["depth"][edge]) for edge in ("near", "far"))
    frames = description["frames"]
    if not (width > 0 and height > 0 and 0 < near <= far and isinstance(description["metric"], bool)):
        raise ValueError
    if not all(isinstance(text, str) for text in (*description["warnings"], *(f["file"] for f in frames))):
        raise ValueError


def aligned_paths(folder: Path, frames: list[dict]) -> list[Path] | None:
    """The files of the aligned frames, none outside the folder; None where they were not kept."""
    if not all("aligned" in frame for frame in frames):
        return None
    return [Path(folder) / ALIGNED / Path(str(frame["aligned"])).name for frame in frames]


def read_all_in_focus(folder: Path) -> np.ndarray:
    """The all-in-focus picture of a result, (H,W,3) uint8 sRGB. Raises InputError where there is none."""
    import cv2

    path = Path(folder) / ALL_IN_FOCUS
    try:
        read_header(path)  # refuses what it would claim
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except (InputError, OSError, cv2.error):
        picture = None
    if picture is None:
        raise InputError(f"{path} cannot be read: name a folder that `estimate` wrote")
    return np.ascontiguousarray(picture[..., ::-1])


def write_background(folder: Path, picture: np.ndarray) -> None:
    """Add to a result the picture (H,W,3) uint8 sRGB that a mesh shows behind its cuts."""
    try:
        with whole_file(Path(folder) / BACKGROUND) as unfinished:
            _save_png(unfinished, picture[..., ::-1])
    except OSError as error:
        raise _unwritable(folder, error) from None


def save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an .npz. Raises OSError, and leaves no open archive that would complain when it is closed."""
    archive = io.BytesIO()
    np.savez(archive, **arrays)
    path.write_bytes(archive.getbuffer())


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to, which takes its place if the block ends well."""
    unfinished = path.with_name(f"{path.stem}{UNFINISHED}{path.suffix}")
    unfinished.unlink(missing_ok=True)  # a folder from elsewhere may have a link there, which leads out of it
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        with suppress(OSError):
            unfinished.unlink()


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


def _write_exr(path: Path, depth: np.ndarray, confidence: np.ndarray, all_in_focus: np.ndarray) -> None:
    """One part and one layer: Blender 4.2 shows only Combined of a multi-part file."""
    import OpenEXR

    height, width = depth.shape
    combined = np.ones((height, width, 4), all_in_focus.dtype)
    combined[..., :3] = all_in_focus
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    channels = {
        f"{LAYER}.Combined": combined,
        f"{LAYER}.Depth.Z": np.ascontiguousarray(depth, dtype=np.float32),
        f"{LAYER}.Confidence.V": np.ascontiguousarray(confidence, dtype=np.float32),
    }
    OpenEXR.set_global_thread_count(os.cpu_count() or 1)
    try:
        OpenEXR.File(header, channels).write(str(path))
    except RuntimeError as error:  # what OpenEXR makes of a full disk
        raise OSError(str(error)) from error


def _whole_numbers(encoded: np.ndarray, kind: type = np.uint16) -> np.ndarray:
    return np.round(np.clip(encoded, 0, 1) * np.iinfo(kind).max).astype(kind)


def _save_png(path: Path, bgr: np.ndarray) -> None:
    import cv2

    # cv2.imwrite cannot open paths outside the code page on Windows
    path.write_bytes(cv2.imencode(".png", np.ascontiguousarray(bgr))[1])


def _write_false_colour(path: Path, depth: np.ndarray, far: float, near: float) -> None:
    """Even steps of colour for even steps of dioptres: near is bright and warm, far is dark."""
    import cv2

    level = np.clip((1.0 / depth - far) / max(near - far, 1e-12), 0, 1)
    _save_png(path, cv2.applyColorMap(np.round(level * 255).astype(np.uint8), cv2.COLORMAP_INFERNO))


def _write_aligned(folder: Path, aligned: Iterable, frames: list[dict], sixteen_bit: bool) -> list[dict]:
    """The frames, each with where its picture is."""
    folder.mkdir()
    frames = list(frames)
    for index, picture in aligned:
        name = f"{index + 1:02d}_{Path(frames[index]['file']).stem}.png"
        if isinstance(picture, Path):
            _link_or_copy(picture, folder / name)
        else:
            kind = np.uint16 if sixteen_bit else np.uint8
            _save_png(folder / name, _whole_numbers(picture, kind)[..., ::-1])
        frames[index] = {**frames[index], "aligned": f"{folder.name}/{name}"}
    return frames


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every file system has links
        shutil.copyfile(source, target)


def _write_description(path: Path, shape: tuple, far: float, near: float, description: dict) -> None:
    height, width = shape
    whole = {
        "format": FORMAT,
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
