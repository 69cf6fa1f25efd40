"""Lenses: their blur, their aberrations, and random ones for training.

A picture is a window of what the lens draws, so that pictures off the axis are met with too: its centre lies
at `centre` of the lens's field, where 1 is half the longer side of the lens's whole picture, and half its
own longer side is `extent`. A whole picture has the centre (0, 0) and the extent 1.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .apertures import aperture_kernels
from .ingredients import NOTHING
from .textures import chance, uniform

MIN_BLUR, MAX_BLUR = 3.0, 40.0  # circle of confusion's diameter in pixels over the focus range
MIN_EXTENT = 0.45  # of a picture in the lens's field
MAX_CURVATURE = 0.15  # normalised dioptres that field curvature adds at half the longer side
MAX_ASTIGMATISM = 8.0  # pixels: radius of blur in the middle between both foci, at half the longer side
MAX_SPHERICAL = 0.9
MAX_LONGITUDINAL = 1.5  # pixels: diameter of red's and blue's blur where green is sharp
MAX_LATERAL = 0.005  # by which red and blue are larger or smaller than green
MAX_VIGNETTING, MAX_BREATHING = 0.5, 0.1  # fall-off at half the longer side; its change over the range


@dataclass(frozen=True)
class Lens:
    """B lenses, each with the window of its field that a picture shows.

    Attributes
    ----------
    blur
        (B,) pixels, MIN_BLUR to MAX_BLUR: diameter of the circle of confusion for a defocus of one focus
        range.
    centre, extent
        (B, 2) x to the right and y down, and (B,), MIN_EXTENT to 1: the window, see above.
    curvature
        (B, 2) r2 and r4: what is at r in the field is sharp at its dioptres plus r2 r^2 + r4 r^4, in
        normalised dioptres, in all up to MAX_CURVATURE either way at r = 1.
    astigmatism
        (B,) pixels, up to MAX_ASTIGMATISM either way at r = 1 and growing with r^2, which is that of the
        window's centre all over it: half the distance between the foci of radial and of tangential lines,
        as a radius of blur.
    spherical
        (B,) up to MAX_SPHERICAL either way: how much brighter the rim of blur is than its mean behind the
        focus, and how much darker in front of it.
    longitudinal
        (B, 2) normalised dioptres that are added for red and for blue.
    lateral
        (B, 2) by which red and blue are larger than green about the field's centre, up to MAX_LATERAL.
    vignetting
        (B, 2): light falls off as 1 / (1 + v r^2)^2 (of cos^4), v at the farthest and at the nearest focus.
    """

    blur: Tensor
    centre: Tensor
    extent: Tensor
    curvature: Tensor
    astigmatism: Tensor
    spherical: Tensor
    longitudinal: Tensor
    lateral: Tensor
    vignetting: Tensor

    def focus_offsets(self, size: tuple[int, int], longer_side: int) -> Tensor:
        """Return (B, 1, H, W) normalised dioptres that curvature adds over a canvas of `size` (H, W).

        Its picture, in the middle, has a longer side of so many pixels.
        """
        square = self._field_square(size, longer_side)
        r2, r4 = self.curvature.view(-1, 2, 1, 1, 1).unbind(1)
        return r2 * square + r4 * square**2

    def fall_off(self, positions: Tensor, size: tuple[int, int], longer_side: int) -> Tensor:
        """Return (B, N, 1, H, W) by which light is multiplied in frames at `positions` (B, N)."""
        far, near = self.vignetting[:, :1], self.vignetting[:, 1:]
        strength = (far + positions * (near - far))[..., None, None, None]
        return (1 + strength * self._field_square(size, longer_side)[:, None]) ** -2

    def kernels(self, generator: torch.Generator) -> Tensor:
        """Return random apertures' kernels, as `aperture_kernels` does; without aberrations only R."""
        strength = self.astigmatism * self.centre.square().sum(1)
        if not (self.spherical.any() or strength.any()):
            return aperture_kernels(len(self.blur), generator)
        angle = torch.atan2(self.centre[:, 1], self.centre[:, 0])
        return aperture_kernels(len(self.blur), generator, self.spherical, torch.stack([strength, angle], 1))

    def colour_offsets(self) -> Tensor | None:
        """Return (B, 3) normalised dioptres that are added for red, green and blue; None where all are 0."""
        red, blue = self.longitudinal.unbind(1)
        return torch.stack([red, torch.zeros_like(red), blue], 1) if self.longitudinal.any() else None

    def _field_square(self, size: tuple[int, int], longer_side: int) -> Tensor:
        """Return (B, 1, H, W) r^2 in the lens's field."""
        height, width = size
        half, device = longer_side / 2, self.blur.device
        y = (torch.arange(height, device=device) + 0.5 - height / 2).view(1, 1, -1, 1) / half
        x = (torch.arange(width, device=device) + 0.5 - width / 2).view(1, 1, 1, -1) / half
        extent = self.extent.view(-1, 1, 1, 1)
        centre_x, centre_y = self.centre.view(-1, 2, 1, 1, 1).unbind(1)
        return (centre_x + extent * x) ** 2 + (centre_y + extent * y) ** 2


def ideal_lens(blur: Tensor) -> Lens:
    """Return thin lenses with a circle of confusion of `blur` (B,) pixels over the focus range."""
    zero, zeros = torch.zeros_like(blur), torch.zeros(len(blur), 2, device=blur.device)
    return Lens(blur, zeros, torch.ones_like(blur), zeros, zero, zero, zeros, zeros, zeros)


def random_lens(count: int, generator: torch.Generator, without: frozenset[str] = NOTHING) -> Lens:
    """Draw `count` lenses, neutral in the ingredients `without`: some nearly thin, some poor."""

    def draw(low: float, high: float) -> Tensor:
        return uniform(count, low, high, generator).view(count)

    def both_ways(most: float, share: float, name: str) -> Tensor:
        """Draw up to `most` either way, little more often than much, and 0 in all but a share of lenses."""
        value = most * draw(-1, 1) * draw(0, 1) ** 0.5 * chance(count, share, generator).view(count)
        return torch.zeros_like(value) if name in without else value

    blur = torch.exp(draw(math.log(MIN_BLUR), math.log(MAX_BLUR)))
    extent = draw(MIN_EXTENT, 1)
    centre = torch.stack([(1 - extent) * draw(-1, 1), 0.7 * (1 - extent) * draw(-1, 1)], 1)
    bend, square_share = both_ways(MAX_CURVATURE, 0.7, "curvature"), draw(0, 1)
    longitudinal = [both_ways(MAX_LONGITUDINAL, 0.5, "longitudinal") / blur for _ in range(2)]
    vignetting = draw(0, MAX_VIGNETTING) * draw(0, 1)
    breathing = draw(-MAX_BREATHING, MAX_BREATHING)
    vignettes = torch.stack([vignetting, (vignetting + breathing).clamp_min(0)], 1)
    return Lens(
        blur=blur,
        centre=centre,
        extent=extent,
        curvature=torch.stack([bend * square_share, bend * (1 - square_share)], 1),
        astigmatism=both_ways(MAX_ASTIGMATISM, 0.5, "astigmatism"),
        spherical=both_ways(MAX_SPHERICAL, 0.7, "spherical"),
        longitudinal=torch.stack(longitudinal, 1),
        lateral=torch.stack([both_ways(MAX_LATERAL, 0.5, "lateral") for _ in range(2)], 1),
        vignetting=torch.zeros_like(vignettes) if "vignetting" in without else vignettes,
    )
