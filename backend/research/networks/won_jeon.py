"""The networks of "Learning Depth from Focus in the Wild" (Won and Jeon, ECCV 2022), as published.

Module and attribute names are those of the authors' state dicts, so that their checkpoints load as
they are; redir3 and pre_conv are in the checkpoints but take no part. Shapes: photographs and features
(B, C, N, H, W) with N frames far to near, BGR in [-1, 1], H and W multiples of 32; the focus positions
(B, N, 1, 1), for the authors' phone weights 1 / focus distance; the relative field of view (B, 1, N, 1, 1),
that of the last frame 1.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _conv_norm(
    inputs: int, outputs: int, kernel: tuple[int, int, int], stride: int = 1, dilation: int = 1
) -> nn.Sequential:
    """Return a 3-D convolution without bias that keeps the size but for the stride, and batch norm."""
    before, high, wide = (dilation * (k // 2) if k > 1 else 0 for k in kernel)
    spaced = (1, dilation, dilation)
    convolution = nn.Conv3d(
        inputs, outputs, kernel, (1, stride, stride), (before, high, wide), spaced, bias=False
    )
    return nn.Sequential(convolution, nn.BatchNorm3d(outputs))


def _conv_norm_relu(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(_conv_norm(inputs, outputs, (3, 3, 3), stride), nn.ReLU())


def _pair(
    inputs: int, outputs: int, kernel: tuple[int, int, int] = (3, 3, 3), stride: int = 1
) -> nn.Sequential:
    """Return two convolutions with batch norm, and a ReLU between them."""
    return nn.Sequential(
        _conv_norm(inputs, outputs, kernel, stride), nn.ReLU(), _conv_norm(outputs, outputs, kernel)
    )


def _strided(inputs: int, outputs: int) -> nn.Conv3d:
    return nn.Conv3d(inputs, outputs, 3, (1, 2, 2), 1, bias=False)


def _transposed(inputs: int, outputs: int) -> nn.Sequential:
    """Return a transposed convolution with batch norm that doubles height and width."""
    convolution = nn.ConvTranspose3d(inputs, outputs, 3, (1, 2, 2), 1, (0, 1, 1), bias=False)
    return nn.Sequential(convolution, nn.BatchNorm3d(outputs))


class _Residual(nn.Module):
    """Residual block within each frame: ReLU(x + pair(x))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = _pair(channels, channels, (1, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.conv(x))


class SharpRegionDetection(nn.Module):
    """Sharp region detection (SRD): sharpness in each frame, then compared with the frames beside it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.Focus_Measure = _Residual(channels)
        self.N_ch_attention = nn.Sequential(
            nn.Conv3d(channels, channels, (3, 1, 1), padding=(1, 0, 0), bias=False),
            nn.ReLU(),
            nn.Conv3d(channels, channels, 1, bias=False),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, N, h, w) to as many."""
        measure = self.Focus_Measure(x)
        return measure + self.N_ch_attention(measure)


class EffectiveDownsampling(nn.Module):
    """Effective downsampling (EFD): halves the size by a strided convolution and by max-pooling."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.stride_conv = _conv_norm(inputs, outputs, (3, 3, 3), stride=2)
        self.max_pooling = nn.Sequential(nn.MaxPool3d((1, 2, 2)), _conv_norm(inputs, outputs, (3, 3, 3)))

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, C, N, h, w) to (B, C', N, h/2, w/2)."""
        return F.relu(self.stride_conv(x) + self.max_pooling(x))


class FocusMeasure(nn.Module):
    """Features of 8 channels at full size."""

    def __init__(self) -> None:
        super().__init__()
        self.Focus_extraction = nn.Sequential(
            _conv_norm(3, 8, (1, 9, 9), dilation=2), nn.ReLU(), SharpRegionDetection(8)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map photographs (B, 3, N, H, W) to features (B, 8, N, H, W)."""
        return self.Focus_extraction(x)


class MultiScaleAggregation(nn.Module):
    """Maps 32 channels at 1/4 to 32 channels at 1/8, with context from 1/16 and 1/32."""

    def __init__(self) -> None:
        super().__init__()
        for scale, channels in ((8, 32), (16, 64), (32, 64)):
            setattr(self, f"dres{scale}_0", nn.Sequential(*_pair(32, channels), nn.ReLU()))
            setattr(self, f"dres{scale}_1", _pair(channels, channels))
        self.conv1 = _strided(32, 64)
        self.combine1 = _conv_norm_relu(128, 64)
        self.conv2 = _conv_norm_relu(64, 64)
        self.conv3 = _strided(64, 128)
        self.combine2 = _conv_norm_relu(192, 128)
        self.conv4 = _conv_norm_relu(128, 128)
        self.conv8 = _transposed(128, 64)
        self.conv9 = _transposed(64, 32)
        self.redir1 = _conv_norm(32, 32, (1, 1, 1))
        self.redir2 = _conv_norm(64, 64, (1, 1, 1))
        self.redir3 = _conv_norm(128, 128, (1, 1, 1))

    def _branch(self, x: Tensor, scale: int) -> Tensor:
        pooled = F.avg_pool3d(x, (1, scale // 4, scale // 4))
        first = getattr(self, f"dres{scale}_0")(pooled)
        return first + getattr(self, f"dres{scale}_1")(first)

    def forward(self, x: Tensor) -> Tensor:
        """Map features (B, 32, N, H/4, W/4) to (B, 32, N, H/8, W/8)."""
        at_8, at_16, at_32 = (self._branch(x, scale) for scale in (8, 16, 32))
        down_16 = self.conv2(self.combine1(torch.cat([self.conv1(at_8), at_16], 1)))
        down_32 = self.conv4(self.combine2(torch.cat([self.conv3(down_16), at_32], 1)))
        up_16 = F.relu(self.conv8(down_32) + self.redir2(down_16))
        return F.relu(self.conv9(up_16) + self.redir1(at_8))


class Hourglass(nn.Module):
    """Refines the features at one size; hands its first and its last features to the next."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        double = 2 * channels
        self.conv0 = _conv_norm_relu(double, channels)
        self.conv1 = _conv_norm_relu(channels, double, stride=2)
        self.pre_conv = nn.Sequential(_conv_norm(double, double, (1, 1, 1)), nn.ReLU())
        self.conv2 = _conv_norm(double, double, (3, 3, 3))
        self.conv3 = _conv_norm_relu(double, double, stride=2)
        self.conv4 = _conv_norm_relu(double, double)
        self.conv5 = _transposed(double, double)
        self.conv6 = _transposed(double, channels)

    def forward(self, x: Tensor, skip: Tensor | None, low: Tensor | None) -> tuple[Tensor, Tensor]:
        """Refine features.

        Parameters
        ----------
        x
            (B, 2 C, N, h, w) features.
        skip
            (B, 2 C, N, h/2, w/2) the first features of the hourglass before, or None.
        low
            (B, 2 C, N, h/2, w/2) its last features, or None.

        Returns
        -------
        first, last
            (B, C, N, h, w) features.
        """
        first = self.conv0(x)
        half = self.conv2(self.conv1(first))
        half = F.relu(half if low is None else half + low)
        quarter = self.conv4(self.conv3(half))
        up = F.relu(self.conv5(quarter) + (half if skip is None else skip))
        return first, self.conv6(up)


class DepthNetwork(nn.Module):
    """Maps an aligned focal stack to depth in the unit of `focus`: the checkpoints' `DFF_net`."""

    def __init__(self) -> None:
        super().__init__()
        self.FM_measure = FocusMeasure()
        self.FM_conv1 = nn.Sequential(EffectiveDownsampling(8, 16), SharpRegionDetection(16))
        self.FM_conv2 = nn.Sequential(EffectiveDownsampling(16, 32), SharpRegionDetection(32))
        self.SPP_module = MultiScaleAggregation()
        self.confidence = nn.Sequential(
            _conv_norm(32, 32, (3, 3, 3)), nn.ReLU(), nn.Conv3d(32, 1, 3, padding=1, bias=False)
        )
        self.dres0 = nn.Sequential(*_pair(32, 64), nn.ReLU())
        for step, channels in ((1, 32), (2, 16), (3, 8)):
            setattr(self, f"deconv_{step}", _transposed(2 * channels, channels))
            setattr(self, f"dres{step + 1}", Hourglass(channels))
            scores = nn.Conv3d(channels, 1, 1, bias=False)
            setattr(self, f"classif{step}", nn.Sequential(scores))

    def forward(self, stack: Tensor, focus: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Predict depth at four levels.

        Parameters
        ----------
        stack
            (B, 3, N, H, W) photographs.
        focus
            (B, N, 1, 1) focus positions.

        Returns
        -------
        d1, d2, d3, d4
            (B, 1, H, W) in the unit of `focus`; d4 is the finest.
        """
        full = self.FM_measure(stack)
        half = self.FM_conv1(full)
        quarter = self.FM_conv2(half)
        x = self.SPP_module(quarter)
        depths = [_regress(self.confidence(x), focus, stack.shape[-2:])]
        x = self.dres0(x)
        skip = low = None
        for step, features in ((1, quarter), (2, half), (3, full)):
            x = getattr(self, f"deconv_{step}")(x)
            hourglass = getattr(self, f"dres{step + 1}")
            skip, low = hourglass(torch.cat([x, features], 1), skip, low)
            x = x + low
            scores = getattr(self, f"classif{step}")(x)
            depths.append(_regress(scores, focus, stack.shape[-2:]))
        d1, d2, d3, d4 = depths
        return d1, d2, d3, d4


def _regress(scores: Tensor, focus: Tensor, size: torch.Size) -> Tensor:
    """Average the frames' focus, weighted by the softplus of scores (B, 1, N, h, w), to (B, 1, H, W)."""
    full = F.interpolate(scores.squeeze(1), size, mode="bilinear", align_corners=False)
    weights = F.softplus(full) + 1e-6
    weights = weights / weights.sum(1, keepdim=True)
    return (focus * weights).sum(1, keepdim=True)


class _StridedResidual(nn.Module):
    """Residual block within each frame: ReLU(conv1x1x1(x) + pair(x))."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = _pair(inputs, outputs, (1, 3, 3), stride)
        self.feature = nn.Conv3d(inputs, outputs, 1, (1, stride, stride), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.feature(x) + self.conv(x))


class AlignmentNetwork(nn.Module):
    """Aligns each frame to the last by scale and shift: the checkpoints' `optical_flow_aggregation`."""

    def __init__(self) -> None:
        super().__init__()
        self.OF_feature = nn.Sequential(_StridedResidual(3, 8), _StridedResidual(8, 8))
        self.OF_feature1 = nn.Sequential(_StridedResidual(8, 16, 2), _StridedResidual(16, 16))
        self.OF_feature2 = nn.Sequential(_StridedResidual(16, 32, 2), _StridedResidual(32, 32))
        self.conv1 = self._head(32)
        self.conv2 = self._head(16)
        self.conv3 = self._head(8)

    @staticmethod
    def _head(channels: int) -> nn.Sequential:
        width, layers = 2 * channels, []
        for inputs in (width + 2, width, width):
            layers += [_conv_norm(inputs, width, (1, 3, 3)), nn.ReLU()]
        return nn.Sequential(*layers, nn.Conv3d(width, 3, (1, 3, 3), padding=(0, 1, 1)))

    def forward(self, stack: Tensor, relative_fov: Tensor) -> Tensor:
        """Align a stack (B, 3, N, H, W) of relative fields of view (B, 1, N, 1, 1)."""
        full = self.OF_feature(stack)
        half = self.OF_feature1(full)
        quarter = self.OF_feature2(half)
        parameters = stack.new_zeros((stack.shape[0], 3, stack.shape[2], 1, 1))
        damping = stack.new_tensor([0.001, 1, 1]).view(1, 3, 1, 1, 1)
        for head, features in ((self.conv1, quarter), (self.conv2, half), (self.conv3, full)):
            warped, flow = _warp(features, relative_fov, parameters)
            last = warped[:, :, -1:].expand_as(warped)
            increment = head(torch.cat([last, warped, flow], 1)).mean((3, 4), keepdim=True)
            parameters = parameters + increment * damping
        return _warp(stack, relative_fov, parameters)[0]


def _warp(x: Tensor, relative_fov: Tensor, parameters: Tensor) -> tuple[Tensor, Tensor]:
    """Scale and shift x (B, C, N, H, W) by (a, b, c) of each frame, (B, 3, N, 1, 1).

    Returns the result and the flow (B, 2, N, H, W) in pixels.
    """
    batch, channels, frames, height, width = x.shape
    across = torch.linspace(-1, 1, width, device=x.device, dtype=x.dtype)
    down = torch.linspace(-1, 1, height, device=x.device, dtype=x.dtype).view(-1, 1)
    a, b, c = parameters.split(1, 1)
    scale = relative_fov + a - 1
    flow_x = ((width // 2) * scale * across + b).expand(-1, -1, -1, height, -1)
    flow_y = ((height // 2) * scale * down + c).expand(-1, -1, -1, -1, width)
    grid = torch.stack([across - flow_x * 2 / (width - 1), down - flow_y * 2 / (height - 1)], -1)
    each = x.transpose(1, 2).reshape(batch * frames, channels, height, width)
    warped = F.grid_sample(
        each, grid.reshape(batch * frames, height, width, 2), mode="bilinear", align_corners=True
    )
    warped = warped.view(batch, frames, channels, height, width).transpose(1, 2)
    return warped, torch.cat([flow_x, flow_y], 1)


class EndToEnd(nn.Module):
    """Combines alignment and depth: the authors' End_to_End checkpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.DFF_net = DepthNetwork()
        self.optical_flow_aggregation = AlignmentNetwork()

    def forward(self, stack: Tensor, focus: Tensor, relative_fov: Tensor) -> tuple[Tensor, ...]:
        """Return the aligned stack (B, 3, N, H, W) and d1, d2, d3, d4, each (B, 1, H, W)."""
        aligned = self.optical_flow_aggregation(stack, relative_fov)
        return aligned, *self.DFF_net(aligned, focus)
