"""What can be trained: networks with their losses, and the files to which they are exported."""

from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, nn

from ...contract.qualities import FOCAL_UNET, WON_JEON
from ...depth.focal_unet import GREY
from ...depth.won_jeon import DEPTH_FILE, TORCH_FILE
from ..networks import won_jeon
from ..networks.alignment import warp
from ..networks.export import export_alignment, export_depth, export_won_jeon_depth, write_files
from ..networks.focal_unet import FocalUnet
from .examples import Examples
from .losses import alignment_loss, depth_loss, uncertainty_loss

FIRST_WEIGHT, UNCERTAINTY_WEIGHT, ALIGNMENT_WEIGHT = 0.5, 0.05, 0.1
WON_JEON_WEIGHTS = (0.3, 0.5, 0.7, 1.0)  # of d1 to d4, as published

Losses = dict[str, Tensor]  # by the columns of log.csv


class FocalUnetObjective(nn.Module):
    """Focal Depth's alignment and depth networks.

    Attributes
    ----------
    learning_rate
        The highest of a run.
    end_to_end_every
        In one of so many steps, stacks as photographed go through both networks; in the others the depth
        network sees stacks as alignment leaves them. None: never.
    min_frames
        Of a stack.
    network
        What is trained.
    """

    learning_rate: ClassVar[float] = 1e-3
    end_to_end_every: ClassVar[int | None] = 24
    min_frames: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.network = FocalUnet()

    def forward(self, examples: Examples, end_to_end: bool) -> Losses:
        """Return the weighted losses of a batch: depth, first (depth), spread (uncertainty) and align."""
        losses, stack = {}, examples.stack
        if end_to_end:
            motion, steps = self.network.alignment(stack)
            losses["align"] = ALIGNMENT_WEIGHT * alignment_loss(motion, steps, examples.motion, stack)
            stack = undo_motion(stack, motion)
        # Convolutions in bfloat16, which is too coarse for the alignment's solver.
        with _half_precision(stack.device.type):
            centred, positions = stack - GREY, examples.positions
            depth, uncertainty, first = self.network.depth.forward_with_first_depth(centred, positions)
        first = F.interpolate(first[:, None], scale_factor=2.0, mode="bilinear", align_corners=False)[:, 0]
        losses["depth"] = depth_loss(depth, examples.dioptres)
        losses["first"] = FIRST_WEIGHT * depth_loss(first, examples.dioptres)
        losses["spread"] = UNCERTAINTY_WEIGHT * uncertainty_loss(uncertainty, depth, examples.dioptres)
        return losses

    @staticmethod
    def exported_files(network: FocalUnet) -> dict[str, bytes]:
        """Return the content of every exported file, by name."""
        return {
            "focal_depth.safetensors": save(network.state_dict()),
            "alignment.onnx": export_alignment(network),
            "depth.onnx": export_depth(network),
        }


class WonJeonObjective(nn.Module):
    """Won and Jeon's depth network with its own loss, on the same examples, aligned as well.

    Attributes
    ----------
    learning_rate, end_to_end_every, min_frames, network
        As in `FocalUnetObjective`.
    """

    learning_rate: ClassVar[float] = 1e-3
    end_to_end_every: ClassVar[int | None] = None
    min_frames: ClassVar[int] = 3  # of two, bfloat16 gradients of its 3-D convolutions are not numbers

    def __init__(self) -> None:
        super().__init__()
        self.network = won_jeon.DepthNetwork()

    def forward(self, examples: Examples, end_to_end: bool) -> Losses:
        """Return the weighted losses of a batch, d1 to d4; `end_to_end` has no effect."""
        bgr = (examples.stack.flip(2) * 2 - 1).transpose(1, 2)
        with _half_precision(bgr.device.type):
            depths = self.network(bgr, examples.positions[..., None, None])
        errors = [F.mse_loss(depth.float()[:, 0], examples.dioptres) for depth in depths]
        return {
            f"d{number}": weight * error
            for number, weight, error in zip((1, 2, 3, 4), WON_JEON_WEIGHTS, errors, strict=True)
        }

    @staticmethod
    def exported_files(network: won_jeon.DepthNetwork) -> dict[str, bytes]:
        """Return the content of every exported file, by name."""
        return {TORCH_FILE: save(network.state_dict()), DEPTH_FILE: export_won_jeon_depth(network)}


Objective = FocalUnetObjective | WonJeonObjective
OBJECTIVES: dict[str, type[FocalUnetObjective] | type[WonJeonObjective]] = {
    FOCAL_UNET: FocalUnetObjective,
    WON_JEON: WonJeonObjective,
}


def export(objective: Objective, network: Any, folder: Path) -> None:
    """Write the exported files of an objective's trained network.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    write_files(folder, objective.exported_files(network.cpu().eval()))


def undo_motion(stack: Tensor, motion: Tensor) -> Tensor:
    """Return stacks (B, N, 3, H, W) with motion (B, N, 3) undone."""
    return warp(stack.flatten(0, 1), motion.flatten(0, 1), mode="bicubic").view_as(stack).clamp(0, 1)


def _half_precision(device_type: str) -> torch.autocast:
    """bfloat16 where a processor has it: without AVX-512 a convolution in it takes 28 times as long."""
    is_native = device_type != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device_type, torch.bfloat16, enabled=is_native)
