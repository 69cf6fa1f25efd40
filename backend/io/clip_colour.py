"""Frames of clips as sRGB: range and matrix of their video signal, wide gamuts, HLG and PQ."""

import functools
from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation

from .colour import srgb_decode
from .colour_profile import CODES, Conversion, to_srgb

# Matrices by their numbers in files (ITU-T H.273, table 4), as FFmpeg's scaler names them.
MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
TALLEST_SD = 576  # rows: up to it a clip that names no matrix has that of BT.601, above it that of BT.709
EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
# Linear RGB to linear sRGB, all of D65, by their primaries (ITU-R BT.2020, SMPTE EG 432-1).
GAMUTS = {
    ColorPrimaries.BT2020: np.array(
        [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
    ),
    ColorPrimaries.SMPTE432: np.array(
        [[1.224940, -0.224940, 0.0], [-0.042057, 1.042057, 0.0], [-0.019638, -0.078636, 1.098274]]
    ),
}
WHITE, PEAK = 203.0, 1000.0  # cd/m2 of diffuse white (ITU-R BT.2408, 2.1) and of HLG's display (BT.2100)
LUMINANCE = np.array([0.2627, 0.6780, 0.0593], np.float32)  # of BT.2020's primaries
HLG_GAMMA = 1.2  # of that display (BT.2100, table 5, note 5f)
KNEE = 0.9  # of diffuse white: what is brighter is compressed, so that the peak is white


@dataclass(frozen=True, eq=False)
class HighDynamicRange(Conversion):
    """A conversion of light that goes beyond diffuse white; its highlights are compressed, not cut.

    Attributes
    ----------
    system_gamma
        Of luminance from the light that the curves give to that of a display.
    """

    system_gamma: float = 1.0

    def linear(self, pixels: np.ndarray) -> np.ndarray:
        """Return linear sRGB, (N, 3) float32, of pixels (N, 3) uint16."""
        light = self.light(pixels)
        if self.system_gamma != 1:
            light *= (light @ LUMINANCE)[:, None] ** np.float32(self.system_gamma - 1)
        light = self.in_srgb(light * np.float32(PEAK / WHITE))
        return light * _compression(light.max(axis=1))[:, None]


def to_pixels(frame: VideoFrame) -> np.ndarray:
    """Return a frame of a clip as (H, W, 3) sRGB, as the file lies: uint8, or uint16 of more than 8 bits."""
    is_deep = max(component.bits for component in frame.format.components) > 8
    rows = frame.reformat(
        format="rgb48le" if is_deep or _conversion(frame) else "rgb24",
        src_colorspace=_matrix(frame),
        src_color_range=frame.color_range or ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=EXACT,
    ).to_ndarray()
    return to_srgb(rows, _conversion(frame))


def _matrix(frame: VideoFrame) -> Colorspace:
    usual = Colorspace.ITU601 if frame.height <= TALLEST_SD else Colorspace.ITU709
    return MATRICES.get(frame.colorspace, usual)


def _conversion(frame: VideoFrame) -> Conversion | None:
    return _conversion_of(frame.color_trc, frame.color_primaries)


@functools.cache
def _conversion_of(transfer: int, primaries: int) -> Conversion | None:
    """By transfer characteristic and primaries (H.273, tables 3 and 2); None of those like sRGB's."""
    codes = np.linspace(0, 1, CODES)
    gamut = GAMUTS.get(ColorPrimaries(primaries)) if primaries in set(ColorPrimaries) else None
    if transfer == ColorTrc.ARIB_STD_B67:
        curve = _hlg_light(codes)
        return HighDynamicRange((curve,) * 3, np.eye(3) if gamut is None else gamut, HLG_GAMMA)
    if transfer == ColorTrc.SMPTE2084:
        curve = _pq_light(codes) / PEAK
        return HighDynamicRange((curve,) * 3, np.eye(3) if gamut is None else gamut)
    # Cameras encode for BT.709's display what they encode for sRGB's: the codes are taken as they are.
    return None if gamut is None else Conversion((srgb_decode(codes),) * 3, gamut)


def _hlg_light(codes: np.ndarray) -> np.ndarray:
    """Scene light, 0 to 1, by the inverse of HLG's curve (BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)


def _pq_light(codes: np.ndarray) -> np.ndarray:
    """cd/m2 of a display, by PQ (SMPTE ST 2084)."""
    power = codes ** (1 / 78.84375)
    return 10000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (
        1 / 0.1593017578125
    )


def _compression(brightest: np.ndarray) -> np.ndarray:
    """Factor for colours by their brightest channel, diffuse white being 1 (Reinhard 2002, equation 4)."""
    over = np.maximum(brightest - KNEE, 0) / (1 - KNEE)
    most = (PEAK / WHITE - KNEE) / (1 - KNEE)
    compressed = KNEE + (1 - KNEE) * over * (1 + over / most**2) / (1 + over)
    return np.where(brightest > KNEE, compressed / np.maximum(brightest, KNEE), 1).astype(np.float32)
