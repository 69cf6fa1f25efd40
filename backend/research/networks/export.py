"""Trained networks as ONNX: any number of frames and any size stay free in the graphs."""

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from ...contract.errors import InputError
from ...runtime.devices import ON_CPU
from . import won_jeon
from .focal_unet import FocalUnet

OPSET = 17  # bicubic GridSample; ONNX Runtime has it since 1.13
EXAMPLE = {"frames": 7, "height": 160, "width": 352}  # no two alike, though halved five times
SIZE_NAMES: dict[int, str | int] = {
    EXAMPLE[name] >> halved: f"{name}/{2**halved}" for name in ("height", "width") for halved in range(1, 6)
}
SIZE_NAMES |= {size: name for name, size in EXAMPLE.items()} | {1: 1}
DEPTH_LEVEL = 2  # channels: of a level of the pyramid of depth, with which features are joined


class _OneStack(nn.Module):
    """Runs a network of batches on one stack, without the axis of the batch."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return tuple(output[0] for output in self.network(*(value[None] for value in inputs)))


class _Finest(nn.Module):
    """Returns d4 of Won and Jeon's network alone, so that the export leaves out what d1 to d3 need."""

    def __init__(self, network: won_jeon.DepthNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, stack: Tensor, focus: Tensor) -> Tensor:
        return self.network(stack, focus)[-1]


def export_alignment(network: FocalUnet) -> bytes:
    """Export the alignment network: stack (N, 3, H, W) to motion (N, 3) and steps (N-1, 3)."""
    axes = {
        "stack": {0: "frames", 2: "height", 3: "width"},
        "motion": {0: "frames"},
        "steps": {0: "steps"},
    }
    example = (torch.rand(5, 3, 64, 96),)
    return _simplified(_to_onnx(_OneStack(network.alignment), example, ["stack"], ["motion", "steps"], axes))


def export_depth(network: FocalUnet) -> bytes:
    """Export the depth network: stack (N, 3, H, W) and positions (N,) to depth and "spread", each (H, W).

    H and W are multiples of 32, the stack as `DepthNetwork` takes it. "spread" is the name that the files
    have for the uncertainty.
    """
    size = {0: "height", 1: "width"}
    axes = {
        "stack": {0: "frames", 2: "height", 3: "width"},
        "positions": {0: "frames"},
        "depth": size,
        "spread": size,
    }
    example = (torch.rand(5, 3, 64, 96), torch.linspace(0, 1, 5))
    exported = _to_onnx(_OneStack(network.depth), example, ["stack", "positions"], ["depth", "spread"], axes)
    return _simplified(_with_padded_channels(_with_named_sizes(exported)))


def export_won_jeon_depth(network: won_jeon.DepthNetwork) -> bytes:
    """Export Won and Jeon's depth network.

    It maps stack (1, 3, N, H, W) and focus (1, N, 1, 1) to depth (1, 1, H, W). The stack is BGR -1 to 1; H
    and W are multiples of 32.
    """
    example = (torch.rand(1, 3, 5, 64, 96), torch.rand(1, 5, 1, 1))
    axes = {
        "stack": {2: "frames", 3: "height", 4: "width"},
        "focus": {1: "frames"},
        "depth": {2: "height", 3: "width"},
    }
    return _to_onnx(_Finest(network), example, ["stack", "focus"], ["depth"], axes)


def export_won_jeon_alignment(network: won_jeon.AlignmentNetwork) -> bytes:
    """Export Won and Jeon's alignment: stack and aligned (1, 3, N, H, W), relative_fov (1, 1, N, 1, 1)."""
    example = (torch.rand(1, 3, 5, 64, 96), torch.linspace(1.05, 1, 5).view(1, 1, 5, 1, 1))
    size = {2: "frames", 3: "height", 4: "width"}
    axes = {"stack": size, "relative_fov": {2: "frames"}, "aligned": size}
    return _to_onnx(network, example, ["stack", "relative_fov"], ["aligned"], axes)


def _to_onnx(
    network: nn.Module,
    example: tuple[Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> bytes:
    file = io.BytesIO()
    torch.onnx.export(
        network.eval(),
        example,
        file,  # type: ignore[arg-type] - the stubs are of the other exporter
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    return file.getvalue()


def _with_named_sizes(exported: bytes) -> bytes:
    """Write into a network of stacks how large its sums are, in parts of the stack's frames and size.

    ONNX Runtime adds up what convolutions give in one step where it sees that they are of one size, and
    cannot tell by itself: 0.24 GB for 0.32, of ten frames of 960 x 640.
    """
    model = onnx.load_from_string(exported)
    sums = [node.output[0] for node in model.graph.node if node.op_type in ("Add", "Conv")]
    for name, shape in zip(sums, _shapes_in_example(exported, sums), strict=True):
        if len(shape) == 4:
            sizes = SIZE_NAMES[shape[0]], shape[1], SIZE_NAMES[shape[2]], SIZE_NAMES[shape[3]]
            named = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, sizes)
            model.graph.value_info.append(named)
    return model.SerializeToString()


def _shapes_in_example(exported: bytes, tensors: list[str]) -> list[tuple[int, ...]]:
    """Shapes of a network's tensors when it runs on a stack of the sizes in `EXAMPLE`."""
    watched = onnx.load_from_string(exported)
    del watched.graph.output[:]
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors)
    count, height, width = EXAMPLE.values()
    feed = {
        "stack": np.zeros((count, 3, height, width), np.float32),
        "positions": np.linspace(0, 1, count, dtype=np.float32),
    }
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options)
    return [np.shape(cast(np.ndarray, values)) for values in session.run(None, feed)]


def _with_padded_channels(exported: bytes) -> bytes:
    """Give convolutions of what is put together from parts a multiple of four channels, by weights of 0.

    The last part, a level of depth, is repeated. Of 66 channels ONNX Runtime computes something else on a
    graphics processor by WebGPU: see findings/onnxruntime_webgpu_channels.sh.
    """
    model = onnx.load_from_string(exported)
    weights = {each.name: each for each in model.graph.initializer}
    joined = {node.output[0]: node for node in model.graph.node if node.op_type == "Concat"}
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[0] not in joined:
            continue
        values, parts = onnx.numpy_helper.to_array(weights[node.input[1]]), joined.pop(node.input[0]).input
        missing = -values.shape[1] % 4
        if missing:
            assert missing % DEPTH_LEVEL == 0
            parts.extend([parts[-1]] * (missing // DEPTH_LEVEL))
            padded = np.pad(values, [(0, 0), (0, missing), (0, 0), (0, 0)])
            weights[node.input[1]].CopyFrom(onnx.numpy_helper.from_array(padded, node.input[1]))
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def _simplified(exported: bytes) -> bytes:
    """Leave out of a network what is the same for every input, and steps that do nothing.

    ONNX Runtime does so whenever it opens one, which takes half of that time. What it then makes for one
    processor alone is not in the file.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as scratch:
        options.optimized_model_filepath = str(Path(scratch, "simplified.onnx"))
        onnxruntime.InferenceSession(exported, options, providers=[ON_CPU])
        model = onnx.load(options.optimized_model_filepath)
    nodes = _in_order_of(onnx.load_from_string(exported).graph.node, model.graph.node)
    own = [each for each in model.opset_import if each.domain == ""]  # it names all that it knows
    del model.graph.node[:], model.opset_import[:]
    model.graph.node.extend(nodes)
    model.opset_import.extend(own)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _in_order_of(before: Iterable[onnx.NodeProto], nodes: Iterable[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """Nodes in the order in which they were before, but after those whose outputs they take.

    In an order of its own the depth network takes an eighth more memory, of ten frames of 960 x 640: see
    findings/onnxruntime_order_of_branches.sh.
    """
    place = {name: number for number, node in enumerate(before) for name in node.output}
    waiting = {name: node for node in nodes for name in node.output if name}
    ordered: list[onnx.NodeProto] = []

    def append(node: onnx.NodeProto) -> None:
        for name in node.output:
            waiting.pop(name, None)
        for name in node.input:
            if name in waiting:
                append(waiting[name])
        ordered.append(node)

    for name in sorted(waiting, key=lambda name: place.get(name, len(place))):
        if name in waiting:
            append(waiting[name])
    return ordered


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, each whole or not at all.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            unfinished = folder / f"{name}.unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(folder / name)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}): choose another --output") from None
