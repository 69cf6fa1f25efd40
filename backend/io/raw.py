"""Raw files of cameras, developed by LibRaw: the same way for every frame of a stack, whatever it shows."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import check_picture

SIDEWAYS = 4  # the bit of LibRaw's `flip` that exchanges width and height
SRGB_CURVE = 2.4, 12.92  # power and slope at black, as LibRaw wants them


def raw_size(path: Path, data: bytes) -> tuple[int, int]:
    """Return width and height in pixels, upright.

    Raises
    ------
    ValueError
        Where the file is damaged.
    InputError
        Where LibRaw does not develop it, or it claims more than any camera makes.
    """
    with _opened(path, data) as raw:
        sizes = raw.sizes
        return _upright(sizes.width, sizes.height, sizes.flip)


def develop(path: Path, data: bytes, half: bool = False) -> np.ndarray:
    """Develop a raw file by the camera's white balance, or else daylight's.

    Never with a brightness or a white point that LibRaw takes from the picture, so that the frames of a stack
    stay comparable.

    Parameters
    ----------
    path
        To name in an error.
    data
        The whole file.
    half
        Whether four cells of the sensor make a pixel, which is quick.

    Returns
    -------
    ndarray
        (H, W, 3) uint16 RGB, upright, sRGB-encoded.

    Raises
    ------
    ValueError
        Where the file is damaged.
    InputError
        Where LibRaw does not develop it, or it claims more than any camera makes.
    """
    with _opened(path, data) as raw:
        sizes = raw.sizes
        pixels = raw.postprocess(
            use_camera_wb=min(raw.camera_whitebalance[:3]) > 0,
            no_auto_bright=True,
            adjust_maximum_thr=0,
            gamma=SRGB_CURVE,
            output_bps=16,
            half_size=half,
        )
    if not half and pixels.shape[1::-1] != _upright(sizes.width, sizes.height, sizes.flip):
        raise _unsupported(path)  # sensors turned by 45 degrees, or without square cells
    return pixels if pixels.shape[2] == 3 else np.repeat(pixels[..., :1], 3, axis=2)


@contextlib.contextmanager
def _opened(path: Path, data: bytes) -> Iterator:
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            check_picture(path, raw.sizes.raw_width, raw.sizes.raw_height)
            yield raw
    except (rawpy.LibRawDataError, rawpy.LibRawIOError) as error:
        raise ValueError(str(error)) from None
    except rawpy.LibRawUnsufficientMemoryError:  # of the machine, or of what LibRaw allows a file to ask for
        raise InputError(
            f"{path} asks for more memory than there is for a raw file; leave it out, or develop it to a "
            "16-bit TIFF first"
        ) from None
    except (rawpy.LibRawError, rawpy.NotSupportedError):
        raise _unsupported(path) from None


def _upright(width: int, height: int, flip: int) -> tuple[int, int]:
    return (height, width) if flip & SIDEWAYS else (width, height)


def _unsupported(path: Path) -> InputError:
    return InputError(f"{path} is a kind of raw file that cannot be read; develop it to a 16-bit TIFF first")
