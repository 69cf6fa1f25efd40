import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from photographs import write_photograph

torch = pytest.importorskip("torch")
safetensors_torch = pytest.importorskip("safetensors.torch")

from focal_depth.cli.import_weights import load_network  # noqa: E402
from focal_depth.cli.main import main  # noqa: E402
from focal_depth.contract.errors import InputError  # noqa: E402
from focal_depth.contract.messages import DONE, INPUT_AT_FAULT  # noqa: E402
from focal_depth.depth import won_jeon  # noqa: E402
from focal_depth.io.result_folder import read_description  # noqa: E402
from focal_depth.research.networks.won_jeon import DepthNetwork, EndToEnd  # noqa: E402
from focal_depth.runtime.resources import Resources  # noqa: E402
from focal_depth.runtime.sessions import sessions_for  # noqa: E402

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("FOCAL_DEPTH_DATA", ROOT.parent / "shared"))
REFERENCE = SHARED / "reference/paper_network"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="no reference of the paper's network")


def random_network(kind=EndToEnd):
    """Every number random, the statistics of batch norm too."""
    generator = torch.manual_seed(0)
    network = kind()
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2, generator=generator)
        elif value.is_floating_point() and value.dim() < 2:
            value.normal_(0, 0.1, generator=generator)
    return network.eval()


def random_input(frames, height, width):
    generator = torch.Generator().manual_seed(frames)
    stack = torch.rand(1, 3, frames, height, width, generator=generator) * 2 - 1
    focus = torch.rand(1, frames, 1, 1, generator=generator)
    return stack, focus, torch.linspace(1.08, 1, frames).view(1, 1, frames, 1, 1)


def predict(model, pictures, focus):
    """Depth by an imported network."""
    return won_jeon.run_network(won_jeon.open_network(sessions_for(Resources()), model), pictures, focus)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """An End_to_End checkpoint of random numbers, and the folder it was imported into."""
    folder = tmp_path_factory.mktemp("paper")
    network = random_network()
    torch.save(network.state_dict(), folder / "check_point.pth")
    assert main(["import-weights", str(folder / "check_point.pth"), "--output", str(folder)]) == DONE
    return network, folder


@needs_reference
def test_names_and_shapes_are_the_authors():
    lines = (REFERENCE / "keys.txt").read_text().splitlines()
    entries = [f"{name} {tuple(value.shape)}" for name, value in EndToEnd().state_dict().items()]
    assert len(lines) == 522 and sorted(entries) == sorted(line.strip() for line in lines)


@needs_reference
def test_numbers_are_the_authors():
    network = load_network(REFERENCE / "random_state_dict.safetensors")
    with np.load(REFERENCE / "parity.npz") as file:
        parity = {name: torch.from_numpy(file[name]).float() for name in file.files}
    with torch.no_grad():
        outputs = network(parity["stack"], parity["focus"], parity["relative_fov"])
    for name, output in zip(("aligned", "d1", "d2", "d3", "d4"), outputs, strict=True):
        error = (output - parity[name].view_as(output)).abs().max().item()
        assert error < 1e-4, f"{name} is off by {error:.1e}"


@pytest.mark.parametrize("size", [(3, 96, 64), (7, 32, 64)])
def test_onnx_agrees_with_torch(imported, size):
    network, folder = imported
    stack, focus, relative_fov = random_input(*size)
    with torch.no_grad():
        aligned, *_, depth = network(stack, focus, relative_fov)
    assert (aligned - stack).abs().max() > 0.1
    run = {
        name: onnxruntime.InferenceSession(folder / name).run for name in os.listdir(folder) if "onnx" in name
    }
    feed = {"stack": stack.numpy(), "relative_fov": relative_fov.numpy()}
    (onnx_aligned,) = run[won_jeon.ALIGNMENT_FILE](["aligned"], feed)
    feed = {"stack": aligned.numpy(), "focus": focus.numpy()}
    (onnx_depth,) = run[won_jeon.DEPTH_FILE](["depth"], feed)
    assert np.abs(onnx_aligned - aligned.numpy()).max() < 1e-4
    assert np.abs(onnx_depth - depth.numpy()).max() < 1e-4


def test_stacks_of_a_batch_do_not_mix():
    network = random_network()
    pairs = zip(random_input(3, 32, 32), (x.flip(-1) for x in random_input(3, 32, 32)), strict=True)
    both = [torch.cat(pair) for pair in pairs]
    with torch.no_grad():
        together = network(*both)
        alone = network(*(x[1:] for x in both))
    assert all(torch.allclose(t[1:], a, atol=1e-5) for t, a in zip(together, alone, strict=True))


def test_pictures_are_padded_and_their_channels_reversed(imported):
    network, folder = imported
    rgb = np.random.default_rng(0).random((4, 50, 70, 3), dtype=np.float32)
    focus = np.array([0.2, 0.5, 1.0, 2.0])
    depth = predict(folder / won_jeon.DEPTH_FILE, rgb, focus)
    assert depth.shape == (50, 70) and depth.dtype == np.float32
    bgr = torch.from_numpy(rgb[..., ::-1] * 2 - 1).permute(3, 0, 1, 2)[None]
    padded = torch.nn.functional.pad(bgr, (0, 26, 0, 14, 0, 0), mode="replicate")
    with torch.no_grad():
        expected = network.DFF_net(padded, torch.tensor(focus).float().view(1, 4, 1, 1))[-1]
    assert np.abs(depth - expected[0, 0, :50, :70].numpy()).max() < 1e-4


@pytest.mark.parametrize("kind", [EndToEnd, DepthNetwork])
@pytest.mark.parametrize("dress", ["plain", "parallel", "wrapped", "safetensors", "half"])
def test_checkpoints_of_both_kinds_load(tmp_path, kind, dress):
    network = random_network(kind)
    entries, path = network.state_dict(), tmp_path / "check_point.pth"
    if dress == "safetensors":
        path = path.with_suffix(".safetensors")
        safetensors_torch.save_file(entries, path)
    else:
        if dress == "parallel":
            entries = {f"module.{name}": value for name, value in entries.items()}
        if dress == "half":
            network.half().float()
            entries = {name: v.half() if v.is_floating_point() else v for name, v in entries.items()}
        torch.save({"epoch": 3, "state_dict": entries} if dress == "wrapped" else entries, path)
    loaded = load_network(path)
    assert isinstance(loaded, kind) and not loaded.training
    for name, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value), name


class RunsCode:
    def __reduce__(self):
        return os.mkdir, ("executed",)


def without(name):
    return {key: value for key, value in DepthNetwork().state_dict().items() if key != name}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (RunsCode(), "without running code"),
        ([1, 2], "holds no state dict"),
        ({"epoch": 1}, "no entry FM_measure.Focus_extraction.0.0.weight"),
        (without("dres0.0.0.weight"), "no entry dres0.0.0.weight"),
        (
            without("") | {"classif3.0.weight": torch.zeros(2, 8, 1, 1, 1)},
            "classif3.0.weight has shape (2, 8",
        ),
    ],
)
def test_anything_else_is_refused(tmp_path, monkeypatch, capsys, content, message):
    monkeypatch.chdir(tmp_path)
    torch.save(content, "wrong.pth")
    assert main(["import-weights", "wrong.pth", "--output", "out"]) == INPUT_AT_FAULT
    assert message in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["wrong.pth"]


def test_files_that_are_no_checkpoint(tmp_path):
    for name in ("text.pth", "text.safetensors"):
        (tmp_path / name).write_text("hello")
        with pytest.raises(InputError, match=f"{name} is not a checkpoint"):
            load_network(tmp_path / name)
    with pytest.raises(InputError, match="does not exist"):
        load_network(tmp_path / "missing.pth")


def test_an_imported_network_is_found(tmp_path, monkeypatch):
    torch.save(random_network(DepthNetwork).state_dict(), tmp_path / "check_point.pth")
    monkeypatch.setenv("FOCAL_DEPTH_PAPER_WEIGHTS", str(tmp_path / "weights"))
    with pytest.raises(InputError, match="import-weights"):
        won_jeon.find_imported_model()
    assert main(["import-weights", str(tmp_path / "check_point.pth")]) == DONE
    assert won_jeon.find_imported_model() == tmp_path / "weights" / won_jeon.DEPTH_FILE
    assert sorted(os.listdir(tmp_path / "weights")) == sorted([won_jeon.DEPTH_FILE, won_jeon.TORCH_FILE])


def test_other_models_are_refused(imported, tmp_path):
    _, folder = imported
    (tmp_path / "text.onnx").write_text("hello")
    stack, focus = np.zeros((2, 32, 32, 3), np.float32), np.array([0, 1])
    for path in (folder / won_jeon.ALIGNMENT_FILE, tmp_path / "text.onnx", tmp_path / "missing.onnx"):
        with pytest.raises(InputError, match=path.name):
            predict(path, stack, focus)


def test_estimate_runs_with_the_imported_network(imported, tmp_path):
    _, folder = imported
    for index in range(3):
        picture = np.random.default_rng(index).integers(0, 255, (70, 90, 3), np.uint8)
        write_photograph(tmp_path / f"{index}.png", picture)
    (tmp_path / "focus_distance.txt").write_text("3\n2\n1\n")
    model = str(folder / won_jeon.DEPTH_FILE)
    assert main(["estimate", str(tmp_path), "--output", str(tmp_path / "r"), "--network", model]) == DONE
    assert read_description(tmp_path / "r")["network"] == model
