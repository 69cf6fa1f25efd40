"""Random layered scenes: a background, and things in front of it."""

import math

import torch
from torch import Tensor

from .layers import Layers
from .textures import chance, fractal_noise, textures, uniform


def random_layers(
    count: int,
    layer_count: int,
    size: tuple[int, int],
    photographs: Tensor | None,
    generator: torch.Generator,
) -> Layers:
    """Return random scenes of `size` (H, W): a background, and slanted, curved, thin or perforated things.

    Parameters
    ----------
    count, layer_count
        How many scenes, and layers of each.
    size
        (H, W) pixels.
    photographs
        (T, 3, h, w) linear RGB to paint with, or None.
    generator
        Of all randomness; its device is that of the result.
    """
    total = count * layer_count
    colour = textures(total, size, photographs, generator).view(count, layer_count, 3, *size)
    coverage = _coverage(total, size, generator).view(count, layer_count, 1, *size)
    coverage[:, 0] = 1
    present = torch.rand(count, layer_count, 1, 1, 1, generator=generator, device=generator.device) < 0.8
    present[:, 0] = True
    relief = _relief(total, size, generator).view(count, layer_count, 1, *size)
    centre = torch.rand(count, layer_count, generator=generator, device=generator.device)
    centre = torch.sort(centre, 1).values
    centre[:, 0] = 0.6 * torch.rand(count, generator=generator, device=generator.device)
    dioptres = _fold_into_range(centre.view(count, layer_count, 1, 1, 1) + relief)
    return Layers(colour, _remove_hidden(coverage * present, dioptres), dioptres)


def _remove_hidden(coverage: Tensor, dioptres: Tensor) -> Tensor:
    """Remove from coverage (B, L, 1, H, W) what lies behind earlier layers: slanted surfaces cross."""
    nearest = dioptres[:, 0]
    visible = [coverage[:, 0]]
    for index in range(1, coverage.shape[1]):
        visible.append(coverage[:, index] * (dioptres[:, index] >= nearest))
        nearest = torch.where(visible[-1] > 0.5, dioptres[:, index], nearest)
    return torch.stack(visible, 1)


def _fold_into_range(dioptres: Tensor) -> Tensor:
    """Reflect surfaces that would leave the focus range at its ends, as walls meet in corners."""
    low, high = -0.05, 1.05
    return high - ((dioptres - low).abs() - (high - low)).abs()


def _relief(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return (count, 1, H, W) slant (a plane is affine in dioptres) and curvature about a layer's centre."""
    y, x = _unit_coordinates(size, generator.device)
    steep = torch.where(chance(count, 0.35, generator), 0.7, 0.12)
    slant = steep * (uniform(count, -1, 1, generator) * x + uniform(count, -1, 1, generator) * y)
    bend = fractal_noise(count, 1, size, uniform(count, 2.2, 3.0, generator), generator)
    return slant + bend * torch.where(chance(count, 0.4, generator), 0.06, 0.0)


def _coverage(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return (count, 1, H, W) coverage of ellipses, boxes, blobs, bars and lattices, one pixel soft."""
    y, x = _unit_coordinates(size, generator.device)
    angle = uniform(count, 0, math.pi, generator)
    x, y = x - uniform(count, -1, 1, generator), y - uniform(count, -0.8, 0.8, generator)
    u, v = x * angle.cos() + y * angle.sin(), y * angle.cos() - x * angle.sin()
    a = torch.exp(uniform(count, math.log(0.06), math.log(0.9), generator))
    b = torch.exp(uniform(count, math.log(0.06), math.log(0.9), generator))
    ellipse = 1 - torch.sqrt((u / a) ** 2 + (v / b) ** 2)
    box = 1 - torch.maximum((u / a).abs(), (v / b).abs())
    outline = torch.where(chance(count, 0.5, generator), ellipse, box) * torch.minimum(a, b)
    wobble = fractal_noise(count, 1, size, uniform(count, 1.6, 2.4, generator), generator)
    outline = outline + torch.where(chance(count, 0.5, generator), 0.08, 0.0) * wobble
    period = torch.exp(uniform(count, math.log(0.06), math.log(0.4), generator))
    open_share = uniform(count, -0.6, 0.6, generator)
    bars = (torch.sin(2 * math.pi * u / period) - open_share) * period / 7
    lattice = torch.maximum(bars, (torch.sin(2 * math.pi * v / period) - open_share) * period / 7)
    holes = torch.where(chance(count, 0.5, generator), bars, lattice)
    outline = torch.where(chance(count, 0.3, generator), torch.minimum(outline, holes), outline)
    return (outline * max(size) / 2 + 0.5).clamp(0, 1)


def _unit_coordinates(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return y (1, 1, H, 1) and x (1, 1, 1, W) about the centre, in halves of the longer side."""
    height, width = size
    half = max(size) / 2
    y = (torch.arange(height, device=device).view(1, 1, -1, 1) + 0.5 - height / 2) / half
    x = (torch.arange(width, device=device).view(1, 1, 1, -1) + 0.5 - width / 2) / half
    return y, x
