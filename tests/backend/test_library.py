"""`import focal_depth`: an estimate in memory, and a folder only where it is asked for."""

import json
import subprocess
import sys
import threading

import focal_depth
import numpy as np
import pytest
from focal_depth import Cancelled, Config, InputError, Overrides, Resources, Result, estimate, read_stack
from focal_depth.batch.single import Request, estimate_to_folder
from focal_depth.contract.messages import STAGES, WRITE
from focal_depth.contract.schema import VERSION
from focal_depth.io.result_folder import read_depth, read_description, read_linear_picture
from focal_depth.runtime.progress import SilentReporter
from photographs import PROJECT, write_slanted

OVERRIDES = Overrides(focus_distances={"0.png": 2.0, "2.png": 0.5})
SIZE = 112, 160  # (H, W)
LOADED = """
import sys
before = set(sys.modules)
import focal_depth
print(*{name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    return read_stack([write_slanted(tmp_path_factory.mktemp("library") / "bracket")], OVERRIDES)


@pytest.fixture(scope="module")
def reports() -> list[tuple[str, int, int]]:
    """What the estimate of `result` has reported."""
    return []


@pytest.fixture(scope="module")
def result(stack, reports) -> Result:
    return estimate(stack, progress=lambda *report: reports.append(report))


def run_python(script: str) -> str:
    line = [sys.executable, "-c", script]
    return subprocess.run(line, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def test_importing_it_loads_no_library():
    """The add-on's panel imports the contract while Blender starts."""
    assert run_python(LOADED).split() == ["focal_depth"]
    contract = [path.stem for path in sorted((PROJECT / "backend" / "contract").glob("[!_]*.py"))]
    imports = "; ".join(f"import focal_depth.contract.{name}" for name in contract)
    assert run_python(LOADED.replace("import focal_depth", imports)).split() == ["focal_depth"]


def test_what_it_offers_is_there():
    for name in focal_depth.__all__:
        assert getattr(focal_depth, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = focal_depth.nothing


def test_arrays_have_the_shapes_and_units_of_the_docs(stack, result):
    for name in ("depth", "dioptres", "uncertainty", "confidence", "normalised", "normalised_uncertainty"):
        array = getattr(result, name)
        assert array.shape == SIZE and array.dtype == np.float32, name
        assert np.isfinite(array).all(), name
    assert result.all_in_focus.shape == (*SIZE, 3)
    assert result.is_metric and result.stack.frames == stack.frames
    np.testing.assert_allclose(result.dioptres * result.depth, 1, rtol=1e-5)
    np.testing.assert_allclose(result.uncertainty, result.normalised_uncertainty * (2 - 0.5), rtol=1e-6)
    np.testing.assert_allclose(result.confidence, np.exp(-10 * result.normalised_uncertainty), rtol=1e-5)
    assert result.uncertainty.min() > 0
    left, right = result.depth[:, :40], result.depth[:, -40:]
    assert np.median(right) < 0.8 < 1.2 < np.median(left)
    assert result.camera.fx > 0 and result.gains.shape == (3, 3)


def test_stages_are_reported_in_order(reports, result):
    stages = list(dict.fromkeys(stage for stage, _, _ in reports))
    assert stages == [stage for stage in STAGES if stage != WRITE]
    assert list(result.seconds) == stages
    for stage in stages:
        steps = [done / of for name, done, of in reports if name == stage]
        assert steps == sorted(steps) and 0 <= steps[0] <= steps[-1] <= 1


def test_what_is_written_is_what_is_in_memory_to_the_bit(tmp_path, stack, result):
    result.write(tmp_path / "r")
    depth, confidence = read_depth(tmp_path / "r")
    np.testing.assert_array_equal(depth, result.depth)
    np.testing.assert_array_equal(confidence, result.confidence.astype(np.float16))
    picture, numbers = read_linear_picture(tmp_path / "r")
    assert picture.dtype == result.all_in_focus.dtype
    np.testing.assert_array_equal(picture, result.all_in_focus)
    np.testing.assert_array_equal(numbers, result.frame_numbers)
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "all_in_focus.png",
        "depth.exr",
        "depth.png",
        "result.json",
    ]
    description = read_description(tmp_path / "r")
    assert (description["format"], description["metric"], description["warnings"]) == (
        VERSION,
        True,
        list(result.warnings),
    )


def test_the_command_writes_the_same_to_the_bit(tmp_path, stack, result):
    request = Request(Config(), Resources(), saves_aligned=True)
    estimate_to_folder(stack, tmp_path / "command", request, SilentReporter())
    result.write(str(tmp_path / "library"), aligned=result.aligned_frames())
    by_command, by_library = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("command", "library")
    )
    assert set(by_command) - set(by_library) == {"cache.npz"}
    for name in set(by_library) - {"result.json", "depth.exr"}:
        assert by_command[name] == by_library[name], name
    for read in (read_depth, read_linear_picture):
        for one, other in zip(read(tmp_path / "command"), read(tmp_path / "library"), strict=True):
            np.testing.assert_array_equal(one, other)
    one, other = (json.loads(files["result.json"]) for files in (by_command, by_library))
    assert one.pop("fingerprint")
    assert one | {"timings": {}} == other | {"timings": {}}


def test_two_threads_estimate_at_once_with_resources_of_their_own(stack, result):
    outcomes: dict[int, Result | BaseException] = {}

    def work(threads: int) -> None:
        try:
            outcomes[threads] = estimate(stack, resources=Resources(threads=threads, device="cpu"))
        except BaseException as error:
            outcomes[threads] = error

    threads = [threading.Thread(target=work, args=(count,)) for count in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [1, 2, 3]
    for outcome in outcomes.values():
        assert isinstance(outcome, Result), outcome
        np.testing.assert_allclose(outcome.normalised, result.normalised, atol=1e-4)


def test_a_caller_that_cancels_hears_of_it(stack):
    def stop(stage: str, done: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        estimate(stack, progress=stop)


def test_relative_depth_says_so(stack):
    relative = estimate(read_stack([frame.path for frame in stack.frames]), Config(alignment="none"))
    assert not relative.is_metric
    assert any("relative" in warning for warning in relative.warnings)
    span = np.ptp(relative.stack.counted_dioptres)
    np.testing.assert_allclose(relative.uncertainty, relative.normalised_uncertainty * span, rtol=1e-5)
    assert relative.describe()["alignment"]["method"] == "none"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"config": Config(predictor="nobody.onnx")}, "nobody.onnx does not exist"),
        ({"resources": Resources(max_memory=1e6)}, "is too little for 3 photographs"),
    ],
)
def test_what_cannot_be_is_one_sentence(stack, arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        estimate(stack, **arguments)


def test_somebody_elses_folder_stays(tmp_path, result):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files than a Focal Depth result"):
        result.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
