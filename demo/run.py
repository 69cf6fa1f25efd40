"""The sample, from photographs to demo/output/: a .blend, a .glb and a composite picture.

    python demo/run.py EXTENSION.zip        (a Python that has bpy, nothing else)

Installs the extension into clean preferences and works with its operators, as a person would.
"""

import json
import os
import shutil
import sys
import tempfile
from math import radians
from pathlib import Path

PREFERENCES = tempfile.mkdtemp(prefix="focal-depth-demo-")
os.environ["BLENDER_USER_RESOURCES"] = PREFERENCES  # before bpy looks for them

import bpy  # noqa: E402
import numpy as np  # noqa: E402
from mathutils import Matrix, Vector  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample"
OUTPUT = ROOT / "demo" / "output"
EXTENSION = "bl_ext.user_default.focal_depth"

# Places in the sample's picture: x from the left edge and y from the upper one, 0 to 1.
TABLE = ((0.08, 0.92), (0.50, 0.95), (0.92, 0.92), (0.45, 0.60), (0.08, 0.35), (0.92, 0.60))
FOOT = (0.44, 0.60)  # where the object stands on the table
HEIGHT = 0.26  # of the object, in picture heights


def main() -> None:
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    bpy.ops.extensions.package_install_files(
        filepath=str(Path(sys.argv[1]).resolve()), repo="user_default", enable_on_install=True
    )
    try:
        run()
    finally:  # what stays registered when Python ends would crash Blender
        bpy.ops.preferences.addon_disable(module=EXTENSION)
        shutil.rmtree(PREFERENCES, ignore_errors=True)


def run() -> None:
    blend = str(OUTPUT / "focal_depth.blend")
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0  # no .blend1
    bpy.ops.wm.save_as_mainfile(filepath=blend)  # so that paths are stored relative to it

    print("Estimating depth", flush=True)
    bpy.ops.focal_depth.estimate(directory=str(SAMPLE), output=str(OUTPUT / "result"))
    bpy.ops.focal_depth.build_mesh()
    scene = bpy.context.scene
    mesh = next(each for each in scene.objects if each.type == "MESH")
    export_glb(mesh, scene.camera, OUTPUT / "focal_depth.glb")

    photograph = Photograph(mesh, json.loads((OUTPUT / "result" / "result.json").read_text()))
    stand_object_on_table(photograph)
    light(scene, photograph)
    bpy.ops.focal_depth.depth_pass()
    print("Rendering the composite", flush=True)
    render(scene, OUTPUT / "composite.png")
    bpy.ops.wm.save_mainfile(compress=True)
    print("Made:", *sorted(str(path) for path in OUTPUT.iterdir()), sep="\n  ")


class Photograph:
    """Where things in the picture are in space, in the mesh's own coordinates: the camera's."""

    def __init__(self, mesh: bpy.types.Object, description: dict) -> None:
        self.mesh = mesh
        self._size, self._camera = description["size"], description["camera"]
        points = np.array([self.point(place) for place in TABLE])
        self._centre = Vector(points.mean(axis=0))
        normal = Vector(np.linalg.svd(points - points.mean(axis=0))[2][2])  # least squares
        self._up = normal if normal.y > 0 else -normal

    def ray(self, place: tuple[float, float]) -> Vector:
        """From the camera through a place in the picture, to depth 1."""
        (width, height), camera = self._size, self._camera
        across = (place[0] * width - camera["cx"]) / camera["fx"]
        down = (place[1] * height - camera["cy"]) / camera["fy"]
        return Vector((across, -down, -1.0))

    def point(self, place: tuple[float, float]) -> Vector:
        """What the mesh shows at a place in the picture."""
        found, where, _, _ = self.mesh.ray_cast((0, 0, 0), self.ray(place))
        assert found, "the mesh covers the whole picture"
        return where

    def on_table(self, place: tuple[float, float]) -> Matrix:
        """World frame on the table: z up from it, -y towards the camera."""
        ray = self.ray(place)
        origin = ray * (self._centre.dot(self._up) / ray.dot(self._up))
        away = (-origin.normalized().cross(self._up)).cross(self._up).normalized()
        axes = Matrix((away.cross(self._up), away, self._up)).transposed().to_4x4()
        return self.mesh.matrix_world @ Matrix.Translation(origin) @ axes

    def metres(self, heights: float, place: tuple[float, float]) -> float:
        """Size on the table of so many picture heights."""
        depth = -(self.mesh.matrix_world.inverted() @ self.on_table(place).translation).z
        return heights * self._size[1] / self._camera["fy"] * depth


def export_glb(mesh: bpy.types.Object, camera: bpy.types.Object, path: Path) -> None:
    for each in bpy.context.scene.objects:
        each.select_set(each in (mesh, camera))
    bpy.ops.export_scene.gltf(
        filepath=str(path),
        use_selection=True,
        export_cameras=True,
        export_normals=False,
        export_image_format="JPEG",
    )


def stand_object_on_table(photograph: Photograph) -> None:
    table, height = photograph.on_table(FOOT), photograph.metres(HEIGHT, FOOT)
    bpy.ops.mesh.primitive_monkey_add()
    monkey = bpy.context.object
    monkey.name = "CG object"
    monkey.modifiers.new("Smooth", "SUBSURF").render_levels = 3
    bpy.ops.object.shade_smooth()
    lowest, highest = (pick(corner[2] for corner in monkey.bound_box) for pick in (min, max))
    stand = Matrix.Scale(height / (highest - lowest), 4) @ Matrix.Translation((0, 0, -lowest))
    monkey.matrix_world = table @ Matrix.Rotation(radians(20), 4, "Z") @ stand
    monkey.data.materials.append(glaze())

    bpy.ops.mesh.primitive_circle_add(vertices=64, radius=6 * height, fill_type="NGON")
    catcher = bpy.context.object
    catcher.name = "Shadow on the table"
    catcher.is_shadow_catcher = True
    above = Matrix.Translation((0, 0, height / 50))  # clear of what the depth map is off by
    catcher.matrix_world = table @ above


def glaze() -> bpy.types.Material:
    material = bpy.data.materials.new("Glaze")
    material.use_nodes = True
    surface = material.node_tree.nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value = (0.0, 0.22, 0.30, 1)
    surface["Roughness"].default_value = 0.25
    surface["Coat Weight"].default_value = 1.0
    return material


def light(scene: bpy.types.Scene, photograph: Photograph) -> None:
    """A window above to the left, an even room, and the photograph, mirrored in the object's glaze."""
    table, height = photograph.on_table(FOOT), photograph.metres(HEIGHT, FOOT)
    lamp = bpy.data.lights.new("Window", "AREA")
    lamp.size = 4 * height
    lamp.energy = 250 * height**2
    window = bpy.data.objects.new("Window", lamp)
    scene.collection.objects.link(window)
    at = Vector((-4, -3, 6)) * height
    window.matrix_world = table @ Matrix.LocRotScale(at, at.to_track_quat("Z", "Y"), None)

    mirrored = photograph.mesh.copy()
    mirrored.name = "Photograph in mirrors"
    scene.collection.objects.link(mirrored)
    mirrored.visible_camera = mirrored.visible_shadow = mirrored.visible_diffuse = False
    scene.world = bpy.data.worlds.new("Room")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.4, 0.4, 0.42, 1)


def render(scene: bpy.types.Scene, path: Path) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 32
    scene.cycles.use_denoising = True
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main()
