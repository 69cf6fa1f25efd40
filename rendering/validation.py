"""Render validation stacks: `python -m rendering.validation --output DIR [--stacks 12] [--seed 1]`.

With `--surroundings plain` things stand before a backdrop of one colour; `hard` has clutter, gloss and bare
surfaces, and its focus leaves out a third of the scene. With `--long-side 4243 --samples 6` they have 12
megapixels; the same scenes, finer.

Each stack is a folder: frames `NN.jpg` from far to near, `focus.csv`, `depth.npz` (`depth`, (H, W) float32
metres, planar, on the grid of the last frame, which is the reference), `truth/all_in_focus.png`, what a
pinhole would show on that grid, and `truth.json`.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from math import atan
from pathlib import Path

import numpy as np
from focal_depth.lens.thin_lens import circle_of_confusion, image_distance

from . import camera as cameras
from . import frames, scenes

STOPS = (1.2, 1.4, 1.7, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
FRAME_COUNTS = (6, 8, 10)
LONG_SIDE, ASPECT = 480, 2 / 3
SAMPLES, NOISE = 14, 0.03
PINHOLE_SAMPLES, PINHOLE_NOISE = (
    8,
    0.005,
)  # times the samples of a photograph: the picture without blur is truth
JPEG_QUALITY = 95


@dataclass(frozen=True)
class Kind:
    """A kind of camera: millimetres, metres, degrees; pairs are ranges to draw from."""

    name: str
    theme: str
    focal_lengths: tuple[float, ...]
    stops: tuple[float, ...]
    sensor_widths: tuple[float, ...]
    near: tuple[float, float]
    far: tuple[float, float]
    pitch: tuple[float, float]


KINDS = (
    Kind("phone", "still life", (4.4,), (1.7,), (5.6, 6.4, 7.0), (0.085, 0.12), (0.6, 1.0), (24, 34)),
    Kind("dslr", "still life", (50,), STOPS[2:6], (36, 23.5), (0.6, 0.9), (2.0, 4.0), (9, 15)),
    Kind("macro", "still life", (100,), STOPS[5:], (36, 23.5), (0.3, 0.34), (0.42, 0.5), (14, 22)),
    Kind("cine", "street", (35, 50, 75), STOPS[1:5], (24,), (1.6, 2.6), (5.0, 9.0), (7, 12)),
)


@dataclass(frozen=True)
class Surroundings:
    """What makes scenes easy or hard.

    Attributes
    ----------
    finish
        Of surfaces.
    things
        How many, from and to below.
    missed
        Share of the scene's range in dioptres that no frame's focus reaches, at either end or at both.
    bounces
        Of light, by which gloss mirrors things.
    """

    finish: scenes.Finish = scenes.TEXTURED
    things: tuple[int, int] = (8, 16)
    missed: float = 0.0
    bounces: int = 0


SURROUNDINGS = {
    "usual": Surroundings(),
    "plain": Surroundings(scenes.Finish(is_ground_plain=True), things=(2, 8)),
    "hard": Surroundings(scenes.Finish(plain=0.5, gloss=0.3), things=(14, 26), missed=1 / 3, bounces=2),
}


@dataclass(frozen=True)
class Film:
    """What a picture is made of: pixels of its longer side, and samples of a pixel."""

    long_side: int = LONG_SIDE
    samples: int = SAMPLES

    def size(self, portrait: bool) -> tuple[int, int]:
        long, short = self.long_side, round(self.long_side * ASPECT)
        return (short, long) if portrait else (long, short)


def render_stack(
    folder: Path,
    data: Path,
    index: int,
    seed: int,
    film: Film,
    surroundings: Surroundings = SURROUNDINGS["usual"],
    attempt: int = 0,
) -> None:
    """Build a scene, meter it, spread the focus over the depth it has, and photograph it."""
    rng = np.random.default_rng((seed, index, attempt) if attempt else (seed, index))
    kind = KINDS[index % len(KINDS)]
    hand_held = (index + index // 4) % 3 == 0  # a third; every kind, with every number of frames
    portrait = index % 5 == 4
    size = film.size(portrait)
    focal_length = rng.choice(kind.focal_lengths) / 1000
    width = rng.choice(kind.sensor_widths) / 1000 * (ASPECT if portrait else 1)
    near, far = rng.uniform(*kind.near), rng.uniform(*kind.far)

    field_of_view = 2 * atan(width / 2 / image_distance(focal_length, 1 / near))
    view = scenes.view_of(rng.uniform(*kind.pitch), field_of_view, size[0] / size[1], near, far)
    scenes.empty_scene()
    builder = scenes.SceneBuilder(data, scenes.MODELS[kind.theme], rng, surroundings.finish)
    builder.build(view, things=int(rng.integers(*surroundings.things)))
    camera = cameras.add_camera(view.height, view.pitch)
    cameras.set_up_cycles(size, film.samples, NOISE, surroundings.bounces, denoise=True)

    lens = cameras.Lens(focal_length, kind.stops[0], width)
    depth = cameras.depth_truth(camera, lens, cameras.Frame(near))
    if np.percentile(depth, 2) < near / 2:  # a thing stands before the lens
        return render_stack(folder, data, index, seed, film, surroundings, attempt + 1)
    dioptres = _focus_dioptres(depth, FRAME_COUNTS[index % len(FRAME_COUNTS)], surroundings.missed, rng)
    blur = rng.uniform(9, 20) * film.long_side / LONG_SIDE
    lens = cameras.Lens(focal_length, _stop(lens, kind.stops, dioptres, size[0], blur), width)
    photographs = frames.drifting_frames(dioptres, hand_held, rng)
    cameras.meter(camera, lens, photographs[-1])

    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "depth.npz", depth=cameras.depth_truth(camera, lens, photographs[-1]))
    for number, frame in enumerate(photographs):
        cameras.photograph(camera, lens, frame, folder / f"{number:02d}.jpg", JPEG_QUALITY)
    cameras.set_up_cycles(
        size, PINHOLE_SAMPLES * film.samples, PINHOLE_NOISE, surroundings.bounces, denoise=True
    )
    cameras.picture(camera, lens, photographs[-1], folder / "truth" / "all_in_focus.png")
    _write_focus(folder, lens, photographs)
    description = {"kind": kind.name, "hand_held": hand_held, "seed": [seed, index], "size": size}
    (folder / "truth.json").write_text(
        json.dumps(description | frames.describe(lens, photographs, size[0]), indent=1)
    )


def _focus_dioptres(depth: np.ndarray, count: int, missed: float, rng: np.random.Generator) -> np.ndarray:
    """(count,) dioptres, far to near, over the depth the scene has, less what is missed; half uneven."""
    far, near = np.percentile(1.0 / depth, (2, 98))
    if missed:
        gap, share = missed * (near - far), rng.choice((0.0, 0.5, 1.0))
        far, near = far + share * gap, near - (1 - share) * gap
    step = (near - far) / (count - 1)
    uneven = rng.integers(2) * rng.uniform(-0.3, 0.3, count) * step
    uneven[[0, -1]] = 0.0
    return np.linspace(far, near, count) + uneven


def _stop(
    lens: cameras.Lens, stops: tuple[float, ...], dioptres: np.ndarray, width: int, blur: float
) -> float:
    """The f-number whose widest circle of confusion comes nearest to `blur` pixels."""
    widest = [
        circle_of_confusion(lens.focal_length, stop, dioptres[-1], dioptres[0]) / lens.sensor_width * width
        for stop in stops
    ]
    return stops[int(np.argmin(np.abs(np.log(np.array(widest) / blur))))]


def _write_focus(folder: Path, lens: cameras.Lens, photographs: list[cameras.Frame]) -> None:
    with open(folder / "focus.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "focus_distance_m", "focal_length_mm", "f_number", "sensor_width_mm"])
        for number, frame in enumerate(photographs):
            millimetres = f"{lens.focal_length * 1000:.6g}", lens.f_number, f"{lens.sensor_width * 1000:.6g}"
            writer.writerow([f"{number:02d}.jpg", f"{frame.focus_distance:.6f}", *millimetres])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--stacks", type=int, default=12, metavar="K")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--surroundings", choices=tuple(SURROUNDINGS), default="usual")
    parser.add_argument("--only", type=int, nargs="*", metavar="INDEX", help="some of the stacks")
    parser.add_argument("--long-side", type=int, default=LONG_SIDE, metavar="PIXELS")
    parser.add_argument("--samples", type=int, default=SAMPLES, metavar="N", help="of a pixel")
    options = parser.parse_args()
    data, film = scenes.shared_data(), Film(options.long_side, options.samples)
    surroundings = SURROUNDINGS[options.surroundings]
    for index in options.only or range(options.stacks):
        folder = options.output.resolve() / f"{index:02d}_{KINDS[index % len(KINDS)].name}"
        render_stack(folder, data, index, options.seed, film, surroundings)


if __name__ == "__main__":
    main()
