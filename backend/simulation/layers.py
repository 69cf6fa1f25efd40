"""Focal stacks of random layered scenes: blur that is right where one thing hides another.

Each layer is a whole surface, also where it is hidden, with its own dioptre map. A frame is made
by blurring every layer by its own circle of confusion, premultiplied by coverage, and laying the
layers over each other from far to near: a near blurred edge lets the far show through, and a far
one does not bleed over the near. All in linear light, batched, on any device.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .textures import chance, fractal_noise, textures, uniform

# Disc radii in pixels at which every layer is blurred once; frames interpolate between them.
RADII = (0.0, 0.6, 1.1, 1.7, 2.4, 3.2, 4.2, 5.5, 7.0, 9.0, 11.5, 14.5, 18.0)
MARGIN = 20  # pixels rendered beyond the picture, so that blur at its border knows what lies outside


@dataclass(frozen=True)
class Stacks:
    """A batch of focal stacks, aligned, in linear light."""

    frames: Tensor  # (B, N, 3, H, W) linear RGB, focused far to near
    dioptres: Tensor  # (B, H, W) what is visible, normalised: 0 at the farthest focus, 1 at the nearest
    positions: Tensor  # (B, N) focus of the frames, normalised dioptres, increasing from 0 to 1


@dataclass(frozen=True)
class Layers:
    """Surfaces far to near."""

    colour: Tensor  # (B, L, 3, H, W) linear
    coverage: Tensor  # (B, L, 1, H, W) 0 to 1
    dioptres: Tensor  # (B, L, 1, H, W) normalised


def simulate(
    count: int,
    size: tuple[int, int],
    frame_count: int,
    photographs: Tensor | None,
    generator: torch.Generator,
    layer_count: int = 6,
) -> Stacks:
    """`count` random stacks of `frame_count` frames of `size` (H, W) pixels."""
    canvas = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    layers = random_layers(count, layer_count, canvas, photographs, generator)
    positions = focus_positions(count, frame_count, generator)
    # Diameter of the circle of confusion in pixels for one whole focus range of defocus.
    blur = torch.exp(uniform(count, math.log(5), math.log(34), generator)).view(count)
    kernels = aperture_kernels(count, generator)
    frames = render(layers, positions, blur, kernels)
    visible = visible_dioptres(layers)
    inside = (..., slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    return Stacks(frames[inside], visible[inside], positions)


def focus_positions(count: int, frame_count: int, generator: torch.Generator) -> Tensor:
    """(count, frame_count) from 0 to 1: even in dioptres, some disturbed, some growing or shrinking."""
    device = generator.device
    steps = 1 + 0.5 * (torch.rand(count, frame_count - 1, generator=generator, device=device) - 0.5)
    growth = torch.exp(uniform(count, -1.2, 1.2, generator).view(count, 1))
    ramp = torch.linspace(0, 1, frame_count - 1, device=device)[None]
    uneven = chance(count, 0.5, generator).view(count, 1)
    steps = torch.where(uneven, steps * growth**ramp, torch.ones_like(steps))
    positions = torch.cumsum(steps, 1) / steps.sum(1, keepdim=True)
    return torch.cat([torch.zeros(count, 1, device=device), positions], 1)


def random_layers(
    count: int,
    layer_count: int,
    size: tuple[int, int],
    photographs: Tensor | None,
    generator: torch.Generator,
) -> Layers:
    """A background that covers everything, and things before it: slanted, curved, thin, perforated."""
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
    dioptres = _folded(centre.view(count, layer_count, 1, 1, 1) + relief)
    return Layers(colour, coverage * present, dioptres)


def _folded(dioptres: Tensor) -> Tensor:
    """Surfaces that would leave the focus range turn back at its ends, as walls meet in corners."""
    low, high = -0.05, 1.05
    return high - ((dioptres - low).abs() - (high - low)).abs()


def _relief(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """(count, 1, H, W) slant (a plane is affine in dioptres) and curvature about a layer's centre."""
    y, x = _unit_coordinates(size, generator.device)
    steep = torch.where(chance(count, 0.35, generator), 0.7, 0.12)
    slant = steep * (uniform(count, -1, 1, generator) * x + uniform(count, -1, 1, generator) * y)
    bend = fractal_noise(count, 1, size, uniform(count, 2.2, 3.0, generator), generator)
    return slant + bend * torch.where(chance(count, 0.4, generator), 0.06, 0.0)


def _coverage(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """(count, 1, H, W) outlines: ellipses, boxes, blobs, bars and lattices, one pixel soft."""
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
    """y (1, 1, H, 1) and x (1, 1, 1, W) about the centre, in halves of the longer side."""
    height, width = size
    half = max(size) / 2
    y = (torch.arange(height, device=device).view(1, 1, -1, 1) + 0.5 - height / 2) / half
    x = (torch.arange(width, device=device).view(1, 1, 1, -1) + 0.5 - width / 2) / half
    return y, x


def aperture_kernels(count: int, generator: torch.Generator) -> Tensor:
    """(count, R, K, K) apertures of every radius, summing to one: discs, and polygons of 5 to 8 blades."""
    reach = math.ceil(RADII[-1]) + 1
    oversampling = 4
    steps = (2 * reach + 1) * oversampling
    line = (torch.arange(steps, device=generator.device) + 0.5) / oversampling - reach - 0.5
    y, x = line.view(1, -1, 1), line.view(1, 1, -1)
    radius, angle = torch.sqrt(x**2 + y**2), torch.atan2(y, x)
    blades = torch.randint(5, 9, (count, 1, 1), generator=generator, device=generator.device)
    turn = uniform(count, 0, 2 * math.pi, generator).view(count, 1, 1)
    sector = 2 * math.pi / blades
    polygon = (
        radius * torch.cos(torch.remainder(angle + turn, sector) - sector / 2) / torch.cos(sector / 2) ** 0.5
    )
    shape = torch.where(
        chance(count, 0.5, generator).view(count, 1, 1), polygon, radius.expand(count, -1, -1)
    )
    radii = torch.tensor(RADII, device=generator.device).clamp_min(0.5).view(1, -1, 1, 1)
    inside = (radii + 0.5 / oversampling - shape[:, None]).mul(oversampling).clamp(0, 1)
    kernels = torch.nn.functional.avg_pool2d(inside, oversampling)
    kernels[:, 0] = 0
    kernels[:, 0, reach, reach] = 1
    return kernels / kernels.sum((-2, -1), keepdim=True)


def render(layers: Layers, positions: Tensor, blur: Tensor, kernels: Tensor) -> Tensor:
    """(B, N, 3, H, W) frames focused at `positions` (B, N).

    `blur` (B,) is the circle of confusion's diameter in pixels for a defocus of one focus range.
    """
    count, layer_count, _, height, width = layers.colour.shape
    frame_count = positions.shape[1]
    radii = torch.tensor(RADII, device=positions.device)
    frames = torch.zeros(count, frame_count, 3, height, width, device=positions.device)
    transfer = _transfer_functions(kernels, (height, width))
    for index in range(layer_count):
        premultiplied = torch.cat(
            [layers.colour[:, index] * layers.coverage[:, index], layers.coverage[:, index]], 1
        )
        levels = _blurred(premultiplied, transfer)  # (B, R, 4, H, W)
        for n in range(frame_count):
            defocus = (positions[:, n].view(-1, 1, 1, 1) - layers.dioptres[:, index]).abs()
            radius = defocus * blur.view(-1, 1, 1, 1) / 2
            layer = _at_radius(levels, radius, radii)
            frames[:, n] = frames[:, n] * (1 - layer[:, 3:]) + layer[:, :3]
    return frames


def _transfer_functions(kernels: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, R, 1, H, W/2+1) of the apertures, centred on pixel 0, 0."""
    reach = kernels.shape[-1] // 2
    padded = torch.zeros(*kernels.shape[:2], *size, device=kernels.device)
    padded[..., : kernels.shape[-2], : kernels.shape[-1]] = kernels
    return torch.fft.rfft2(padded.roll((-reach, -reach), (-2, -1)))[:, :, None]


def _blurred(picture: Tensor, transfer: Tensor) -> Tensor:
    """(B, R, C, H, W): the picture under every aperture (circular at the border, hence the margin)."""
    return torch.fft.irfft2(torch.fft.rfft2(picture)[:, None] * transfer, s=picture.shape[-2:])


def _at_radius(levels: Tensor, radius: Tensor, radii: Tensor) -> Tensor:
    """(B, 4, H, W): each pixel from the two blur levels (B, R, 4, H, W) about its radius (B, 1, H, W)."""
    upper = torch.bucketize(radius.clamp(max=radii[-1]), radii).clamp(1, len(radii) - 1)
    low, high = radii[upper - 1], radii[upper]
    share = ((radius - low) / (high - low)).clamp(0, 1)
    index = upper[:, None].expand(-1, 1, levels.shape[2], -1, -1)
    nearer = torch.gather(levels, 1, index - 1)[:, 0]
    wider = torch.gather(levels, 1, index)[:, 0]
    return nearer + share * (wider - nearer)


def visible_dioptres(layers: Layers) -> Tensor:
    """(B, H, W): the nearest layer that covers a pixel by more than half."""
    visible = layers.dioptres[:, 0]
    for index in range(1, layers.dioptres.shape[1]):
        visible = torch.where(layers.coverage[:, index] > 0.5, layers.dioptres[:, index], visible)
    return visible[:, 0]
