"""Both networks joined: from a misaligned stack to depth, differentiable from end to end."""

from torch import Tensor, nn

from .alignment import AlignmentNetwork, warp
from .depth import DepthNetwork


class FocalDepthNetwork(nn.Module):
    """Aligns a stack, then reads depth from it; gradients of the depth reach the alignment."""

    def __init__(self) -> None:
        super().__init__()
        self.alignment = AlignmentNetwork()
        self.depth = DepthNetwork()

    def forward(self, stack: Tensor, positions: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """stack (N, 3, H, W), positions (N,). Returns depth, spread (H, W), motion (N, 3), steps (N-1, 3)."""
        motion, steps = self.alignment(stack)
        depth, spread = self.depth(warp(stack, motion, mode="bicubic"), positions)
        return depth, spread, motion, steps
