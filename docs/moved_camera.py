"""Make docs/moved_camera.md and .jpg: what a moved camera sees of a mesh, against the true render.

python -m docs.moved_camera DIR [--blender .venv-bpy4.5/bin/python]: renders into DIR what is not there yet.
The depth given to `focal-depth mesh` is exact, so that the mesh alone is judged.
"""

import argparse
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import flip_evaluator
import numpy as np
from focal_depth.geometry.pinhole import Pinhole
from focal_depth.io.colour import srgb_decode
from focal_depth.io.result_folder import open_result, read_depth, write_result
from focal_depth.lens.camera import Camera

from rendering.moves import ORBIT, SHOWN, STEPS, moves, within_reference

DOCS = Path(__file__).resolve().parent
METHODS = {
    "ours": "ours, 500k triangles",
    "former": "ours, until 2026-11-28",
    "uncut grid": "uncut grid",
    "displaced plane": "displaced plane",
}
MIN_ALPHA = 0.5  # of a pixel: below it the picture has a hole there
MAX_HOLES = 0.5  # percent
MIN_COUNTED = 0.1  # of a picture: a move with less in view that the reference camera saw is not counted
WIDTH = 1600  # of the picture
QUALITY = 88
ABOUT = f"""Made by `python -m docs.moved_camera`. Scenes of `rendering/scenes.py`, rendered by Cycles
through a pinhole, and exact depth: of these a mesh is made and rendered from cameras that have moved left,
right or up by a part of the scene's median depth, or have turned by {ORBIT:g} degrees about the point at
that depth straight ahead, and compared with the scene itself seen from there.

Counted are the pixels whose true surface point lies within the reference picture, hidden there or not: no
mesh shows what the photograph has cut off at its border; *all* counts that too. A pixel is a hole where
less than {MIN_ALPHA:.0%} of it is covered; holes are black in the pictures. FLIP is NVIDIA's perceptual
difference (Andersson et al., 2020), 0 the same and 1 the worst. The *uncut grid* has a vertex a pixel; the
*displaced plane* is such a grid at the median depth, displaced along its normal. *Until 2026-11-28* are
meshes of the build before hidden surfaces were continued as planes and textured; their views were put into
`views/former` by hand."""


@dataclass(frozen=True)
class Score:
    """One view of one method."""

    holes: float  # percent of the pixels whose true surface lies within the reference picture
    raw_holes: float  # percent of all pixels
    psnr: float  # dB, over the former
    flip: float  # mean, over the former


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--blender", type=Path, default=".venv-bpy4.5/bin/python", metavar="PYTHON")
    options = parser.parse_args()
    _run(options.blender, "-m", "rendering.moved_camera", options.folder)
    scenes = sorted(path.parent for path in options.folder.glob("*/camera.json"))
    for scene in scenes:
        _make_mesh(scene)
    _run(options.blender, "-m", "rendering.mesh_views", options.folder)
    text = _report({scene.name: _measure(scene) for scene in scenes})
    print(text)
    (DOCS / "moved_camera.md").write_text(text)
    picture = np.concatenate([_row(scene) for scene in scenes])
    cv2.imwrite(str(DOCS / "moved_camera.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], cwd=DOCS.parent, check=True, stdout=subprocess.DEVNULL)


def _make_mesh(scene: Path) -> None:
    """`result` with the exact depth, and `mesh.npz` of it."""
    described = json.loads((scene / "camera.json").read_text())
    focus_distance = described.pop("focus_distance")
    camera = Camera(**described, f_number=None, assumed=(), up=None)
    if not (scene / "result").exists():
        depth = np.load(scene / "depth.npz")["depth"]
        picture = srgb_decode(_picture(scene / "reference.png")[0])
        with open_result(scene / "result") as output:
            write_result(output, depth, np.ones_like(depth), picture, _description(camera, focus_distance))
    _run(sys.executable, "-m", "focal_depth", "mesh", scene / "result", "--output", scene / "mesh.npz")


def _description(camera: Camera, focus_distance: float) -> dict:
    """Of the shortest stack: focused at infinity, and where the scene's camera is."""
    frames = [
        {
            "file": f"{number}.png",
            "focus_distance_m": distance,
            "source": "unknown",
            "normalised_focus": number,
            "dioptres": 1 / distance,
        }
        for number, distance in enumerate((math.inf, focus_distance))
    ]
    return {"metric": True, "camera": camera.describe(), "frames": frames, "warnings": []}


def _measure(scene: Path) -> dict:
    """All views of a scene: {method: {(direction, step): Score}}, and what the reference camera sees."""
    camera, depth = _camera(scene), np.load(scene / "depth.npz")["depth"]
    scores = {method: {} for method in METHODS}
    for move in moves(depth):
        true_depth = np.load(move.file(scene / "truth", ".npz"))["depth"]
        counted = within_reference(true_depth, camera, move)
        if counted.mean() < MIN_COUNTED:
            continue
        for method in METHODS:
            if (view := move.file(scene / "views" / method, ".png")).exists():
                truth = move.file(scene / "truth", ".png")
                scores[method][move.name, move.step] = _score(view, truth if move.is_shown else None, counted)
    return scores | {"reference": _reference(scene)}


def _score(view: Path, truth: Path | None, counted: np.ndarray) -> Score:
    """Of a view against the true picture, where there is one; (H, W) bool says which pixels count."""
    picture, alpha = _picture(view)
    holes = alpha < MIN_ALPHA
    psnr = flip = np.nan
    if truth is not None:
        true_picture, _ = _picture(truth)
        psnr = _psnr(true_picture, picture, counted)
        flip = flip_evaluator.evaluate(true_picture, picture, "LDR", applyMagma=False)[0][counted].mean()
    return Score(100 * holes[counted].mean(), 100 * holes.mean(), psnr, float(flip))


def _reference(scene: Path) -> dict:
    """What the reference camera sees of each method."""
    depth, _ = read_depth(scene / "result")
    photograph, _ = _picture(scene / "reference.png")
    reference = {}
    for method in METHODS:
        views, everywhere = scene / "views" / method, np.ones(depth.shape, bool)
        if not views.exists():
            continue
        picture, alpha = _picture(views / "reference.png")
        off = np.abs(np.load(views / "depth.npz")["depth"] / depth - 1)
        reference[method] = {
            "psnr": _psnr(photograph, picture, everywhere),
            "centres": _psnr(photograph, _picture(views / "centres.png")[0], everywhere),
            "holes": 100 * (alpha < MIN_ALPHA).mean(),
            "depth": 100 * np.median(off),
        }
    return reference


def _psnr(one: np.ndarray, other: np.ndarray, counted: np.ndarray) -> float:
    return float(-10 * np.log10(np.mean((one[counted] - other[counted]) ** 2)))


def _camera(scene: Path) -> Pinhole:
    described = json.loads((scene / "camera.json").read_text())
    return Pinhole(*(described[name] for name in ("fx", "fy", "cx", "cy")))


def _picture(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) float32 sRGB, 0..1, black where it is see-through, and alpha (H, W)."""
    pixels = np.float32(cv2.imread(str(path), cv2.IMREAD_UNCHANGED)) / 255
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], np.float32)
    return pixels[..., 2::-1] * alpha[..., None], alpha


def _report(scenes: dict) -> str:
    parts = [
        "# What a moved camera sees",
        ABOUT,
        f"## The camera moved by {SHOWN:.0%} of the median depth",
        "Means over left, right and up.",
        _moved(scenes, SHOWN),
        f"## The camera turned by {ORBIT:g} degrees about the scene",
        f"Means over left, right and up. The camera has moved by {math.tan(math.radians(ORBIT)):.0%} of the "
        "median depth by that.",
        _moved(scenes, ORBIT),
        "## How far it can move",
        _how_far(scenes),
        "## Not moved",
        "From the reference camera against the photograph, with Cycles' pixel filter (which blurs whatever "
        "it renders) and at the pixels' centres without it; Z against `depth.exr` (median).",
        _not_moved(scenes),
        f"![The truth, then each method, turned {ORBIT:g} degrees to the left](moved_camera.jpg)",
    ]
    return "\n\n".join(parts) + "\n"


def _moved(scenes: dict, step: float) -> str:
    rows = []
    for name, scores in [*scenes.items(), ("**mean**", None)]:
        for method, title in METHODS.items():
            among = [scores] if scores else scenes.values()
            shown = [score for each in among for (_, at), score in each[method].items() if at == step]
            if not shown:
                continue
            means = np.mean([(s.holes, s.raw_holes, s.psnr, s.flip) for s in shown], axis=0)
            rows.append(
                [
                    name,
                    title,
                    *(f"{value:.{digits}f}" for value, digits in zip(means, (2, 2, 2, 3), strict=True)),
                ]
            )
    return _table(["scene", "method", "holes %", "holes % (all)", "PSNR dB", "FLIP"], rows)


def _how_far(scenes: dict) -> str:
    """Holes of our mesh by the length of the move."""
    rows = []
    for name, scores in scenes.items():
        for direction in dict.fromkeys(name for name, step in scores["ours"] if step in STEPS):
            holes = {step: s.holes for (name, step), s in scores["ours"].items() if name == direction}
            rows.append([name, direction, *(_percent(holes.get(step)) for step in STEPS), _farthest(holes)])
    headline = f"Holes of our mesh in %; the farthest move up to which they stay at or below {MAX_HOLES} %. "
    headline += f"–: under {MIN_COUNTED:.0%} of the view was in the reference picture."
    return headline + "\n\n" + _table(["scene", "", *(f"{step:.1%}" for step in STEPS), "farthest"], rows)


def _percent(holes: float | None) -> str:
    return "–" if holes is None else f"{holes:.2f}"


def _farthest(holes: dict[float, float]) -> str:
    """Between steps linearly."""
    steps, shares = [0.0, *holes], [0.0, *holes.values()]
    for number in range(1, len(steps)):
        if shares[number] > MAX_HOLES:
            share = (MAX_HOLES - shares[number - 1]) / (shares[number] - shares[number - 1])
            return f"{steps[number - 1] + share * (steps[number] - steps[number - 1]):.1%}"
    return f"over {steps[-1]:.1%}"


def _not_moved(scenes: dict) -> str:
    rows = [
        [
            name,
            title,
            f"{reference['psnr']:.1f}",
            f"{reference['centres']:.1f}",
            f"{reference['holes']:.2f}",
            f"{reference['depth']:.3f}",
        ]
        for name, scores in scenes.items()
        for method, title in METHODS.items()
        if (reference := scores["reference"].get(method))
    ]
    return _table(["scene", "method", "PSNR dB", "at pixel centres", "holes %", "Z off by %"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _row(scene: Path) -> np.ndarray:
    """The truth and every method, turned to the left."""
    depth = np.load(scene / "depth.npz")["depth"]
    move = next(move for move in moves(depth) if move.name == "orbit left")
    paths = [move.file(scene / "truth", ".png")]
    paths += [move.file(scene / "views" / method, ".png") for method in METHODS]
    pictures = [_picture(path)[0][..., ::-1] for path in paths if path.exists()]
    row = np.round(255 * np.concatenate(pictures, 1)).astype(np.uint8)
    return cv2.resize(row, (WIDTH, round(row.shape[0] * WIDTH / row.shape[1])), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
