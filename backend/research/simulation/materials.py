"""Surfaces that show little or mislead: plain walls, dark cloth, gloss, and transparent things."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from .ingredients import NOTHING
from .layers import Gloss, Layers
from .textures import chance, fractal_noise, textures, uniform

PLAIN_SHARE, DARK_SHARE, TRANSPARENT_SHARE = 0.35, 0.12, 0.12  # of layers
REGION_SHARE = 0.5  # of scenes, parts of which are made plain across their layers
GLOSS_SHARE = 0.45  # of scenes
WINDOW = 13  # pixels a side within which a plain region's colours are flattened


def vary_materials(
    layers: Layers,
    photographs: Tensor | None,
    is_picture: bool,
    generator: torch.Generator,
    without: frozenset[str] = NOTHING,
) -> Layers:
    """Return scenes some of whose surfaces are plain, dark, glossy or transparent.

    Parameters
    ----------
    layers
        Scenes.
    photographs
        (T, 3, h, w) linear RGB that gloss may mirror, or None.
    is_picture
        The layers are bands of one picture's depth, so that no one of them is a thing of its own.
    generator
        Of all randomness.
    without
        Ingredients that are left out.
    """
    plain = _flatten_regions(layers.colour, generator)
    if not is_picture:
        plain = _paint_plain(plain, generator)
    colour = layers.colour if "plain" in without else plain
    dark = _darken(colour, is_picture, generator)
    colour = colour if "dark" in without else dark
    thin = layers.coverage if is_picture else _make_transparent(layers.coverage, generator)
    coverage = layers.coverage if "transparent" in without else thin
    gloss = _draw_gloss(layers, photographs, generator)
    return replace(layers, colour=colour, coverage=coverage, gloss=None if "gloss" in without else gloss)


def _paint_plain(colour: Tensor, generator: torch.Generator) -> Tensor:
    """Paint some layers (B, L, 3, H, W) in one colour, with shading and next to no grain."""
    total, size = colour.shape[0] * colour.shape[1], (colour.shape[-2], colour.shape[-1])
    tint = colour.mean((-2, -1), keepdim=True).clamp_min(0.02)
    shade = _shade(total, size, generator) * uniform(total, 0.02, 0.5, generator)
    grain = fractal_noise(total, 1, size, uniform(total, 0, 1, generator), generator)
    grain = grain * uniform(total, -0.006, 0.008, generator).clamp_min(0)
    wall = tint * torch.exp((shade + grain).view(*colour.shape[:2], 1, *size))
    chosen = chance(total, PLAIN_SHARE, generator).view(*colour.shape[:2], 1, 1, 1)
    return torch.where(chosen, wall, colour)


def _shade(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return (count, 1, H, W) light and shade: a gradient, and what is vague in a room."""
    y = torch.linspace(-1, 1, size[0], device=generator.device).view(1, 1, -1, 1)
    x = torch.linspace(-1, 1, size[1], device=generator.device).view(1, 1, 1, -1)
    gradient = uniform(count, -1, 1, generator) * x + uniform(count, -1, 1, generator) * y
    vague = fractal_noise(count, 1, size, uniform(count, 2.4, 3.2, generator), generator)
    return gradient + 0.4 * vague


def _flatten_regions(colour: Tensor, generator: torch.Generator) -> Tensor:
    """Take fine texture from a part of some scenes (B, L, 3, H, W); strong edges stay."""
    count, layer_count, _, height, width = colour.shape
    vague = fractal_noise(count, 1, (height, width), uniform(count, 2.2, 3, generator), generator)
    region = torch.sigmoid((vague + uniform(count, -1, 2, generator)) * 20)
    region = (region * chance(count, REGION_SHARE, generator))[:, None]
    contrast = torch.exp(uniform(count, -4.0, -2.0, generator)).expand(-1, layer_count, -1, -1)
    if not region.any():
        return colour
    flat = _smooth(colour.sqrt().flatten(0, 1), contrast.flatten(0, 1)[:, None]).square().view_as(colour)
    return colour + region * (flat - colour)


def _smooth(picture: Tensor, contrast: Tensor) -> Tensor:
    """Smooth (P, C, H, W) where contrast is below `contrast` (P, 1, 1, 1) (He et al., ECCV 2010)."""
    for _ in range(2):
        middle = _box_mean(picture)
        variance = (_box_mean(picture**2) - middle**2).clamp_min(0).mean(1, keepdim=True)
        share = variance / (variance + contrast**2)
        picture = _box_mean(share) * picture + _box_mean((1 - share) * middle)
    return picture


def _box_mean(values: Tensor) -> Tensor:
    """Return the mean of (P, C, H, W) over squares of `WINDOW` pixels a side, by running sums."""
    half = WINDOW // 2
    for axis in (-1, -2):
        pad = (half + 1, half, 0, 0) if axis == -1 else (0, 0, half + 1, half)
        sums = F.pad(values, pad, mode="replicate").cumsum(axis)
        length = values.shape[axis]
        values = (sums.narrow(axis, WINDOW, length) - sums.narrow(axis, 0, length)) / WINDOW
    return values


def _darken(colour: Tensor, is_picture: bool, generator: torch.Generator) -> Tensor:
    """Return scenes (B, L, 3, H, W) with dark cloth: some layers, or a region of some pictures."""
    count, layer_count, _, height, width = colour.shape
    total = count * layer_count
    reflectance = torch.exp(uniform(total, -4.5, -2.3, generator)).view(count, layer_count, 1, 1, 1)
    chosen = chance(total, DARK_SHARE, generator).view(count, layer_count, 1, 1, 1).float()
    vague = fractal_noise(count, 1, (height, width), uniform(count, 2.2, 3, generator), generator)
    region = torch.sigmoid((vague - uniform(count, 0, 1.5, generator)) * 20)
    region = (region * chance(count, 2 * DARK_SHARE, generator))[:, None]
    if is_picture:
        reflectance, chosen = reflectance[:, :1], region
    return colour * (1 + chosen * (reflectance - 1))


def _make_transparent(coverage: Tensor, generator: torch.Generator) -> Tensor:
    """Make some layers (B, L, 1, H, W) let light through; the depth is that of what shows more."""
    total = coverage.shape[0] * coverage.shape[1]
    faint, dense = uniform(total, 0.1, 0.4, generator), uniform(total, 0.6, 0.9, generator)
    share = torch.where(chance(total, 0.6, generator), faint, dense)
    share = torch.where(chance(total, TRANSPARENT_SHARE, generator), share, torch.ones_like(share))
    share = share.view(*coverage.shape[:2], 1, 1, 1).clone()
    share[:, 0] = 1
    return coverage * share


def _draw_gloss(layers: Layers, photographs: Tensor | None, generator: torch.Generator) -> Gloss:
    """Return what one layer mirrors: lamps, windows, and faintly the room, mostly from behind the surface."""
    count, layer_count, _, *size = layers.colour.shape
    size = size[0], size[1]
    layer = int(torch.randint(layer_count, (), generator=generator, device=generator.device))
    room = textures(count, size, photographs, generator) * uniform(count, 0, 0.25, generator)
    spots = fractal_noise(count, 1, size, uniform(count, 1.3, 2.4, generator), generator)
    lamps = torch.sigmoid((spots - uniform(count, 1.2, 2.6, generator)) * uniform(count, 3, 40, generator))
    lamps = lamps * torch.exp(uniform(count, -1, 2.5, generator))
    vague = fractal_noise(count, 1, size, uniform(count, 2.2, 3, generator), generator)
    region = torch.sigmoid((vague + uniform(count, -0.5, 2, generator)) * 10)
    light = (room + lamps) * region * chance(count, GLOSS_SHARE, generator)
    # A flat mirror shows things farther than itself; a bent one may show them nearer.
    behind = torch.where(
        chance(count, 0.8, generator),
        uniform(count, 0.05, 0.8, generator),
        uniform(count, -0.3, 0, generator),
    )
    return Gloss(layer, light, layers.dioptres[:, layer] - behind)
