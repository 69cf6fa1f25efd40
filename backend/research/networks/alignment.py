"""The alignment network: residual scale and shift of every frame, coarse to fine.

Neighbouring frames are compared, since their blur differs least, and the steps are chained to the
reference frame (the last one). At each level of a pyramid, learned features and learned weights
enter a Gauss-Newton step for scale and shift (inverse-compositional image alignment, Baker and
Matthews 2004; learned features for it: Lv et al., CVPR 2019). The solution is exact and independent of
size, so the network only has to learn what to compare and how to weight it.

Coordinates: x to the right and y down from the picture's centre, in halves of its longer side; shifts too.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = (8, 4, 2)  # reductions, coarse to fine; what is finer is left to `registration.refine`
ITERATIONS = (3, 1, 1)
CHANNELS = 8
MAX_UPDATE = 4.0  # pixels of a level in one step


class AlignmentNetwork(nn.Module):
    """Maps a focal stack to the scale and shifts that carry reference coordinates into each frame."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1),
        )
        self.trust = nn.Sequential(
            nn.Conv2d(3 * CHANNELS, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 1, 3, padding=1),
        )

    def forward(self, stack: Tensor) -> tuple[Tensor, Tensor]:
        """Estimate the motion of batched stacks.

        Parameters
        ----------
        stack
            (B, N, 3, H, W) sRGB 0 to 1, far to near, cropped to one field of view.

        Returns
        -------
        motion
            (B, N, 3) scale s and shifts b, c: the reference's point (x, y) lies at (s x + b, s y + c) in
            the frame. The last row is (1, 0, 0).
        steps
            (B, N-1, 3) the same from each frame to the next, before chaining.
        """
        batch, frames = stack.shape[:2]
        grey = _normalise_contrast(stack.flatten(0, 1).mean(1, keepdim=True))
        steps = torch.zeros(batch * (frames - 1), 3, device=stack.device) + grey.new_tensor([1.0, 0.0, 0.0])
        for reduction, iterations in zip(LEVELS, ITERATIONS, strict=True):
            level = grey if reduction == 1 else F.avg_pool2d(grey, reduction)
            features = self.features(level)
            features = features.reshape(batch, frames, *features.shape[1:])
            moving, fixed = features[:, :-1].flatten(0, 1), features[:, 1:].flatten(0, 1)
            grid = pixel_grid(level)
            for _ in range(iterations):
                steps = self._refine(moving, fixed, steps, grid)
        steps = steps.reshape(batch, frames - 1, 3)
        return chain(steps), steps

    def _refine(self, moving: Tensor, fixed: Tensor, steps: Tensor, grid: "Grid") -> Tensor:
        """Take one weighted Gauss-Newton step; all tensors are (pairs, ...)."""
        warped = warp(moving, steps, grid=grid)
        residual = fixed - warped
        agreement = self.trust(torch.cat([fixed, warped, residual.abs()], 1))
        weight = torch.sigmoid(agreement) * _inside(steps, grid)
        # Gradients of both pictures make the step second-order accurate (Malis 2004).
        gradient_y, gradient_x = _gradients(0.5 * (fixed + warped), grid.half)
        radial = gradient_x * grid.x + gradient_y * grid.y
        jacobian = torch.stack([radial, gradient_x, gradient_y], 1)
        right = torch.cat([jacobian, residual[:, None]], 1).flatten(2).transpose(1, 2)
        system = (weight[:, None] * jacobian).flatten(2) @ right / (CHANNELS * grid.pixels)
        delta = _solve_symmetric(system[..., :3], system[..., 3])
        limit = MAX_UPDATE / grid.half
        delta = delta.clamp(-limit, limit)  # type: ignore[call-overload] - a Tensor in tracing, else a float
        scale = steps[:, :1]
        return steps + torch.cat([scale * delta[:, :1], scale * delta[:, 1:]], 1)


def chain(steps: Tensor) -> Tensor:
    """Chain steps between neighbours, (B, N-1, 3), to motions from the reference, (B, N, 3)."""
    scale, shift = steps[..., :1], steps[..., 1:]
    last = (steps[:, :1] * 0) + steps.new_tensor([1.0, 0.0, 0.0])
    total = torch.exp(torch.flip(torch.cumsum(torch.flip(torch.log(scale), [1]), 1), [1]))
    # b_n = A_n sum_{k >= n} b_k / A_k with A_n the product of the scales from n on.
    carried = torch.flip(torch.cumsum(torch.flip(shift / total, [1]), 1), [1]) * total
    return torch.cat([torch.cat([total, carried], 2), last], 1)


class Grid(NamedTuple):
    """Coordinates of a picture's pixel centres, in halves of its longer side.

    Attributes
    ----------
    y
        (1, 1, H, 1) from the middle down.
    x
        (1, 1, 1, W) from the middle to the right.
    half
        Half of the longer side in pixels.
    pixels
        H times W.
    """

    y: Tensor
    x: Tensor
    half: Tensor | float
    pixels: Tensor | int


def pixel_grid(picture: Tensor) -> Grid:
    """Return the grid of a picture (..., H, W)."""
    height, width = picture.shape[-2], picture.shape[-1]
    half = 0.25 * (height + width + abs(height - width))  # not max(), whose outcome tracing to ONNX would fix
    y = (torch.arange(height, device=picture.device, dtype=picture.dtype) + 0.5 - 0.5 * height) / half
    x = (torch.arange(width, device=picture.device, dtype=picture.dtype) + 0.5 - 0.5 * width) / half
    return Grid(y.view(1, 1, -1, 1), x.view(1, 1, 1, -1), half, height * width)


def warp(pictures: Tensor, motion: Tensor, mode: str = "bilinear", grid: Grid | None = None) -> Tensor:
    """Resample pictures (N, C, H, W) so that motion (N, 3) is undone; borders repeat."""
    height, width = pictures.shape[-2], pictures.shape[-1]
    y, x, half, _ = grid or pixel_grid(pictures)
    scale, shift_x, shift_y = motion[:, :, None, None].split(1, 1)
    across = (scale * x + shift_x)[:, 0] * (half / (0.5 * width))
    down = (scale * y + shift_y)[:, 0] * (half / (0.5 * height))
    points = torch.stack([across.expand(-1, height, -1), down.expand(-1, -1, width)], -1)
    return F.grid_sample(pictures, points, mode=mode, padding_mode="border", align_corners=False)


def _inside(steps: Tensor, grid: Grid) -> Tensor:
    """Return 1 where the warp reads inside the picture, so that repeated borders have no weight."""
    scale, shift_x, shift_y = steps[:, :, None, None].split(1, 1)
    inside_x = (scale * grid.x + shift_x).abs() <= grid.x.abs().max()
    inside_y = (scale * grid.y + shift_y).abs() <= grid.y.abs().max()
    return (inside_x & inside_y).to(grid.x.dtype)


def _gradients(picture: Tensor, half: Tensor | float) -> tuple[Tensor, Tensor]:
    """Return central differences per coordinate unit (half the longer side), zero at the border."""
    vertical = (picture[:, :, 2:] - picture[:, :, :-2]) * (0.5 * half)
    horizontal = (picture[:, :, :, 2:] - picture[:, :, :, :-2]) * (0.5 * half)
    return F.pad(vertical, (0, 0, 1, 1)), F.pad(horizontal, (1, 1, 0, 0))


def _solve_symmetric(matrix: Tensor, right: Tensor) -> Tensor:
    """Solve symmetric systems (N, 3, 3) for right sides (N, 3), slightly damped.

    By Cramer's rule, since ONNX has no solver.
    """
    unit = torch.eye(3, device=matrix.device)
    trace = (matrix * unit).sum((1, 2), keepdim=True)
    matrix = matrix + (1e-3 * trace + 1e-6) * unit
    # Row i: the cross product of the next two rows of the matrix.
    one, other = matrix[:, [1, 2, 0]], matrix[:, [2, 0, 1]]
    normals = one[..., [1, 2, 0]] * other[..., [2, 0, 1]] - one[..., [2, 0, 1]] * other[..., [1, 2, 0]]
    determinant = (matrix[:, 0] * normals[:, 0]).sum(1, keepdim=True)
    return (right[..., None] * normals).sum(1) / determinant.clamp_min(1e-18)


def _normalise_contrast(grey: Tensor) -> Tensor:
    """Return contrast about the local mean, so that exposure drift between frames is not taken for motion."""
    contrast = grey - _local_mean(grey)
    return contrast / torch.sqrt(_local_mean(contrast**2) + 1e-3)


def _local_mean(picture: Tensor) -> Tensor:
    """Average over about 40 pixels, at an eighth of the size."""
    coarse = F.avg_pool2d(F.avg_pool2d(picture, 8), 5, 1, 2, count_include_pad=False)
    return F.interpolate(coarse, size=picture.shape[-2:], mode="bilinear", align_corners=False)
