"""What phones and compact cameras make of light: noise, demosaicking, denoising, tones, sharpening, JPEG.

Denoising takes from noise what is fine, frame by frame, and leaves blotches of 3 to 6 pixels; sharpening
makes them crisp. They are unlike in every frame, and so seem to come and go with focus. All is done at the
size of the simulated picture, whose pixels may be several of the sensor's.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .ingredients import NOTHING
from .sensor import FROM_YCC, TO_YCC, compress_jpeg, encode_srgb, measure_brightness, to_bytes
from .textures import chance, uniform

ISO = (50.0, 6400.0)
# Of a white pixel at ISO 50: a phone's, and several of a large sensor's.
ELECTRONS = (1_500.0, 60_000.0)
FEWEST_ELECTRONS = 60.0  # of white: what is worse nobody keeps
READ_NOISE = (1.5, 5.0)  # electrons
WHITE_BALANCE = (1.2, 2.2)  # by which red and blue are multiplied
CLEAN_SHARE, MOSAIC_SHARE = 0.25, 0.6  # of cameras that process nothing; of the others, whose pixels show it
JPEG_QUALITY = (60.0, 98.0)
LUMA_LEVELS, CHROMA_LEVELS = 3, 4
# Deviation of white noise of deviation 1 in the levels of the wavelets (Starck & Murtagh, 1998).
LEVEL_NOISE = (0.89, 0.20, 0.086, 0.041)
SHARPENING_RADIUS = (0.6, 2.2)  # pixels


@dataclass(frozen=True)
class Processing:
    """B cameras, each with N frames where it says so.

    Attributes
    ----------
    exposure
        (B,) how bright 97 % of the pixels are at most, 1 being white: 0.55 to 1.3.
    gains
        (B, N, 3) of the frames' colours: exposure and white balance that drift, up to some 10 % and 5 %.
    electrons
        (B,) of a white pixel, FEWEST_ELECTRONS up; infinite without noise.
    read_noise
        (B,) electrons.
    white_balance
        (B, 3) by which the raw colours are multiplied.
    is_mosaic
        (B,) bool: pixels are those of a Bayer filter.
    denoising
        (B, 2) thresholds of luma and chroma in deviations of the noise, 0 to 4 and 0 to 6.
    contrast, local_contrast
        (B,) strengths of the S-curve and of local tone mapping, 0 to 0.6 and 0 to 0.4.
    curve
        (B,) exponent on sRGB, 0.85 to 1.2.
    sharpening, sharpening_radius
        (B,) amount, 0 to 2.5, and pixels.
    jpeg
        (B,) quality, 0 for none.
    """

    exposure: Tensor
    gains: Tensor
    electrons: Tensor
    read_noise: Tensor
    white_balance: Tensor
    is_mosaic: Tensor
    denoising: Tensor
    contrast: Tensor
    local_contrast: Tensor
    curve: Tensor
    sharpening: Tensor
    sharpening_radius: Tensor
    jpeg: Tensor


def random_processing(
    count: int, frame_count: int, generator: torch.Generator, without: frozenset[str] = NOTHING
) -> Processing:
    """Draw `count` cameras, neutral in the ingredients `without`; some do nothing but expose."""
    device = generator.device

    def draw(low: float, high: float) -> Tensor:
        return uniform(count, low, high, generator).view(count)

    def coin(share: float) -> Tensor:
        return chance(count, share, generator).view(count)

    is_phone = ~coin(CLEAN_SHARE)

    def strength(most: float, name: str) -> Tensor:
        value = most * draw(0, 1) ** 1.5 * is_phone
        return torch.zeros_like(value) if name in without else value

    iso, pixel = (torch.exp(draw(*(math.log(end) for end in ends))) for ends in (ISO, ELECTRONS))
    electrons = (pixel * ISO[0] / iso).clamp_min(FEWEST_ELECTRONS)
    electrons = torch.where(is_phone, electrons, electrons.clamp_min(3_000))
    read_noise = draw(*READ_NOISE)
    red, blue = draw(*WHITE_BALANCE), draw(*WHITE_BALANCE)
    # Whoever has much noise takes more of it away.
    noisy = (0.05 + 4 / electrons.sqrt()).clamp(max=1)
    denoising = torch.stack([strength(4, "denoising"), strength(6, "denoising")], 1) * noisy[:, None] ** 0.3
    quality = torch.where(is_phone | coin(0.5), draw(*JPEG_QUALITY), torch.zeros_like(iso))
    gains = _draw_gains(count, frame_count, generator)
    mosaic = is_phone & coin(MOSAIC_SHARE)
    return Processing(
        exposure=draw(0.55, 1.3),
        gains=torch.ones_like(gains) if "drift" in without else gains,
        electrons=torch.full_like(electrons, torch.inf) if "noise" in without else electrons,
        read_noise=torch.zeros_like(electrons) if "noise" in without else read_noise,
        white_balance=torch.stack([red, torch.ones_like(red), blue], 1),
        is_mosaic=torch.zeros_like(mosaic) if "demosaicking" in without else mosaic,
        denoising=denoising,
        contrast=strength(0.6, "tone"),
        local_contrast=strength(0.4, "tone"),
        curve=torch.ones(count, device=device) if "tone" in without else draw(0.85, 1.2),
        sharpening=strength(2.5, "sharpening"),
        sharpening_radius=draw(*SHARPENING_RADIUS),
        jpeg=torch.zeros_like(quality) if "jpeg" in without else quality,
    )


def _draw_gains(count: int, frame_count: int, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3): some cameras are locked, some meter every frame anew."""
    device = generator.device
    unsteady = torch.rand(count, 1, 1, generator=generator, device=device) ** 3
    exposure = 0.06 * torch.randn(count, frame_count, 1, generator=generator, device=device)
    colour = 0.025 * torch.randn(count, frame_count, 3, generator=generator, device=device)
    return torch.exp((exposure + colour) * unsteady)


def develop(frames: Tensor, processing: Processing, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3, H, W) uint8 sRGB pictures of frames of linear light, of the same shape."""
    brightness = measure_brightness(frames)
    light = frames * (_wide(processing.exposure) / brightness) * processing.gains[..., None, None]
    light = _expose_sensor(light, processing, generator)
    if processing.is_mosaic.any():
        interpolated = demosaic(light.flatten(0, 1)).view_as(light)
        light = torch.where(_wide(processing.is_mosaic), interpolated, light)
    light = light * processing.white_balance[:, None, :, None, None]
    # The square root makes the noise alike in light and shadow.
    root = _denoise(light.clamp(0, 1).sqrt(), processing)
    pictures = encode_srgb(root.clamp_min(0).square()) ** _wide(processing.curve)
    pictures = _map_tones(pictures, processing)
    pictures = _sharpen(pictures, processing).clamp(0, 1)
    return to_bytes(_compress(pictures, processing.jpeg))


def _wide(values: Tensor) -> Tensor:
    """(B,) as (B, 1, 1, 1, 1)."""
    return values.view(-1, 1, 1, 1, 1)


def _expose_sensor(light: Tensor, processing: Processing, generator: torch.Generator) -> Tensor:
    """Return raw colours with shot and read noise, cut at white; the Gaussian stands for Poisson's counts."""
    raw = light.clamp(0, 1) / processing.white_balance[:, None, :, None, None]
    electrons, read_noise = _wide(processing.electrons), _wide(processing.read_noise)
    variance = raw / electrons + (read_noise / electrons) ** 2
    return raw + variance.sqrt() * torch.randn(raw.shape, generator=generator, device=raw.device)


def demosaic(colours: Tensor) -> Tensor:
    """Return (P, 3, H, W) as interpolated from one colour a pixel, red and green, green and blue by turns."""
    rows = torch.arange(colours.shape[-2], device=colours.device).view(-1, 1) % 2
    columns = torch.arange(colours.shape[-1], device=colours.device).view(1, -1) % 2
    filters = torch.stack([(rows + columns) == 0, (rows + columns) == 1, (rows + columns) == 2]).float()
    sparse = colours.new_tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4
    dense = colours.new_tensor([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
    weights = torch.stack([sparse, dense, sparse])[:, None]
    # Reflected at the border the pattern goes on.
    padded = F.pad(colours * filters, (1, 1, 1, 1), mode="reflect")
    return F.conv2d(padded, weights, groups=3)


def _denoise(root: Tensor, processing: Processing) -> Tensor:
    """Shrink the wavelets of luma and chroma of (B, N, 3, H, W) square roots of light."""
    if not processing.denoising.any():
        return root
    root_electrons = processing.electrons.sqrt()
    deviation = 0.5 / root_electrons * (1 + processing.read_noise / root_electrons)
    ycc = torch.einsum("ij,bnjhw->bnihw", root.new_tensor(TO_YCC), root)
    luma, chroma = (_wide(deviation * processing.denoising[:, i]) for i in (0, 1))
    ycc = torch.cat(
        [_shrink(ycc[:, :, :1], luma, LUMA_LEVELS), _shrink(ycc[:, :, 1:], chroma, CHROMA_LEVELS)], 2
    )
    return torch.einsum("ij,bnjhw->bnihw", root.new_tensor(FROM_YCC), ycc)


def _shrink(planes: Tensor, threshold: Tensor, levels: int) -> Tensor:
    """Take what is below the threshold from the undecimated wavelets of (B, N, C, H, W)."""
    rest, result = planes, torch.zeros_like(planes)
    for level in range(levels):
        smoother = smooth_spline(rest, 2**level)
        wavelet, limit = rest - smoother, threshold * LEVEL_NOISE[level]
        result = result + wavelet - torch.maximum(torch.minimum(wavelet, limit), -limit)
        rest = smoother
    return result + rest


def smooth_spline(planes: Tensor, step: int) -> Tensor:
    """Return (..., H, W) smoothed by the spline 1, 4, 6, 4, 1 whose taps are `step` pixels apart."""
    for axis in (-1, -2):
        length = planes.shape[axis]
        places = torch.arange(-2 * step, length + 2 * step, device=planes.device)
        padded = planes.index_select(axis, places.clamp(0, length - 1))
        part = [padded.narrow(axis, tap * step, length) for tap in range(5)]
        planes = (part[0] + part[4]) / 16 + (part[1] + part[3]) / 4 + part[2] * 0.375
    return planes


def _map_tones(pictures: Tensor, processing: Processing) -> Tensor:
    """Lift shadows and lower lights about each place, then steepen the middle by an S-curve."""
    luma = pictures.mean(2, keepdim=True)
    if processing.local_contrast.any():
        coarse = F.adaptive_avg_pool2d(luma.flatten(0, 1), (7, 8))
        base = F.interpolate(coarse, size=pictures.shape[-2:], mode="bicubic", align_corners=False)
        ratio = (base.view_as(luma).clamp_min(0) + 0.1) / 0.55
        pictures = pictures * ratio ** -_wide(processing.local_contrast)
    pictures = pictures.clamp(0, 1)
    steep = pictures * pictures * (3 - 2 * pictures)
    return pictures + _wide(processing.contrast) * (steep - pictures)


def _sharpen(pictures: Tensor, processing: Processing) -> Tensor:
    """Add what the luma has beyond its blurred self, which leaves haloes about edges."""
    if not processing.sharpening.any():
        return pictures
    luma = pictures.mean(2, keepdim=True)
    detail = luma - _blur(luma, processing.sharpening_radius)
    return pictures + _wide(processing.sharpening) * detail


def _blur(planes: Tensor, deviation: Tensor) -> Tensor:
    """Blur (B, N, 1, H, W) by Gaussians of deviations (B,) pixels."""
    reach = math.ceil(3 * SHARPENING_RADIUS[1])
    line = torch.arange(-reach, reach + 1, device=planes.device)
    weights = torch.exp(-0.5 * (line / deviation[:, None]) ** 2)
    weights = (weights / weights.sum(1, keepdim=True))[:, None]
    stacked = planes[:, :, 0].transpose(0, 1)  # (N, B, H, W): a filter for every stack
    stacked = F.pad(stacked, (reach,) * 4, mode="replicate")
    stacked = F.conv2d(stacked, weights[:, :, None], groups=len(weights))
    return F.conv2d(stacked, weights[..., None], groups=len(weights)).transpose(0, 1)[:, :, None]


def _compress(pictures: Tensor, quality: Tensor) -> Tensor:
    """Return (B, N, 3, H, W) as they come back from JPEG of a quality (B,), 0 for none."""
    if not quality.any():
        return pictures
    height, width = pictures.shape[-2:]
    padded = F.pad(pictures.flatten(0, 1), (0, -width % 16, 0, -height % 16), mode="replicate")
    each = quality.view(-1, 1).expand(pictures.shape[:2]).flatten().clamp_min(1)
    compressed = compress_jpeg(padded, each)[..., :height, :width].reshape(pictures.shape)
    return torch.where(_wide(quality > 0), compressed, pictures)
