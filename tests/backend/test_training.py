"""Training learns, resumes exactly, and exports what ONNX Runtime computes alike."""

import copy
import csv
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from photographs import PROJECT

torch = pytest.importorskip("torch")

from focal_depth.cli.main import main  # noqa: E402
from focal_depth.contract.errors import InputError  # noqa: E402
from focal_depth.depth.focal_unet import GREY  # noqa: E402
from focal_depth.research.networks.alignment import AlignmentNetwork, chain  # noqa: E402
from focal_depth.research.networks.depth import DepthNetwork  # noqa: E402
from focal_depth.research.networks.focal_unet import FocalUnet  # noqa: E402
from focal_depth.research.simulation.bank import Shard, read_shards  # noqa: E402
from focal_depth.research.simulation.stacks import TRUTH_REACH, Material  # noqa: E402
from focal_depth.research.training import checkpoint  # noqa: E402
from focal_depth.research.training.examples import bank_source, simulation_source  # noqa: E402
from focal_depth.research.training.losses import EDGE_WEIGHT, alignment_loss, depth_loss  # noqa: E402
from focal_depth.research.training.objectives import FocalUnetObjective, WonJeonObjective, export, undo_motion  # noqa: E402
from focal_depth.research.training.trainer import TrainingConfig, train  # noqa: E402
from focal_depth.runtime.progress import SilentReporter  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

HERE = Path(__file__).parent
SMALL = {"crops": 1, "crop_size": (64, 64), "save_every": 3}


def drawn(bank, aligned: bool, seed: int = 4, count: int = 4):
    return bank_source(read_shards(bank), 2)(count, (64, 64), aligned, torch.Generator().manual_seed(seed))


def test_an_example_is_undone_by_its_own_motion(bank):
    for seed in range(6):
        examples = drawn(bank, aligned=False, seed=seed)
        inside = (..., slice(12, -12), slice(12, -12))
        aligned, moved = undo_motion(examples.stack, examples.motion)[inside], examples.stack[inside]
        # Neighbours, whose blur differs least, look more alike once aligned.
        assert aligned.diff(dim=1).abs().mean() <= moved.diff(dim=1).abs().mean() * 1.05


def test_aligned_examples_are_off_by_a_fraction_of_a_pixel(bank):
    motion = drawn(bank, aligned=True).motion - torch.tensor([1.0, 0.0, 0.0])
    assert 0 < motion.abs().max() * 32 < 1


@pytest.mark.parametrize("hand_held", [False, True])
def test_a_part_of_a_stack_counts_depth_from_its_own_ends(hand_held):
    """What the other frames were focused on lies beyond them, as things do that no focus reaches."""
    depth, positions = 0.125, np.linspace(0, 1, 5, dtype=np.float32)
    shard = Shard(
        np.zeros((2, 5, 80, 80, 3), np.uint8),
        np.full((2, 80, 80), depth, np.float16),
        np.stack([positions, positions]),
        np.full(2, hand_held),
    )
    draw = bank_source([shard], 2)
    seen = [draw(4, (64, 64), True, torch.Generator().manual_seed(seed)) for seed in range(40)]
    assert all((each.positions[:, 0] == 0).all() and (each.positions[:, -1] == 1).all() for each in seen)
    values = {round(float(value), 4) for each in seen for value in each.dioptres.unique()}
    ends = [(far, near) for near in positions for far in positions if near - far >= 0.5]
    if hand_held:  # its depth is that of the nearest frame
        ends = [(far, near) for far, near in ends if near == 1]
    possible = {round(float(max((depth - far) / (near - far), -TRUTH_REACH)), 4) for far, near in ends}
    possible |= set() if hand_held else {round(1 - value, 4) for value in possible}
    assert values <= possible
    assert depth in values and min(values) < 0


def test_examples_can_be_simulated_on_the_way():
    examples = simulation_source(Material(), 2)(2, (64, 64), False, torch.Generator().manual_seed(1))
    assert examples.stack.shape[0] == 2 and examples.stack.shape[2:] == (3, 64, 64)
    assert examples.positions.shape == examples.stack.shape[:2]
    assert examples.stack.min() >= 0 and examples.stack.max() <= 1


def test_depth_edges_count_more():
    truth = torch.zeros(1, 32, 64)
    truth[:, :, 32:] = 0.5
    at_edge, far_away = truth.clone(), truth.clone()
    at_edge[:, :, 30:32] += 0.1
    far_away[:, :, 2:4] += 0.1
    ratio = depth_loss(at_edge, truth) / depth_loss(far_away, truth)
    assert ratio == pytest.approx(1 + EDGE_WEIGHT, rel=0.1)  # of the full weight, at a jump this high


def test_steps_chain_to_motion():
    steps = torch.tensor([[[1.1, 0.1, 0.0], [0.9, 0.0, 0.2]]])
    # Frame 1: x -> 0.9 x, y -> 0.9 y + 0.2; frame 0 after that: x -> 1.1 x + 0.1, y -> 1.1 y.
    expected = [[[0.99, 0.1, 0.22], [0.9, 0.0, 0.2], [1.0, 0.0, 0.0]]]
    np.testing.assert_allclose(chain(steps), expected, atol=1e-6)
    picture = torch.zeros(1, 1, 10, 10)
    assert alignment_loss(chain(steps), steps, chain(steps), picture) < 0.01


@pytest.mark.parametrize("network", ["focal_unet", pytest.param("won_jeon", marks=pytest.mark.torture)])
def test_the_same_seed_gives_the_same_weights_also_after_a_break(bank, tmp_path, network):
    def run(name: str, *stops: int) -> dict:
        for steps in stops:
            settings = TrainingConfig(tmp_path / name, network, bank, steps=6, **SMALL)
            settings.output.mkdir(exist_ok=True)
            trained = train(settings, SilentReporter(), until=steps)
        return trained.state_dict()

    whole, resumed = run("whole", 6), run("resumed", 3, 6)
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, rtol=0, atol=0)
    assert (tmp_path / "whole/log.png").stat().st_size > 1000
    with (tmp_path / "resumed/log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["3", "6"]
    assert all(float(value) < 5 for row in rows for name, value in row.items() if name.startswith("d"))
    if network == "focal_unet":  # only every 24th step aligns
        assert [row["align"] == "nan" for row in rows] == [False, True]


def test_a_checkpoint_comes_in_small_pieces_and_knows_its_network(tmp_path):
    objective = WonJeonObjective()
    average, optimizer = copy.deepcopy(objective.network), torch.optim.AdamW(objective.parameters())
    for parameter in objective.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    for step, name in ((1, "won_jeon"), (2, "paper")):  # as version 0.1 called it
        checkpoint.save(tmp_path, name, step, objective.network, average, optimizer)
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(sizes) > 60e6 and max(sizes) < 16 * 2**20
    fresh = WonJeonObjective()
    other = torch.optim.AdamW(fresh.parameters())
    assert checkpoint.load(tmp_path, "won_jeon", fresh.network, copy.deepcopy(fresh.network), other) == 2
    for one, two in zip(fresh.parameters(), objective.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)
    with pytest.raises(InputError, match="another network"):
        checkpoint.load(tmp_path, "focal_unet", fresh.network, average, other)


def test_a_run_may_begin_with_weights(bank, tmp_path):
    torch.manual_seed(3)
    wanted = FocalUnet()
    save_file(wanted.state_dict(), tmp_path / "weights.safetensors")
    settings = TrainingConfig(
        tmp_path / "run", bank=bank, start_from=tmp_path / "weights.safetensors", **SMALL
    )
    settings.output.mkdir()
    for name, value in train(settings, SilentReporter(), until=0).state_dict().items():
        torch.testing.assert_close(value, wanted.state_dict()[name], rtol=0, atol=0)
    save_file({"other": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="holds no weights"):
        train(replace(settings, start_from=tmp_path / "other.safetensors"), SilentReporter(), until=0)


def test_crops_larger_than_the_stacks_are_refused(bank, tmp_path, command):
    done = command("train", "--bank", bank, "--output", tmp_path, "--crop-size", 96, 96)
    assert done.returncode == 2
    assert "64 x 80 pixels" in done.stderr


def test_a_former_name_of_a_network_is_taken_with_a_notice_and_an_unknown_one_is_refused(
    bank, tmp_path, capsys
):
    options = ["train", "--bank", str(bank), "--output", str(tmp_path), "--crop-size", "64", "64"]
    options += ["--until", "0"]
    assert main([*options, "--network", "ours"]) == 0
    assert "--network ours is called focal_unet now" in capsys.readouterr().err
    assert (tmp_path / "depth.onnx").exists()
    assert main([*options, "--network", "other"]) == 2
    assert "--network other: use focal_unet or won_jeon" in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused_at_once(bank, tmp_path, capsys):
    for arguments in (["train", "--bank", str(bank)], ["simulate"]):
        assert main([*arguments, "--output", str(tmp_path / "out"), "--device", "cuda"]) == 2
        assert "use --device cpu" in capsys.readouterr().err


def test_a_few_steps_lower_the_error(bank, tmp_path):
    examples = drawn(bank, aligned=True, seed=99, count=12)

    def error(network) -> float:
        with torch.no_grad():
            return (
                (network.depth(examples.stack - GREY, examples.positions)[0] - examples.dioptres).abs().mean()
            )

    settings = TrainingConfig(tmp_path, bank=bank, steps=60, **(SMALL | {"crops": 3, "save_every": 60}))
    untrained = error(train(settings, SilentReporter(), until=0))
    assert error(train(replace(settings, learning_rate=4e-3), SilentReporter())) < 0.8 * untrained


@pytest.mark.torture
def test_two_processes_train_one_network(bank, tmp_path):
    """Under torchrun each sees crops of its own, and the first one writes what both have learned."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += [
        "-m",
        "focal_depth",
        "train",
        "--bank",
        bank,
        "--output",
        tmp_path,
        "--steps",
        "3",
        "--crops",
        "1",
    ]
    command += ["--crop-size", "64", "64", "--device", "cpu"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("weights in") == 1
    together = load_file(tmp_path / "focal_depth.safetensors")
    alone = train(TrainingConfig(tmp_path / "alone", bank=bank, steps=3, **SMALL), SilentReporter(), until=3)
    differences = [(together[name] - value).abs().max() for name, value in alone.state_dict().items()]
    assert max(differences) > 0


@contextmanager
def train_together(bank, output, steps: int):
    """Two processes under torchrun, which begins anew from the checkpoint where one is lost."""
    output.mkdir()
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["--max-restarts", "1", HERE / "train_together.py", bank, output, str(steps)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment) as torchrun:
        try:
            yield torchrun
        finally:
            torchrun.terminate()  # and with it those it has begun


@pytest.mark.torture
def test_a_lost_process_changes_nothing(bank, tmp_path):
    """Killed in the middle: the others stop, all begin again at the checkpoint, and end where they would."""
    steps, whole, broken = 24, tmp_path / "whole", tmp_path / "broken"
    with train_together(bank, whole, steps) as torchrun:
        assert torchrun.wait(300) == 0
    with train_together(bank, broken, steps) as torchrun:
        deadline = time.monotonic() + 200
        while not (broken / "log.csv").exists():  # written after the first checkpoint
            assert time.monotonic() < deadline
            time.sleep(0.01)
        lost = int((broken / "process-1").read_text())
        os.kill(lost, signal.SIGKILL)
        assert torchrun.wait(300) == 0
    assert int((broken / "process-1").read_text()) != lost
    weights = {path.read_text() for folder in (whole, broken) for path in folder.glob("weights-*")}
    assert len(list(broken.glob("weights-*"))) == 2 and len(weights) == 1


@pytest.mark.parametrize("shape", [(2, 64, 96), (9, 96, 64)])
def test_the_export_computes_what_torch_does(tmp_path, shape):
    import onnxruntime

    torch.manual_seed(1)
    network = FocalUnet().eval()
    export(FocalUnetObjective(), network, tmp_path)
    count, height, width = shape
    stack, positions = torch.rand(count, 3, height, width), torch.linspace(0, 1, count)
    with torch.no_grad():
        expected = [*network.alignment(stack[None]), *network.depth(stack[None] - GREY, positions[None])]
    feeds = {"alignment": {"stack": stack.numpy()}}
    feeds["depth"] = {"stack": stack.numpy() - GREY, "positions": positions.numpy()}
    on_onnx = [
        output
        for name, feed in feeds.items()
        for output in onnxruntime.InferenceSession(tmp_path / f"{name}.onnx").run(None, feed)
    ]
    for one, other in zip(expected, on_onnx, strict=True):
        np.testing.assert_allclose(one[0], other, atol=1e-4)


def test_convolutions_are_added_up_in_place(tmp_path):
    """ONNX Runtime does so where the file names the sizes of what they give, and names are true."""
    import onnx
    import onnxruntime
    from focal_depth.weights import DEPTH_MODEL

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns that an optimised file is for this computer only
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    onnxruntime.InferenceSession(DEPTH_MODEL, options, providers=["CPUExecutionProvider"])
    optimised = onnx.load(options.optimized_model_filepath).graph.node
    stages = 7
    assert sum(node.op_type == "Conv" and len(node.input) == 4 for node in optimised) >= 2 * stages

    model = onnx.load(DEPTH_MODEL)
    named = {
        value.name: [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in model.graph.value_info
    }
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in named)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for count, height, width in ((2, 96, 64), (9, 64, 160)):
        sizes = {"frames": count, "height": height, "width": width}
        stack = np.zeros((count, 3, height, width), np.float32)
        feed = {"stack": stack, "positions": np.linspace(0, 1, count, dtype=np.float32)}
        for name, values in zip(named, session.run([*named], feed), strict=True):
            assert [eval(str(size), {}, sizes) for size in named[name]] == list(values.shape), name


def test_the_papers_network_trained_here_runs_like_an_imported_one(tmp_path):
    from focal_depth.depth.won_jeon import DEPTH_FILE
    from focal_depth.research.evaluation.predict import predict

    objective = WonJeonObjective()
    export(objective, objective.network, tmp_path)
    pictures = np.random.default_rng(1).random((4, 64, 64, 3), np.float32)
    depth = predict(pictures, np.linspace(0, 1, 4, dtype=np.float32), str(tmp_path / DEPTH_FILE)).normalised
    assert depth.shape == (64, 64) and depth.min() >= 0 and depth.max() <= 1


def test_shipped_networks_have_the_shipped_weights():
    """The safetensors file and the ONNX files in backend/weights are one and the same network."""
    import onnxruntime
    from focal_depth.weights import ALIGNMENT_MODEL, DEPTH_MODEL, TORCH_WEIGHTS

    network = FocalUnet().eval()
    network.load_state_dict(load_file(TORCH_WEIGHTS))
    stack, positions = torch.rand(4, 3, 64, 64), torch.linspace(0, 1, 4)
    with torch.no_grad():
        motion, depth = (
            network.alignment(stack[None])[0][0],
            network.depth(stack[None] - GREY, positions[None])[0][0],
        )
    run = {model.stem: onnxruntime.InferenceSession(model) for model in (ALIGNMENT_MODEL, DEPTH_MODEL)}
    np.testing.assert_allclose(run["alignment"].run(None, {"stack": stack.numpy()})[0], motion, atol=1e-4)
    feed = {"stack": stack.numpy() - GREY, "positions": positions.numpy()}
    np.testing.assert_allclose(run["depth"].run(None, feed)[0], depth, atol=1e-4)


def test_networks_take_any_number_of_frames():
    stack = torch.rand(2, 60, 3, 32, 64)
    with torch.no_grad():
        assert AlignmentNetwork()(stack)[0].shape == (2, 60, 3)
        for frames in (2, 60):
            positions = torch.linspace(0, 1, frames).expand(2, frames)
            assert DepthNetwork()(stack[:, :frames], positions)[0].shape == (2, 32, 64)
