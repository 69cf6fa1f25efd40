"""What is trained: a network, what it is asked to get right, and the files it becomes."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, nn

from ...depth.won_jeon import DEPTH_MODEL, WEIGHTS
from ..networks import won_jeon
from ..networks.alignment import warp
from ..networks.export import alignment_onnx, depth_onnx, paper_depth_onnx, write_files
from ..networks.focal_depth import FocalDepthNetwork
from .examples import Examples
from .losses import alignment_loss, depth_loss, spread_loss

FIRST_WEIGHT, SPREAD_WEIGHT, ALIGNMENT_WEIGHT = 0.5, 0.05, 0.1
PAPER_WEIGHTS = (0.3, 0.5, 0.7, 1.0)  # of d1 to d4 (photographs.md)

Losses = dict[str, Tensor]


class OurObjective(nn.Module):
    """Both of our networks; `end_to_end` sends stacks as photographed through alignment and depth in one."""

    learning_rate = 1e-3
    end_to_end_every = 24  # steps; the others see stacks as the alignment leaves them
    fewest_frames = 2

    def __init__(self) -> None:
        super().__init__()
        self.network = FocalDepthNetwork()

    def forward(self, examples: Examples, end_to_end: bool) -> Losses:
        losses, stack = {}, examples.stack
        if end_to_end:
            motion, steps = self.network.alignment(stack)
            losses["align"] = ALIGNMENT_WEIGHT * alignment_loss(motion, steps, examples.motion, stack)
            stack = aligned_by(stack, motion)
        # Convolutions in bfloat16; the alignment's solve would not bear it.
        with torch.autocast(stack.device.type, torch.bfloat16):
            depth, spread, first = self.network.depth.in_two_steps(stack, examples.positions)
        first = F.interpolate(first[:, None], scale_factor=2.0, mode="bilinear", align_corners=False)[:, 0]
        losses["depth"] = depth_loss(depth, examples.dioptres)
        losses["first"] = FIRST_WEIGHT * depth_loss(first, examples.dioptres)
        losses["spread"] = SPREAD_WEIGHT * spread_loss(spread, depth, examples.dioptres)
        return losses

    @staticmethod
    def files(network: FocalDepthNetwork) -> dict[str, bytes]:
        """File names and their content."""
        return {
            "focal_depth.safetensors": save(network.state_dict()),
            "alignment.onnx": alignment_onnx(network),
            "depth.onnx": depth_onnx(network),
        }


class PaperObjective(nn.Module):
    """The paper's depth network on the same examples, aligned as well as ours are, with its own loss."""

    learning_rate = 1e-3
    end_to_end_every = None
    fewest_frames = 3  # of two, bfloat16 gradients of its 3-D convolutions are not numbers

    def __init__(self) -> None:
        super().__init__()
        self.network = won_jeon.DepthNetwork()

    def forward(self, examples: Examples, end_to_end: bool) -> Losses:
        bgr = (examples.stack.flip(2) * 2 - 1).transpose(1, 2)
        with torch.autocast(bgr.device.type, torch.bfloat16):
            depths = self.network(bgr, examples.positions[..., None, None])
        errors = [F.mse_loss(depth.float()[:, 0], examples.dioptres) for depth in depths]
        return {
            f"d{number}": weight * error
            for number, weight, error in zip((1, 2, 3, 4), PAPER_WEIGHTS, errors, strict=True)
        }

    @staticmethod
    def files(network: won_jeon.DepthNetwork) -> dict[str, bytes]:
        return {WEIGHTS: save(network.state_dict()), DEPTH_MODEL: paper_depth_onnx(network)}


OBJECTIVES = {"ours": OurObjective, "paper": PaperObjective}


def export(objective: nn.Module, network: nn.Module, folder: Path) -> None:
    """Write the files that a trained network becomes."""
    network = network.cpu().eval()
    write_files(folder, objective.files(network))


def aligned_by(stack: Tensor, motion: Tensor) -> Tensor:
    """Stacks (B, N, 3, H, W) with motion (B, N, 3) undone."""
    return warp(stack.flatten(0, 1), motion.flatten(0, 1), mode="bicubic").view_as(stack).clamp(0, 1)
