"""Where the networks run."""

import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.depth import focal_unet
from focal_depth.research.torch_session import TorchSession
from focal_depth.runtime import devices


@pytest.fixture(autouse=True)
def _as_before():
    yield
    devices.use(devices.AUTO)


def test_the_processor_is_always_there():
    for device in (devices.AUTO, devices.CPU):
        devices.use(device)
        assert devices.providers()[-1] == devices.ON_CPU
    assert devices.providers() == [devices.ON_CPU]
    assert devices.torch_device() is None


def test_a_graphics_processor_that_is_not_there_is_said():
    torch = pytest.importorskip("torch")
    onnxruntime = pytest.importorskip("onnxruntime")
    wanted = set(devices.ON_GPU + devices.ON_GPU_IF_ASKED)
    if (
        torch.cuda.is_available()
        or torch.backends.mps.is_available()
        or wanted & set(onnxruntime.get_available_providers())
    ):
        devices.use(devices.GPU)
        assert devices.described() != f"ONNX Runtime's {devices.ON_CPU}"
        return
    with pytest.raises(InputError, match="--device cpu"):
        devices.use(devices.GPU)
    assert devices.providers() == [devices.ON_CPU]


@pytest.mark.parametrize("name", ["alignment", "depth"])
def test_torch_finds_what_onnx_runtime_finds(name):
    stack = np.random.default_rng(0).random((4, 3, 64, 96), np.float32)
    feed = {"stack": stack}
    if name == "depth":
        feed["positions"] = np.linspace(0, 1, 4, dtype=np.float32)
    on_torch = TorchSession(focal_unet.WEIGHTS / "focal_depth.safetensors", name, "cpu").run(None, feed)
    for found, expected in zip(on_torch, focal_unet._session(name).run(None, feed), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)
