"""Blur kernels of random apertures: discs, polygons of blades, and cat's eyes, with a lens's aberrations."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .textures import chance, uniform

# Disc radii in pixels at which every layer is blurred once; frames interpolate between them.
RADII = (0.0, 0.6, 1.2, 2.0, 3.0, 4.3, 6.0, 8.2, 11.0, 14.2, 18.0, 24.0)
# With aberrations blur differs in front of the focus, where these are below 0, and behind it.
SIGNED_RADII = (*(-radius for radius in RADII[:0:-1]), *RADII)
REACH = math.ceil(RADII[-1]) + 1  # pixels from a kernel's middle to its ends
OVERSAMPLING = 4
POINT = 0.5  # pixels: radius of the smallest disc


def aperture_kernels(
    count: int,
    generator: torch.Generator,
    spherical: Tensor | None = None,
    astigmatism: Tensor | None = None,
) -> Tensor:
    """Return kernels (count, R, K, K) of every radius in RADII, each summing to one.

    There is one shape for each picture. Away from the picture's centre the barrel cuts the disc to a cat's
    eye; a crop of a picture has nearly one shape all over. In front of the focus a shape is rotated by half
    a turn. Each is centred on its centroid, or focusing would seem to move things.

    With one of the aberrations the kernels are (count, 2 R - 1, K, K), for SIGNED_RADII: below 0 of what lies
    in front of the focus, above 0 of what lies behind it.

    Parameters
    ----------
    spherical
        (count,) -1 to 1: behind the focus the rim of a disc is as much brighter than its mean, its centre as
        much darker; in front of it the other way round (Hecht, Optics, 6.3.1; undercorrected below 0).
    astigmatism
        (count, 2) pixels and radians: half the distance, as a radius of blur, between the foci of what runs
        along a direction and of what runs across it, and that direction.
    """
    is_signed = spherical is not None or astigmatism is not None
    spherical = torch.zeros(count, device=generator.device) if spherical is None else spherical
    astigmatism = torch.zeros(count, 2, device=generator.device) if astigmatism is None else astigmatism
    shape = _random_shape(count, generator)
    centre = _centroid(shape, _line(REACH, generator.device))
    longest = float(astigmatism[:, 0].abs().max())
    kernels = []
    for radius in SIGNED_RADII if is_signed else RADII:
        reach = min(REACH, math.ceil(1.3 * (abs(radius) + longest)) + 2)  # where a shape surely ends
        line = _line(reach, generator.device)
        kernel = _kernel(shape, line, centre, radius, spherical, astigmatism)
        kernels.append(F.pad(kernel, (REACH - reach,) * 4))
    sharpest = len(kernels) - len(RADII)
    is_point = (astigmatism[:, 0] == 0).view(-1, 1, 1, 1)
    kernels[sharpest] = torch.where(is_point, _point(kernels[sharpest]), kernels[sharpest])
    return torch.cat(kernels, 1)


Shape = Callable[[Tensor, Tensor, float], Tensor]


def _line(reach: int, device: torch.device) -> Tensor:
    """Return places from -reach to reach pixels, and half a pixel more, `OVERSAMPLING` a pixel."""
    steps = (2 * reach + 1) * OVERSAMPLING
    return (torch.arange(steps, device=device) + 0.5) / OVERSAMPLING - reach - 0.5


def _kernel(
    shape: Shape,
    line: Tensor,
    centre: tuple[Tensor, Tensor],
    signed_radius: float,
    spherical: Tensor,
    astigmatism: Tensor,
) -> Tensor:
    """Return (count, 1, K, K) of one radius: the shape, drawn out by astigmatism, shaded by its rim."""
    radius, sign = max(abs(signed_radius), POINT), -1.0 if signed_radius < 0 else 1.0
    half_gap, angle = astigmatism.view(-1, 2, 1, 1, 1).unbind(1)
    cosine, sine = angle.cos(), angle.sin()
    y, x = line.view(1, 1, -1, 1), line.view(1, 1, 1, -1)
    along = (x * cosine + y * sine) * radius / (signed_radius + half_gap).abs().clamp_min(POINT)
    across = (y * cosine - x * sine) * radius / (signed_radius - half_gap).abs().clamp_min(POINT)
    x, y = sign * (along * cosine - across * sine), sign * (along * sine + across * cosine)
    inside = shape(x + centre[0] * radius, y + centre[1] * radius, radius)
    ring = 2 * (x**2 + y**2) / radius**2 - 1  # whose mean over a disc is 0
    # Of a disc of few pixels no rim is to be seen.
    strength = spherical.view(-1, 1, 1, 1) * sign * min(1.0, radius / 3)
    kernel = F.avg_pool2d(inside * (1 + strength * ring).clamp_min(0), OVERSAMPLING)
    return kernel / kernel.sum((-2, -1), keepdim=True)


def _point(like: Tensor) -> Tensor:
    point = torch.zeros_like(like)
    point[..., like.shape[-2] // 2, like.shape[-1] // 2] = 1
    return point


def _centroid(shape: Shape, line: Tensor) -> tuple[Tensor, Tensor]:
    """Return x and y (count, 1, 1, 1) of the shape's centroid, in parts of its radius."""
    y, x = line.view(1, 1, -1, 1), line.view(1, 1, 1, -1)
    widest = shape(x, y, RADII[-1])
    total = widest.sum((-2, -1), keepdim=True) * RADII[-1]
    return (widest * x).sum((-2, -1), keepdim=True) / total, (widest * y).sum((-2, -1), keepdim=True) / total


def _random_shape(count: int, generator: torch.Generator) -> Shape:
    """Return a function of x, y and a radius that is 1 inside `count` random apertures and 0 outside."""
    polygonal, cut = chance(count, 0.4, generator), chance(count, 0.3, generator)
    blades = torch.randint(5, 9, (count, 1, 1, 1), generator=generator, device=generator.device)
    sector, turn = 2 * math.pi / blades, uniform(count, 0, 2 * math.pi, generator)
    offset, angle = uniform(count, 0.1, 0.9, generator), uniform(count, 0, 2 * math.pi, generator)

    def shape(x: Tensor, y: Tensor, radius: float) -> Tensor:
        distance = torch.hypot(x, y)
        apothem = distance * torch.cos(torch.remainder(torch.atan2(y, x) + turn, sector) - sector / 2)
        # The radius of the disc that has the area of the polygon through the point.
        polygon = apothem * torch.sqrt(torch.tan(sector / 2) / (sector / 2))
        inside = radius - torch.where(polygonal, polygon, distance)
        barrel = 1.05 * radius - torch.hypot(
            x - offset * radius * angle.cos(), y - offset * radius * angle.sin()
        )
        inside = torch.where(cut, torch.minimum(inside, barrel), inside)
        return (inside * OVERSAMPLING + 0.5).clamp(0, 1)

    return shape
