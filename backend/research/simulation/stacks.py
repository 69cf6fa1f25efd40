"""Focal stacks of random scenes by random cameras, as `focal-depth simulate` renders them."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .geometry import Geometry, at_rest, move_frames, residual_geometry
from .ingredients import NOTHING
from .layers import Layers, render, visible_dioptres
from .lens import Lens, ideal_lens, random_lens
from .materials import vary_materials
from .rgbd import RgbdPictures, rgbd_layers
from .scenes import random_layers
from .textures import chance, uniform

MARGIN = 24  # pixels rendered beyond the picture, so that blur at its border is right
LAYERS = 6
THIN_SHARE = 0.15  # of batches, whose lenses have no aberrations
HAND_HELD_SHARE = 0.25  # of batches
RGBD_SHARE = 0.6  # of batches, where there are pictures with depth
RESIDUAL_SHARE = 0.7  # of stacks that registration does not bring together perfectly
MAX_DRIFT = 2.5  # pixels: the largest deviation of a hand's drift between near and far
MISSED_SHARE, WIDE_SHARE = 0.3, 0.15  # of stacks whose focus misses things, and goes beyond all things
MAX_MISSED, MAX_WIDENED = 0.45, 0.5  # parts of the scene's range at either end
TRUTH_REACH = 0.5  # focus ranges beyond the ends at which the true depth of what lies farther is held


@dataclass(frozen=True)
class Material:
    """What scenes consist of.

    Attributes
    ----------
    photographs
        (T, 3, 512, 512) linear RGB to paint with, or None.
    rgbd
        Pictures with depth to photograph anew, or None.
    """

    photographs: Tensor | None = None
    rgbd: RgbdPictures | None = None


@dataclass(frozen=True)
class Stacks:
    """A batch of focal stacks, aligned, in linear light.

    Attributes
    ----------
    frames
        (B, N, 3, H, W) linear RGB, focused far to near.
    dioptres
        (B, H, W) true depth in normalised dioptres: 0 at the farthest focus, 1 at the nearest.
    positions
        (B, N) focus of the frames in normalised dioptres, increasing from 0 to 1.
    hand_held
        (B,) bool: there is parallax, and the true depth is that of the last frame.
    lens
        What photographed them.
    """

    frames: Tensor
    dioptres: Tensor
    positions: Tensor
    hand_held: Tensor
    lens: Lens

    @property
    def focused_dioptres(self) -> Tensor:
        """(B, H, W) normalised dioptres at which each pixel is sharp: depth and field curvature.

        A predictor learns this, which is what pixels show; the product takes curvature out of it afterwards.
        Beyond the focus range it goes on for `TRUTH_REACH`: what blur shows of it is worth learning, and an
        uncertainty about a depth that is cut at the ends would be about nothing.
        """
        size = self.dioptres.shape[-2], self.dioptres.shape[-1]
        focused = self.dioptres + self.lens.focus_offsets(size, max(size))[:, 0]
        return focused.clamp(-TRUTH_REACH, 1 + TRUTH_REACH)


def simulate(
    count: int,
    size: tuple[int, int],
    frame_count: int,
    material: Material,
    generator: torch.Generator,
    without: frozenset[str] = NOTHING,
) -> Stacks:
    """Simulate `count` random stacks of `frame_count` frames of `size` (H, W), on the generator's device.

    Parameters
    ----------
    without
        Names of `ingredients.INGREDIENTS` that are left out; scenes and all else are the same without them.
    """
    canvas = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    is_picture = material.rgbd is not None and _flip_coin(RGBD_SHARE, generator)
    if material.rgbd is not None and is_picture:
        layers = rgbd_layers(count, LAYERS, canvas, material.rgbd, generator)
    else:
        layers = random_layers(count, LAYERS, canvas, material.photographs, generator)
    layers = vary_materials(layers, material.photographs, is_picture, generator, without)
    layers = focus_on(layers, *_draw_focus_range(count, generator, without))
    positions = focus_positions(count, frame_count, generator, "uneven" not in without)
    hand_held = _flip_coin(HAND_HELD_SHARE, generator)
    drift = _drift(count, frame_count, generator)
    lens = random_lens(count, generator, without)
    if _flip_coin(THIN_SHARE, generator):
        lens = replace(ideal_lens(lens.blur), centre=lens.centre, extent=lens.extent)
    geometry = _draw_geometry(count, frame_count, max(size), generator, "misregistration" not in without)
    frames = photograph(layers, positions, lens, geometry, max(size), generator, drift if hand_held else None)
    inside = (..., slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    held = torch.full((count,), hand_held, device=generator.device)
    return Stacks(frames[inside], visible_dioptres(layers)[inside], positions, held, lens)


def photograph(
    layers: Layers,
    positions: Tensor,
    lens: Lens,
    geometry: Geometry,
    longer_side: int,
    generator: torch.Generator,
    parallax: Tensor | None = None,
) -> Tensor:
    """Return what a lens draws of scenes, (B, N, 3, H, W) linear RGB.

    Parameters
    ----------
    layers
        Scenes on a canvas that reaches as far beyond the picture as blur and motion do.
    positions
        (B, N) focus of the frames in normalised dioptres.
    lens, geometry
        Its blur and aberrations; where its frames show things.
    longer_side
        Pixels of the picture in the canvas's middle.
    generator
        Of the aperture's shape.
    parallax
        As in `layers.render`.
    """
    canvas = layers.colour.shape[-2], layers.colour.shape[-1]
    offsets = lens.focus_offsets(canvas, longer_side) if lens.curvature.any() else None
    kernels = lens.kernels(generator)
    frames = render(layers, positions, lens.blur, kernels, parallax, offsets, lens.colour_offsets())
    if lens.lateral.any() or not geometry.is_at_rest:
        frames = move_frames(frames, geometry, lens, longer_side)
    if lens.vignetting.any():
        frames = frames * lens.fall_off(positions, canvas, longer_side)
    return frames


def focus_on(layers: Layers, far: Tensor, near: Tensor) -> Layers:
    """Return scenes with dioptres that are 0 at `far` (B,) and 1 at `near` (B,), where they were before."""

    def normalise(dioptres: Tensor) -> Tensor:
        shape = (-1, *(1,) * (dioptres.ndim - 1))
        return (dioptres - far.view(shape)) / (near - far).view(shape)

    gloss = layers.gloss
    if gloss is not None:
        gloss = replace(gloss, dioptres=normalise(gloss.dioptres))
    return replace(layers, dioptres=normalise(layers.dioptres), gloss=gloss)


def _draw_focus_range(
    count: int, generator: torch.Generator, without: frozenset[str]
) -> tuple[Tensor, Tensor]:
    """Return (B,) the dioptres of the farthest and nearest focus where the scene runs from 0 to 1."""
    kind = uniform(count, 0, 1, generator).view(count)
    is_missed, is_wide = kind < MISSED_SHARE, kind > 1 - WIDE_SHARE
    ends = []
    for _ in range(2):
        touched = chance(count, 0.7, generator).view(count)
        missed = uniform(count, 0, MAX_MISSED, generator).view(count) * is_missed
        widened = uniform(count, 0, MAX_WIDENED, generator).view(count) * is_wide
        ends.append((missed - widened) * touched * ("beyond" not in without))
    return ends[0], 1 - ends[1]


def _draw_geometry(
    count: int, frame_count: int, longer_side: int, generator: torch.Generator, is_drawn: bool
) -> Geometry:
    residual = residual_geometry(count, frame_count, longer_side, generator)
    rest = at_rest(count, frame_count, generator.device)
    is_left = chance(count, RESIDUAL_SHARE, generator).view(count) & is_drawn

    def choose(left: Tensor, resting: Tensor) -> Tensor:
        return torch.where(is_left.view(-1, *(1,) * (left.ndim - 1)), left, resting)

    return Geometry(*map(choose, vars(residual).values(), vars(rest).values()))


def focus_positions(
    count: int, frame_count: int, generator: torch.Generator, is_uneven: bool = True
) -> Tensor:
    """Return (count, frame_count) positions from 0 to 1: evenly spaced, disturbed, or ever wider."""
    device = generator.device
    steps = 1 + 0.5 * (torch.rand(count, frame_count - 1, generator=generator, device=device) - 0.5)
    growth = torch.exp(uniform(count, -1.2, 1.2, generator).view(count, 1))
    ramp = torch.linspace(0, 1, frame_count - 1, device=device)[None]
    uneven = chance(count, 0.5, generator).view(count, 1) & is_uneven
    steps = torch.where(uneven, steps * growth**ramp, torch.ones_like(steps))
    positions = torch.cumsum(steps, 1) / steps.sum(1, keepdim=True)
    return torch.cat([torch.zeros(count, 1, device=device), positions], 1)


def _drift(count: int, frame_count: int, generator: torch.Generator) -> Tensor:
    """Return (count, frame_count, 2) pixels: a random walk of the hand that ends in the last frame."""
    steps = torch.randn(count, frame_count, 2, generator=generator, device=generator.device)
    walk = torch.cumsum(steps, 1) / frame_count**0.5
    strength = MAX_DRIFT * torch.rand(count, 1, 1, generator=generator, device=generator.device)
    return (walk - walk[:, -1:]) * strength


def _flip_coin(probability: float, generator: torch.Generator) -> bool:
    """Decide once for the whole batch, so that a batch has one kind of scene."""
    return bool(torch.rand((), generator=generator, device=generator.device) < probability)
