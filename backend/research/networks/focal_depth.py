"""Both networks as one module, so that they are trained, saved and exported together."""

from torch import nn

from .alignment import AlignmentNetwork
from .depth import DepthNetwork


class FocalDepthNetwork(nn.Module):
    """`alignment`, then `depth` on what it has aligned; `warp` between them lets gradients through."""

    def __init__(self) -> None:
        super().__init__()
        self.alignment = AlignmentNetwork()
        self.depth = DepthNetwork()
