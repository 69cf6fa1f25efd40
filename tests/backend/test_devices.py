"""Where the networks run."""

from pathlib import Path

import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.depth.focal_unet import GREY
from focal_depth.io.photographs import read_photograph_at
from focal_depth.research.torch_session import IN_HALF_PRECISION, TorchSession
from focal_depth.runtime import devices
from focal_depth.runtime.gpu import Trial
from focal_depth.runtime.planes import to_planes
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.sessions import sessions_for
from focal_depth.stack import read_stack
from focal_depth.weights import ALIGNMENT_MODEL, DEPTH_MODEL, TORCH_WEIGHTS

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


def test_the_cpu_is_always_there():
    for device in (devices.AUTO, devices.CPU):
        devices.check_device(device)
        assert devices.providers(device)[-1] == devices.ON_CPU
        assert devices.torch_device(device) is None
    assert devices.engine_for(devices.CPU, TORCH_WEIGHTS) == devices.CPU_ENGINE


def test_a_graphics_processor_that_is_not_there_is_said():
    torch = pytest.importorskip("torch")
    onnxruntime = pytest.importorskip("onnxruntime")
    wanted = set(devices.ON_GPU + devices.ON_GPU_IF_CHOSEN)
    if (
        torch.cuda.is_available()
        or torch.backends.mps.is_available()
        or wanted & set(onnxruntime.get_available_providers())
    ):
        devices.check_device(devices.GPU)
        assert devices.engine_for(devices.GPU, TORCH_WEIGHTS).is_gpu
        return
    with pytest.raises(InputError, match="--device cpu"):
        devices.check_device(devices.GPU)
    assert devices.engine_for(devices.GPU, TORCH_WEIGHTS) == devices.CPU_ENGINE


@pytest.mark.parametrize("model", [ALIGNMENT_MODEL, DEPTH_MODEL], ids=lambda model: model.stem)
def test_torch_infers_what_onnx_runtime_infers(model):
    feed = {"stack": np.random.default_rng(0).random((4, 3, 64, 96), np.float32)}
    if model == DEPTH_MODEL:
        feed = {"stack": feed["stack"] - GREY, "positions": np.linspace(0, 1, 4, dtype=np.float32)}
    on_torch = TorchSession(TORCH_WEIGHTS, model.stem, "cpu").run(None, feed)
    on_onnx = sessions_for(Resources()).get(model).run(None, feed)
    for one, other in zip(on_torch, on_onnx, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_depth_in_half_precision_is_nearly_the_same():
    frames = read_stack(SAMPLE).frames
    pictures = np.stack([read_photograph_at(frame.path, (192, 128)) for frame in frames])
    feed = {
        "stack": to_planes(pictures, subtracted=GREY),
        "positions": np.linspace(0, 1, len(pictures), dtype=np.float32),
    }
    session = TorchSession(TORCH_WEIGHTS, IN_HALF_PRECISION[0], "cpu")
    assert not session.in_half_precision
    whole = session.run(None, feed)
    session.in_half_precision = True
    half = session.run(None, feed)
    for one, other in zip(whole, half, strict=True):
        assert 0 < np.abs(one - other).mean() < 1.6e-4  # 1 % of the error on rendered stacks
    trial = Trial.of(sessions_for(Resources()).get(DEPTH_MODEL))
    assert trial is not None and trial.agrees(session)  # as a GPU has to be
