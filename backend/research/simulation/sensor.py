"""What all cameras do with light: exposure, tone curve, bytes, JPEG; and a camera that does no more."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .textures import uniform

# Quantisation tables of the JPEG standard (ITU-T T.81, annex K) at quality 50.
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)
# Rec. 601, full range, as in JFIF.
TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
FROM_YCC = ((1, 0, 1.402), (1, -0.344136, -0.714136), (1, 1.772, 0))


def expose(frames: Tensor, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3, H, W) uint8 pictures of frames of linear light, of the same shape.

    With auto exposure, drift between frames, shot and read noise, and a curve about that of sRGB.
    """
    count, frame_count = frames.shape[:2]
    gain = uniform(count, 0.6, 1.1, generator)[..., None] / measure_brightness(frames)
    drift = 1 + 0.02 * torch.randn(count, frame_count, 1, 1, 1, generator=generator, device=frames.device)
    light = frames * gain * drift
    shot, read = uniform(count, 0, 0.012, generator), uniform(count, 0, 0.006, generator)
    noise = torch.randn(light.shape, generator=generator, device=frames.device)
    light = light + noise * torch.sqrt(shot[..., None] ** 2 * light.clamp_min(0) + read[..., None] ** 2)
    curve = uniform(count, 0.85, 1.2, generator)[..., None]
    return to_bytes(encode_srgb(light) ** curve)


def measure_brightness(frames: Tensor) -> Tensor:
    """Return (B, 1, 1, 1, 1), the light that 97 % of frames' (B, N, 3, H, W) pixels have or less."""
    sample = frames[:, ::3, 1, ::4, ::4].flatten(1)
    return torch.quantile(sample, 0.97, dim=1).clamp_min(0.02).view(-1, 1, 1, 1, 1)


def encode_srgb(light: Tensor) -> Tensor:
    """Return linear light, cut to 0 to 1, as sRGB (IEC 61966-2-1)."""
    light = light.clamp(0, 1)
    return torch.where(light <= 0.0031308, 12.92 * light, 1.055 * light.clamp_min(1e-8) ** (1 / 2.4) - 0.055)


def to_bytes(pictures: Tensor) -> Tensor:
    """Return uint8 of pictures of 0 to 1."""
    return (pictures.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def compress_jpeg(pictures: Tensor, quality: Tensor) -> Tensor:
    """Return pictures as they come back from JPEG.

    Baseline: blocks of 8 x 8, colour at half size, the standard's tables scaled as libjpeg does.

    Parameters
    ----------
    pictures
        (P, 3, H, W) sRGB 0 to 1; H and W are multiples of 16.
    quality
        (P,) 1 to 100.
    """
    ycc = torch.einsum("ij,pjhw->pihw", pictures.new_tensor(TO_YCC), pictures) * 255
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
    luma = _quantise(ycc[:, :1] - 128, LUMINANCE, scale) + 128
    chroma = _quantise(F.avg_pool2d(ycc[:, 1:], 2), CHROMINANCE, scale)
    chroma = F.interpolate(chroma, scale_factor=2.0, mode="bilinear", align_corners=False)
    rgb = torch.einsum("ij,pjhw->pihw", pictures.new_tensor(FROM_YCC), torch.cat([luma, chroma], 1))
    return (rgb / 255).clamp(0, 1)


def _quantise(planes: Tensor, table: tuple, scale: Tensor) -> Tensor:
    """Round the cosine transform of planes' (P, C, H, W) 8 x 8 blocks to the table's steps."""
    height, width = planes.shape[-2:]
    basis = _cosines(planes)
    steps = (planes.new_tensor(table) * scale.view(-1, 1, 1)).round().clamp(1, 255)[:, None, None, None]
    blocks = planes.unflatten(3, (width // 8, 8)).unflatten(2, (height // 8, 8)).transpose(3, 4)
    coefficients = basis @ blocks @ basis.T
    blocks = basis.T @ ((coefficients / steps).round() * steps) @ basis
    return blocks.transpose(3, 4).reshape(planes.shape)


def _cosines(like: Tensor) -> Tensor:
    """Return the orthonormal DCT-II, (8, 8)."""
    n = torch.arange(8, device=like.device, dtype=like.dtype)
    basis = torch.cos(math.pi / 8 * (n + 0.5) * n[:, None]) * 0.5
    basis[0] /= math.sqrt(2)
    return basis
