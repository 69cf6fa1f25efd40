"""Focal Depth's alignment and depth networks as one module: trained, saved and exported together."""

from torch import nn

from .alignment import AlignmentNetwork
from .depth import DepthNetwork


class FocalUnet(nn.Module):
    """Both networks: `depth` sees a stack that `warp` has resampled by the motion of `alignment`."""

    def __init__(self) -> None:
        super().__init__()
        self.alignment = AlignmentNetwork()
        self.depth = DepthNetwork()
