"""In a Blender of its own: photograph slanted planes, print as JSON what their depth tells of the camera.

A plane through (0, 2, 0) that is turned about one axis of the picture has 1/depth linear along the other:
1/depth = (1 - t (p - centre) / focal) / 2 with t the turn's tangent and p in pixels.
"""

import json
from math import pi, radians, tan

import bpy
import numpy as np

from rendering import camera as cameras
from rendering.scenes import empty_scene

DISTANCE, TURN, SIZE = 2.0, radians(30), (64, 48)
LENS = cameras.Lens(focal_length=0.05, f_number=2.0, sensor_width=0.036)
FRAMES = {
    "far": cameras.Frame(2.0),
    "near": cameras.Frame(0.5),
    "moved": cameras.Frame(0.5, scale=1.02, shift=(0.05, -0.03)),
}
ROTATIONS = {"x": (pi / 2, 0, TURN), "y": (pi / 2 + TURN, 0, 0)}  # by the axis along which depth changes


def camera_seen_by(depth: np.ndarray) -> dict:
    """Focal length and centre in pixels along a line of depths, and how far from straight 1/depth is."""
    pixels = np.arange(len(depth)) + 0.5
    slope, start = np.polyfit(pixels, 1 / depth, 1)
    focal = -tan(TURN) / (DISTANCE * slope)
    bend = np.abs(1 / (start + slope * pixels) - depth).max()
    return {"focal": focal, "centre": (DISTANCE * start - 1) * focal / tan(TURN), "bend": bend}


empty_scene()
camera = cameras.add_camera(height=0.0, pitch=0.0)
cameras.set_up_cycles(SIZE, samples=4, noise=0.1, bounces=0)
seen = {name: {} for name in FRAMES}
for axis, rotation in ROTATIONS.items():
    bpy.ops.mesh.primitive_plane_add(size=8, location=(0, DISTANCE, 0), rotation=rotation)
    for name, frame in FRAMES.items():
        depth = cameras.depth_truth(camera, LENS, frame).astype(np.float64)
        line = depth[SIZE[1] // 2] if axis == "x" else depth[:, SIZE[0] // 2]
        seen[name][axis] = camera_seen_by(line)
    bpy.data.objects.remove(bpy.context.object)
print("SEEN", json.dumps(seen))
