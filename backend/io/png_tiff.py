"""PNG, TIFF and BMP through OpenImageIO.

Of the libraries tried it alone reads every sort of TIFF right: planar, signed, of 10 to 32 bits, of several
pages. Straight alpha stays apart, and it prints nothing.
"""

import contextlib
import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.formats import locate
from ..contract.limits import check_picture
from ..runtime.faults import check_memory
from .photograph_file import damaged

FORMATS = "png", "tiff", "bmp"
FLOATS = "half", "float", "double"
IS_REDUCED, IS_MASK = 1, 4  # bits of TIFF 6.0's NewSubfileType
MIN_IS_WHITE = 0  # TIFF 6.0, PhotometricInterpretation
MAX_PAGES = 10_000
# What the TIFF library of OpenImageIO's wheel leaves out, by TIFF's code.
UNREADABLE_COMPRESSIONS = {
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34712: "JPEG 2000",
    34887: "LERC",
    34925: "LZMA",
    34933: "PNG",
    50000: "Zstandard",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
UNREADABLE_SAMPLES = re.compile(r"sampleformat|bits", re.IGNORECASE)


@dataclass(frozen=True)
class PictureHeader:
    """What a file holds of a picture, before any pixel is decoded.

    Attributes
    ----------
    width, height
        Pixels, as the file lies.
    bits_per_channel
        8 or fewer, 10 to 16, or 32.
    orientation
        EXIF's, 1 to 8.
    gamma
        Of a PNG whose values are a power of light and nothing else; None of others.
    profile
        The embedded colour profile.
    """

    width: int
    height: int
    bits_per_channel: int
    orientation: int
    gamma: float | None
    profile: bytes | None


def read_picture_header(path: Path) -> PictureHeader:
    """Read the header of a picture, or of a page `FILE#N` of a TIFF.

    Raises
    ------
    InputError
        Where it cannot be read, or claims more than any camera makes.
    """
    with _opened(path) as (file, spec):
        orientation = int(spec.get("Orientation") or 1)
        profile = spec.get("ICCProfile")
        return PictureHeader(
            spec.width,
            spec.height,
            32
            if str(spec.format) in FLOATS
            else int(spec.get("oiio:BitsPerSample") or 8 * spec.format.size()),
            orientation if orientation in range(1, 9) else 1,
            _gamma(spec) if profile is None and file.format_name() == "png" else None,
            None if profile is None else bytes(np.asarray(profile, np.uint8)),
        )


def decode_picture(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Decode a picture, or a page `FILE#N` of a TIFF.

    Returns
    -------
    pixels : ndarray
        (H, W, 3) RGB in the type of the file, as the file lies.
    alpha : ndarray or None
        (H, W) of the same type; None where the file has none.

    Raises
    ------
    InputError
        Where it is damaged, or made in a way that cannot be read.
    """
    with _opened(path) as (file, spec):
        alpha_at = spec.alpha_channel if 0 < spec.alpha_channel < spec.nchannels else None
        count = 3 if spec.nchannels >= 3 else 1
        pixels = _read(path, file, spec, max(count, (alpha_at or 0) + 1))
        if spec.get("tiff:PhotometricInterpretation") == MIN_IS_WHITE and pixels.itemsize > 1:
            pixels[..., :count] = _invert(pixels[..., :count])  # the library has done so at 8 bits or fewer
    alpha = None if alpha_at is None else pixels[..., alpha_at]
    colours = pixels[..., :3] if count == 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.ascontiguousarray(colours), alpha


def count_pages(path: Path) -> int:
    """Return how many pictures of full size a TIFF holds, not counting thumbnails and masks.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    file = _open(path)
    try:
        return len(_full_pages(file))
    finally:
        file.close()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator:
    """The file at the page that `path` names, else at its first full picture, and the page's header."""
    file = _open(path)
    try:
        _, page = locate(path)
        pages = _full_pages(file)
        if not 0 < page <= len(pages):
            raise InputError(f"{path} does not exist: the file has {len(pages)} pages")
        file.seek_subimage(pages[page - 1], 0)
        spec = file.spec()
        check_picture(locate(path)[0], spec.width, spec.height, spec.nchannels)
        yield file, spec
    finally:
        file.close()


def _open(path: Path):
    oiio = _library()
    keep_alpha_straight = oiio.ImageSpec()
    keep_alpha_straight.attribute("oiio:UnassociatedAlpha", 1)
    file = oiio.ImageInput.open(str(locate(path)[0]), keep_alpha_straight)
    if file is None:
        raise _fault(path, oiio.geterror())
    if file.format_name() not in FORMATS:
        file.close()
        raise damaged(path)
    return file


def _full_pages(file) -> list[int]:
    """Numbers of the subimages that are pictures of the largest size, in the file's order."""
    if file.format_name() != "tiff":
        return [0]
    sizes: dict[int, int] = {}
    page = 0
    while page < MAX_PAGES and file.seek_subimage(page, 0):
        spec = file.spec()
        if not (spec.get("tiff:subfiletype") or 0) & (IS_REDUCED | IS_MASK):
            sizes[page] = spec.width * spec.height
        page += 1
    file.geterror()  # of the page after the last
    return [page for page, size in sizes.items() if size == max(sizes.values())] or [0]


def _read(path: Path, file, spec, channels: int) -> np.ndarray:
    pixels = file.read_image(file.current_subimage(), 0, 0, channels, spec.format)
    error = file.geterror()
    if pixels is None or error:
        raise _fault(path, error, spec.get("tiff:Compression"))
    return pixels.reshape(spec.height, spec.width, channels)


def _fault(path: Path, error: str, compression: int | None = None) -> InputError:
    if compression in UNREADABLE_COMPRESSIONS:
        return InputError(
            f"{path} is compressed by {UNREADABLE_COMPRESSIONS[compression]} inside, which cannot be read; "
            "save it as a TIFF with LZW or ZIP compression"
        )
    if UNREADABLE_SAMPLES.search(error):
        return InputError(f"{path} holds numbers of a kind that cannot be read; save it with 8 or 16 bits")
    return damaged(path)


def _invert(pixels: np.ndarray) -> np.ndarray:
    return 1 - pixels if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max - pixels


def _gamma(spec) -> float | None:
    """ISO/IEC 15948, gAMA, as the library names it."""
    value = spec.get("oiio:Gamma")
    if value:
        return float(value)
    space = spec.get("oiio:ColorSpace") or ""
    return 1.0 if space.startswith("lin") else None


@functools.cache
def _library():
    check_memory()
    os.environ["OPENIMAGEIO_THREADS"] = "1"  # it is read once, as the library begins its threads
    import OpenImageIO

    OpenImageIO.attribute("imageinput:strict", 1)
    return OpenImageIO
