"""Stacks by lenses with a focal length, an f-number and a pixel pitch, to measure on what cameras write.

Scenes are in dioptres here, 1/m; what comes out is in normalised ones, as all stacks are.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .geometry import Geometry, at_rest
from .layers import Layers, visible_dioptres
from .lens import Lens, ideal_lens
from .stacks import Stacks, focus_on, photograph


@dataclass(frozen=True)
class PhysicalCamera:
    """One camera.

    Attributes
    ----------
    focal_length, pixel_pitch
        Metres; the pitch is that of the pixels which are simulated.
    f_number
        Focal length over the aperture's diameter.
    curvature
        r2 and r4 of field curvature, in dioptres, at r in halves of the picture's longer side.
    distortion
        Of a frame focused at infinity, and what is added for every dioptre: a point at r goes to
        r (1 + distortion r^2).
    is_breathing
        The field of view goes with focus as a thin lens's does, or stays the same.
    """

    focal_length: float
    f_number: float
    pixel_pitch: float
    curvature: tuple[float, float] = (0.0, 0.0)
    distortion: tuple[float, float] = (0.0, 0.0)
    is_breathing: bool = False

    @property
    def pixels_per_dioptre(self) -> float:
        """Diameter of the circle of confusion for a defocus of one dioptre, f^2 / (N p)."""
        return self.focal_length**2 / (self.f_number * self.pixel_pitch)

    def lens(self, focus: Tensor) -> Lens:
        """Return it as a lens in the normalised dioptres of frames focused at (B, N) dioptres."""
        span = focus[:, -1] - focus[:, 0]
        curvature = focus.new_tensor(self.curvature) / span[:, None]
        return replace(ideal_lens(self.pixels_per_dioptre * span), curvature=curvature)

    def geometry(self, focus: Tensor) -> Geometry:
        """Return where frames focused at (B, N) dioptres show things, beside an undistorted last frame.

        The field of view goes with 1 / s, and the image distance s with 1 / (1 - f D) at D dioptres.
        """
        still = at_rest(focus.shape[0], focus.shape[1], focus.device)
        image_distance = 1 / (1 - self.focal_length * focus)
        scale = image_distance / image_distance[:, -1:] if self.is_breathing else still.scale
        return replace(still, scale=scale, distortion=self.distortion[0] + self.distortion[1] * focus)


def photograph_physically(
    scene: Layers,
    focus: Tensor,
    camera: PhysicalCamera,
    size: tuple[int, int],
    generator: torch.Generator,
    moved: Geometry | None = None,
) -> Stacks:
    """Return stacks of scenes, as photographed: neither aligned nor developed.

    Parameters
    ----------
    scene
        Layers in dioptres (1/m), on a canvas that is as much larger than `size` as blur and motion reach.
    focus
        (B, N) dioptres at which the frames are focused, increasing.
    camera
        What photographs.
    size
        (H, W) pixels of the pictures.
    generator
        Of the aperture's shape.
    moved
        Where frames show things beside what the camera's optics do: a hand's shift, roll and perspective.
        Its scale multiplies, its distortion adds.
    """
    focused = focus_on(scene, focus[:, 0], focus[:, -1])
    positions = (focus - focus[:, :1]) / (focus[:, -1:] - focus[:, :1])
    lens, geometry = camera.lens(focus), camera.geometry(focus)
    if moved is not None:
        geometry = replace(
            moved, scale=moved.scale * geometry.scale, distortion=moved.distortion + geometry.distortion
        )
    frames = photograph(focused, positions, lens, geometry, max(size), generator)
    rows, columns = (
        slice((whole - part) // 2, (whole - part) // 2 + part)
        for whole, part in zip(frames.shape[-2:], size, strict=True)
    )
    held = torch.zeros(len(focus), dtype=torch.bool, device=focus.device)
    return Stacks(
        frames[..., rows, columns], visible_dioptres(focused)[:, rows, columns], positions, held, lens
    )
