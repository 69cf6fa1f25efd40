"""Training learns, resumes exactly, and exports what ONNX Runtime computes alike."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from backend.messages import SilentReporter  # noqa: E402
from backend.networks.alignment import AlignmentNetwork, chain, warp  # noqa: E402
from backend.networks.depth import DepthNetwork  # noqa: E402
from backend.networks.export import export  # noqa: E402
from backend.networks.focal_depth import FocalDepthNetwork  # noqa: E402
from backend.simulation.bank import read_shards  # noqa: E402
from backend.training.crops import random_example  # noqa: E402
from backend.training.losses import alignment_loss  # noqa: E402
from backend.training.trainer import Training, train  # noqa: E402


def test_an_example_is_undone_by_its_own_motion(bank):
    random = np.random.default_rng(4)
    for _ in range(8):
        example = random_example(read_shards(bank), (48, 64), random)
        aligned = warp(example.stack, example.motion, mode="bicubic")[..., 12:-12, 12:-12]
        moved = example.stack[..., 12:-12, 12:-12]
        # Neighbours, whose blur differs least, look more alike once aligned.
        assert (aligned[1:] - aligned[:-1]).abs().mean() <= (moved[1:] - moved[:-1]).abs().mean() * 1.05


def test_steps_chain_to_motion():
    steps = torch.tensor([[1.1, 0.1, 0.0], [0.9, 0.0, 0.2]])
    # Frame 1: x -> 0.9 x, y -> 0.9 y + 0.2; frame 0 after that: x -> 1.1 x + 0.1, y -> 1.1 y.
    expected = [[0.99, 0.1, 0.22], [0.9, 0.0, 0.2], [1.0, 0.0, 0.0]]
    np.testing.assert_allclose(chain(steps), expected, atol=1e-6)
    picture = torch.zeros(1, 1, 10, 10)
    assert alignment_loss(chain(steps), steps, chain(steps), picture) < 0.01


def test_the_same_seed_gives_the_same_weights_also_after_a_break(bank, tmp_path):
    def run(name: str, *stops: int) -> dict:
        for steps in stops:
            settings = Training(bank, tmp_path / name, steps=6, crops=1, crop_size=(48, 64), save_every=3)
            network = train(settings, SilentReporter(), until=steps)
        return network.state_dict()

    whole, resumed = run("whole", 6), run("resumed", 3, 6)
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, rtol=0, atol=0)


def test_a_few_steps_lower_the_error(bank, tmp_path):
    examples = [random_example(read_shards(bank), (48, 64), np.random.default_rng(n)) for n in range(12)]

    def error(network) -> float:
        with torch.no_grad():
            found = [network.depth(warp(e.stack, e.motion), e.positions)[0] for e in examples]
        return np.mean([(d - e.dioptres).abs().mean() for d, e in zip(found, examples, strict=True)])

    settings = Training(bank, tmp_path, steps=100, crops=2, crop_size=(48, 64), learning_rate=8e-3)
    untrained = train(settings, SilentReporter(), until=0)
    assert error(train(settings, SilentReporter())) < 0.95 * error(untrained)


@pytest.mark.parametrize("shape", [(2, 64, 96), (9, 96, 64)])
def test_the_export_computes_what_torch_does(tmp_path, shape):
    import onnxruntime

    torch.manual_seed(1)
    network = FocalDepthNetwork().eval()
    export(network, tmp_path)
    count, height, width = shape
    stack, positions = torch.rand(count, 3, height, width), torch.linspace(0, 1, count)
    with torch.no_grad():
        expected = [*network.alignment(stack), *network.depth(stack, positions)]
    feeds = {"alignment": {"stack": stack.numpy()}}
    feeds["depth"] = feeds["alignment"] | {"positions": positions.numpy()}
    found = [
        output
        for name, feed in feeds.items()
        for output in onnxruntime.InferenceSession(tmp_path / f"{name}.onnx").run(None, feed)
    ]
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_shipped_networks_have_the_shipped_weights():
    """The safetensors file and the ONNX files in backend/weights are one and the same network."""
    import onnxruntime
    from safetensors.torch import load_file

    from backend.engines.ours import WEIGHTS

    network = FocalDepthNetwork().eval()
    network.load_state_dict(load_file(WEIGHTS / "focal_depth.safetensors"))
    stack, positions = torch.rand(4, 3, 64, 64), torch.linspace(0, 1, 4)
    with torch.no_grad():
        motion, _ = network.alignment(stack)
        depth, _ = network.depth(stack, positions)
    run = {n: onnxruntime.InferenceSession(WEIGHTS / f"{n}.onnx") for n in ("alignment", "depth")}
    np.testing.assert_allclose(run["alignment"].run(None, {"stack": stack.numpy()})[0], motion, atol=1e-4)
    feed = {"stack": stack.numpy(), "positions": positions.numpy()}
    np.testing.assert_allclose(run["depth"].run(None, feed)[0], depth, atol=1e-4)


def test_networks_take_any_number_of_frames():
    stack = torch.rand(60, 3, 32, 48)
    with torch.no_grad():
        assert AlignmentNetwork()(stack)[0].shape == (60, 3)
        assert DepthNetwork()(stack[:2], torch.tensor([0.0, 1.0]))[0].shape == (32, 48)
