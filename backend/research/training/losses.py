"""Losses of depth, its uncertainty, and alignment."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks.alignment import pixel_grid

EDGE_REACH, EDGE_WEIGHT = 7, 1.0  # pixels about a depth edge, and the weight they have beyond the others'
FULL_EDGE = 0.3  # normalised dioptres: a jump as high has all of that weight


def depth_loss(depth: Tensor, truth: Tensor) -> Tensor:
    """Return the mean absolute error of (B, H, W) normalised dioptres, with more weight about depth edges."""
    jump = _local_maximum(truth) + _local_maximum(-truth)
    weight = 1 + EDGE_WEIGHT * jump.clamp(0, FULL_EDGE) / FULL_EDGE
    return (weight * (depth - truth).abs()).sum() / weight.sum()


def _local_maximum(dioptres: Tensor) -> Tensor:
    """Return the maximum of (B, H, W) over a square, a row and a column at a time."""
    window = 2 * EDGE_REACH + 1
    rows = F.max_pool2d(dioptres, (1, window), 1, (0, EDGE_REACH))
    return F.max_pool2d(rows, (window, 1), 1, (EDGE_REACH, 0))


def uncertainty_loss(uncertainty: Tensor, depth: Tensor, truth: Tensor) -> Tensor:
    """Return the negative log-likelihood of the error under a Laplace distribution of that mean deviation.

    All are (B, H, W) normalised dioptres. No gradient flows into depth, which must not become worse for the
    sake of the uncertainty.
    """
    error = (depth.detach() - truth).abs()
    return (error / uncertainty + torch.log(uncertainty)).mean()


def alignment_loss(motion: Tensor, steps: Tensor, true_motion: Tensor, picture: Tensor) -> Tensor:
    """Return the mean displacement error in pixels of the chained motion plus that of its steps.

    Parameters
    ----------
    motion, steps
        (B, N, 3) and (B, N-1, 3), as AlignmentNetwork returns them.
    true_motion
        (B, N, 3).
    picture
        (..., H, W) of the size to which pixels refer.
    """
    true_steps = _steps_between(true_motion)
    chained = displacement(motion, true_motion, picture).mean()
    return chained + displacement(steps, true_steps, picture).mean()


def displacement(motion: Tensor, true_motion: Tensor, picture: Tensor) -> Tensor:
    """Return (..., 9) distances in pixels between where two motions (..., 3) take a 3 x 3 grid of points.

    `picture` (..., H, W) has the size to which pixels refer.
    """
    y, x, _, _ = pixel_grid(picture)
    ends_x, ends_y = x.abs().max() * 0.9, y.abs().max() * 0.9
    points = torch.tensor([[i, j] for j in (-1, 0, 1) for i in (-1, 0, 1)], device=motion.device)
    points = points * torch.stack([ends_x, ends_y])
    difference = motion - true_motion
    moved = difference[..., None, :1] * points + difference[..., None, 1:]
    return torch.sqrt((moved**2).sum(-1) + 1e-8) * (0.5 * max(picture.shape[-2:]))


def _steps_between(motion: Tensor) -> Tensor:
    """Return the (B, N-1, 3) steps whose `chain` is the motion (B, N, 3)."""
    scale = motion[:, :-1, :1] / motion[:, 1:, :1]
    return torch.cat([scale, motion[:, :-1, 1:] - scale * motion[:, 1:, 1:]], 2)
