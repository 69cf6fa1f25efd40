"""Random motion of frames: focus breathing that metadata do not explain, shifts, and a hand's jitter."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .textures import chance, uniform


@dataclass(frozen=True)
class Phone:
    """How a phone's frames differ from a thin lens's (the simulator of Won and Jeon, ECCV 2022).

    Attributes
    ----------
    slope, intercept
        The field of view is wider by slope / F + intercept for the frame focused at F metres.
    shift_x, shift_y
        Mean and deviation in pixels.
    width
        Of the picture, in pixels.
    """

    slope: float
    intercept: float
    shift_x: tuple[float, float]
    shift_y: tuple[float, float]
    width: int


PHONES = (
    Phone(-0.00266, 0.019155, (-4.455, 7.185), (-9.950, 8.046), 4032),  # Pixel 4 XL
    Phone(-0.004292, 0.003303, (0.470, 6.263), (2.692, 6.860), 4080),  # Pixel 6
    Phone(-0.002038, 0.016696, (4.430, 4.601), (3.695, 3.589), 4032),  # Galaxy S8+
    Phone(-0.004024, 0.024739, (-4.316, 2.920), (-0.946, 0.154), 4032),  # Galaxy Note 10
)
NEAREST_FOCUS = 0.12  # metres; phones focus from here to infinity
PICTURE = 512  # pixels of the longer side to which shifts in widths refer
MAX_SCALE, MAX_SHIFT = 0.08, 0.03  # residual of the farthest frame; shift in widths


def random_motion(positions: Tensor, half: float, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3) scale and shifts of frames at `positions` (B, N), as AlignmentNetwork does.

    Shifts are in halves of the longer side, which are `half` pixels. A fifth of the stacks is at rest, two
    fifths move as the measured phones, two fifths up to the most that lenses were measured to do. The last
    frame is the reference, at rest.
    """
    count = len(positions)
    phone, any_lens = _phone_motion(positions, generator), _lens_motion(positions, generator)
    which = uniform(count, 0, 1, generator).view(count, 1, 1)
    motion = torch.where(which < 0.4, phone, any_lens)
    motion = motion * (which < 0.8) * motion.new_tensor([1, PICTURE / half, PICTURE / half])
    motion[:, -1] = 0
    return motion + motion.new_tensor([1, 0, 0])


def _phone_motion(positions: Tensor, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3) residual scale less one, and shifts in widths, of random phones.

    A wider field of view shows things smaller, so scale falls as it grows.
    """
    device = positions.device
    chosen = torch.randint(len(PHONES), (len(positions), 1), generator=generator, device=device)
    slope, intercept, mean_x, deviation_x, mean_y, deviation_y = torch.tensor(
        [(p.slope, p.intercept, *(v / p.width for v in (*p.shift_x, *p.shift_y))) for p in PHONES],
        device=device,
    )[chosen].unbind(-1)
    # The formula takes 1 / F; normalised positions run from infinity to the nearest focus.
    scale = -(slope * positions / NEAREST_FOCUS + intercept)
    noise = torch.randn(2, *positions.shape, generator=generator, device=device)
    x, y = mean_x + deviation_x * noise[0], mean_y + deviation_y * noise[1]
    return torch.stack([scale, x, y], 2)


def _lens_motion(positions: Tensor, generator: torch.Generator) -> Tensor:
    """Return (B, N, 3) breathing in proportion to focus, a hand's drift and its jitter."""
    count, frames = positions.shape
    away = 1 - positions
    noise = torch.randn(3, count, frames, generator=generator, device=positions.device)
    scale = uniform(count, -MAX_SCALE, MAX_SCALE, generator).view(count, 1) * away
    scale = scale + 0.003 * noise[0] * chance(count, 0.5, generator).view(count, 1)
    drift = [uniform(count, -MAX_SHIFT, MAX_SHIFT, generator).view(count, 1) for _ in range(2)]
    x, y = (way * away + 0.003 * jitter for way, jitter in zip(drift, noise[1:], strict=True))
    return torch.stack([scale, x, y], 2)


def random_roll(positions: Tensor, generator: torch.Generator) -> Tensor:
    """Return (B, N) radians of roll, in a third of the stacks; no alignment undoes it."""
    noise = torch.randn(positions.shape, generator=generator, device=positions.device)
    turned = 0.0015 * noise * chance(len(positions), 0.33, generator).view(-1, 1)
    return turned - turned[:, -1:]
