"""Field curvature by planes of simulated scenes, lens profiles on disk, and the command that makes them."""

import dataclasses
import json
from pathlib import Path

import cv2
import focal_depth
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.lens.field_curvature import (
    FieldCurvature,
    correct_curvature,
    find_curvature,
    measure_texture,
)
from focal_depth.lens.profile import (
    AppliedCurvature,
    LensName,
    LensProfile,
    find_profile,
    fit_against_focus,
    profile_path,
    read_profile,
    write_profile,
)
from photographs import write_photograph

WIDTH, HEIGHT = 480, 320
ERROR = 0.015  # normalised dioptres: of a network, alike over patches of some pixels
X = ((np.arange(WIDTH) + 0.5) * 2 / WIDTH - 1)[None] * np.ones((HEIGHT, 1))
Y = ((np.arange(HEIGHT) + 0.5) * 2 - HEIGHT)[:, None] / WIDTH * np.ones((1, WIDTH))
SQUARE = X**2 + Y**2
CURVATURES = [(0.1, 0.0), (-0.07, 0.0), (0.05, 0.06)]


def room(random: np.random.Generator) -> np.ndarray:
    """True depth in normalised dioptres: a floor, two walls, and boxes, mugs and balls before them."""
    floor = 0.35 + random.uniform(0.6, 0.8) * (Y - 0.05)
    wall = 0.3 + random.uniform(-0.06, 0.06) * X
    depth = np.maximum(np.maximum(floor, wall), 0.25 + random.uniform(0.5, 0.7) * (X - 0.35))
    for kind in ("box", "mug", "ball") * 2:
        depth = with_thing(depth, kind, random)
    return depth


def table(random: np.random.Generator) -> np.ndarray:
    return 0.45 + random.uniform(0.25, 0.4) * Y + random.uniform(-0.1, 0.1) * X


def with_thing(depth: np.ndarray, kind: str, random: np.random.Generator) -> np.ndarray:
    x, y, radius = random.uniform(-0.8, 0.8), random.uniform(-0.5, 0.5), random.uniform(0.06, 0.18)
    right, down = X - x, Y - y
    front = depth[int((y + HEIGHT / WIDTH) * WIDTH / 2), int((x + 1) * WIDTH / 2)] + random.uniform(0.05, 0.2)
    if kind == "ball":
        height = radius**2 - right**2 - down**2
    elif kind == "mug":
        height = np.where(np.abs(down) < 1.3 * radius, radius**2 - right**2, -1)
    else:
        height = np.where(np.maximum(np.abs(right), np.abs(down)) < radius, 0.0, -1)
    thing = front + 0.6 * np.sqrt(np.maximum(height, 0))
    return np.where((height >= 0) & (thing > depth), thing, depth)


def seen_through(
    depth: np.ndarray, curvature: tuple[float, float], random: np.random.Generator
) -> np.ndarray:
    """Depth as a network infers it behind a lens of this curvature."""
    r2, r4 = curvature
    blotches = cv2.GaussianBlur(random.standard_normal(depth.shape), (0, 0), 6)
    bent = depth + r2 * SQUARE + r4 * SQUARE**2 + ERROR * blotches / blotches.std()
    return np.clip(bent + 0.01 * random.standard_normal(depth.shape), 0, 1).astype(np.float32)


def find(normalised: np.ndarray, texture: np.ndarray | None = None, is_flat: bool = False):
    texture = np.ones_like(normalised) if texture is None else texture
    return find_curvature(normalised, np.full_like(normalised, ERROR), texture, is_flat)


def bend(curvature: FieldCurvature | tuple[float, float]) -> float:
    """What is added at half the picture's width."""
    r2, r4 = (curvature.r2, curvature.r4) if isinstance(curvature, FieldCurvature) else curvature
    return r2 + r4


def unevenness(depth: np.ndarray) -> float:
    """Mean distance from the plane that fits best."""
    design = np.stack([X, Y, np.ones_like(X)], -1).reshape(-1, 3)
    return float(
        np.abs(depth.ravel() - design @ np.linalg.lstsq(design, depth.ravel(), rcond=None)[0]).mean()
    )


# Finding


@pytest.mark.parametrize("curvature", CURVATURES)
def test_curvature_is_measured_by_the_planes_of_a_room(curvature):
    random = np.random.default_rng(3)
    found = find(seen_through(room(random), curvature, random))
    assert found is not None
    assert bend(found) == pytest.approx(bend(curvature), rel=0.1)
    assert found.planes > 1 and 1 < found.reach < 1.3


def test_a_bend_that_no_lens_has_is_not_believed():
    for r2, is_believed in ((0.25, True), (0.35, False), (0.45, False)):
        random = np.random.default_rng(4)
        found = find(seen_through(room(random), (r2, 0.0), random))
        assert (found is not None) == is_believed, r2


def test_two_scenes_of_one_lens_agree():
    values = []
    for seed in (4, 5):
        random = np.random.default_rng(seed)
        found = find(seen_through(room(random), (0.08, 0.0), random))
        assert found is not None
        values.append(bend(found))
        assert abs(values[-1] - 0.08) < max(4 * found.uncertainty, 0.004)
    assert values[0] == pytest.approx(values[1], rel=0.1)


@pytest.mark.parametrize("scene", [room, table])
def test_a_flat_lens_is_left_alone(scene):
    for seed in range(3):
        random = np.random.default_rng(seed)
        assert find(seen_through(scene(random), (0.0, 0.0), random)) is None


def ball(radius: float) -> np.ndarray:
    front = np.sqrt(np.maximum(radius**2 - X**2 - Y**2, 0))
    return np.where(front > 0, 0.15 + 0.6 * front / radius, 0.1)


SHAPES = {
    "a face that fills the picture": 0.7 * np.sqrt(np.maximum(2 - SQUARE, 0)) - 0.15,
    "a ball before a wall": ball(0.5),
    "a column": 0.6 * np.sqrt(np.maximum(1.5 - X**2, 0)),
    "a bowl beside the middle": 0.2 + 0.3 * ((X - 0.6) ** 2 + Y**2) ** 1.5,
    "a wave": 0.5 + 0.15 * np.sin(4 * X + 1) * np.cos(3 * Y),
}


@pytest.mark.parametrize("name", SHAPES)
def test_curved_things_are_not_taken_for_the_lens(name):
    random = np.random.default_rng(1)
    assert find(seen_through(SHAPES[name], (0.0, 0.0), random)) is None


def test_a_table_alone_shows_a_hollow_bend_and_only_when_called_flat_a_bulge():
    hollow, bulge = (
        seen_through(table(np.random.default_rng(2)), curvature, np.random.default_rng(2))
        for curvature in ((0.08, 0.0), (-0.08, 0.0))
    )
    assert bend(find(hollow)) == pytest.approx(0.08, rel=0.1)
    assert find(bulge) is None
    assert bend(find(bulge, is_flat=True)) == pytest.approx(-0.08, rel=0.1)


def test_what_is_plain_has_no_say():
    random = np.random.default_rng(6)
    depth = seen_through(room(random), (0.1, 0.0), random)
    plain = X < -0.2
    invented = np.where(plain, 0.5 - 0.3 * SQUARE, depth).astype(np.float32)
    texture = np.where(plain, 0, 1).astype(np.float32)
    assert find(invented, texture) == find(depth, texture) != find(depth)
    assert find(invented) is None and find(depth, texture) is not None


@pytest.mark.filterwarnings("error")
def test_a_plane_in_one_corner_tells_nothing():
    """Of blocks that are held out in turn it is one alone: none is left to foretell it from."""
    texture = np.zeros_like(X)
    texture[:56, :56] = 1
    assert find((0.5 + 0.1 * X).astype(np.float32), texture) is None


def test_texture_is_what_comes_and_goes_with_focus():
    random = np.random.default_rng(7)
    sharp = random.random((64, 96)).astype(np.float32)
    sharp[:, 48:] = 0.5
    frames = [cv2.GaussianBlur(sharp, (0, 0), sigma) for sigma in (4, 0.5, 4)]
    noisy = [frame + 0.02 * random.standard_normal(frame.shape) for frame in frames]
    texture = measure_texture(np.repeat(np.stack(noisy)[..., None], 3, -1).astype(np.float32))
    width = texture.shape[1]
    left, right = texture[:, : width * 5 // 12], texture[:, width * 7 // 12 :]
    assert np.median(left) > 1 > 0.15 > np.median(right)


# Correcting


def test_correcting_takes_the_offset_out():
    curvature = FieldCurvature(0.1, 0.02, 0.01, reach=1.0, planes=3)
    flat = np.full((3, 4), 0.5, np.float32)
    # Pixels' centres at 0.25 and 0.75 of half the width, and at 0 and 0.5 of it in height.
    inner, outer = 0.25**2, min(0.75**2 + 0.5**2, 1)
    corrected = correct_curvature(flat, curvature)
    assert corrected.dtype == np.float32
    assert corrected[1, 1] == pytest.approx(0.5 - 0.1 * inner - 0.02 * inner**2, abs=1e-6)
    assert corrected[0, 0] == pytest.approx(0.5 - 0.1 * outer - 0.02 * outer**2, abs=1e-6)


def test_beyond_its_reach_the_offset_is_held():
    offsets = FieldCurvature(0.1, 0.5, 0.01, reach=0.5, planes=2).offsets((WIDTH, HEIGHT))
    assert offsets.max() == pytest.approx(0.1 * 0.25 + 0.5 * 0.0625, rel=1e-5)


@pytest.mark.parametrize("r2", [0.1, -0.1])
def test_depth_that_saturates_is_not_moved_into_the_range_and_order_stays(r2):
    curvature = FieldCurvature(r2, 0.0, 0.01, reach=1.2, planes=2)
    levels = np.linspace(-0.05, 1.05, 45)
    corrected = np.stack([correct_curvature(np.full((6, 8), v, np.float32), curvature) for v in levels])
    assert np.all(np.diff(corrected, axis=0) > 0)
    assert corrected[levels <= 0].max() <= 0 and corrected[levels >= 1].min() >= 1


def test_a_curvature_of_one_scene_flattens_another():
    random = np.random.default_rng(8)
    found = find(seen_through(room(random), (0.12, 0.03), random))
    other = seen_through(table(random), (0.12, 0.03), random)
    assert found is not None
    assert unevenness(correct_curvature(other, found)) < unevenness(other) / 2


# Profiles

NAME = LensName("NIKON D3100", "18-55 mm f/3.5-5.6", 0.05)
PROFILE = LensProfile(
    NAME, "by hand", FieldCurvature(0.068, -0.01, 0.007, 1.1, 4), (-0.032,), None, (0.01, -0.002)
)


@pytest.fixture(autouse=True)
def profiles(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("FOCAL_DEPTH_PROFILES", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


def test_a_profile_is_read_as_it_was_written(tmp_path):
    write_profile(PROFILE, tmp_path / "new" / "lens.json")
    assert read_profile(tmp_path / "new" / "lens.json") == PROFILE
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lens.json"]
    assert "distortion" not in json.loads((tmp_path / "new" / "lens.json").read_text())


def test_a_profile_serves_its_lens_alone(profiles):
    write_profile(PROFILE, profile_path(NAME))
    assert profile_path(NAME).parent == profiles
    assert find_profile(NAME) == (PROFILE, profile_path(NAME))
    others = ({"focal_length": 0.055}, {"lens": None}, {"camera": "NIKON D3200"}, {"camera": "NIKON-D3100"})
    for other in others:
        assert find_profile(dataclasses.replace(NAME, **other)) is None


def changed(**values: object) -> str:
    return json.dumps({"kind": "Focal Depth lens profile", "format": 1, "camera": "A", "lens": None,
                       "focal_length_mm": 50, "source": "b", **values})  # fmt: skip


BENT = {"r2": 0.1, "r4": 0, "uncertainty": 0.01, "reach": 1, "planes": 2}
BAD = [
    "", "[]", "{}", "null", "\0", "[" * 100_000, changed(kind="picture"), changed(camera=""),
    changed(camera="a\x1b[2J"), changed(focal_length_mm="50"), changed(focal_length_mm=0), changed(lens=3),
    changed(focal_length_mm=True), changed(breathing=[]), changed(breathing=[1e300]), changed(breathing=0.1),
    changed(breathing=[None]), changed(field_curvature={}), changed(field_curvature=BENT | {"planes": 0}),
    changed(field_curvature=BENT | {"reach": 9}), changed(field_curvature=BENT | {"uncertainty": -1}),
    changed(field_curvature=BENT | {"r2": float("nan")}), changed(field_curvature=[1, 2]),
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_a_bad_profile_is_refused_in_one_sentence(tmp_path, text):
    path = tmp_path / "lens.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not a lens profile: ") as refusal:
        read_profile(path)
    assert str(path) in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_good_profile_is_none_of_those(tmp_path):
    (tmp_path / "lens.json").write_text(changed(field_curvature=BENT, breathing=[0.1, 0]))
    assert read_profile(tmp_path / "lens.json").breathing == (0.1, 0.0)


def test_a_newer_or_a_missing_profile_is_refused(tmp_path):
    (tmp_path / "lens.json").write_text(changed(format=2))
    with pytest.raises(InputError, match="newer"):
        read_profile(tmp_path / "lens.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_profile(tmp_path / "none.json")


def test_what_goes_with_focus_is_fitted_and_noise_is_not():
    dioptres, random = np.linspace(0, 4, 9), np.random.default_rng(1)
    line = fit_against_focus(dioptres, 0.3 - 0.02 * dioptres + 1e-4 * random.standard_normal(9))
    assert line == pytest.approx((-0.02,), rel=0.02)
    bent = fit_against_focus(dioptres, 0.03 * dioptres - 0.004 * dioptres**2)
    assert bent == pytest.approx((0.03, -0.004))
    assert fit_against_focus(dioptres, 0.01 * random.standard_normal(9)) is None
    assert fit_against_focus(dioptres[:2], dioptres[:2]) is None


# Of stacks: photographs of a textured plane through a lens that is not flat

FRAMES, NEAREST = 7, 4.0  # dioptres, from 1
SPAN = NEAREST - 1.0
KAPPA = 0.3  # dioptres at half the width: a tenth of the span
SIZE = 320, 224


def write_bracket(folder: Path, slope: float, seed: int, distances: bool = True) -> Path:
    """Photographs of a plane that leans by `slope` normalised dioptres a half width; 14 px of blur a span."""
    width, height = SIZE
    x, y = np.meshgrid(*((np.arange(n) + 0.5 - n / 2) / (width / 2) for n in SIZE))
    sharp_at = 0.48 + slope * y + KAPPA / SPAN * (x**2 + y**2)
    random = np.random.default_rng(seed)
    texture = sum(
        cv2.resize(random.standard_normal((height // n, width // n, 3)), SIZE, interpolation=cv2.INTER_CUBIC)
        * n**0.3
        for n in (1, 2, 4, 8)
    )
    texture = np.clip(0.45 + 0.11 * texture, 0, 1).astype(np.float32)
    radii = np.arange(0, 9, 0.75)
    levels = np.stack([cv2.filter2D(texture, -1, disc(radius)) for radius in radii])
    folder.mkdir()
    for index, position in enumerate(np.linspace(0, 1, FRAMES)):
        radius = 7 * np.abs(position - sharp_at) / 0.75
        low = np.minimum(radius.astype(int), len(radii) - 2)
        share = (radius - low)[..., None]
        rows, columns = np.indices((height, width))
        picture = (1 - share) * levels[low, rows, columns] + share * levels[low + 1, rows, columns]
        picture += 0.01 * random.standard_normal(picture.shape)
        exif = {"Exif.Image.Model": "Test Camera", "Exif.Photo.FNumber": "2/1"}
        if distances:
            exif["Exif.Photo.SubjectDistance"] = f"{round(1e6 / (1 + SPAN * position))}/1000000"
            # So short that the thin lens hardly breathes, as these pictures do not at all.
            exif["Exif.Photo.FocalLength"] = "1/1"
        pixels = np.clip(np.rint(255 * picture), 0, 255).astype(np.uint8)
        write_photograph(folder / f"{index}.jpg", pixels, exif)
    return folder


def disc(radius: float) -> np.ndarray:
    reach = int(np.ceil(radius)) + 1
    axis = np.arange(-reach, reach + 1)
    kernel = np.clip(radius + 0.5 - np.hypot(axis[:, None], axis[None]), 0, 1)
    return kernel / kernel.sum()


def test_a_calibrated_lens_is_flat_in_another_scene(tmp_path, command, profiles):
    done = command("calibrate", write_bracket(tmp_path / "wall", 0.05, 1), timeout=300)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[-1])
    assert path.parent == profiles and "Field curvature: +0." in done.stdout
    profile = read_profile(path)
    assert profile.name == LensName("Test Camera", None, 0.001)
    assert profile.field_curvature is not None
    assert bend(profile.field_curvature) == pytest.approx(KAPPA, rel=0.1)

    stack = focal_depth.read_stack([write_bracket(tmp_path / "floor", 0.3, 2)])
    bent, flat = (
        focal_depth.estimate(
            stack, focal_depth.Config(lens_profile=is_used), focal_depth.Resources(threads=1)
        )
        for is_used in (False, True)
    )
    assert bent.curvature.describe()["source"] == "none"
    applied = flat.describe()["lens_profile"]
    assert (applied["source"], applied["file"]) == ("file", str(path))
    assert applied["field_curvature"]["r2"] == pytest.approx(profile.field_curvature.r2, rel=1e-3)
    x, y = np.meshgrid(*((np.arange(n) + 0.5 - n / 2) / (SIZE[0] / 2) for n in SIZE))
    design = np.stack([x, y, np.ones_like(x)], -1).reshape(-1, 3)
    before, after = (
        np.abs(values - design @ np.linalg.lstsq(design, values, rcond=None)[0]).mean()
        for values in (bent.normalised.ravel(), flat.normalised.ravel())
    )
    assert after < before / 2, (before, after)


def test_calibrating_needs_distances(tmp_path, command):
    done = command("calibrate", write_bracket(tmp_path / "wall", 0.05, 1, distances=False))
    assert done.returncode == 2 and "focus distances" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_calibrating_needs_to_know_the_camera(tmp_path, command):
    for index in range(3):
        exif = {"Exif.Photo.SubjectDistance": f"{index + 1}/1"}
        write_photograph(tmp_path / f"{index}.jpg", exif=exif)
    done = command("calibrate", *sorted(tmp_path.glob("*.jpg")))
    assert done.returncode == 2 and "which camera" in done.stderr


def test_a_stack_without_distances_is_described_in_normalised_dioptres(tmp_path):
    curvature = FieldCurvature(0.1, 0.0, 0.01, 1.1, 3)
    own = AppliedCurvature(curvature).describe()
    assert own["source"] == "this stack" and own["file"] is None
    assert own["field_curvature"]["unit"] == "normalised dioptres"
    assert AppliedCurvature(curvature, span=2.0).describe()["field_curvature"]["r2"] == pytest.approx(0.2)
    assert AppliedCurvature().describe() == {"source": "none", "file": None, "field_curvature": None}


# The simulator


def test_simulated_lenses_have_the_curvature_that_is_recorded():
    torch = pytest.importorskip("torch")
    from focal_depth.research.simulation.apertures import aperture_kernels
    from focal_depth.research.simulation.layers import Layers, render
    from focal_depth.research.simulation.lens import ideal_lens
    from focal_depth.research.simulation.stacks import Material, simulate

    flat, curved = (
        simulate(4, (32, 48), 3, Material(), torch.Generator().manual_seed(6), without)
        for without in (frozenset({"curvature"}), frozenset())
    )
    is_curved = curved.lens.curvature.abs().sum(1) > 0
    assert torch.all(flat.lens.curvature == 0) and is_curved.any()
    assert torch.equal(flat.dioptres, curved.dioptres)
    assert torch.equal((flat.frames != curved.frames).flatten(1).any(1), is_curved)

    generator = torch.Generator().manual_seed(1)
    colour = torch.rand(1, 1, 3, 48, 96, generator=generator)
    wall = Layers(colour, torch.ones(1, 1, 1, 48, 96), torch.full((1, 1, 1, 48, 96), 0.2))
    positions = torch.linspace(0, 1, 11)[None]
    lens = dataclasses.replace(ideal_lens(torch.tensor([20.0])), curvature=torch.tensor([[0.4, 0.2]]))
    offsets = lens.focus_offsets((48, 96), 96)
    kernels = aperture_kernels(1, generator)
    frames = render(wall, positions, torch.tensor([20.0]), kernels, offsets=offsets)[0]
    error = (frames - colour[0]).abs().mean(1)
    assert int(error[:, 22:26, 46:50].mean((1, 2)).argmin()) == 2
    assert int(error[:, 22:26, :2].mean((1, 2)).argmin()) == 8
