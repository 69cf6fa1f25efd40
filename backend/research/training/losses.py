"""What the networks are asked to get right."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks.alignment import grid_of

EDGE_REACH, EDGE_WEIGHT = 7, 1.0  # pixels about a depth edge, and how much more they count there


def depth_loss(depth: Tensor, truth: Tensor) -> Tensor:
    """Mean absolute error of (B, H, W) normalised dioptres, with more weight about depth edges."""
    jump = _nearest_about(truth) + _nearest_about(-truth)
    weight = 1 + EDGE_WEIGHT * jump.clamp(0, 0.3) / 0.3
    return (weight * (depth - truth).abs()).sum() / weight.sum()


def _nearest_about(dioptres: Tensor) -> Tensor:
    """Maximum of (B, H, W) over a square, a row and a column at a time."""
    window = 2 * EDGE_REACH + 1
    rows = F.max_pool2d(dioptres, (1, window), 1, (0, EDGE_REACH))
    return F.max_pool2d(rows, (window, 1), 1, (EDGE_REACH, 0))


def spread_loss(spread: Tensor, depth: Tensor, truth: Tensor) -> Tensor:
    """Negative log-likelihood of the error under a Laplace distribution of that spread.

    The error is taken as given: depth must not become worse for the sake of the confidence.
    """
    error = (depth.detach() - truth).abs()
    return (error / spread + torch.log(spread)).mean()


def alignment_loss(motion: Tensor, steps: Tensor, true_motion: Tensor, picture: Tensor) -> Tensor:
    """Mean displacement error in pixels over the picture, of the chained motion (B, N, 3) and its steps."""
    true_steps = _steps_between(true_motion)
    chained = displacement(motion, true_motion, picture).mean()
    return chained + displacement(steps, true_steps, picture).mean()


def displacement(motion: Tensor, true_motion: Tensor, picture: Tensor) -> Tensor:
    """(..., 9) distance in pixels between where two motions (..., 3) take a 3 x 3 grid of points."""
    y, x, _, _ = grid_of(picture)
    ends_x, ends_y = x.abs().max() * 0.9, y.abs().max() * 0.9
    points = torch.tensor([[i, j] for j in (-1, 0, 1) for i in (-1, 0, 1)], device=motion.device)
    points = points * torch.stack([ends_x, ends_y])
    difference = motion - true_motion
    moved = difference[..., None, :1] * points + difference[..., None, 1:]
    return torch.sqrt((moved**2).sum(-1) + 1e-8) * (0.5 * max(picture.shape[-2:]))


def _steps_between(motion: Tensor) -> Tensor:
    """(B, N-1, 3) steps whose `chain` is the motion (B, N, 3)."""
    scale = motion[:, :-1, :1] / motion[:, 1:, :1]
    return torch.cat([scale, motion[:, :-1, 1:] - scale * motion[:, 1:, 1:]], 2)
