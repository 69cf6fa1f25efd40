"""The set of a result: a collection with an origin, the photograph's camera, its focus and the mesh.

Objects are recognised by their tags, so that building again updates them. What a person outlined as an object
of its own hangs on the mesh, and can be moved, turned and hidden by itself.
"""

from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

from ...backend.contract.files import ALL_IN_FOCUS_PNG, BACKGROUND_PNG, DEPTH_EXR
from .. import compat, result_folder
from ..errors import UserError
from ..translations import translate
from . import ground, holdout, materials, mesh, modifier, own_settings, render_size
from .ground import FACING_Y, OPTICAL_AXES

RESULT_TAG = "focal_depth_result"  # on the collection: the result folder it shows
ROLE_TAG = "focal_depth_role"  # on its objects: origin, camera, focus, mesh, or OWN and a layer's name
OWN = "object: "
PLACE_TAG = "focal_depth_place"  # on an object of its own: where it stands in the mesh's space
BUILT_TAG = "focal_depth_built_from"  # on the mesh: when the depth was written that it is of
MIDDLE_TAG = "focal_depth_middle"  # on the focus: where it was put, the middle of the result
METRIC_TAG = "focal_depth_metric"  # on the origin: whether the result was in metres
UNMOVED = 1e-5  # of a distance
MAX_RANGE = 1000  # times the near distance: where the backend's meshes have infinity
CAMERA_SHARE = 0.3  # of the near distance: how large the camera is drawn
VIEW_TRANSFORM = "Standard"  # shows a photograph's colours as they are; AgX and Filmic regrade them


def find_objects(scene: bpy.types.Scene, folder: Path) -> dict[str, bpy.types.Object]:
    """Return the objects of a result's set by their role, as far as the scene has them.

    Parameters
    ----------
    scene
        The scene.
    folder
        The result folder.

    Returns
    -------
    dict
        Of "origin", "camera", "focus" and "mesh", and of OWN and names.
    """
    collection = _find_collection(scene, folder)
    return {} if collection is None else _by_role(collection)


def meshes(objects: dict[str, bpy.types.Object]) -> list[bpy.types.Object]:
    """Return the mesh and the objects of their own, as far as they are among `find_objects`' objects."""
    return [each for role, each in objects.items() if role == "mesh" or role.startswith(OWN)]


def rename_own_objects(scene: bpy.types.Scene, folder: Path, names: dict[str, str]) -> None:
    """Let the objects of a result's set that are their own follow their layers, by former names."""
    for role, each in find_objects(scene, folder).items():
        if role.startswith(OWN) and (name := names.get(role.removeprefix(OWN))):
            each[ROLE_TAG], each.name, each.data.name = OWN + name, name, name


def set_hidden(scene: bpy.types.Scene, folder: Path, hidden: bool) -> None:
    """Hide a result's set in views and renders, or show it."""
    if (collection := _find_collection(scene, folder)) is not None:
        collection.hide_viewport = collection.hide_render = hidden


def units_per_metre(scene: bpy.types.Scene, folder: Path) -> float:
    """Return the Blender units for a metre of a result, as its set is scaled at present."""
    objects = find_objects(scene, folder)
    scale = objects["origin"].scale.x if "origin" in objects else 1
    if live := "mesh" in objects and modifier.find(objects["mesh"]):
        scale *= compat.modifier_input(live, modifier.SCALE)
    return scale / scene.unit_settings.scale_length


def is_stale(mesh: bpy.types.Object, stored: str) -> bool:
    """Whether a mesh was built of what its result folder held before the last estimate."""
    built_from = mesh.get(BUILT_TAG)
    try:
        return built_from is not None and built_from != _written(result_folder.from_stored(stored))
    except OSError:
        return False


class PhotoSet:
    """One result's collection in one scene, which is created on first use.

    Parameters
    ----------
    scene
        The scene.
    folder
        The result folder.

    Attributes
    ----------
    origin
        The empty that the set hangs on: it is scaled, turned and moved with it.
    camera
        The photograph's camera.
    description
        What result.json says.

    Raises
    ------
    UserError
        Where `folder` is no result.
    """

    def __init__(self, scene: bpy.types.Scene, folder: Path) -> None:
        self.description = result_folder.read_description(folder)
        self._scene = scene
        self._folder = folder
        self._unscaled = 1 / scene.unit_settings.scale_length  # Blender units for a metre
        self._collection = _find_collection(scene, folder) or self._new_collection()
        self._objects = _by_role(self._collection)
        self.origin = self._objects.get("origin") or self._new("origin", None)
        self.camera = self._objects.get("camera") or self._new_camera()
        self._match_photograph()
        if "focus" not in self._objects:
            self._new_focus()
        self._follow_estimate()

    @property
    def units_per_metre(self) -> float:
        """Blender units for a metre of the result, as the set is scaled at present."""
        return units_per_metre(self._scene, self._folder)

    @property
    def has_mesh(self) -> bool:
        """Whether the mesh was built."""
        return "mesh" in self._objects

    def build_mesh(self, stored: Path) -> bpy.types.Object:
        """Build the mesh, or update it, from the file of arrays that `focal-depth mesh` wrote."""
        with np.load(stored) as file:
            arrays = dict(file)
        built = self._objects.get("mesh") or self._new("mesh", bpy.data.meshes.new, self.origin)
        mesh.fill(built.data, mesh.select_object(arrays, 0), self._unscaled)
        ground.record_detected(
            self.origin,
            arrays["ground"] * ((1, 1, 1, self._unscaled)[: len(arrays["ground"])]),
            arrays["pivot"] * self._unscaled,
            float(arrays["ground_certainty"]),
            str(arrays["ground_source"]),
        )
        self.stand_on_ground()
        built[BUILT_TAG] = _written(self._folder)
        for slot, image in enumerate(self._pictures()):
            if slot == len(built.data.materials):
                name = f"{self._collection.name} {Path(image.filepath).stem}"
                built.data.materials.append(materials.new_photograph(name, image))
        modifier.update(built, *self._depth_range(), float(arrays["cut"]))
        self._build_own_objects(arrays, built)
        return built

    def _build_own_objects(self, arrays: dict[str, np.ndarray], built: bpy.types.Object) -> None:
        """Build what was outlined as objects of their own, and remove what no longer is."""
        wanted = {}
        for number, name in enumerate(arrays["object_names"], 1):
            selected = mesh.select_object(arrays, number)
            if len(selected["faces"]):
                wanted[OWN + str(name)] = selected
        for role in [role for role in self._objects if role.startswith(OWN) and role not in wanted]:
            removed = self._objects.pop(role)
            bpy.data.batch_remove([removed, removed.data])
        is_new = not wanted.keys() <= self._objects.keys()
        for role, selected in wanted.items():
            self._build_own_object(role, selected, built)
        if is_new and holdout.is_enabled(built):
            self.hold_out()

    def _build_own_object(self, role: str, arrays: dict[str, np.ndarray], built: bpy.types.Object) -> None:
        """Build one, with its origin where it stands, or update it; where it was moved to, it stays."""
        own = self._objects.get(role)
        if own is None:
            own = self._new(role, bpy.data.meshes.new)
            own.name = own.data.name = role.removeprefix(OWN)
            own[PLACE_TAG] = ground.foot_of(arrays["vertices"], ground.frame_of(self.origin))
            own.location = np.array(own[PLACE_TAG]) * self._unscaled
            own.hide_render = built.hide_render
            for material in built.data.materials:
                own.data.materials.append(material)
        place = np.array(own[PLACE_TAG], np.float32)
        mesh.fill(own.data, arrays | {"vertices": arrays["vertices"] - place}, self._unscaled)
        modifier.update(own, *self._depth_range(), float(arrays["cut"]))
        modifier.set_camera(own, Vector(-place * self._unscaled))
        if own.parent != built:
            own.parent = built
            modifier.follow(own, built)

    def stand_on_ground(self) -> None:
        """Put camera and mesh upright on the ground that was found, or chosen."""
        frame = ground.frame_of(self.origin)
        self.camera.matrix_local = frame
        if built := self._objects.get("mesh"):
            built.matrix_local = frame

    def match_renders(self) -> str:
        """Let renders have the photograph's camera, size and colours; return what people read about it."""
        own_settings.remember(self._scene)
        self._frame(self._scene)
        render, view = self._scene.render, self._scene.view_settings
        size = f"{render.resolution_x} x {render.resolution_y}"
        changed = translate(
            "Renders have {size} pixels, through {camera}", size=size, camera=self.camera.name
        )
        if view.view_transform == VIEW_TRANSFORM:
            return changed
        view.view_transform = VIEW_TRANSFORM
        colours = translate("View transform {name} shows the photograph's own colours", name=VIEW_TRANSFORM)
        return f"{changed}. {colours}"

    def hide_mesh_from_renders(self) -> None:
        """Hide the meshes from renders: in a composite the photograph shows the same."""
        for each in meshes(self._objects):
            each.hide_render = True

    def scale(self, factor: float) -> None:
        """Scale the set about its origin, which changes nothing in the camera's view."""
        self.origin.scale *= factor
        self._match_photograph()

    def require_mesh(self) -> bpy.types.Object:
        """Return the mesh. Raises UserError where there is none."""
        if built := self._objects.get("mesh"):
            return built
        raise UserError(
            translate("{name} has no mesh yet: press Build Mesh first", name=self._collection.name)
        )

    def remove(self) -> None:
        """Remove the set; with the scene's last one, its own settings come back."""
        holdout.disable(self._scene, *meshes(self._objects))
        parts = {part for each in self._objects.values() for part in (each, each.data) if part is not None}
        bpy.data.batch_remove(parts)
        bpy.data.collections.remove(self._collection)
        if not any(RESULT_TAG in each for each in self._scene.collection.children_recursive):
            own_settings.give_back(self._scene)

    def hold_out(self) -> None:
        """Turn the meshes into a holdout. Raises UserError where there is none."""
        self.require_mesh()
        light = self._measure_light() if self._scene.render.engine == compat.EEVEE else None
        holdout.enable(self._scene, meshes(self._objects), self._pictures(), light)

    def show_mesh(self) -> None:
        """Let renders show the meshes. Raises UserError where there is none."""
        self.require_mesh()
        holdout.disable(self._scene, *meshes(self._objects))
        for each in meshes(self._objects):
            each.hide_render = False

    def _measure_light(self) -> bpy.types.Image:
        empty = bpy.data.scenes.new("Focal Depth Light")
        try:
            self._frame(empty)
            name = f"{self._collection.name} light"
            return holdout.measure_light(self._scene, meshes(self._objects), empty, name)
        finally:
            bpy.data.scenes.remove(empty)

    def _frame(self, scene: bpy.types.Scene) -> None:
        """Give a scene the size and the camera of the photograph."""
        render, camera = scene.render, self.description["camera"]
        render_size.match(scene, self.camera, *self.description["size"])
        render.pixel_aspect_x = max(1.0, camera["fy"] / camera["fx"])
        render.pixel_aspect_y = max(1.0, camera["fx"] / camera["fy"])
        scene.camera = self.camera

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
        near = self._depth_range()[0] * self.origin.scale.x
        lens.clip_start, lens.clip_end = near / 10, near * 2 * MAX_RANGE
        photograph = self._photograph()  # always: it may have been estimated anew
        if not lens.background_images:
            lens.background_images.new().image = photograph
            lens.show_background_images = True

    def _depth_range(self) -> tuple[float, float]:
        """The result's nearest and farthest distance, in Blender units before the set is scaled."""
        near, far = (float(self.description["depth"][edge]) for edge in ("near", "far"))
        return near * self._unscaled, min(far, MAX_RANGE * near) * self._unscaled

    def _photograph(self) -> bpy.types.Image:
        return result_folder.load_image(self._folder / ALL_IN_FOCUS_PNG)

    def _pictures(self) -> list[bpy.types.Image]:
        """Of the mesh's material slots; without a background the photograph stands in for it."""
        background = self._folder / BACKGROUND_PNG
        photograph = self._photograph()
        return [photograph, result_folder.load_image(background) if background.is_file() else photograph]

    def _new_collection(self) -> bpy.types.Collection:
        collection = bpy.data.collections.new(self._folder.name)
        collection[RESULT_TAG] = result_folder.to_stored(self._folder)
        self._scene.collection.children.link(collection)
        return collection

    def _new_camera(self) -> bpy.types.Object:
        camera = self._new("camera", bpy.data.cameras.new, self.origin)
        camera.matrix_local = FACING_Y
        camera.data.display_size = self._depth_range()[0] * CAMERA_SHARE
        return camera

    def _new_focus(self) -> None:
        """Add the focus on the optical axis, halfway in dioptres, and the photograph's aperture.

        Blender takes the aperture as lens / F-stop, with the image distance for `lens`. A photograph's
        is focal length / F-number, so its F-stop is larger by what the lens was moved out.
        """
        focus = self._new("focus", None, self.camera)
        near, far = self._depth_range()
        focus.matrix_parent_inverse = OPTICAL_AXES
        focus.location.z = focus[MIDDLE_TAG] = 2 / (1 / near + 1 / far)
        focus.lock_location = True, True, False
        focus.empty_display_type, focus.empty_display_size = "SPHERE", near / 10
        lens, camera = self.camera.data, self.description["camera"]
        lens.dof.focus_object = focus
        if camera["f_number"]:
            working = camera["f_number"] * lens.lens / camera["focal_length_mm"]
            lens.dof.aperture_fstop = working / self._unscaled  # Blender's millimetres are of its units

    def _follow_estimate(self) -> None:
        """Move the focus with an estimate that changed, unless it was moved; metres have a scale of 1."""
        focus, (near, far) = self._objects["focus"], self._depth_range()
        middle = 2 / (1 / near + 1 / far)
        was_moved = abs(focus.location.z - focus.get(MIDDLE_TAG, 0)) > UNMOVED * middle
        if not was_moved and abs(focus[MIDDLE_TAG] - middle) > UNMOVED * middle:
            focus.location.z = focus[MIDDLE_TAG] = middle
        if self.description["metric"] and self.origin.get(METRIC_TAG) is False:
            self.origin.scale = 1, 1, 1  # it made up for unknown distances
        self.origin[METRIC_TAG] = self.description["metric"]

    def _new(self, role: str, new_data, parent: bpy.types.Object | None = None) -> bpy.types.Object:
        name = f"{self._collection.name} {role}"
        created = bpy.data.objects.new(name, new_data and new_data(name))
        created[ROLE_TAG] = role
        created.parent = parent
        self._collection.objects.link(created)
        self._objects[role] = created
        return created


def _written(folder: Path) -> str:
    """When the depth of a result was written, in nanoseconds."""
    return str((folder / DEPTH_EXR).stat().st_mtime_ns)


def _find_collection(scene: bpy.types.Scene, folder: Path) -> bpy.types.Collection | None:
    for collection in scene.collection.children_recursive:
        tag = collection.get(RESULT_TAG)
        if tag and result_folder.from_stored(tag) == folder:
            return collection
    return None


def _by_role(collection: bpy.types.Collection) -> dict[str, bpy.types.Object]:
    return {each[ROLE_TAG]: each for each in collection.objects if ROLE_TAG in each}
