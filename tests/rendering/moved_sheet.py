"""In a Blender of its own: look at a slanted sheet from a moved camera, print as JSON what is seen of it."""

import json
import sys
from pathlib import Path

import bpy
import numpy as np
from focal_depth.geometry.pinhole import Pinhole

from rendering import mesh_views
from rendering.moves import Move, shift, within_reference

WIDTH, HEIGHT, FOCAL = 96, 64, 90.0
NEAR, FAR = 1.5, 3.0
RIGHT, UP = 0.3, 0.12
folder = Path(sys.argv[1])


def pixels_of(path: Path) -> np.ndarray:
    """(H, W, 4) float32 as the file has them."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name, image.alpha_mode = "Non-Color", "STRAIGHT"
    pixels = np.empty((image.size[1], image.size[0], 4), np.float32)
    image.pixels.foreach_get(pixels.ravel())
    return pixels[::-1]


def write_picture(path: Path) -> np.ndarray:
    """Red grows to the right and green upwards, without detail that sampling could blur."""
    image = bpy.data.images.new("Picture", WIDTH, HEIGHT)
    pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
    pixels[..., 0], pixels[..., 1] = np.linspace(0.2, 0.8, WIDTH), np.linspace(0.2, 0.8, HEIGHT)[:, None]
    image.pixels.foreach_set(pixels.ravel())
    path.parent.mkdir()
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    return pixels[::-1]


camera = Pinhole(FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2)
# A plane: 1 / depth is linear over the picture.
depth = 1 / np.linspace(1 / FAR, 1 / NEAR, HEIGHT, dtype=np.float32)[:, None] * np.ones(WIDTH, np.float32)
np.savez(folder / "depth.npz", depth=depth)
focused = 1.0
image_distance = 0.05 * focused / (focused - 0.05)
described = {
    "focus_distance": focused,
    "focal_length": 0.05,
    "sensor_width": image_distance / FOCAL * WIDTH,
}
(folder / "camera.json").write_text(json.dumps(described))
picture = write_picture(folder / "result" / "all_in_focus.png")

move = Move("aside", 0.1, shift(RIGHT, UP))
sheet = mesh_views.uncut_grid(depth, camera, folder / "result")
mesh_views.render_views(folder, folder / "uncut", sheet, [move])
seen = pixels_of(move.file(folder / "uncut", ".png"))

# The plane's own depth from the moved camera, by its equation: 1 / depth = (c + b row) in the reference.
rows = np.arange(HEIGHT)[:, None] + 0.5
slope = (1 / NEAR - 1 / FAR) / (HEIGHT - 1)
start = 1 / FAR - 0.5 * slope
# row_reference = row - FOCAL UP / depth, so 1 / depth = (start + slope row) / (1 + slope FOCAL UP).
moved_depth = (1 + slope * FOCAL * UP) / (start + slope * rows) * np.ones(WIDTH)
expected = within_reference(moved_depth, camera, move, margin=0.0)
sure = within_reference(moved_depth, camera, move, margin=-2.0) == within_reference(
    moved_depth, camera, move, margin=2.0
)

reference = pixels_of(folder / "uncut" / "reference.png")
plane = mesh_views.displaced_plane(depth, camera, folder / "result")
print(
    "SEEN",
    json.dumps(
        {
            "share": float(expected.mean()),
            "wrong": int(((seen[..., 3] > 0.5) != expected)[sure].sum()),
            "unsure": float(1 - sure.mean()),
            "off": float(np.abs(reference[..., :2] - picture[..., :2]).max()),
            "depth_off": float(np.abs(np.load(folder / "uncut" / "depth.npz")["depth"] / depth - 1).max()),
            "plane_depths": sorted({round(float(-z), 4) for z in plane.vertices[:, 2]})[:: HEIGHT - 1],
            "plane_width": float(np.ptp(plane.vertices[:, 0])),
        }
    ),
)
