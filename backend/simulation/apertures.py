"""What an aperture makes of a point: discs, polygons of blades, and the lens shapes of cat's eyes."""

import math

import torch
from torch import Tensor

from .textures import chance, uniform

# Disc radii in pixels at which every layer is blurred once; frames interpolate between them.
RADII = (0.0, 0.6, 1.2, 2.0, 3.0, 4.3, 6.0, 8.2, 11.0, 14.2, 18.0)
OVERSAMPLING = 4


def aperture_kernels(count: int, generator: torch.Generator) -> Tensor:
    """(count, R, K, K) apertures of every radius, summing to one; one shape for each picture.

    Away from the picture's centre the barrel cuts the disc to a cat's eye; a crop of a picture has
    nearly one shape all over.
    """
    reach = math.ceil(RADII[-1]) + 1
    steps = (2 * reach + 1) * OVERSAMPLING
    line = (torch.arange(steps, device=generator.device) + 0.5) / OVERSAMPLING - reach - 0.5
    y, x = line.view(1, 1, -1, 1), line.view(1, 1, 1, -1)
    radii = torch.tensor(RADII, device=generator.device).clamp_min(0.5).view(1, -1, 1, 1)
    shape = torch.where(chance(count, 0.4, generator), _polygon(x, y, count, generator), torch.hypot(x, y))
    inside = (radii - shape).expand(count, -1, -1, -1)
    angle = uniform(count, 0, 2 * math.pi, generator)
    offset = uniform(count, 0.1, 0.9, generator) * radii
    barrel = 1.05 * radii - torch.hypot(x - offset * angle.cos(), y - offset * angle.sin())
    inside = torch.where(chance(count, 0.3, generator), torch.minimum(inside, barrel), inside)
    inside = (inside * OVERSAMPLING + 0.5).clamp(0, 1)
    kernels = torch.nn.functional.avg_pool2d(inside, OVERSAMPLING)
    kernels[:, 0] = 0
    kernels[:, 0, reach, reach] = 1
    return kernels / kernels.sum((-2, -1), keepdim=True)


def _polygon(x: Tensor, y: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(count, 1, K, K) radius of the disc whose area has the polygon of 5 to 8 blades through a point."""
    blades = torch.randint(5, 9, (count, 1, 1, 1), generator=generator, device=generator.device)
    sector = 2 * math.pi / blades
    turned = torch.atan2(y, x) + uniform(count, 0, 2 * math.pi, generator)
    across = torch.cos(torch.remainder(turned, sector) - sector / 2)
    return torch.hypot(x, y) * across / torch.cos(sector / 2) ** 0.5
