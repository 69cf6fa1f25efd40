"""Which processor the networks run on: one that ONNX Runtime was built for, or else torch was."""

from typing import Any

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
_refused: set[str] = set()  # providers that failed in this process


def check_device(device: str) -> None:
    """Raise InputError where `device` is "gpu" and none can be used."""
    if device == GPU and not is_gpu(device):
        raise InputError(
            "No graphics processor can be used here: install onnxruntime-gpu, onnxruntime-directml, "
            "onnxruntime-webgpu, or torch for it, or choose --device cpu"
        )


def is_gpu(device: str) -> bool:
    """Whether networks run on a graphics processor."""
    return providers(device) != [ON_CPU] or torch_device(device) is not None


def providers(device: str) -> list[str]:
    """Return ONNX Runtime's providers for a device, the preferred first; the CPU is always the last."""
    import onnxruntime

    wanted = {CPU: (), AUTO: ON_GPU, GPU: ON_GPU + ON_GPU_IF_CHOSEN}[device]
    usable = set(onnxruntime.get_available_providers()) - _refused
    return [name for name in wanted if name in usable] + [ON_CPU]


def refuse_provider(device: str) -> None:
    """Leave out the preferred provider for a device from now on: it failed."""
    _refused.add(providers(device)[0])


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


def describe_device(device: str) -> str:
    """Return what runs the networks, as result.json has it."""
    on_torch = torch_device(device)
    return f"torch on {on_torch}" if on_torch else f"ONNX Runtime's {providers(device)[0]}"
