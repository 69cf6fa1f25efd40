"""Where frames show things: scale, shift, roll, perspective and distortion, and colours of unlike size."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .lens import Lens
from .textures import uniform

RESIDUAL_PX = (0.02, 0.6)  # deviation of what registration leaves, in pixels, from stack to stack
# Shares of it: scale and roll at the border, shift, distortion, perspective.
RESIDUAL_SHARES = (0.5, 0.5, 0.35, 0.35)


@dataclass(frozen=True)
class Geometry:
    """How N frames of B stacks differ from where their reference frame shows things.

    The reference's point u, in halves of the longer side from the picture's centre, lies in a frame at
    scale * R(roll) u (1 + distortion |u|^2) / (1 + perspective . u) + shift.

    Attributes
    ----------
    scale, roll, distortion
        (B, N), roll in radians, clockwise.
    shift, perspective
        (B, N, 2) x to the right, y down; shifts in halves of the longer side.
    """

    scale: Tensor
    roll: Tensor
    shift: Tensor
    distortion: Tensor
    perspective: Tensor

    @property
    def is_at_rest(self) -> bool:
        """Whether all frames show things in the same place."""
        moved = self.scale - 1, self.roll, self.shift, self.distortion, self.perspective
        return not any(value.any() for value in moved)


def at_rest(count: int, frame_count: int, device: torch.device) -> Geometry:
    """Return frames that all show things in the same place."""
    zero, zeros = (torch.zeros(count, frame_count, *more, device=device) for more in ((), (2,)))
    return Geometry(zero + 1, zero, zeros, zero, zeros)


def residual_geometry(count: int, frame_count: int, longer_side: int, generator: torch.Generator) -> Geometry:
    """Draw what registration leaves of real stacks: the last frame is the reference.

    From stack to stack it differs by much, 0.02 to 0.6 pixels (measured by phase correlation: median 0.1,
    90th percentile 0.3 to 0.7), and parts are bent, as no similarity undoes.
    """
    device = generator.device
    low, high = (torch.tensor(value).log().item() for value in RESIDUAL_PX)
    pixels = torch.exp(uniform(count, low, high, generator)).view(count, 1, 1)
    noise = torch.randn(count, frame_count, 7, generator=generator, device=device)
    noise = (noise * pixels / (longer_side / 2)) * (
        torch.arange(frame_count, device=device).view(1, -1, 1) < frame_count - 1
    )
    turned, moved, bent, tilted = RESIDUAL_SHARES
    return Geometry(
        scale=1 + turned * noise[..., 0],
        roll=turned * noise[..., 1],
        shift=moved * noise[..., 2:4],
        distortion=bent * noise[..., 4],
        perspective=tilted * noise[..., 5:7],
    )


def move_frames(frames: Tensor, geometry: Geometry, lens: Lens, longer_side: int) -> Tensor:
    """Return frames (B, N, 3, H, W) of the reference's view as the geometry and lateral colour show it.

    A canvas may be larger than its picture, in the middle, whose longer side has so many pixels.
    """
    sizes = 1 + torch.stack([lens.lateral[:, 0], torch.zeros_like(lens.blur), lens.lateral[:, 1]], 1)
    moved = [
        _resample(frames[:, :, channel], geometry, sizes[:, channel], lens, longer_side)
        for channel in range(3)
    ]
    return torch.stack(moved, 2)


def _resample(planes: Tensor, geometry: Geometry, size: Tensor, lens: Lens, longer_side: int) -> Tensor:
    """Move planes (B, N, H, W) of one colour, which is `size` (B,) times as large as green."""
    height, width = planes.shape[-2:]
    half = longer_side / 2
    y = ((torch.arange(height, device=planes.device) + 0.5 - height / 2) / half).view(1, 1, -1, 1)
    x = ((torch.arange(width, device=planes.device) + 0.5 - width / 2) / half).view(1, 1, 1, -1)
    # Enlarged about the lens's axis, which is off the window's centre.
    axis_x, axis_y = (-lens.centre[:, i] / lens.extent for i in (0, 1))
    x, y = (
        axis.view(-1, 1, 1, 1) + (place - axis.view(-1, 1, 1, 1)) / size.view(-1, 1, 1, 1)
        for axis, place in ((axis_x, x), (axis_y, y))
    )
    u, v = _undo(x, y, geometry)
    grid = torch.stack(torch.broadcast_tensors(u * half * 2 / width, v * half * 2 / height), -1)
    settings = {"mode": "bicubic", "padding_mode": "border", "align_corners": False}
    moved = F.grid_sample(planes.flatten(0, 1)[:, None], grid.flatten(0, 1), **settings)
    return moved.view_as(planes).clamp_min(0)


def _undo(x: Tensor, y: Tensor, geometry: Geometry) -> tuple[Tensor, Tensor]:
    """Return the reference's point of a frame's points, by one step of a fixed point, which is enough."""
    scale, roll, distortion = (
        value[..., None, None] for value in (geometry.scale, geometry.roll, geometry.distortion)
    )
    right, down = (geometry.shift[..., i, None, None] for i in (0, 1))
    tilt_x, tilt_y = (geometry.perspective[..., i, None, None] for i in (0, 1))
    x, y = (x - right) / scale, (y - down) / scale
    x, y = x * roll.cos() + y * roll.sin(), y * roll.cos() - x * roll.sin()
    u, v = x, y
    for _ in range(3):
        factor = (1 + tilt_x * u + tilt_y * v) / (1 + distortion * (u**2 + v**2))
        u, v = x * factor, y * factor
    return u, v
