"""How long a mesh takes into Blender, and how long an edit of its modifier takes.

    .venv-bpy4.5/bin/python benchmarks/mesh_in_blender.py        (any Python that has bpy)

One million vertices shall go in within a second, and an edit on half a million triangles take less than
one. Every line tells the least of five runs in seconds, and the processor time of all threads.
"""

import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rendering  # noqa: F401  (it makes the add-on a package, `focal_depth_extension`)

# isort: split
from focal_depth_extension.focal_depth_addon import compat
from focal_depth_extension.focal_depth_addon.scene import mesh, modifier

RUNS = 5
EDITS = (  # input, its value before and after
    ("Near", 1.0, 0.9),
    ("Far", 2.0, 3.0),
    ("Depth Scale", 1.0, 2.0),
    ("Cut Angle", math.radians(0.12), 0.0),
    ("Smoothing", 0, 10),
    ("Smoothing", 0, 100),
    ("Background", True, False),
)


def wavy_grid(side: int) -> dict[str, np.ndarray]:
    """side x side vertices between 1 m and 2 m; every tenth row of faces is a bridge, the last tenth of all
    faces background."""
    u, v = np.meshgrid(*[np.linspace(0, 1, side, dtype=np.float32)] * 2)
    depth = 1.5 + 0.5 * np.sin(20 * u) * np.cos(20 * v)
    index = np.arange(side * side, dtype=np.int32).reshape(side, side)
    corners = index[1:, :-1], index[1:, 1:], index[:-1, 1:], index[:-1, :-1]
    below, above = ([corners[each].ravel() for each in three] for three in ((0, 1, 2), (0, 2, 3)))
    faces = np.stack([np.stack(below, axis=-1), np.stack(above, axis=-1)], axis=1).reshape(-1, 3)
    row = np.arange(len(faces)) // (2 * (side - 1))
    background = row > 0.9 * side
    return {
        "vertices": np.stack([(u - 0.5) * depth, (0.5 - v) * depth, -depth], axis=-1).reshape(-1, 3),
        "uvs": np.stack([u, 1 - v], axis=-1).reshape(-1, 2),
        "faces": faces,
        "gap": np.where((row % 10 == 0) & ~background, 0.1, 0).astype(np.float32),
        "background": background,
        "confidence": np.full(side * side, 0.5, np.float32),
    }


def timed(work: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> str:
    walls, processors = [], []
    for _ in range(RUNS):
        prepare()
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return f"{min(walls):6.3f} s, processor {min(processors):6.3f} s"


def set_input(built: bpy.types.Object, name: str, value: float) -> None:
    compat.set_modifier_input(modifier.find(built), name, value)
    bpy.context.view_layer.update()


def main() -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    print("Blender", bpy.app.version_string)
    arrays = wavy_grid(1000)
    data = bpy.data.meshes.new("mesh")
    timing = timed(lambda: mesh.fill(data, arrays, 1.0))
    print(f"{len(data.vertices):,} vertices, {len(data.polygons):,} triangles in: {timing}")

    mesh.fill(data, wavy_grid(501), 1.0)
    built = bpy.data.objects.new("mesh", data)
    bpy.context.scene.collection.objects.link(built)
    modifier.update(built, 1.0, 2.0, 0.12)
    print(f"Edits on {len(data.polygons):,} triangles:")
    for name, before, after in EDITS:
        back = partial(set_input, built, name, before)
        timing = timed(partial(set_input, built, name, after), back)
        back()
        print(f"  {name:11} {after:4}: {timing}")


if __name__ == "__main__":
    main()
