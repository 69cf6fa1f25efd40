"""The depth network: how sharp each frame is about each pixel, compared along the stack and in context.

It has two parts. The *focus* part sees every frame: shared 2-D features, kept at full detail by
space-to-depth instead of blur; at every scale each frame is mixed with its neighbours and with the strongest
of the stack, so any number of frames will do; a softmax over frames, each with an offset of its own, gives
depth between the frames. The *refining* part sees the stack once, as an all-in-focus picture with that first
depth: it carries depth into surfaces without texture, and to the picture's edges.
"""

from itertools import pairwise
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STEM = 16  # channels per frame at 1/2 of the picture
FOCUS = (32, 48, 64, 64)  # channels per frame at 1/4, 1/8, 1/16, 1/32
REFINE = (24, 32, 48, 64, 64)  # channels per stack at 1/2 to 1/32
CONTRAST_GAIN = 4.0  # fine contrast is weak beside brightness
MIN_UNCERTAINTY = 1e-3  # normalised dioptres


class DepthNetwork(nn.Module):
    """Maps aligned focal stacks to depth and its uncertainty."""

    def __init__(self) -> None:
        super().__init__()
        self.focus = FocusNetwork()
        self.refine = RefiningNetwork()

    def forward(self, stack: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the depth of batched stacks.

        Parameters
        ----------
        stack
            (B, N, 3, H, W) sRGB about 0 (less `depth.focal_unet.GREY`), aligned, far to near; H and W are
            multiples of 32.
        positions
            (B, N) focus of the frames in normalised dioptres.

        Returns
        -------
        depth
            (B, H, W) normalised dioptres.
        uncertainty
            (B, H, W) expected absolute error, in the same unit.
        """
        depth, uncertainty, _ = self.forward_with_first_depth(stack, positions)
        return depth, uncertainty

    def forward_with_first_depth(self, stack: Tensor, positions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict as `forward` does, and return the first depth (B, H/2, W/2), not yet refined, too."""
        weight, candidate, summary = self.focus(stack, positions)
        mean = (weight * candidate).sum(1)
        off = (weight * (candidate - mean[:, None]).abs()).sum(1)
        first, deviation = F.pixel_shuffle(torch.cat([mean, off], 1), 2).chunk(2, 1)
        at_half_size = F.pixel_shuffle(weight.flatten(0, 1), 2)
        at_full_size = F.interpolate(at_half_size, scale_factor=2.0, mode="nearest")
        all_in_focus = (_by_stack(at_full_size, positions) * stack).sum(1)
        depth, uncertainty = self.refine(all_in_focus, first, deviation, summary)
        return depth, uncertainty, first[:, 0]


class FocusNetwork(nn.Module):
    """A U-Net over every frame whose stages mix features along the stack."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(12, STEM, 3, padding=1)
        self.down = nn.ModuleList(
            FocusStage(c_in, c, stride=2) for c_in, c in zip((STEM, *FOCUS[:-1]), FOCUS, strict=True)
        )
        self.narrow = nn.ModuleList(nn.Conv2d(c_low, c, 1) for c, c_low in pairwise(FOCUS))
        self.up = nn.ModuleList(FocusStage(c, c) for c in FOCUS[:-1])
        self.scores = nn.Conv2d(FOCUS[0], 8, 3, padding=1)  # 4 sub-pixels x (score, offset)
        self._initialise_stem()

    @torch.no_grad()
    def _initialise_stem(self) -> None:
        """Begin with filters of zero mean: focus shows in fine contrast, not in brightness."""
        filters = self.stem.weight
        filters.sub_(filters.mean((1, 2, 3), keepdim=True)).mul_(CONTRAST_GAIN)

    def forward(self, stack: Tensor, positions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weigh the frames at every pixel.

        Parameters
        ----------
        stack
            (B, N, 3, 2 h, 2 w) sRGB about 0.
        positions
            (B, N) normalised dioptres.

        Returns
        -------
        weight
            (B, N, 4, h/2, w/2) of two by two pixels each, which sums to one over the frames.
        candidate
            Likewise, the depth for which each frame stands, in normalised dioptres.
        summary
            (B, 2 C, h/2, w/2) features of the whole stack.
        """
        spacing = frame_spacing(positions)
        x = F.relu(_after_space_to_depth(stack.flatten(0, 1), self.stem.weight, self.stem.bias))
        skips = []
        for stage in self.down:
            x = stage(x, spacing)
            skips.append(x)
        for stage, narrow, skip in zip(
            reversed(self.up), reversed(self.narrow), reversed(skips[:-1]), strict=True
        ):
            x = stage(skip + _double(narrow(x)), spacing)
        score, offset = _by_stack(self.scores(x), spacing).float().chunk(2, 2)
        gap, focus = (each[..., None, None, None] for each in (spacing[..., :2].amax(2), positions))
        candidate = focus + gap * torch.tanh(offset)
        weight = torch.exp(score - score.amax(1, keepdim=True))  # ONNX Runtime's Softmax is 7 times slower
        return weight / weight.sum(1, keepdim=True), candidate, _strongest_and_mean(x, spacing)


class FocusStage(nn.Module):
    """Convolution within frames, then mixing between them."""

    def __init__(self, channels_in: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels_in, channels, 3, stride, padding=1)
        self.along_stack = AlongStack(channels)

    def forward(self, x: Tensor, spacing: Tensor) -> Tensor:
        """Map features (B N, C, h, w), with spacing (B, N, 3) from `frame_spacing`."""
        return self.along_stack(F.relu(self.convolution(x)), spacing)


class AlongStack(nn.Module):
    """Mixes each frame with its neighbours, the strongest, the mean, and its spacing."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.neighbours = nn.Conv2d(channels, 3 * channels, 1)
        self.stack = nn.Conv2d(2 * channels, channels, 1, bias=False)
        self.spacing = nn.Linear(3, channels)
        self._initialise_differences(channels)

    @torch.no_grad()
    def _initialise_differences(self, channels: int) -> None:
        """Begin with differences to the neighbours and the strongest: focus shows in how frames differ."""
        bound = (4 * channels) ** -0.5
        own, before, after, strongest = torch.empty(4, channels, channels, 1, 1).uniform_(-bound, bound)
        self.neighbours.weight.copy_(torch.cat([own + before + after + strongest, -before, -after]))
        self.stack.weight.copy_(torch.cat([-strongest, torch.zeros_like(strongest)], 1))

    def forward(self, x: Tensor, spacing: Tensor) -> Tensor:
        """Mix features (B N, C, h, w), with spacing (B, N, 3) from `frame_spacing`."""
        whole = self.stack(_strongest_and_mean(x, spacing))[:, None] + self.spacing(spacing)[..., None, None]
        return x + F.relu(self._mix_neighbours(x, spacing.shape[1]) + whole.flatten(0, 1))

    def _mix_neighbours(self, x: Tensor, count: int) -> Tensor:
        """Mix each of `count` frames with the ones before and after; the first and the last with themselves.

        As convolutions that are added up, which ONNX Runtime does in one step: parts of the outcome of one
        convolution would be copies.
        """
        numbers = torch.arange(x.shape[0], device=x.device)
        before = torch.where(numbers % count == 0, numbers, numbers - 1)
        after = torch.where((numbers + 1) % count == 0, numbers, numbers + 1)
        weights, biases = self.neighbours.weight.chunk(3), cast(Tensor, self.neighbours.bias).chunk(3)
        mixed = F.conv2d(x, weights[0], biases[0] + biases[1] + biases[2])
        return mixed + F.conv2d(x[before], weights[1]) + F.conv2d(x[after], weights[2])


class RefiningNetwork(nn.Module):
    """A U-Net over the all-in-focus picture and the first depth, which it corrects."""

    def __init__(self) -> None:
        super().__init__()
        first = REFINE[0]
        # Each level also sees the first depth, averaged over squares that widen with the level.
        self.enter = nn.Conv2d(12 + 2, first, 3, padding=1)
        self.summary = nn.Conv2d(2 * FOCUS[0], REFINE[1], 1)
        self.down = nn.ModuleList(nn.Conv2d(c_in + 2, c, 3, 2, padding=1) for c_in, c in pairwise(REFINE))
        self.below = nn.ModuleList(nn.Conv2d(c + 2, c, 3, padding=1) for c in REFINE[1:])
        self.narrow = nn.ModuleList(nn.Conv2d(c_low, c, 1) for c, c_low in pairwise(REFINE))
        self.up = nn.ModuleList(nn.Conv2d(c, c, 3, padding=1) for c in REFINE[:-1])
        self.correction = nn.Conv2d(first, 8, 3, padding=1)  # 4 sub-pixels x (depth, log uncertainty)

    def forward(
        self, all_in_focus: Tensor, first: Tensor, deviation: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Refine the first depth.

        Parameters
        ----------
        all_in_focus
            (B, 3, 2 h, 2 w) picture, sRGB about 0.
        first, deviation
            (B, 1, h, w) first depth, and how far the frames' candidates lie from it on average.
        summary
            (B, 2 C, h/2, w/2) as `FocusNetwork` returns it.

        Returns
        -------
        depth, uncertainty
            (B, 2 h, 2 w) normalised dioptres.
        """
        pyramid = [level.to(all_in_focus.dtype) for level in _depth_pyramid(first, deviation, len(REFINE))]
        of_picture, of_depth = self.enter.weight.split([12, 2], 1)
        entered = F.conv2d(pyramid[0], of_depth, self.enter.bias, padding=1)
        x = F.relu(entered + _after_space_to_depth(all_in_focus, of_picture))
        skips = [x]
        for level, (down, below) in enumerate(zip(self.down, self.below, strict=True)):
            x = F.relu(down(torch.cat([x, pyramid[level]], 1)))
            if level == 0:
                x = x + F.relu(self.summary(summary))
            x = x + F.relu(below(torch.cat([x, pyramid[level + 1]], 1)))
            skips.append(x)
        for up, narrow, skip in zip(
            reversed(self.up), reversed(self.narrow), reversed(skips[:-1]), strict=True
        ):
            x = skip + _double(narrow(x))
            x = x + F.relu(up(x))
        change, log_ratio = self.correction(x).float().chunk(2, 1)
        depth = _double(first) + F.pixel_shuffle(change, 2)
        # The candidates' deviation is a first guess of the error; the network corrects it.
        guess = _double(deviation.detach()) + 0.01
        uncertainty = guess * torch.exp(F.pixel_shuffle(log_ratio, 2).clamp(-4, 4))
        return depth[:, 0], uncertainty[:, 0].clamp_min(MIN_UNCERTAINTY)


def frame_spacing(positions: Tensor) -> Tensor:
    """Return (B, N, 3) for positions (B, N): gaps to the frames before and after, and the position.

    The first and the last frame have their only gap twice.
    """
    gaps = positions[:, 1:] - positions[:, :-1]
    before = torch.cat([gaps[:, :1], gaps], 1)
    after = torch.cat([gaps, gaps[:, -1:]], 1)
    return torch.stack([before, after, positions], 2)


def _depth_pyramid(depth: Tensor, deviation: Tensor, levels: int) -> list[Tensor]:
    """Average depth by weight over ever wider squares.

    Level k is (B, 2, h/2^k, w/2^k): depth and the logarithm of its weight.
    """
    weight = 1 / (deviation + 0.02) ** 2
    weighted = torch.cat([depth * weight, weight], 1)
    pyramid = []
    for level in range(levels):
        weighted = weighted if level == 0 else F.avg_pool2d(weighted, 2)
        mean, weight = weighted.chunk(2, 1)
        pyramid.append(torch.cat([mean / weight, 0.25 * torch.log(weight) - 1], 1))
    return pyramid


def _by_stack(x: Tensor, spacing: Tensor) -> Tensor:
    """(B, N, ...) of all frames' (B N, ...), with their spacing or positions (B, N, ...)."""
    return x.reshape(*spacing.shape[:2], *x.shape[1:])  # unflatten would fix N in an ONNX graph


def _strongest_and_mean(x: Tensor, spacing: Tensor) -> Tensor:
    """(B, 2 C, h, w) over the frames of features (B N, C, h, w), with spacing (B, N, 3)."""
    frames = _by_stack(x, spacing)
    ones = torch.ones_like(spacing[:, None, :, 0])
    total = ones @ frames.flatten(2)  # three times as fast as over an axis, in ONNX Runtime
    mean = total.reshape_as(frames[:, 0]) / spacing.shape[1]
    return torch.cat([frames.amax(1), mean], 1)


def _after_space_to_depth(pictures: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolve pictures (B, 3, 2 h, 2 w), after space-to-depth, to (B, C, h, w).

    As one strided convolution: the same sums, without a reordered copy of every picture.
    """
    return F.conv2d(pictures, F.pixel_shuffle(weight, 2), bias, stride=2, padding=2)


def _double(x: Tensor) -> Tensor:
    """Enlarge (B, C, h, w) to twice the height and width."""
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
