"""Networks on a graphics processor: one in software, SwiftShader, which a browser brings, by WebGPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from focal_depth.io.result_folder import read_depth
from focal_depth.weights import DEPTH_MODEL
from photographs import PROJECT, write_slanted

onnx = pytest.importorskip("onnx", reason="networks are made here")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

RUNTIME = PROJECT / ".venv-webgpu"  # ONNX Runtime with that provider, as `make` installs it
BROWSERS = [Path("/usr/lib/chromium"), Path("/opt/google/chrome")]  # those that .ci/system-libraries knows
DRIVER = "vk_swiftshader_icd.json"
ON_WEBGPU, ON_CPU = "ONNX Runtime's WebGpuExecutionProvider", "ONNX Runtime's CPUExecutionProvider"


@pytest.fixture(scope="module")
def on_webgpu(tmp_path_factory) -> dict[str, str]:
    """The environment of a machine with a graphics processor that ONNX Runtime can use."""
    browser = next((folder for folder in BROWSERS if (folder / DRIVER).is_file()), None)
    if browser is None or not (RUNTIME / "onnxruntime").is_dir():
        pytest.skip("needs SwiftShader, which Chromium has, and onnxruntime-webgpu")
    folder = tmp_path_factory.mktemp("driver")
    (folder / "libvulkan.so.1").symlink_to(browser / "libvulkan.so.1")  # alone: a browser has other libraries
    return without_gpu() | {
        "LD_LIBRARY_PATH": str(folder),
        "VK_DRIVER_FILES": str(browser / DRIVER),
        "VK_ICD_FILENAMES": str(browser / DRIVER),
        "XDG_RUNTIME_DIR": str(folder),
    }


def without_gpu() -> dict[str, str]:
    """The environment of a machine with that ONNX Runtime, and nothing that it could use."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (RUNTIME, PROJECT))),
        "VK_DRIVER_FILES": os.devnull,
        "VK_ICD_FILENAMES": os.devnull,
    }


def run(program: str, environment: dict[str, str]) -> str:
    line = [sys.executable, "-c", program]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=True)
    return done.stdout


def open_on(device: str, model: Path) -> str:
    """A program that opens a network and says what it runs on."""
    return f"""
from pathlib import Path
from focal_depth.contract.errors import InputError
from focal_depth.runtime import devices
from focal_depth.runtime.sessions import Sessions

devices.ON_GPU = devices.ON_GPU_IF_CHOSEN
try:
    model, sessions = Path({str(model)!r}), Sessions(1, "{device}")
    sessions.get(model)
    print(sessions.engines(model))
except InputError as error:
    print(error)
"""


def test_an_estimate_is_the_same_there(command, on_webgpu, tmp_path):
    photographs = write_slanted(tmp_path / "photographs")
    described, depths = [], []
    for device, options in (("cpu", {}), ("gpu", {"env": on_webgpu})):
        done = command("estimate", photographs, "--output", tmp_path / device, "--device", device, **options)
        assert done.returncode == 0, done.stderr
        described.append(json.loads((tmp_path / device / "result.json").read_text())["engine"])
        depths.append(1 / read_depth(tmp_path / device)[0])
    assert described == [ON_CPU, ON_WEBGPU]
    apart = np.abs(depths[1] - depths[0]) / np.ptp(depths[0])
    assert apart.mean() < 1e-4
    assert np.isclose(depths[1], depths[0]).mean() > 0.999


@pytest.mark.skipif(not (RUNTIME / "onnxruntime").is_dir(), reason="needs onnxruntime-webgpu")
def test_what_an_earlier_result_spares_is_said_to_be_what_it_was(command, tmp_path):
    photographs = write_slanted(tmp_path / "photographs")
    line = "estimate", photographs, "--output", tmp_path / "r"
    assert command(*line, env=without_gpu()).returncode == 0
    done = command(*line, "--save-aligned", "--device", "gpu", env=without_gpu())
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "r" / "result.json").read_text())["engine"] == ON_CPU


def test_without_one_that_can_be_used_that_is_said(command, on_webgpu, tmp_path):
    photographs = write_slanted(tmp_path / "photographs")
    line = "estimate", photographs, "--output", tmp_path / "r", "--device", "gpu"
    done = command(*line, env=without_gpu())
    assert done.returncode == 2, done.stderr
    assert f"{ON_WEBGPU} fails" in done.stderr and "--device cpu" in done.stderr
    assert not (tmp_path / "r").exists()


def test_one_that_was_not_asked_for_is_left_out_where_it_fails(on_webgpu, tmp_path):
    program = open_on("auto", DEPTH_MODEL)
    assert run(program, on_webgpu).splitlines()[-1] == ON_WEBGPU
    assert run(program, without_gpu()).splitlines()[-1] == ON_CPU
    (tmp_path / "wrong.onnx").write_bytes(convolution(66))
    assert run(open_on("auto", tmp_path / "wrong.onnx"), on_webgpu).splitlines()[-1] == ON_CPU


def test_one_that_computes_something_else_is_not_believed(on_webgpu, tmp_path):
    """Of 66 channels convolutions go wrong (findings/onnxruntime_webgpu_channels.sh), of 68 they do not."""
    for channels, said in ((68, ON_WEBGPU), (66, "differently from the CPU")):
        path = tmp_path / f"{channels}.onnx"
        path.write_bytes(convolution(channels))
        assert said in run(open_on("gpu", path), on_webgpu).splitlines()[-1]


def test_the_depth_network_has_no_convolution_that_goes_wrong():
    graph = onnx.load(DEPTH_MODEL).graph
    weights = {each.name: each.dims for each in graph.initializer}
    channels = {weights[node.input[1]][1] for node in graph.node if node.op_type == "Conv"}
    assert all(count % 4 == 0 or count == 3 or count % 3 for count in channels), channels


def convolution(channels: int) -> bytes:
    """A network of one convolution, of pictures with so many channels."""
    random = np.random.default_rng(1).standard_normal((64, channels, 3, 3)).astype(np.float32)
    node = helper.make_node("Conv", ["stack", "weights"], ["outcome"], pads=[1] * 4)
    stack, outcome = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["frames", count, "height", "width"])
        for name, count in (("stack", channels), ("outcome", 64))
    )
    graph = helper.make_graph(
        [node], "convolution", [stack], [outcome], [numpy_helper.from_array(random / 24, "weights")]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()
