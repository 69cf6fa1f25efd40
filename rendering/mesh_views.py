"""What meshes of those scenes show to a moved camera: `python -m rendering.mesh_views DIR`.

DIR is what `rendering.moved_camera` rendered, with a `result` folder and its `mesh.npz` (`focal-depth mesh`)
in every scene's folder. Into `views/METHOD/` go pictures, see-through where there is no surface, from moved
cameras and from the reference camera (`centres.png` without the pixel filter), and `depth.npz` as the latter
sees it.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from focal_depth.geometry.pinhole import Pinhole

from . import camera as cameras
from . import scenes
from .moved_camera import stand_at
from .moves import Move, moves

SAMPLES, NOISE, BOUNCES = 4, 0, 0


@dataclass(frozen=True)
class Sheet:
    """A mesh in the camera's space, with pictures on it."""

    vertices: np.ndarray  # (V, 3) float32 metres
    uvs: np.ndarray  # (V, 2) float32
    faces: np.ndarray  # (F, 3) int32
    pictures: list[Path]
    worn: np.ndarray  # (F,) int32: which of the pictures


def cut_mesh(arrays: dict, result: Path) -> Sheet:
    """The mesh as it is meant: open where it is cut, with the background behind."""
    kept = arrays["gap"] <= arrays["cut"]
    pictures = [result / "all_in_focus.png", result / "background.png"]
    worn = arrays["background"][kept].astype(np.int32)
    return Sheet(arrays["vertices"], arrays["uvs"], arrays["faces"][kept], pictures, worn)


def uncut_grid(depth: np.ndarray, camera: Pinhole, result: Path) -> Sheet:
    """A vertex a pixel, all of them connected, where the depth map has them: the rubber sheet."""
    u, v, depth = _pixels(depth)
    return _grid(u, v, camera.rays(u, v) * depth[..., None], result)


def displaced_plane(depth: np.ndarray, camera: Pinhole, result: Path) -> Sheet:
    """A plane that fills the view at the median depth, displaced along its normal only."""
    u, v, depth = _pixels(depth)
    vertices = camera.rays(u, v) * np.median(depth)
    vertices[..., 2] = -depth
    return _grid(u, v, vertices, result)


def _pixels(depth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the centres of pixels (H, W) and the picture's border are, and depth there.

    u (W+2,) rightwards, v (H+2, 1) downwards, depth (H+2, W+2); infinity goes to the farthest depth there is.
    """
    height, width = depth.shape
    u = np.concatenate([[0], np.arange(width) + 0.5, [width]])
    v = np.concatenate([[0], np.arange(height) + 0.5, [height]])[:, None]
    return u, v, np.pad(np.minimum(depth, depth[np.isfinite(depth)].max()), 1, mode="edge")


def _grid(u: np.ndarray, v: np.ndarray, vertices: np.ndarray, result: Path) -> Sheet:
    """All squares between vertices (R, C, 3) that show the picture at u (C,), v (R, 1)."""
    uvs = np.stack(np.broadcast_arrays(u / u[-1], 1 - v / v[-1]), -1).reshape(-1, 2)
    index = np.arange(len(uvs), dtype=np.int32).reshape(vertices.shape[:2])
    upper_left, lower_left = index[:-1, :-1].ravel(), index[1:, :-1].ravel()
    upper_right, lower_right = index[:-1, 1:].ravel(), index[1:, 1:].ravel()
    corners = [upper_left, lower_left, lower_right, upper_left, lower_right, upper_right]
    faces = np.stack(corners, 1).reshape(-1, 3)
    worn = np.zeros(len(faces), np.int32)
    return Sheet(vertices.reshape(-1, 3), uvs, faces, [result / "all_in_focus.png"], worn)


def add_sheet(sheet: Sheet) -> bpy.types.Object:
    """The sheet in Blender, as bright as its pictures."""
    mesh = bpy.data.meshes.new("Sheet")
    mesh.vertices.add(len(sheet.vertices))
    mesh.vertices.foreach_set("co", np.float32(sheet.vertices).ravel())
    mesh.loops.add(sheet.faces.size)
    mesh.loops.foreach_set("vertex_index", sheet.faces.ravel())
    mesh.polygons.add(len(sheet.faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, sheet.faces.size, 3, dtype=np.int32))
    mesh.polygons.foreach_set("material_index", sheet.worn)
    mesh.update(calc_edges=True)
    uvs = mesh.uv_layers.new(name="UVMap")
    uvs.data.foreach_set("uv", np.float32(sheet.uvs[sheet.faces.ravel()]).ravel())
    for path in sheet.pictures:
        mesh.materials.append(_luminous(path))
    thing = bpy.data.objects.new("Sheet", mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def _luminous(path: Path) -> bpy.types.Material:
    """The picture, lit by itself."""
    material = bpy.data.materials.new(path.name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture, emission = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeEmission")
    texture.image, texture.extension = bpy.data.images.load(str(path)), "EXTEND"
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(emission.outputs["Emission"], nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    material.cycles.emission_sampling = "NONE"  # nothing else is there to be lit
    return material


def render_views(folder: Path, views: Path, sheet: Sheet, seen_from: list[Move]) -> None:
    """The sheet from the reference camera of the scene in `folder`, and moved."""
    described = json.loads((folder / "camera.json").read_text())
    height, width = np.load(folder / "depth.npz")["depth"].shape
    views.mkdir(parents=True, exist_ok=True)
    scenes.empty_scene()
    camera = cameras.add_camera(0, 0)
    cameras.set_up_cycles((width, height), SAMPLES, NOISE, BOUNCES)
    bpy.context.scene.render.film_transparent = True
    add_sheet(sheet).matrix_world = camera.matrix_world
    lens = cameras.Lens(described["focal_length"], 1.0, described["sensor_width"])
    frame = cameras.Frame(described["focus_distance"])
    cameras.picture(camera, lens, frame, views / "reference.png", "RGBA")
    with _at_pixel_centres():
        cameras.picture(camera, lens, frame, views / "centres.png", "RGBA")
    np.savez_compressed(views / "depth.npz", depth=cameras.depth_truth(camera, lens, frame))
    stand = camera.matrix_world.copy()
    for move in seen_from:
        stand_at(camera, stand, move)
        cameras.picture(camera, lens, frame, move.file(views, ".png"), "RGBA")


@contextmanager
def _at_pixel_centres() -> Iterator[None]:
    """Without the pixel filter, which blurs a picture that has already been through one."""
    cycles = bpy.context.scene.cycles
    before = cycles.pixel_filter_type, cycles.filter_width
    cycles.pixel_filter_type, cycles.filter_width = "BOX", cameras.SMALLEST_PIXEL_FILTER
    yield
    cycles.pixel_filter_type, cycles.filter_width = before


def render_scene(folder: Path) -> None:
    """Our mesh from everywhere, and its peers where pictures are shown; these only once, for they stay."""
    described = json.loads((folder / "camera.json").read_text())
    camera = Pinhole(*(described[name] for name in ("fx", "fy", "cx", "cy")))
    depth, result = np.load(folder / "depth.npz")["depth"], folder / "result"
    everywhere = moves(depth)
    ours = cut_mesh(np.load(folder / "mesh.npz"), result)
    render_views(folder, folder / "views" / "ours", ours, everywhere)
    shown = [move for move in everywhere if move.is_shown]
    for name, peer in PEERS.items():
        views = folder / "views" / name
        if not shown[-1].file(views, ".png").exists():
            render_views(folder, views, peer(depth, camera, result), shown)


PEERS = {"uncut grid": uncut_grid, "displaced plane": displaced_plane}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    for folder in sorted(parser.parse_args().folder.resolve().glob("*_*")):
        render_scene(folder)


if __name__ == "__main__":
    main()
