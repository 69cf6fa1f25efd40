"""Trained networks to files: safetensors for torch, ONNX for everyone."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from .focal_depth import FocalDepthNetwork

WEIGHTS, ALIGNMENT, DEPTH = "focal_depth.safetensors", "alignment.onnx", "depth.onnx"
OPSET = 17  # LayerNorm and bicubic GridSample; understood by every ONNX Runtime since 1.13


def export(network: FocalDepthNetwork, folder: Path) -> None:
    """Write the three files; any number of frames and any size stay free in the ONNX graphs."""
    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), folder / WEIGHTS)
    stack, positions = torch.rand(5, 3, 64, 96), torch.linspace(0, 1, 5)
    frames = {0: "frames", 2: "height", 3: "width"}
    torch.onnx.export(
        network.alignment,
        (stack,),
        folder / ALIGNMENT,
        input_names=["stack"],
        output_names=["motion", "steps"],
        dynamic_axes={"stack": frames, "motion": {0: "frames"}, "steps": {0: "steps"}},
        opset_version=OPSET,
        dynamo=False,
    )
    torch.onnx.export(
        network.depth,
        (stack, positions),
        folder / DEPTH,
        input_names=["stack", "positions"],
        output_names=["depth", "spread"],
        dynamic_axes={
            "stack": frames,
            "positions": {0: "frames"},
            "depth": {0: "height", 1: "width"},
            "spread": {0: "height", 1: "width"},
        },
        opset_version=OPSET,
        dynamo=False,
    )
