"""How the sets of results stand: python docs/ground.py RESULT [RESULT ...] [--stacks FOLDER].

Prints for each result what told its ground, how certain it is, and how far its camera is tilted down and
rolled clockwise. With --stacks, the folder of rendered stacks by the results' names, whose `depth.npz` is
true, also the angle to the plane that most of that depth lies on.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from focal_depth.depth.units import expected_error
from focal_depth.geometry.directions import angle_deg, tilt_deg
from focal_depth.geometry.grid import DepthMap
from focal_depth.geometry.mesh import build_mesh
from focal_depth.geometry.pinhole import Pinhole
from focal_depth.io.result_folder import read_description, read_scene

TRIANGLES = 500_000
TRIALS, SAMPLES = 4000, 20_000
EXACT = 0.0015  # relative: what lies on a plane of true depth


def true_normal(depth: np.ndarray, camera: Pinhole) -> np.ndarray:
    """Return the normal (3,) of the plane, facing upwards, that most of a true depth map lies on."""
    rays = camera.rays(np.arange(depth.shape[1])[None] + 0.5, np.arange(depth.shape[0])[:, None] + 0.5)
    rays, nearness = rays.reshape(-1, 3).astype(np.float64), 1 / depth.ravel().astype(np.float64)
    random = np.random.default_rng(0)
    some = random.choice(len(rays), SAMPLES)
    best, most = np.zeros(3), 0.0
    for trial in random.choice(some, (TRIALS, 3)):
        if abs(np.linalg.det(rays[trial])) < 1e-9:
            continue
        plane = np.linalg.solve(rays[trial], nearness[trial])
        share = np.mean(np.abs(rays[some] @ plane / nearness[some] - 1) < EXACT)
        if share > most and -plane[1] > 0.05 * np.linalg.norm(plane):
            best, most = plane, share
    on = np.abs(rays @ best / nearness - 1) < EXACT
    plane = np.linalg.lstsq(rays[on], nearness[on], rcond=None)[0]
    return -plane / np.linalg.norm(plane)


def line(result: Path, stacks: Path | None) -> str:
    """Return what is printed of a result."""
    description = read_description(result)
    camera = Pinhole(*(description["camera"][name] for name in ("fx", "fy", "cx", "cy")))
    depth, confidence, picture = read_scene(result)
    error = expected_error(confidence, description)
    source = DepthMap(depth, confidence, error, description["metric"])
    mesh, _ = build_mesh(source, picture, camera, TRIANGLES)
    if not len(mesh.ground):
        return f"| {result.name} | unsure | | | | |"
    normal = mesh.ground[:3].astype(np.float64)
    tilt, roll = tilt_deg(normal)
    truth = None if stacks is None else stacks / result.name / "depth.npz"
    off = ""
    if truth is not None and truth.is_file():
        true_depth = np.load(truth)["depth"]
        true_depth = cv2.resize(true_depth, depth.shape[::-1], interpolation=cv2.INTER_NEAREST)
        off = f"{angle_deg(normal, true_normal(true_depth, camera)):.1f}"
    told_by, certainty = str(mesh.ground_source), float(mesh.ground_certainty)
    return f"| {result.name} | {told_by} | {certainty:.2f} | {tilt:.1f} | {roll:.1f} | {off} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("results", nargs="+", type=Path, metavar="RESULT")
    parser.add_argument("--stacks", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    print("| stack | by | certainty | tilt down | roll | off the truth |\n|---|---|---|---|---|---|")
    for result in options.results:
        print(line(result, options.stacks), flush=True)


if __name__ == "__main__":
    main()
