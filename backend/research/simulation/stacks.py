"""Focal stacks of random scenes by random lenses, as `focal-depth simulate` renders them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .apertures import aperture_kernels
from .layers import render, visible_dioptres
from .rgbd import RgbdPictures, rgbd_layers
from .scenes import random_layers
from .textures import chance, uniform

MARGIN = 20  # pixels rendered beyond the picture, so that blur at its border is right
LAYERS = 6
MIN_BLUR, MAX_BLUR = 4.0, 34.0  # circle of confusion's diameter in pixels over the focus range
HAND_HELD_SHARE = 0.25  # of stacks
RGBD_SHARE = 0.6  # of batches, where there are pictures with depth
MAX_CURVATURE = 0.15  # normalised dioptres that field curvature adds at half the longer side
MAX_DRIFT = 2.5  # pixels: the largest deviation of a hand's drift between near and far


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
    curvature
        (B, 2) r2 and r4 of the lens's field curvature: what is r from the picture's centre, in halves of its
        longer side, is sharp at its dioptres plus r2 r^2 + r4 r^4.
    """

    frames: Tensor
    dioptres: Tensor
    positions: Tensor
    hand_held: Tensor
    curvature: Tensor


def simulate(
    count: int,
    size: tuple[int, int],
    frame_count: int,
    material: Material,
    generator: torch.Generator,
    is_curved: bool = False,
) -> Stacks:
    """Simulate `count` random stacks of `frame_count` frames of `size` (H, W), on the generator's device.

    Where `is_curved`, lenses have field curvature; the true depth does without it.
    """
    canvas = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    if material.rgbd is not None and _flip_coin(RGBD_SHARE, generator):
        layers = rgbd_layers(count, LAYERS, canvas, material.rgbd, generator)
    else:
        layers = random_layers(count, LAYERS, canvas, material.photographs, generator)
    positions = focus_positions(count, frame_count, generator)
    blur = torch.exp(uniform(count, math.log(MIN_BLUR), math.log(MAX_BLUR), generator)).view(count)
    hand_held = _flip_coin(HAND_HELD_SHARE, generator)
    parallax = _drift(count, frame_count, generator) if hand_held else None
    kernels = aperture_kernels(count, generator)
    curvature = torch.zeros(count, 2, device=generator.device)
    if is_curved:  # drawn last, so that a seed has the same scenes with and without
        curvature = _random_curvature(count, generator)
    offsets = curvature_offsets(curvature, canvas, max(size)) if is_curved else None
    frames = render(layers, positions, blur, kernels, parallax, offsets)
    inside = (..., slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    held = torch.full((count,), hand_held, device=generator.device)
    return Stacks(frames[inside], visible_dioptres(layers)[inside], positions, held, curvature)


def curvature_offsets(curvature: Tensor, size: tuple[int, int], longer_side: int) -> Tensor:
    """Return (B, 1, H, W) normalised dioptres that curvature (B, 2) adds over a canvas of `size` (H, W).

    Its picture, in the middle, has a longer side of so many pixels.
    """
    height, width = size
    y = (torch.arange(height, device=curvature.device) + 0.5 - height / 2).view(1, 1, -1, 1)
    x = (torch.arange(width, device=curvature.device) + 0.5 - width / 2).view(1, 1, 1, -1)
    square = (x**2 + y**2) / (longer_side / 2) ** 2
    r2, r4 = curvature.view(-1, 2, 1, 1, 1).unbind(1)
    return r2 * square + r4 * square**2


def _random_curvature(count: int, generator: torch.Generator) -> Tensor:
    """Return (count, 2): bent either way, by either power of r, or by both."""
    total = uniform(count, -MAX_CURVATURE, MAX_CURVATURE, generator).view(count)
    share = uniform(count, 0, 1, generator).view(count)
    return torch.stack([total * share, total * (1 - share)], 1)


def focus_positions(count: int, frame_count: int, generator: torch.Generator) -> Tensor:
    """Return (count, frame_count) positions from 0 to 1: evenly spaced, disturbed, or ever wider."""
    device = generator.device
    steps = 1 + 0.5 * (torch.rand(count, frame_count - 1, generator=generator, device=device) - 0.5)
    growth = torch.exp(uniform(count, -1.2, 1.2, generator).view(count, 1))
    ramp = torch.linspace(0, 1, frame_count - 1, device=device)[None]
    uneven = chance(count, 0.5, generator).view(count, 1)
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
