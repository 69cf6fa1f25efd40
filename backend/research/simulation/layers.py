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

from .apertures import RADII, SIGNED_RADII


@dataclass(frozen=True)
class Gloss:
    """Light that a shiny surface mirrors: it is sharp at a depth of its own.

    Attributes
    ----------
    layer
        Number of the layer that is shiny, in all scenes.
    light
        (B, 3, H, W) linear RGB, added to the layer's colour.
    dioptres
        (B, 1, H, W) at which the light is sharp, in normalised dioptres.
    """

    layer: int
    light: Tensor
    dioptres: Tensor


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
    gloss
        What one of them mirrors, or None.
    """

    colour: Tensor
    coverage: Tensor
    dioptres: Tensor
    gloss: Gloss | None = None


def render(
    layers: Layers,
    positions: Tensor,
    blur: Tensor,
    kernels: Tensor,
    parallax: Tensor | None = None,
    offsets: Tensor | None = None,
    colour_offsets: Tensor | None = None,
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
        (B, R, K, K) or (B, 2 R - 1, K, K) as `aperture_kernels` returns them.
    parallax
        (B, N, 2) pixels, right and down, by which what is one focus range nearer than the scene's middle
        has moved in each frame, where the camera is held by hand.
    offsets
        (B, 1, H, W) normalised dioptres that field curvature adds to the focus at which a place is sharp.
    colour_offsets
        (B, 3) normalised dioptres that are added for red, green and blue.

    Returns
    -------
    Tensor
        (B, N, 3, H, W) linear RGB.
    """
    count, layer_count, _, height, width = layers.colour.shape
    frames = torch.zeros(count, positions.shape[1], 3, height, width, device=positions.device)
    lens = _Lens(positions, blur, kernels, (height, width), offsets, colour_offsets)
    for index in range(layer_count):
        coverage = layers.coverage[:, index]
        if not coverage.any():
            continue
        surface = lens.blur_picture(layers.colour[:, index] * coverage, coverage, layers.dioptres[:, index])
        mirrored, gloss = None, layers.gloss
        if gloss is not None and gloss.layer == index and gloss.light.any():
            mirrored = lens.blur_picture(gloss.light, torch.ones_like(coverage), gloss.dioptres)
        for n in range(positions.shape[1]):
            layer = surface.focus(n)
            if mirrored is not None:
                light = mirrored.focus(n)[:, :3]
                layer = torch.cat([layer[:, :3] + light * layer[:, 3:], layer[:, 3:]], 1)
            if parallax is not None:
                layer = _displace(layer, parallax[:, n], layers.dioptres[:, index] - 0.5)
            frames[:, n] = frames[:, n] * (1 - layer[:, 3:]) + layer[:, :3]
    return frames


class _Lens:
    """Blurs pictures by the apertures that their defocus needs."""

    def __init__(
        self,
        positions: Tensor,
        blur: Tensor,
        kernels: Tensor,
        size: tuple[int, int],
        offsets: Tensor | None,
        colour_offsets: Tensor | None,
    ) -> None:
        self._positions, self._blur = positions, blur.view(-1, 1, 1, 1)
        self._transfer = _transfer_functions(kernels, size)
        self._offsets, self._colour_offsets = offsets, colour_offsets
        self._is_signed = kernels.shape[1] > len(RADII)
        self._radii = positions.new_tensor(SIGNED_RADII if self._is_signed else RADII)

    def blur_picture(self, colour: Tensor, coverage: Tensor, dioptres: Tensor) -> "_BlurredPicture":
        """Blur a picture (B, 3, H, W), premultiplied by coverage (B, 1, H, W); borders wrap around."""
        sharp_at = dioptres
        if self._offsets is not None:
            sharp_at = sharp_at + self._offsets
        if self._colour_offsets is not None:  # coverage goes with green
            sharp_at = sharp_at + self._colour_offsets[:, [0, 1, 2, 1], None, None]
        radii = [self._radius(n, sharp_at) for n in range(self._positions.shape[1])]
        first, last = self._needed_levels(radii)
        spectrum = torch.fft.rfft2(torch.cat([colour, coverage], 1))[:, None]
        levels = torch.fft.irfft2(spectrum * self._transfer[:, first : last + 1], s=colour.shape[-2:])
        return _BlurredPicture(levels, self._radii[first : last + 1], radii)

    def _radius(self, frame: int, sharp_at: Tensor) -> Tensor:
        """Return (B, 1 or 4, H, W) radii of blur, in pixels."""
        defocus = self._positions[:, frame].view(-1, 1, 1, 1) - sharp_at
        radius = defocus * self._blur / 2
        radius = radius if self._is_signed else radius.abs()
        return radius.clamp(float(self._radii[0]), float(self._radii[-1]))

    def _needed_levels(self, radii: list[Tensor]) -> tuple[int, int]:
        """Return the first and the last of the apertures between which all radii lie, two or more."""
        least, most = (
            float(torch.stack([end(radius) for radius in radii]).aminmax()[i])
            for i, end in enumerate((torch.amin, torch.amax))
        )
        first = int((self._radii <= least).sum()) - 1
        last = int((self._radii < most).sum())
        first = min(max(first, 0), len(self._radii) - 2)
        return first, max(last, first + 1)


@dataclass(frozen=True)
class _BlurredPicture:
    """A picture, blurred by discs of R radii, and the radius of each pixel in each frame."""

    levels: Tensor  # (B, R, 4, H, W)
    radii: Tensor  # (R,) pixels
    blur: list[Tensor]  # of (B, 1 or 4, H, W) pixels

    def focus(self, frame: int) -> Tensor:
        """Return the picture (B, 4, H, W) in a frame, between the two levels next to each pixel's radius."""
        radius = self.blur[frame]
        upper = torch.bucketize(radius, self.radii).clamp(1, len(self.radii) - 1)
        low, high = self.radii[upper - 1], self.radii[upper]
        share = (radius - low) / (high - low)
        index = upper[:, None].expand(-1, 1, self.levels.shape[2], -1, -1)
        nearer = torch.gather(self.levels, 1, index - 1)[:, 0]
        wider = torch.gather(self.levels, 1, index)[:, 0]
        return torch.lerp(nearer, wider, share)


def _transfer_functions(kernels: Tensor, size: tuple[int, int]) -> Tensor:
    """Return (B, R, 1, H, W/2+1) transforms of the apertures, centred on pixel 0, 0."""
    side, (height, width) = kernels.shape[-1], size
    tall, wide = -(-side // height), -(-side // width)  # pictures that a kernel reaches over, mostly 1
    padded = F.pad(kernels, (0, wide * width - side, 0, tall * height - side))
    folded = padded.unflatten(3, (wide, width)).unflatten(2, (tall, height)).sum((2, 4))
    return torch.fft.rfft2(folded.roll((-(side // 2), -(side // 2)), (-2, -1)))[:, :, None]


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
