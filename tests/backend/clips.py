"""Writes clips as cameras do, through FFmpeg's encoders."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation

EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
QUIET = {"libx265": {"x265-params": "log-level=none"}}
BT709 = (ColorPrimaries.BT709, ColorTrc.BT709, 1)  # primaries, transfer, matrix by its number in files
BT601 = (ColorPrimaries.SMPTE170M, ColorTrc.SMPTE170M, 6)
BT2020, PQ, HLG = (
    (ColorPrimaries.BT2020, transfer, 9)
    for transfer in (ColorTrc.BT2020_10, ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
)
UNKNOWN = (ColorPrimaries.UNSPECIFIED, ColorTrc.UNSPECIFIED, 2)
SCALER = {1: Colorspace.ITU709, 2: Colorspace.ITU709, 6: Colorspace.ITU601, 9: Colorspace.BT2020}


def write_clip(
    path: Path,
    pictures: Sequence[np.ndarray],
    codec: str = "libx264",
    pixels: str = "yuv420p",
    colours: tuple[int, int, int] = BT709,
    full_range: bool = False,
    rate: int = 30,
    times: Sequence[int] | None = None,
    rotation: int = 0,
    pixel_aspect: str | None = None,
    tags: dict[str, str] | None = None,
    **options: str,
) -> Path:
    """Write pictures (H, W, 3), uint8 or uint16, as a clip.

    `times` are when they are shown, in frames; `options` are the encoder's, `crf="8"` of x264 for example.
    """
    colour_range = ColorRange.JPEG if full_range else ColorRange.MPEG
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"} if tags else {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=rate, options=QUIET.get(codec, {}) | options)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = colours
        context.color_range = colour_range
        if pixel_aspect:
            stream.sample_aspect_ratio = Fraction(pixel_aspect)
        if rotation:
            stream.set_display_rotation(rotation)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24" if picture.dtype == np.uint8 else "rgb48le")
            frame = frame.reformat(
                format=pixels,
                dst_colorspace=SCALER[colours[2]],
                src_color_range=ColorRange.JPEG,
                dst_color_range=colour_range,
                interpolation=EXACT | Interpolation.FULL_CHR_H_INP,
            )
            frame.pts = index if times is None else times[index]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
