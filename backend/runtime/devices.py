"""Which processor the networks run on: one that ONNX Runtime was built for, or else torch was."""

from typing import Any

from ..contract.errors import InputError

AUTO, CPU, GPU = DEVICES = "auto", "cpu", "gpu"
ON_CPU = "CPUExecutionProvider"
# In order of preference. Core ML is for those who ask: it was made for pictures of one size.
ON_GPU = (
    "CUDAExecutionProvider",
    "MIGraphXExecutionProvider",
    "ROCMExecutionProvider",
    "DmlExecutionProvider",
)
ON_GPU_IF_CHOSEN = ("CoreMLExecutionProvider",)
PLUGINS = "focal_depth.sessions"  # the entry points of what else can run our networks


def check_device(device: str) -> None:
    """Raise InputError where `device` is "gpu" and none can be used."""
    if device == GPU and providers(device) == [ON_CPU] and torch_device(device) is None:
        raise InputError(
            "No graphics processor can be used here: install onnxruntime-gpu, onnxruntime-directml, or torch "
            "for it, or choose --device cpu"
        )


def providers(device: str) -> list[str]:
    """Return ONNX Runtime's providers for a device, the preferred first; the CPU is always the last."""
    import onnxruntime

    wanted = {CPU: (), AUTO: ON_GPU, GPU: ON_GPU + ON_GPU_IF_CHOSEN}[device]
    return [name for name in wanted if name in onnxruntime.get_available_providers()] + [ON_CPU]


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
