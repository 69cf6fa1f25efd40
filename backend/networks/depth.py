"""The depth network: how sharp each frame is about each pixel, settled along the stack and in context.

Shared 2-D features a frame, kept at full detail by space-to-depth instead of blur; at every scale
each frame is mixed with the difference to its neighbours and with the maximum over the stack, so
any number of frames will do. A softmax over frames, each with an offset of its own, gives depth
between the frames (and a little beyond them).
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = (16, 24, 32, 48)  # at 1/2, 1/4, 1/8, 1/16 of the picture


class AlongStack(nn.Module):
    """Mixes frames: each with the difference to its neighbours and to the strongest, and its spacing."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(4 * channels, channels, 1)
        self.spacing = nn.Linear(3, channels)

    def forward(self, x: Tensor, spacing: Tensor) -> Tensor:
        """x (N, C, H, W), spacing (N, 3) as `frame_spacing` has it."""
        before = torch.cat([x[:1], x[:-1]])
        after = torch.cat([x[1:], x[-1:]])
        strongest = x.amax(0, keepdim=True)
        mixed = self.mix(torch.cat([x, x - before, x - after, x - strongest], 1))
        return x + F.relu(mixed + self.spacing(spacing)[:, :, None, None])


class Stage(nn.Module):
    """Convolution within frames, then mixing between them."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels_in, channels, 3, padding=1)
        self.along_stack = AlongStack(channels)

    def forward(self, x: Tensor, spacing: Tensor) -> Tensor:
        return self.along_stack(F.relu(self.convolution(x)), spacing)


class DepthNetwork(nn.Module):
    """A U-Net whose every stage looks along the stack."""

    def __init__(self) -> None:
        super().__init__()
        first = CHANNELS[0]
        self.stem = nn.Conv2d(12, first, 3, padding=1)
        self.down = nn.ModuleList(
            Stage(c_in, c) for c_in, c in zip((first, *CHANNELS[:-1]), CHANNELS, strict=True)
        )
        self.up = nn.ModuleList(Stage(c_low + c, c) for c, c_low in itertools.pairwise(CHANNELS))
        self.scores = nn.Conv2d(first, 8, 3, padding=1)  # 4 sub-pixels x (score, offset)
        self.spread = nn.Conv2d(2 * first, 4, 3, padding=1)

    def forward(self, stack: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        """stack (N, 3, H, W) sRGB 0..1, aligned, far to near; positions (N,) normalised dioptres.

        Returns depth (H, W) in normalised dioptres, and `spread` (H, W): the expected absolute error
        in the same unit. H and W are multiples of 16.
        """
        spacing = frame_spacing(positions)
        x = F.relu(self.stem(F.pixel_unshuffle(stack - 0.5, 2)))
        skips = []
        for level, stage in enumerate(self.down):
            x = stage(x if level == 0 else F.avg_pool2d(x, 2), spacing)
            skips.append(x)
        for stage, skip in zip(reversed(self.up), reversed(skips[:-1]), strict=True):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = stage(torch.cat([x, skip], 1), spacing)
        return self._read_out(x, positions, spacing)

    def _read_out(self, x: Tensor, positions: Tensor, spacing: Tensor) -> tuple[Tensor, Tensor]:
        score, offset = self.scores(x).chunk(2, 1)
        weight = torch.softmax(F.pixel_shuffle(score, 2), 0)
        gap = spacing[:, :2].amax(1).view(-1, 1, 1, 1)
        candidate = positions.view(-1, 1, 1, 1) + gap * torch.tanh(F.pixel_shuffle(offset, 2))
        depth = (weight * candidate).sum(0)[0]
        summary = torch.cat([x.amax(0), x.mean(0)])[None]
        # The spread of the candidates is a first guess of the error; the network corrects it.
        disagreement = (weight * (candidate - depth).abs()).sum(0)[0]
        correction = F.pixel_shuffle(self.spread(summary), 2)[0, 0]
        return depth, (disagreement.detach() + 0.01) * torch.exp(correction.clamp(-4, 4))


def frame_spacing(positions: Tensor) -> Tensor:
    """(N, 3): gap to the frame before, gap to the frame after (at the ends the only one), position."""
    gaps = positions[1:] - positions[:-1]
    before = torch.cat([gaps[:1], gaps])
    after = torch.cat([gaps, gaps[-1:]])
    return torch.stack([before, after, positions], 1)
