"""Clips that every player plays: H.264 in MP4."""

import io
from collections.abc import Iterable

import numpy as np

QUALITY = "17"  # x264's constant rate factor: no difference to be seen


def encode_clip(pictures: Iterable[np.ndarray], size: tuple[int, int], frame_rate: int) -> bytes:
    """Return the content of an .mp4 file.

    Parameters
    ----------
    pictures
        (H, W, 3) uint8 sRGB.
    size
        Their width and height, even.
    frame_rate
        Of them a second.
    """
    import av
    from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=frame_rate, options={"crf": QUALITY})
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = size
        context = stream.codec_context
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return content.getvalue()
