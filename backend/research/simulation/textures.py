"""Textures of surfaces: photographs, fractal noise and patterns, in linear light."""

import math
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...contract.errors import InputError
from ...io.colour import srgb_decode

PHOTOGRAPH_SIZE = 512


def load_photographs(folder: Path | None, device: torch.device) -> Tensor | None:
    """Load (T, 3, 512, 512) linear RGB from the pictures of a folder; None without a folder.

    Raises
    ------
    InputError
        Where the folder holds no pictures.
    """
    if folder is None:
        return None
    pictures = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            continue
        square = cv2.resize(picture, (PHOTOGRAPH_SIZE, PHOTOGRAPH_SIZE), interpolation=cv2.INTER_AREA)
        pictures.append(srgb_decode(square[..., ::-1].astype(np.float32) / 255))
    if not pictures:
        raise InputError(f"{folder} holds no pictures; name a folder of photographs to paint with")
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous().to(device)


def uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """Draw (count, 1, 1, 1) numbers between low and high."""
    values = torch.rand(count, 1, 1, 1, generator=generator, device=generator.device)
    return low + (high - low) * values


def chance(count: int, probability: float, generator: torch.Generator) -> Tensor:
    """Draw (count, 1, 1, 1) booleans that are true with a probability."""
    return uniform(count, 0, 1, generator) < probability


def fractal_noise(
    count: int, channels: int, size: tuple[int, int], exponent: Tensor, generator: torch.Generator
) -> Tensor:
    """Return (count, channels, H, W) noise of zero mean and unit deviation with a 1/f**exponent spectrum."""
    height, width = size
    white = torch.randn(count, channels, height, width, generator=generator, device=generator.device)
    fy = torch.fft.fftfreq(height, device=generator.device)[:, None] * height
    fx = torch.fft.rfftfreq(width, device=generator.device)[None] * width
    frequency = torch.sqrt(fy**2 + fx**2).clamp_min(1)
    noise = torch.fft.irfft2(torch.fft.rfft2(white) * frequency**-exponent, s=size)
    noise = noise - noise.mean((-2, -1), keepdim=True)
    return noise / noise.std((-2, -1), keepdim=True).clamp_min(1e-6)


def textures(
    count: int, size: tuple[int, int], photographs: Tensor | None, generator: torch.Generator
) -> Tensor:
    """Return (count, 3, H, W) linear RGB: details of photographs, noise, patterns, or nearly flat."""
    device = generator.device
    noise = _noise_texture(count, size, generator)
    pattern = _pattern_texture(count, size, noise, generator)
    texture = torch.where(chance(count, 0.3, generator), pattern, noise)
    patches = _flat_patches(count, size, generator)
    texture = torch.where(chance(count, 0.4, generator), patches, texture)
    if photographs is not None:
        detail = _photograph_texture(count, size, photographs, generator)
        texture = torch.where(chance(count, 0.4, generator), detail, texture)
    colour = torch.rand(count, 3, 1, 1, generator=generator, device=device)
    flatness = torch.where(chance(count, 0.12, generator), uniform(count, 0.02, 0.15, generator), 1.0)
    texture = colour * 0.6 * (1 - flatness) + texture * flatness
    highlights = (fractal_noise(count, 1, size, uniform(count, 0.2, 0.8, generator), generator) > 3.2).float()
    glitter = chance(count, 0.15, generator) * uniform(count, 1, 6, generator)
    return (texture + highlights * glitter).clamp(0, 8)


def _noise_texture(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    exponent = uniform(count, 0.5, 1.9, generator)
    shade = fractal_noise(count, 1, size, exponent, generator)
    tint = fractal_noise(count, 3, size, exponent, generator)
    mean = torch.rand(count, 3, 1, 1, generator=generator, device=generator.device) * 2.4 - 2.2
    contrast = uniform(count, 0.2, 1.0, generator)
    return torch.exp(mean + contrast * (shade + 0.4 * tint)).clamp(0, 1.5)


def _pattern_texture(count: int, size: tuple[int, int], noise: Tensor, generator: torch.Generator) -> Tensor:
    """Print checks and stripes of a random period over the noise."""
    y, x = _rotated_coordinates(count, size, generator)
    period = torch.exp(uniform(count, math.log(4), math.log(40), generator))
    stripes = torch.sin(x * 2 * math.pi / period)
    checks = stripes * torch.sin(y * 2 * math.pi / period)
    wave = torch.where(chance(count, 0.5, generator), stripes, checks)
    ink = torch.sigmoid(wave * uniform(count, 3, 30, generator))
    colour = torch.rand(count, 3, 1, 1, generator=generator, device=generator.device)
    return noise * (1 - ink) + colour * ink * uniform(count, 0.3, 1, generator)


def _flat_patches(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return plain colours with crisp borders (prints, paint, checked cloth), under a faint grain.

    Blur carries the borders into the patches, where nothing else shows focus.
    """
    y, x = _rotated_coordinates(count, size, generator)
    period = torch.exp(uniform(count, math.log(12), math.log(90), generator))
    checks = 2 * torch.sin(x * 2 * math.pi / period) * torch.sin(y * 2 * math.pi / period)
    blots = fractal_noise(count, 1, size, uniform(count, 1.4, 2.4, generator), generator)
    shade = torch.where(chance(count, 0.4, generator), checks, blots)
    colour = torch.rand(count, 3, 1, 1, generator=generator, device=generator.device)
    for _ in range(3):
        border = uniform(count, -1.2, 1.2, generator)
        beyond = torch.sigmoid((shade - border) * 25)
        other = torch.rand(count, 3, 1, 1, generator=generator, device=generator.device)
        colour = colour + beyond * (other - colour)
    grain = fractal_noise(count, 1, size, uniform(count, 0, 1, generator), generator)
    return colour * (1 + uniform(count, 0, 0.06, generator) * grain).clamp_min(0)


def _photograph_texture(
    count: int, size: tuple[int, int], photographs: Tensor, generator: torch.Generator
) -> Tensor:
    device = generator.device
    chosen = torch.randint(len(photographs), (count,), generator=generator, device=device)
    y, x = _rotated_coordinates(count, size, generator)
    # Between one and a half pixels a texel (detail at the sampling limit) and three times enlarged.
    scale = uniform(count, 0.35, 1.3, generator) * 2 / PHOTOGRAPH_SIZE
    offset = torch.rand(count, 2, 1, 1, generator=generator, device=device) * 2 - 1
    grid = torch.stack(
        [x[:, 0] * scale[:, 0] + offset[:, :1, 0], y[:, 0] * scale[:, 0] + offset[:, 1:, 0]], -1
    )
    detail = F.grid_sample(photographs[chosen], grid, padding_mode="reflection", align_corners=False)
    gain = torch.exp(uniform(count, -0.7, 0.7, generator))
    return detail * gain


def _rotated_coordinates(
    count: int, size: tuple[int, int], generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return pixel coordinates about the centre, rotated by a random angle: two tensors (count, 1, H, W)."""
    height, width = size
    y = torch.arange(height, device=generator.device).view(1, 1, -1, 1) - height / 2
    x = torch.arange(width, device=generator.device).view(1, 1, 1, -1) - width / 2
    angle = uniform(count, 0, 2 * math.pi, generator)
    return x * angle.sin() + y * angle.cos(), x * angle.cos() - y * angle.sin()
