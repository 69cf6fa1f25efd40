"""Which processor the networks run on: one that ONNX Runtime was built for, or else torch was."""

import importlib.util

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
ON_GPU_IF_ASKED = ("CoreMLExecutionProvider",)

_device = AUTO


def use(device: str) -> None:
    """Choose one of DEVICES for all that is opened from now on. Raises InputError where there is no GPU."""
    global _device
    before, _device = _device, device
    if device == GPU and providers() == [ON_CPU] and torch_device() is None:
        _device = before
        raise InputError(
            "No graphics processor can be used here: install onnxruntime-gpu, onnxruntime-directml, or torch "
            "for it, or choose --device cpu"
        )


def providers() -> list[str]:
    """Of ONNX Runtime, the preferred first; the CPU is always the last."""
    from onnxruntime import get_available_providers

    wanted = {CPU: (), AUTO: ON_GPU, GPU: ON_GPU + ON_GPU_IF_ASKED}[_device]
    return [name for name in wanted if name in get_available_providers()] + [ON_CPU]


def torch_device() -> str | None:
    """ "cuda" or "mps" where torch is asked to run the networks, for want of a provider."""
    if _device != GPU or providers() != [ON_CPU] or importlib.util.find_spec("torch") is None:
        return None
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


def described() -> str:
    """For result.json."""
    device = torch_device()
    return f"torch on {device}" if device else f"ONNX Runtime's {providers()[0]}"
