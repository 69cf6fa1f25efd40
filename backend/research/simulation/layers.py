"""Photographs of layered scenes: blur that is right where one thing hides another.

Each layer is a whole surface, also where it is hidden, with its own dioptre map. A frame is made
by blurring every layer by its own circle of confusion, premultiplied by coverage, and laying the
layers over each other from far to near: a near blurred edge lets the far show through, and a far
one does not bleed over the near. All in linear light, batched, on any device.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .apertures import RADII


@dataclass(frozen=True)
class Layers:
    """Surfaces far to near."""

    colour: Tensor  # (B, L, 3, H, W) linear
    coverage: Tensor  # (B, L, 1, H, W) 0 to 1
    dioptres: Tensor  # (B, L, 1, H, W) normalised


def render(
    layers: Layers, positions: Tensor, blur: Tensor, kernels: Tensor, parallax: Tensor | None = None
) -> Tensor:
    """(B, N, 3, H, W) frames focused at `positions` (B, N).

    `blur` (B,) is the circle of confusion's diameter in pixels for a defocus of one focus range;
    `parallax` (B, N, 2) how far in pixels, right and down, what is one focus range nearer than the
    scene's middle has moved in each frame: the camera was held by hand.
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
            if parallax is not None:
                layer = _displaced(layer, parallax[:, n], layers.dioptres[:, index] - 0.5)
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


def _displaced(layer: Tensor, parallax: Tensor, nearness: Tensor) -> Tensor:
    """A layer (B, 4, H, W) moved by `parallax` (B, 2) pixels times `nearness` (B, 1, H, W)."""
    height, width = layer.shape[-2:]
    y = torch.arange(height, device=layer.device).view(1, -1, 1) + 0.5
    x = torch.arange(width, device=layer.device).view(1, 1, -1) + 0.5
    right, down = (parallax[:, axis, None, None] * nearness[:, 0] for axis in (0, 1))
    grid = torch.stack([(x - right) * 2 / width - 1, (y - down) * 2 / height - 1], -1)
    moved = F.grid_sample(layer, grid, mode="bicubic", padding_mode="border", align_corners=False)
    # Bicubic overshoots at edges; more than all of a pixel cannot be covered.
    return torch.cat([moved[:, :3].clamp_min(0), moved[:, 3:].clamp(0, 1)], 1)


def visible_dioptres(layers: Layers) -> Tensor:
    """(B, H, W): the nearest layer that covers a pixel by more than half."""
    visible = layers.dioptres[:, 0]
    for index in range(1, layers.dioptres.shape[1]):
        visible = torch.where(layers.coverage[:, index] > 0.5, layers.dioptres[:, index], visible)
    return visible[:, 0]
