"""Trained networks as ONNX, for everyone: any number of frames and any size stay free in the graphs."""

import io
from pathlib import Path

import torch
from torch import Tensor, nn

from ...contract.errors import InputError
from . import paper
from .focal_depth import FocalDepthNetwork

OPSET = 17  # bicubic GridSample; understood by every ONNX Runtime since 1.13


class _OneStack(nn.Module):
    """A network of batches for one stack without the axis of the batch."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return tuple(output[0] for output in self.network(*(value[None] for value in inputs)))


class _Finest(nn.Module):
    """Only the paper's d4, so that the export leaves out what the coarser depths alone need."""

    def __init__(self, network: paper.DepthNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, stack: Tensor, focus: Tensor) -> Tensor:
        return self.network(stack, focus)[-1]


def alignment_onnx(network: FocalDepthNetwork) -> bytes:
    """stack (N, 3, H, W) to motion (N, 3) and steps (N-1, 3)."""
    axes = {
        "stack": {0: "frames", 2: "height", 3: "width"},
        "motion": {0: "frames"},
        "steps": {0: "steps"},
    }
    example = (torch.rand(5, 3, 64, 96),)
    return _onnx(_OneStack(network.alignment), example, ["stack"], ["motion", "steps"], axes)


def depth_onnx(network: FocalDepthNetwork) -> bytes:
    """stack (N, 3, H, W) and positions (N,) to depth and spread, each (H, W); H, W multiples of 32."""
    size = {0: "height", 1: "width"}
    axes = {
        "stack": {0: "frames", 2: "height", 3: "width"},
        "positions": {0: "frames"},
        "depth": size,
        "spread": size,
    }
    example = (torch.rand(5, 3, 64, 96), torch.linspace(0, 1, 5))
    return _onnx(_OneStack(network.depth), example, ["stack", "positions"], ["depth", "spread"], axes)


def paper_depth_onnx(network: paper.DepthNetwork) -> bytes:
    """stack (1,3,N,H,W) BGR -1..1 and focus (1,N,1,1) to depth (1,1,H,W); H, W multiples of 32."""
    example = (torch.rand(1, 3, 5, 64, 96), torch.rand(1, 5, 1, 1))
    axes = {
        "stack": {2: "frames", 3: "height", 4: "width"},
        "focus": {1: "frames"},
        "depth": {2: "height", 3: "width"},
    }
    return _onnx(_Finest(network), example, ["stack", "focus"], ["depth"], axes)


def paper_alignment_onnx(network: paper.AlignmentNetwork) -> bytes:
    """stack (1,3,N,H,W) and relative_fov (1,1,N,1,1) to aligned (1,3,N,H,W)."""
    example = (torch.rand(1, 3, 5, 64, 96), torch.linspace(1.05, 1, 5).view(1, 1, 5, 1, 1))
    size = {2: "frames", 3: "height", 4: "width"}
    axes = {"stack": size, "relative_fov": {2: "frames"}, "aligned": size}
    return _onnx(network, example, ["stack", "relative_fov"], ["aligned"], axes)


def _onnx(network: nn.Module, example: tuple, inputs: list[str], outputs: list[str], axes: dict) -> bytes:
    file = io.BytesIO()
    torch.onnx.export(
        network.eval(),
        example,
        file,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    return file.getvalue()


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Each file whole or not at all. Raises InputError where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            unfinished = folder / f"{name}.unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(folder / name)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}): choose another --output") from None
