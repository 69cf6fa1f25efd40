"""`focal-depth import-weights`: the paper authors' checkpoint as safetensors and ONNX."""

import argparse
import io
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ..engines.paper import ALIGNMENT_MODEL, DEPTH_MODEL, WEIGHTS, paper_folder
from ..errors import InputError
from ..messages import Reporter
from ..networks.paper import AlignmentNetwork, DepthNetwork, EndToEnd

OPSET = 17  # GridSample came with 16
PARTS = ("DFF_net.", "optical_flow_aggregation.")  # of an End_to_End checkpoint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the authors' check_point.pth, or a .safetensors file"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="default: where `estimate --network paper` looks"
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    network = load_network(options.file)
    folder = options.output or paper_folder()
    reporter.plan({"weights": 1, "depth network": 5, "alignment network": 5})
    whole = isinstance(network, EndToEnd)
    reporter.progress("weights", 0, 1)
    files = {WEIGHTS: save(network.state_dict())}
    reporter.progress("depth network", 0, 1)
    files[DEPTH_MODEL] = export_depth(network.DFF_net if whole else network)
    reporter.progress("alignment network", 0, 1)
    if whole:
        files[ALIGNMENT_MODEL] = export_alignment(network.optical_flow_aggregation)
    _write(folder, files)
    reporter.progress("alignment network", 1, 1)
    kind = "alignment and depth" if whole else "depth"
    reporter.result(folder, f"{folder}: {kind}; use it with `estimate --network {_how(folder)}`")


def load_network(path: Path) -> EndToEnd | DepthNetwork:
    """The network a checkpoint is of, in eval mode and float32.

    Nothing in the file is executed. Raises InputError for a file that is no checkpoint, and for the
    first entry that is missing or of another shape.
    """
    entries = {name.removeprefix("module."): value for name, value in _read(path).items()}
    whole = any(name.startswith(PARTS) for name in entries)
    network = EndToEnd() if whole else DepthNetwork()
    for name, expected in network.state_dict().items():
        if name not in entries:
            raise InputError(f"{path} has no entry {name}: name the authors' check_point.pth")
        if entries[name].shape != expected.shape:
            raise InputError(
                f"{path}: {name} has shape {tuple(entries[name].shape)} where the paper's network has "
                f"{tuple(expected.shape)}: name the authors' check_point.pth"
            )
    network.load_state_dict(entries, strict=False)
    return network.eval()


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise InputError(f"{path} does not exist: name the authors' check_point.pth")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        entries = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its permissions") from None
    except Exception as error:  # neither library has one exception for all that can be wrong
        raise InputError(
            f"{path} is not a checkpoint that can be read without running code in it: "
            "name the authors' check_point.pth"
        ) from error
    if isinstance(entries, Mapping) and isinstance(entries.get("state_dict"), Mapping):
        entries = entries["state_dict"]
    if not isinstance(entries, Mapping):
        raise InputError(f"{path} holds no state dict: name the authors' check_point.pth")
    return {str(name): value for name, value in entries.items() if isinstance(value, Tensor)}


class _Finest(nn.Module):
    """Only d4, so that the export leaves out what the coarser depths alone need."""

    def __init__(self, network: DepthNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, stack: Tensor, focus: Tensor) -> Tensor:
        return self.network(stack, focus)[-1]


def export_depth(network: DepthNetwork) -> bytes:
    """ONNX: stack (1,3,N,H,W) BGR -1..1 and focus (1,N,1,1) to depth (1,1,H,W); H, W multiples of 32."""
    example = (torch.rand(1, 3, 5, 64, 96), torch.rand(1, 5, 1, 1))
    axes = {
        "stack": {2: "frames", 3: "height", 4: "width"},
        "focus": {1: "frames"},
        "depth": {2: "height", 3: "width"},
    }
    return _onnx(_Finest(network), example, ["stack", "focus"], "depth", axes)


def export_alignment(network: AlignmentNetwork) -> bytes:
    """ONNX: stack (1,3,N,H,W) and relative_fov (1,1,N,1,1) to aligned (1,3,N,H,W)."""
    example = (torch.rand(1, 3, 5, 64, 96), torch.linspace(1.05, 1, 5).view(1, 1, 5, 1, 1))
    size = {2: "frames", 3: "height", 4: "width"}
    axes = {"stack": size, "relative_fov": {2: "frames"}, "aligned": size}
    return _onnx(network, example, ["stack", "relative_fov"], "aligned", axes)


def _onnx(network: nn.Module, example: tuple, inputs: list[str], output: str, axes: dict) -> bytes:
    file = io.BytesIO()
    torch.onnx.export(
        network.eval(),
        example,
        file,
        input_names=inputs,
        output_names=[output],
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    return file.getvalue()


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            unfinished = folder / f"{name}.unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(folder / name)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}): choose another --output") from None


def _how(folder: Path) -> str:
    return "paper" if folder == paper_folder() else str(folder / DEPTH_MODEL)
