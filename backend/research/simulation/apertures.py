"""Blur kernels of random apertures: discs, polygons of blades, and cat's eyes."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .textures import chance, uniform

# Disc radii in pixels at which every layer is blurred once; frames interpolate between them.
RADII = (0.0, 0.6, 1.2, 2.0, 3.0, 4.3, 6.0, 8.2, 11.0, 14.2, 18.0)
OVERSAMPLING = 4


def aperture_kernels(count: int, generator: torch.Generator) -> Tensor:
    """Return kernels (count, R, K, K) of every radius in RADII, each summing to one.

    There is one shape for each picture. Away from the picture's centre the barrel cuts the disc to a cat's
    eye; a crop of a picture has nearly one shape all over. In front of the focus a shape is rotated by half
    a turn, which is left out; so each is centred on its centroid, or focusing would seem to move things.
    """
    reach = math.ceil(RADII[-1]) + 1
    steps = (2 * reach + 1) * OVERSAMPLING
    line = (torch.arange(steps, device=generator.device) + 0.5) / OVERSAMPLING - reach - 0.5
    y, x = line.view(1, 1, -1, 1), line.view(1, 1, 1, -1)
    radii = torch.tensor(RADII, device=generator.device).clamp_min(0.5).view(1, -1, 1, 1)
    shape = _random_shape(count, generator)
    widest = shape(x, y, radii[:, -1:])
    centre_x, centre_y = ((widest * axis).sum((-2, -1), keepdim=True) for axis in (x, y))
    share = radii / radii[:, -1:] / widest.sum((-2, -1), keepdim=True)
    inside = shape(x + centre_x * share, y + centre_y * share, radii)
    kernels = torch.nn.functional.avg_pool2d(inside, OVERSAMPLING)
    kernels[:, 0] = 0
    kernels[:, 0, reach, reach] = 1
    return kernels / kernels.sum((-2, -1), keepdim=True)


def _random_shape(count: int, generator: torch.Generator) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Return a function of x, y and radii that is 1 inside `count` random apertures and 0 outside."""
    polygonal, cut = chance(count, 0.4, generator), chance(count, 0.3, generator)
    blades = torch.randint(5, 9, (count, 1, 1, 1), generator=generator, device=generator.device)
    sector, turn = 2 * math.pi / blades, uniform(count, 0, 2 * math.pi, generator)
    offset, angle = uniform(count, 0.1, 0.9, generator), uniform(count, 0, 2 * math.pi, generator)

    def shape(x: Tensor, y: Tensor, radii: Tensor) -> Tensor:
        distance = torch.hypot(x, y)
        apothem = distance * torch.cos(torch.remainder(torch.atan2(y, x) + turn, sector) - sector / 2)
        # The radius of the disc that has the area of the polygon through the point.
        polygon = apothem * torch.sqrt(torch.tan(sector / 2) / (sector / 2))
        inside = radii - torch.where(polygonal, polygon, distance)
        barrel = 1.05 * radii - torch.hypot(
            x - offset * radii * angle.cos(), y - offset * radii * angle.sin()
        )
        inside = torch.where(cut, torch.minimum(inside, barrel), inside)
        return (inside * OVERSAMPLING + 0.5).clamp(0, 1)

    return shape
