"""Clips: films of a pulled focus, decoded frame by frame.

By PyAV, FFmpeg's own libraries: OpenCV's copy of them gives 8 bits only, and neither time stamps nor the
colour space of a frame; Blender's is not for a process without Blender.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.limits import check_picture
from .decoding import turn_upright
from .photograph_file import damaged
from .quicktime_tags import read_track_tags

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# A file may claim to be a list of other files, or of addresses: nothing but itself is opened.
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "mov,matroska,avi"}
# EXIF's orientation by a display matrix's signs (ISO/IEC 14496-12, 8.3.2): where columns and rows are shown.
ORIENTATIONS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
ENCRYPTED = "encv"  # the sample entry of ISO/IEC 23001-7
PIXEL_ASPECTS = 0.25, 4.0  # that files have; others are mistakes


@dataclass(frozen=True)
class ClipHeader:
    """What a clip holds about its frames.

    Attributes
    ----------
    width, height
        Pixels of a frame as it is shown: upright, and square.
    bits_per_channel
        8 to 12.
    orientation
        EXIF's, 1 to 8: what decoders leave to be done.
    pixel_aspect
        Width of a pixel of the file over its height.
    times
        (N,) seconds of the frames in the order in which they are shown, the first at 0.
    stamps
        (N,) the same in the file's own unit; None where it has none.
    tags
        Its metadata as text, by the names in the file.
    """

    width: int
    height: int
    bits_per_channel: int
    orientation: int
    pixel_aspect: Fraction
    times: np.ndarray = field(repr=False)
    stamps: np.ndarray | None = field(repr=False)
    tags: dict[str, str] = field(repr=False)


def read_clip_header(path: Path) -> ClipHeader:
    """Read the header of a clip.

    Raises
    ------
    InputError
        Where it is missing, damaged, encrypted, interlaced, without pictures, or larger than cameras make.
    """
    try:
        return _read_header(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions") from None


def decode_clip(path: Path, first: int, last: int) -> Iterator[tuple[int, VideoFrame]]:
    """Decode a clip's frames one after the other; those that are damaged are passed over.

    Parameters
    ----------
    path
        The clip.
    first, last
        Numbers of the first and the last frame, from 1, in the order in which they are shown.

    Yields
    ------
    number : int
        Of the frame.
    frame : VideoFrame
        As the file has it.
    """
    stamps = read_clip_header(path).stamps
    unique = () if stamps is None else stamps
    numbers: dict[int | None, int] = {int(stamp): number for number, stamp in enumerate(unique, 1)}
    with _open(path) as (container, stream):
        stream.thread_type = "AUTO"
        if stamps is not None and first > 1:
            container.seek(int(stamps[first - 1]), stream=stream)
        for shown, frame in enumerate(_frames(container, stream), 1):
            number = shown if stamps is None else numbers.get(frame.pts, 0)
            if first <= number <= last and not frame.is_corrupt:
                yield number, frame
            if number >= last:
                return


def turn_as_shown(pixels: np.ndarray, header: ClipHeader) -> np.ndarray:
    """Return a frame's pixels (H, W, 3), as the file has them, upright and square; none are lost."""
    size = _square(pixels.shape[1], pixels.shape[0], header.pixel_aspect)
    if size != pixels.shape[1::-1]:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    return turn_upright(pixels, header.orientation)


@functools.lru_cache(maxsize=16)
def _read_header(path: Path, modified: int) -> ClipHeader:
    with _open(path) as (container, stream):
        frame = next(_frames(container, stream), None)
        if frame is None:
            raise damaged(path)
        if frame.interlaced_frame:
            raise InputError(f"{path} is interlaced; convert it to progressive frames first")
        tags = {**container.metadata, **stream.metadata, **read_track_tags(path)}
        aspect = _pixel_aspect(stream)
    check_picture(path, frame.width, frame.height)
    orientation = _orientation(frame)
    width, height = _square(frame.width, frame.height, aspect)
    if orientation >= 5:
        width, height = height, width
    times, stamps = _read_times(path)
    bits = max(component.bits for component in frame.format.components)
    return ClipHeader(width, height, bits, orientation, aspect, times, stamps, tags)


@contextmanager
def _open(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The clip's first stream of pictures. Raises InputError where there is none that can be decoded."""
    import av.error

    try:
        with av.open(f"file:{path}", options=OPTIONS, metadata_errors="replace") as container:
            if not container.streams.video:
                raise InputError(f"{path} holds no pictures; give a clip with a video track")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise InputError(f"{path} is in a format that cannot be decoded; convert it to H.264")
            if stream.codec_context.codec_tag == ENCRYPTED:
                raise InputError(f"{path} is encrypted; give the clip as the camera wrote it")
            yield container, stream
    except av.error.FFmpegError as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise damaged(path) from None


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """All frames that can be decoded; a packet that cannot is passed over."""
    from av.error import FFmpegError

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except FFmpegError:
            continue


def _read_times(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Seconds and stamps of the frames that are shown, by their packets, which are not decoded."""
    with _open(path) as (container, stream):
        packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
        stamps = [packet.pts for packet in packets if packet.pts is not None]
        # AVI tells when frames are decoded, which is not when they are shown where some refer to later ones.
        is_decoding = stream.codec_context.has_b_frames and stamps == sorted(stamps)
        if len(set(stamps)) == len(packets) and not is_decoding:
            shown = np.sort(np.array(stamps, np.int64))
            return (shown - shown[0]) * float(stream.time_base or 1), shown
        rate = float(stream.average_rate or stream.guessed_rate or 30)
        return np.arange(len(packets)) / rate, None


def _pixel_aspect(stream: VideoStream) -> Fraction:
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    return aspect if PIXEL_ASPECTS[0] <= aspect <= PIXEL_ASPECTS[1] else Fraction(1)


def _square(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Width and height with square pixels: the side that has too few grows."""
    return (round(width * aspect), height) if aspect >= 1 else (width, round(height / aspect))


def _orientation(frame: VideoFrame) -> int:
    try:
        matrix = np.frombuffer(bytes(frame.side_data["DISPLAYMATRIX"]), np.int32).reshape(3, 3)  # pyright: ignore
    except KeyError:
        return 1
    turn = matrix[:2, :2] / max(1, np.abs(matrix[:2, :2]).max())
    a, b, c, d = np.rint(turn).astype(int).ravel().tolist()
    return ORIENTATIONS.get((a, b, c, d), 1)
