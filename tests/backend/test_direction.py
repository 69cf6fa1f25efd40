"""Near or far first, from the pictures alone: what edges, fronts, the ground and breathing show."""

from functools import cache

import cv2
import numpy as np
import pytest
from focal_depth.io.header import photograph_size
from focal_depth.stack.direction import (
    CUES,
    EDGE_WEIGHTS,
    Direction,
    align_frames,
    gather_cues,
    judge_direction,
    measure_bulge,
    measure_direction,
    trace_edges,
)
from focal_depth.stack.focal_stack import Frame
from focal_depth.stack.names import natural_key
from focal_depth.stack.order import sequence_by_sharpness
from photographs import STACKS, write_photograph

SIZE = (280, 400)
WIDEST = 8.0  # pixels: radius of the circle of confusion over the focus range
FRAMES = 6
FAR_FIRST = ("lessthan_frames", "mobiledepth_keyboard", "owl", "sunsided_test1")
NEAR_FIRST = ("cocoa1", "fs_smallWorld", "fscli_dsc", "qraleq_set1", "ring_step", "room_pair_pixel3")


def texture(seed: int, brightness: float = 120, contrast: float = 60) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=SIZE).astype(np.float32)
    coarse = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.clip(brightness + contrast * coarse / coarse.std(), 5, 250)


def defocus(picture: np.ndarray, radius: float) -> np.ndarray:
    if radius < 0.5:
        return picture
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)


def windows_and_bars(is_near_before: bool) -> list[np.ndarray]:
    """Bars of one texture before another, far to near: above and below are alike, and nothing breathes.

    With `is_near_before` False the far bars hide the near ground, which no lens can show: blur of what is
    behind never spills over what is before it.
    """
    x = np.broadcast_to(np.arange(SIZE[1]), SIZE)
    bars = ((x // 50) % 2 == 0).astype(np.float32)
    before, behind = texture(1, 70, 25), texture(2, 180, 25)
    frames = []
    for place in np.linspace(0, 1, FRAMES):
        of_near, of_far = WIDEST * (1 - place), WIDEST * place
        of_before, of_behind = (of_near, of_far) if is_near_before else (of_far, of_near)
        share = defocus(bars, of_before)
        frame = defocus(before * bars, of_before) + (1 - share) * defocus(behind, of_behind)
        noise = np.random.default_rng(int(1000 * place)).normal(0, 1, SIZE)
        frames.append(np.clip(frame + noise, 0, 255).astype(np.uint8))
    return frames


def dome() -> list[np.ndarray]:
    """A textured dome before a plain ground, far to near."""
    y, x = (axis - side / 2 for axis, side in zip(np.mgrid[: SIZE[0], : SIZE[1]], SIZE, strict=True))
    height = np.sqrt(np.maximum(1 - (np.hypot(x, y) / 110) ** 2, 0)).astype(np.float32)
    is_dome = (np.hypot(x, y) < 110).astype(np.float32)
    picture = texture(3) * is_dome + 40 * (1 - is_dome)
    radii = np.linspace(0, WIDEST / 2, 12)
    blurred = np.stack([defocus(picture, radius) for radius in radii])
    frames = []
    for place in np.linspace(0, 1, FRAMES):
        level = np.rint(np.abs(place - height) * (len(radii) - 1)).astype(int)
        frames.append(np.take_along_axis(blurred, level[None], 0)[0].astype(np.uint8))
    return frames


@cache
def near_before() -> Direction:
    return judge_direction(windows_and_bars(is_near_before=True))


def test_blur_that_spills_over_shows_the_near_side():
    cues = dict(zip(CUES, near_before().cues, strict=True))
    assert cues["occlusion"] > 1
    assert max(abs(cues[name]) for name in CUES[1:]) < 0.3  # nothing else shows it
    assert near_before().log_odds > 0 and near_before().certainty > 0.5
    assert "spills over" in near_before().reason


def test_the_same_pictures_hidden_the_other_way_run_the_other_way():
    """The first frame is still focused on the same texture: only what hides what has changed."""
    direction = judge_direction(windows_and_bars(is_near_before=False))
    assert direction.cues[CUES.index("occlusion")] < -1
    assert direction.log_odds < 0


def test_reversed_frames_have_the_opposite_direction():
    direction = judge_direction(windows_and_bars(is_near_before=True)[::-1])
    np.testing.assert_array_equal(direction.cues, -near_before().cues)
    assert direction.certainty == near_before().certainty
    assert direction.reason == near_before().reason


def test_long_stacks_are_compared_by_some_of_their_frames():
    frames = windows_and_bars(is_near_before=True)
    often = [frame for frame in frames for _ in range(8)]
    assert judge_direction(often).cues[0] > 1


def test_fronts_come_forward_before_a_plain_ground():
    aligned, _ = align_frames(dome())
    assert measure_bulge(trace_edges(aligned)) > 0.5
    assert measure_bulge(trace_edges(aligned[::-1])) < -0.5
    aligned, _ = align_frames(windows_and_bars(is_near_before=True))
    assert measure_bulge(trace_edges(aligned)) == 0  # no plain ground


def test_edges_have_the_focus_of_what_they_belong_to():
    aligned, _ = align_frames(dome())
    edges = trace_edges(aligned)
    middle = (slice(110, 170), slice(170, 230))
    rim = np.zeros(SIZE, np.uint8)
    cv2.circle(rim, (200, 140), 110, 1, 3)
    assert np.median(edges.focus[middle][edges.is_edge[middle]]) > 0.85
    assert np.median(edges.focus[edges.is_edge & (rim > 0)]) < 0.4


def test_alignment_measures_and_removes_breathing():
    scene = texture(4)
    grown = [cv2.getRotationMatrix2D((199.5, 139.5), 0, 1 + 0.01 * i) for i in range(5)]
    frames = [cv2.warpAffine(scene, warp, SIZE[::-1], borderMode=cv2.BORDER_REFLECT) for warp in grown]
    aligned, magnification = align_frames([frame.astype(np.uint8) for frame in frames])
    assert magnification == pytest.approx(np.log(1.04), abs=0.003)
    inside = (slice(30, -30), slice(30, -30))
    residual = aligned[0][inside].astype(float) - aligned[-1][inside]
    assert residual.std() < 0.2 * aligned[0][inside].std()


def test_nothing_shows_in_two_plain_photographs(tmp_path):
    plain = np.full((120, 160, 3), 128, np.uint8)
    paths = [write_photograph(tmp_path / f"{i}.jpg", plain) for i in range(2)]
    sequence = sequence_by_sharpness(frames_of(paths))
    assert sequence.certainty == 0.5 and list(sequence.indices) == [0, 1]
    assert "as their file names run, since the pictures do not show it" in sequence.warnings[1]
    assert "unsure (50%)" in sequence.warnings[1]


@pytest.mark.parametrize("size", [(20, 30), (32, 48)])
def test_small_and_noisy_frames_are_no_error(size):
    noise = np.random.default_rng(0).integers(0, 255, (3, *size), dtype=np.uint8)
    assert np.isfinite(gather_cues(measure_direction(list(noise)), EDGE_WEIGHTS)).all()


def frames_of(paths: list) -> list[Frame]:
    return [Frame(path, *photograph_size(path)) for path in paths]


def real_photographs(name: str) -> list:
    folder = STACKS.parent / "real" / name
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}")
    return sorted((p for p in folder.iterdir() if p.suffix.lower() == ".jpg"), key=natural_key)


@pytest.mark.parametrize("name", [*FAR_FIRST, *NEAR_FIRST])
def test_real_stacks_without_distances(name):
    """Phones, a webcam, zooms and macro; `judge_direction` is the same for both orders, as tested above."""
    paths = real_photographs(name)
    sequence = sequence_by_sharpness(frames_of(paths))
    first, last = (paths.index(paths[sequence.indices[end]]) for end in (0, -1))
    assert (first < last) == (name in FAR_FIRST)
    assert 0.5 < sequence.certainty <= 1
    assert f"({sequence.certainty:.0%})" in sequence.warnings[1]


def test_a_stack_whose_names_do_not_run_with_focus():
    paths = {path.stem: path for path in real_photographs("yeuchi")}
    names = sorted(paths)
    sequence = sequence_by_sharpness(frames_of([paths[name] for name in names]))
    order = [names[i] for i in sequence.indices]
    assert order.index("far") < order.index("near")
