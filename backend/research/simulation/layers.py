"""Photographs of layered scenes, with the right blur at occlusion edges.

Each layer is a whole surface, also where it is hidden, with its own dioptre map. A frame is rendered
by blurring every layer by its own circle of confusion, premultiplied by coverage, and compositing the
layers from far to near: a near blurred edge lets the far show through, and a far one does not bleed
over the near. All in linear light, batched, on any device.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .apertures import RADII


@dataclass(frozen=True)
class Layers:
    """Surfaces, far to near.

    Attributes
    ----------
    colour
        (B, L, 3, H, W) linear RGB.
    coverage
        (B, L, 1, H, W) 0 to 1.
    dioptres
        (B, L, 1, H, W) depth in normalised dioptres.
    """

    colour: Tensor
    coverage: Tensor
    dioptres: Tensor


def render(
    layers: Layers,
    positions: Tensor,
    blur: Tensor,
    kernels: Tensor,
    parallax: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """Render focal stacks.

    Parameters
    ----------
    layers
        The scenes.
    positions
        (B, N) focus of the frames in normalised dioptres.
    blur
        (B,) diameter of the circle of confusion, in pixels, for a defocus of one focus range.
    kernels
        (B, R, K, K) as `aperture_kernels` returns them.
    parallax
        (B, N, 2) pixels, right and down, by which what is one focus range nearer than the scene's middle
        has moved in each frame, where the camera is held by hand.
    offsets
        (B, 1, H, W) normalised dioptres that field curvature adds to the focus at which a place is sharp.

    Returns
    -------
    Tensor
        (B, N, 3, H, W) linear RGB.
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
        levels = _blur(premultiplied, transfer)  # (B, R, 4, H, W)
        sharp_at = layers.dioptres[:, index] if offsets is None else layers.dioptres[:, index] + offsets
        for n in range(frame_count):
            defocus = (positions[:, n].view(-1, 1, 1, 1) - sharp_at).abs()
            radius = defocus * blur.view(-1, 1, 1, 1) / 2
            layer = _interpolate_blur(levels, radius, radii)
            if parallax is not None:
                layer = _displace(layer, parallax[:, n], layers.dioptres[:, index] - 0.5)
            frames[:, n] = frames[:, n] * (1 - layer[:, 3:]) + layer[:, :3]
    return frames


def _transfer_functions(kernels: Tensor, size: tuple[int, int]) -> Tensor:
    """Return (B, R, 1, H, W/2+1) transforms of the apertures, centred on pixel 0, 0."""
    reach = kernels.shape[-1] // 2
    padded = torch.zeros(*kernels.shape[:2], *size, device=kernels.device)
    padded[..., : kernels.shape[-2], : kernels.shape[-1]] = kernels
    return torch.fft.rfft2(padded.roll((-reach, -reach), (-2, -1)))[:, :, None]


def _blur(picture: Tensor, transfer: Tensor) -> Tensor:
    """Blur pictures (B, C, H, W) by every aperture, to (B, R, C, H, W); borders wrap around."""
    return torch.fft.irfft2(torch.fft.rfft2(picture)[:, None] * transfer, s=picture.shape[-2:])


def _interpolate_blur(levels: Tensor, radius: Tensor, radii: Tensor) -> Tensor:
    """Interpolate blur levels (B, R, 4, H, W) at each pixel's radius (B, 1, H, W), to (B, 4, H, W)."""
    upper = torch.bucketize(radius.clamp(max=radii[-1]), radii).clamp(1, len(radii) - 1)
    low, high = radii[upper - 1], radii[upper]
    share = ((radius - low) / (high - low)).clamp(0, 1)
    index = upper[:, None].expand(-1, 1, levels.shape[2], -1, -1)
    nearer = torch.gather(levels, 1, index - 1)[:, 0]
    wider = torch.gather(levels, 1, index)[:, 0]
    return nearer + share * (wider - nearer)


def _displace(layer: Tensor, parallax: Tensor, nearness: Tensor) -> Tensor:
    """Move a layer (B, 4, H, W) by `parallax` (B, 2) pixels times `nearness` (B, 1, H, W)."""
    height, width = layer.shape[-2:]
    y = torch.arange(height, device=layer.device).view(1, -1, 1) + 0.5
    x = torch.arange(width, device=layer.device).view(1, 1, -1) + 0.5
    right, down = (parallax[:, axis, None, None] * nearness[:, 0] for axis in (0, 1))
    grid = torch.stack([(x - right) * 2 / width - 1, (y - down) * 2 / height - 1], -1)
    moved = F.grid_sample(layer, grid, mode="bicubic", padding_mode="border", align_corners=False)
    # Bicubic overshoots at edges; more than all of a pixel cannot be covered.
    return torch.cat([moved[:, :3].clamp_min(0), moved[:, 3:].clamp(0, 1)], 1)


def visible_dioptres(layers: Layers) -> Tensor:
    """Return (B, H, W) dioptres of the nearest layer that covers a pixel by more than half."""
    visible = layers.dioptres[:, 0]
    for index in range(1, layers.dioptres.shape[1]):
        visible = torch.where(layers.coverage[:, index] > 0.5, layers.dioptres[:, index], visible)
    return visible[:, 0]
