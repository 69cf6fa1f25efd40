"""The photograph's set in a scene: a camera that sees what the photograph saw, and the mesh.

The camera stands at the set's origin and looks along +Y with Z up; an empty moves camera and mesh
together. Objects are found again by their tags, so that building anew updates what is there.
"""

from math import pi
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from . import result_folder, versions

RESULT_TAG = "focal_depth_result"  # on the collection: the result folder it shows
ROLE_TAG = "focal_depth_role"  # on its objects: origin, camera or mesh
REACH = 1000  # times the near distance: where the backend's meshes put infinity
CORNERS = 4  # of a face
LOOK_ALONG_Y = Matrix.Rotation(pi / 2, 4, "X")
VIEW_TRANSFORM = "Standard"  # shows a photograph's colours as they are; AgX and Filmic regrade them


class PhotoSet:
    """One result's collection in one scene, made on first use."""

    def __init__(self, scene: bpy.types.Scene, folder: Path) -> None:
        """Raises UserError where `folder` is no result."""
        self.description = result_folder.read_description(folder)
        self._scene = scene
        self._folder = folder
        self._units_per_metre = 1 / scene.unit_settings.scale_length
        self._collection = self._find_collection() or self._new_collection()
        self._origin = self._object("origin", lambda name: None)
        self.camera = self._object("camera", bpy.data.cameras.new, self._origin)
        self._match_photograph()

    def build_mesh(self, arrays: Path) -> bpy.types.Object:
        """Fill the mesh from the backend's .npz (vertices in metres in the camera's space)."""
        mesh = self._object("mesh", bpy.data.meshes.new, self._origin)
        with np.load(arrays) as stored:
            vertices, uvs, faces = stored["vertices"], stored["uvs"], stored["faces"]
        _fill(mesh.data, vertices * np.float32(self._units_per_metre), uvs, faces)
        if not mesh.data.materials:
            mesh.data.materials.append(_photograph_material(mesh.name, self._photograph()))
        return mesh

    def look_through(self) -> str:
        """Render through the photograph's camera at its size; returns what changed, for the person."""
        render, camera = self._scene.render, self.description["camera"]
        render.resolution_x, render.resolution_y = self.description["size"]
        render.resolution_percentage = 100
        render.pixel_aspect_x = max(1.0, camera["fy"] / camera["fx"])
        render.pixel_aspect_y = max(1.0, camera["fx"] / camera["fy"])
        self._scene.camera = self.camera
        changed = f"rendering at {render.resolution_x} x {render.resolution_y} through {self.camera.name}"
        view = self._scene.view_settings
        if view.view_transform == VIEW_TRANSFORM:
            return changed
        view.view_transform = VIEW_TRANSFORM
        return f"{changed}, view transform {VIEW_TRANSFORM} to keep the photograph's colours"

    def hide_mesh_from_renders(self) -> None:
        """The photograph takes the mesh's place in a composite; both together would fight."""
        for mesh in self._with_role("mesh"):
            mesh.hide_render = True

    def _match_photograph(self) -> None:
        """Pinhole to Blender's camera: sensor fit horizontal makes width the unit of both shifts."""
        camera, (width, height) = self.description["camera"], self.description["size"]
        lens = self.camera.data
        lens.sensor_fit = "HORIZONTAL"
        lens.sensor_width = camera["sensor_width_mm"]
        lens.sensor_height = camera["sensor_height_mm"]
        lens.lens = camera["fx"] * camera["sensor_width_mm"] / width
        lens.shift_x = (width / 2 - camera["cx"]) / width
        lens.shift_y = (camera["cy"] - height / 2) / width * camera["fx"] / camera["fy"]
        near = self.description["depth"]["near"] * self._units_per_metre
        lens.clip_start, lens.clip_end = near / 10, near * 2 * REACH
        photograph = self._photograph()  # always: it may have been estimated anew
        if not lens.background_images:
            lens.background_images.new().image = photograph
            lens.show_background_images = True

    def _photograph(self) -> bpy.types.Image:
        return result_folder.load_image(self._folder / result_folder.PHOTOGRAPH)

    def _find_collection(self) -> bpy.types.Collection | None:
        for collection in self._scene.collection.children_recursive:
            tag = collection.get(RESULT_TAG)
            if tag and result_folder.from_stored(tag) == self._folder:
                return collection
        return None

    def _new_collection(self) -> bpy.types.Collection:
        collection = bpy.data.collections.new(self._folder.name)
        collection[RESULT_TAG] = result_folder.to_stored(self._folder)
        self._scene.collection.children.link(collection)
        return collection

    def _with_role(self, role: str) -> list[bpy.types.Object]:
        return [each for each in self._collection.objects if each.get(ROLE_TAG) == role]

    def _object(self, role: str, new_data, parent: bpy.types.Object | None = None) -> bpy.types.Object:
        if found := self._with_role(role):
            return found[0]
        name = f"{self._collection.name} {role}"
        made = bpy.data.objects.new(name, new_data(name))
        made[ROLE_TAG] = role
        self._collection.objects.link(made)
        if parent is not None:
            made.parent = parent
            made.matrix_local = LOOK_ALONG_Y
        return made


def _fill(mesh: bpy.types.Mesh, vertices: np.ndarray, uvs: np.ndarray, faces: np.ndarray) -> None:
    """Replace a mesh's geometry: vertices (V,3) and uvs (V,2) float32, faces (F,4) int32.

    By attributes, which are copied whole; `loops.foreach_set` goes one by one.
    """
    mesh.clear_geometry()
    mesh.vertices.add(len(vertices))
    mesh.attributes["position"].data.foreach_set("vector", vertices.ravel())
    mesh.loops.add(faces.size)
    mesh.attributes[".corner_vert"].data.foreach_set("value", faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, CORNERS, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    uv_map = mesh.attributes.new("UVMap", "FLOAT2", "CORNER")
    uv_map.data.foreach_set("vector", uvs[faces.ravel()].ravel())


def _photograph_material(name: str, image: bpy.types.Image) -> bpy.types.Material:
    """Emission: the photograph already holds its light."""
    material = bpy.data.materials.new(name)
    versions.use_nodes(material)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.extension = "EXTEND"
    emission = nodes.new("ShaderNodeEmission")
    output = nodes.new("ShaderNodeOutputMaterial")
    texture.location, emission.location, output.location = (-500, 0), (-200, 0), (0, 0)
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(emission.outputs["Emission"], output.inputs["Surface"])
    if hasattr(material, "cycles"):  # a lamp for every face would take minutes to prepare
        material.cycles.emission_sampling = "NONE"
    return material
