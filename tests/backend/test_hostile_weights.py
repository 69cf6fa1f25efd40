"""Weights and networks from outside: nothing in them runs, and no size they claim is believed."""

import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from focal_depth.cli.import_weights import load_network  # noqa: E402
from focal_depth.cli.main import main  # noqa: E402
from focal_depth.contract.errors import InputError  # noqa: E402
from focal_depth.contract.messages import INPUT_AT_FAULT  # noqa: E402
from focal_depth.depth import won_jeon  # noqa: E402
from focal_depth.runtime.devices import CPU  # noqa: E402
from focal_depth.runtime.sessions import Sessions, open_session  # noqa: E402

TERABYTE = 2**40


class Runs:
    """Pickled, it asks for a file to be made when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def safetensors(path, shape, length):
    """A header that claims a tensor of this shape, and `length` bytes of it, in a file with a hole."""
    entry = {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 * int(np.prod(shape, dtype=object))]}
    header = json.dumps({"DFF_net.weight": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(path, 8 + len(header) + length)
    return path


def zip_bomb(path):
    """A checkpoint of more than a gigabyte in one megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("check_point/data.pkl", pickle.dumps({}))
        with archive.open("check_point/data/0", "w") as entry:
            for _ in range(17):
                entry.write(bytes(2**26))
    return path


def legacy(path):
    """A checkpoint of the time before zip files that claims a terabyte."""
    torch.save({"weight": torch.zeros(4)}, path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    assert data.count(b"K\x04N") or data.count(b"K\x04")
    path.write_bytes(data.replace(b"K\x04Nt", b"\x8a\x05" + (2**38).to_bytes(5, "little") + b"Nt"))
    return path


HOSTILE = {
    "claims a terabyte": lambda folder: safetensors(folder / "a.safetensors", [2**38], 64),
    "has a terabyte": lambda folder: safetensors(folder / "a.safetensors", [2**38], TERABYTE),
    "overflows": lambda folder: safetensors(folder / "a.safetensors", [2**32, 2**32], 64),
    "unpacks to gigabytes": lambda folder: zip_bomb(folder / "check_point.pth"),
    "claims in the old way": lambda folder: legacy(folder / "check_point.pth"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_checkpoints_that_claim_too_much(tmp_path, capfd, kind):
    path = HOSTILE[kind](tmp_path)
    before = resident()
    assert main(["import-weights", str(path), "--output", str(tmp_path / "out")]) == INPUT_AT_FAULT
    said = capfd.readouterr().err
    assert said.count("error: ") == 1 and f"error: {path}" in said and "Traceback" not in said
    assert resident() - before < 300e6
    assert not (tmp_path / "out").exists()


def resident() -> float:
    """Bytes that this process has held at most; 0 where that is not told."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize("name", ["check_point.pth", "weights.safetensors"])
def test_nothing_in_a_checkpoint_runs(tmp_path, name):
    trace = tmp_path / "it ran"
    torch.save({"state_dict": Runs(trace)}, tmp_path / name)
    with pytest.raises(InputError, match="without running code"):
        load_network(tmp_path / name)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Runs(trace)))
    assert trace.exists(), "it would have run"


def model(location: str | None, size: int = 8) -> bytes:
    """An ONNX model with the inputs of the paper's, whose weights lie in another file."""
    weights = onnx.helper.make_tensor("w", onnx.TensorProto.UINT8, [size], bytes(size), raw=True)
    if location is not None:
        weights.ClearField("raw_data")
        weights.data_location = onnx.TensorProto.EXTERNAL
        weights.external_data.add(key="location", value=location)
    inputs = [onnx.helper.make_tensor_value_info(name, 1, [1]) for name in ("stack", "focus")]
    output = onnx.helper.make_tensor_value_info("depth", onnx.TensorProto.UINT8, [size])
    node = onnx.helper.make_node("Identity", ["w"], ["depth"])
    graph = onnx.helper.make_graph([node], "g", inputs, [output], [weights])
    opset = onnx.helper.make_opsetid("", 17)
    return onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


def test_a_model_reads_no_other_file(tmp_path, monkeypatch):
    """ONNX Runtime would look into the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("secret").write_bytes(b"a secret")
    path = tmp_path / "model.onnx"
    path.write_bytes(model(None))
    open_session(path, 1)
    for location in ("secret", "/etc/passwd", "../secret"):
        path.write_bytes(model(location))
        with pytest.raises(InputError, match="in another file"):
            open_session(path, 1)
    path.write_bytes(model("secret").replace(b"\x08location", b"\x88\x00location"))  # the same number, longer
    with pytest.raises(InputError, match="in another file"):
        open_session(path, 1)


def test_models_of_absurd_size(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(model(None))
    os.truncate(path, TERABYTE)
    tracemalloc.start()
    with pytest.raises(InputError, match="GB are the most"):
        won_jeon.open_network(Sessions(1, CPU), path)
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such devices here")
def test_a_device_is_no_model():
    with pytest.raises(InputError, match="no ordinary file"):
        won_jeon.open_network(Sessions(1, CPU), Path("/dev/zero"))


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_damaged_models(tmp_path, cut):
    path = tmp_path / "model.onnx"
    path.write_bytes(model(None)[:cut] if cut else b"")
    with pytest.raises(InputError):
        won_jeon.open_network(Sessions(1, CPU), path)
