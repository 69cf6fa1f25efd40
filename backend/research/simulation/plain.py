"""Things before a plain ground, as toys, insects and goods are photographed: no floor, no patterned wall."""

import math

import torch
from torch import Tensor

from .layers import Layers
from .textures import fractal_noise, textures, uniform

ROUND_SHARE = 0.6  # of things; the others are boxes


def plain_layers(
    layer_count: int, size: tuple[int, int], photographs: Tensor | None, generator: torch.Generator
) -> Layers:
    """Return a scene of `size` (H, W): textured things that bulge or slant, before one smooth shade.

    Parameters
    ----------
    layer_count
        At most one thing fewer; some of the layers stay empty.
    photographs
        (T, 3, h, w) linear RGB to paint with, or None.
    """
    colour = textures(layer_count, size, photographs, generator)
    colour[0] = _ground(size, generator)
    coverage = torch.zeros(layer_count, 1, *size, device=generator.device)
    dioptres = torch.zeros_like(coverage)
    coverage[0], dioptres[0] = 1, 0.3 * _draw(generator)
    nearest = dioptres[0].clone()
    for index in range(1, 1 + math.ceil(_draw(generator) * (layer_count - 1))):
        shape, dioptres[index] = _thing(size, float(dioptres[0].max()), generator)
        coverage[index] = shape * (dioptres[index] >= nearest)  # what crosses a nearer thing is hidden in it
        nearest = torch.where(coverage[index] > 0.5, dioptres[index], nearest)
    return Layers(colour[None], coverage[None], dioptres[None])


def _ground(size: tuple[int, int], generator: torch.Generator) -> Tensor:
    shade = fractal_noise(1, 1, size, uniform(1, 2.2, 3.2, generator), generator)
    tint = torch.rand(3, 1, 1, generator=generator, device=generator.device)
    return (tint * torch.exp(_draw(generator, 0.02, 0.15) * shade[0])).clamp(0, 1)


def _thing(size: tuple[int, int], ground: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return coverage and dioptres (1, H, W) of a thing in front of the ground."""
    height, width = size
    half = max(size) / 2
    y = (torch.arange(height, device=generator.device).view(1, -1, 1) + 0.5 - height / 2) / half
    x = (torch.arange(width, device=generator.device).view(1, 1, -1) + 0.5 - width / 2) / half
    x, y = x - _draw(generator, -0.45, 0.45), y - _draw(generator, -0.35, 0.35)
    angle = _draw(generator, 0, math.pi)
    u, v = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    a, b = (math.exp(_draw(generator, math.log(0.12), math.log(0.6))) for _ in range(2))
    is_round = _draw(generator) < ROUND_SHARE
    power = 2 if is_round else 6
    radius = ((u / a).abs() ** power + (v / b).abs() ** power) ** (1 / power)
    wobble = fractal_noise(1, 1, size, uniform(1, 1.8, 2.6, generator), generator)[0]
    outline = (1 - radius + wobble * (0.06 if _draw(generator) < 0.5 else 0)) * min(a, b)
    bulge = _draw(generator, 0, 0.6 if is_round else 0.1)
    slant = _draw(generator, -0.35, 0.35) * x + _draw(generator, -0.35, 0.35) * y
    nearness = min(max(ground + 0.1, _draw(generator)), 1 - 0.7 * bulge)
    relief = nearness + bulge * torch.sqrt((1 - radius**2).clamp_min(0)) + slant
    return (outline * half + 0.5).clamp(0, 1), relief.clamp(-0.05, 1.05)


def _draw(generator: torch.Generator, low: float = 0.0, high: float = 1.0) -> float:
    return float(uniform(1, low, high, generator))
