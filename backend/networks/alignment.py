"""The alignment network: residual scale and shift of every frame, coarse to fine.

Neighbouring frames are compared, since their blur differs least, and the steps are chained to the
reference frame (the last one). At each level of a pyramid, learned features and learned weights
enter a Gauss-Newton step for scale and shift (inverse-compositional image alignment, Baker and
Matthews 2004; learned features for it: Lv et al., CVPR 2019). The solve is exact and independent of
size, so that the network only has to learn what to compare and where to trust it.

Coordinates: x and y about the picture's centre in halves of its longer side, so shifts too.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = (8, 4, 2, 1)  # reductions, coarse to fine
ITERATIONS = (3, 2, 2, 1)
CHANNELS = 8


class AlignmentNetwork(nn.Module):
    """Maps a focal stack to scale and shifts that carry reference coordinates into each frame."""

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
        """stack (B, N, 3, H, W) sRGB 0..1, far to near, cropped to one field of view.

        Returns `motion` (B, N, 3): scale s and shifts b, c, so that the reference's point (x, y) lies at
        (s x + b, s y + c) in the frame; the last row is (1, 0, 0). And `steps` (B, N-1, 3): the same
        from each frame to the next, before chaining.
        """
        batch, frames = stack.shape[:2]
        grey = _locally_normalised(stack.flatten(0, 1).mean(1, keepdim=True))
        steps = torch.zeros(batch * (frames - 1), 3, device=stack.device) + grey.new_tensor([1.0, 0.0, 0.0])
        for reduction, iterations in zip(LEVELS, ITERATIONS, strict=True):
            level = grey if reduction == 1 else F.avg_pool2d(grey, reduction)
            features = self.features(level)
            features = features.reshape(batch, frames, *features.shape[1:])
            moving, fixed = features[:, :-1].flatten(0, 1), features[:, 1:].flatten(0, 1)
            for _ in range(iterations):
                steps = self._refine(moving, fixed, steps)
        steps = steps.reshape(batch, frames - 1, 3)
        return chain(steps), steps

    def _refine(self, moving: Tensor, fixed: Tensor, steps: Tensor) -> Tensor:
        """One weighted Gauss-Newton step; all arguments (pairs, ...)."""
        y, x = centred_coordinates(fixed)
        warped = warp(moving, steps)
        residual = fixed - warped
        agreement = self.trust(torch.cat([fixed, warped, residual.abs()], 1))
        weight = torch.sigmoid(agreement) * _inside(steps, x, y)
        # Gradients of both pictures make the step second-order accurate (Malis 2004).
        gradient_y, gradient_x = _gradients(0.5 * (fixed + warped))
        radial = gradient_x * x + gradient_y * y
        jacobian = (radial, gradient_x, gradient_y)
        weighted = [weight * a for a in jacobian]
        normal = [[(a * b).mean((1, 2, 3)) for b in jacobian] for a in weighted]
        slope = [(a * residual).mean((1, 2, 3)) for a in weighted]
        delta = _solve_symmetric(normal, slope)
        limit = 4.0 / half_longer_side(fixed)  # pixels of this level in one step
        delta = delta.clamp(-limit, limit)
        scale = steps[:, :1]
        return steps + torch.cat([scale * delta[:, :1], scale * delta[:, 1:]], 1)


def chain(steps: Tensor) -> Tensor:
    """(B, N, 3) motions from the reference into every frame, from (B, N-1, 3) steps between neighbours."""
    scale, shift = steps[..., :1], steps[..., 1:]
    last = (steps[:, :1] * 0) + steps.new_tensor([1.0, 0.0, 0.0])
    total = torch.exp(torch.flip(torch.cumsum(torch.flip(torch.log(scale), [1]), 1), [1]))
    # b_n = A_n sum_{k >= n} b_k / A_k with A_n the product of the scales from n on.
    carried = torch.flip(torch.cumsum(torch.flip(shift / total, [1]), 1), [1]) * total
    return torch.cat([torch.cat([total, carried], 2), last], 1)


def centred_coordinates(picture: Tensor) -> tuple[Tensor, Tensor]:
    """y (1, 1, H, 1) and x (1, 1, 1, W) of pixel centres about the middle, in halves of the longer side."""
    height, width = picture.shape[-2], picture.shape[-1]
    half = half_longer_side(picture)
    y = (torch.arange(height, device=picture.device, dtype=picture.dtype) + 0.5 - 0.5 * height) / half
    x = (torch.arange(width, device=picture.device, dtype=picture.dtype) + 0.5 - 0.5 * width) / half
    return y.view(1, 1, -1, 1), x.view(1, 1, 1, -1)


def half_longer_side(picture: Tensor):
    """In pixels. Written without max(), whose outcome tracing to ONNX would freeze."""
    height, width = picture.shape[-2], picture.shape[-1]
    return 0.25 * (height + width + abs(height - width))


def warp(pictures: Tensor, motion: Tensor, mode: str = "bilinear") -> Tensor:
    """Pictures (N, C, H, W) resampled so that motion (N, 3) is undone; borders repeat."""
    height, width = pictures.shape[-2], pictures.shape[-1]
    y, x = centred_coordinates(pictures)
    scale, shift_x, shift_y = (motion[:, i].view(-1, 1, 1) for i in range(3))
    half = half_longer_side(pictures)
    grid_x = (scale * x[0] + shift_x) * (half / (0.5 * width))
    grid_y = (scale * y[0] + shift_y) * (half / (0.5 * height))
    grid = torch.stack([grid_x.expand(-1, height, -1), grid_y.expand(-1, -1, width)], -1)
    return F.grid_sample(pictures, grid, mode=mode, padding_mode="border", align_corners=False)


def _inside(steps: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """1 where the warp reads inside the picture, so that repeated borders do not vote."""
    scale, shift_x, shift_y = (steps[:, i].view(-1, 1, 1, 1) for i in range(3))
    inside_x = (scale * x + shift_x).abs() <= x.abs().max()
    inside_y = (scale * y + shift_y).abs() <= y.abs().max()
    return (inside_x & inside_y).to(x.dtype)


def _gradients(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences per coordinate unit (half the longer side), zero at the border."""
    half = half_longer_side(picture)
    vertical = (picture[:, :, 2:] - picture[:, :, :-2]) * (0.5 * half)
    horizontal = (picture[:, :, :, 2:] - picture[:, :, :, :-2]) * (0.5 * half)
    return F.pad(vertical, (0, 0, 1, 1)), F.pad(horizontal, (1, 1, 0, 0))


def _solve_symmetric(matrix: list[list[Tensor]], right: list[Tensor]) -> Tensor:
    """(N, 3) solution of N symmetric 3 x 3 systems, slightly damped, by cofactors (ONNX has no solver)."""
    (a, b, c), (_, d, e), (_, _, f) = matrix
    trace = a + d + f
    a, d, f = a + 1e-3 * trace + 1e-6, d + 1e-3 * trace + 1e-6, f + 1e-3 * trace + 1e-6
    aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * aa + b * bb + c * cc
    p, q, r = right
    solution = torch.stack([aa * p + bb * q + cc * r, bb * p + dd * q + ee * r, cc * p + ee * q + ff * r], 1)
    return solution / determinant.clamp_min(1e-18)[:, None]


def _locally_normalised(grey: Tensor) -> Tensor:
    """Contrast about the local mean, so that exposure drift between frames does not read as motion."""
    contrast = grey - _local_mean(grey)
    return contrast / torch.sqrt(_local_mean(contrast**2) + 1e-3)


def _local_mean(picture: Tensor) -> Tensor:
    """Over about 40 pixels, computed at an eighth of the size."""
    coarse = F.avg_pool2d(F.avg_pool2d(picture, 8), 5, 1, 2, count_include_pad=False)
    return F.interpolate(coarse, size=picture.shape[-2:], mode="bilinear", align_corners=False)
