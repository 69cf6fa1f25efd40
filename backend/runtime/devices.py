"""Which processor the networks run on: one that ONNX Runtime was built for, or else torch was."""

from pathlib import Path
from typing import Any, NamedTuple

from ..contract.errors import InputError

AUTO, CPU, GPU = DEVICES = "auto", "cpu", "gpu"
ON_CPU = "CPUExecutionProvider"
# In order of preference.
ON_GPU = (
    "CUDAExecutionProvider",
    "MIGraphXExecutionProvider",
    "ROCMExecutionProvider",
    "DmlExecutionProvider",
)
# For those who ask: WebGPU takes processors of any kind, slow ones too; Core ML was made for pictures of
# one size.
ON_GPU_IF_CHOSEN = ("WebGpuExecutionProvider", "CoreMLExecutionProvider")
PLUGINS = "focal_depth.sessions"  # the entry points of what else can run our networks
ONNX_RUNTIME, TORCH = "ONNX Runtime", "torch"
_left_out: set[str] = set()  # that failed, or gave something else than the CPU


class Engine(NamedTuple):
    """What runs a network.

    Attributes
    ----------
    library
        ONNX_RUNTIME or TORCH.
    place
        One of ONNX Runtime's providers, or of torch's devices.
    """

    library: str
    place: str

    @property
    def is_gpu(self) -> bool:
        """Whether that is a graphics processor."""
        return self.place != ON_CPU

    def __str__(self) -> str:
        return f"torch on {self.place}" if self.library == TORCH else f"ONNX Runtime's {self.place}"


CPU_ENGINE = Engine(ONNX_RUNTIME, ON_CPU)


def check_device(device: str) -> None:
    """Raise InputError where `device` is "gpu" and none can be used."""
    if device == GPU and providers(device) == [ON_CPU] and torch_device(device) is None:
        raise InputError(
            "No graphics processor can be used here: install onnxruntime-gpu, onnxruntime-directml, "
            "onnxruntime-webgpu, or torch for it, or choose --device cpu"
        )


def engine_for(device: str, torch_weights: Path) -> Engine:
    """Return what is to run a network, whose weights for torch would be in that file."""
    on_torch = torch_device(device)
    if on_torch is not None and torch_weights.is_file():
        return Engine(TORCH, on_torch)
    return Engine(ONNX_RUNTIME, providers(device)[0])


def providers(device: str) -> list[str]:
    """Return ONNX Runtime's providers for a device, the preferred first; the CPU is always the last."""
    import onnxruntime

    wanted = {CPU: (), AUTO: ON_GPU, GPU: ON_GPU + ON_GPU_IF_CHOSEN}[device]
    usable = set(onnxruntime.get_available_providers()) - (_left_out if device == AUTO else set())
    return [name for name in wanted if name in usable] + [ON_CPU]


def leave_out(provider: str) -> None:
    """Choose a provider no more in this process, unless a graphics processor is asked for."""
    _left_out.add(provider)


def torch_device(device: str) -> str | None:
    """Return "cuda" or "mps" where torch has to run the networks, for want of a provider; else None."""
    if device != GPU or providers(device) != [ON_CPU] or torch_sessions() is None:
        return None
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


def torch_sessions() -> Any | None:
    """Return the class that runs our networks under torch, where torch and it are installed."""
    import importlib.metadata

    for plugin in importlib.metadata.entry_points(group=PLUGINS, name="torch"):
        try:
            return plugin.load()
        except ImportError:
            return None
    return None
