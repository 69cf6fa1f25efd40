"""The distance of what is under the cursor: at a pixel of the result, or where a ray meets its mesh."""

from typing import NamedTuple

import bpy
import numpy as np
from bpy_extras import view3d_utils
from mathutils import Vector

from .. import result_folder, scene
from ..translations import say
from . import cache, units
from .coordinates import metres_of_error, pixel_at, place_seen

SAME = 0.02  # a mesh may stray so far from the depth it was made of, relative

Place = tuple[float, float]


class Reading(NamedTuple):
    """Along the photograph's optical axis, in Blender units of the scene; relative ones where not metric."""

    distance: float
    confidence: float | None = None  # 0 to 1; None: it is not known here
    error: float | None = None  # expected, either way; None: nobody knows

    def text(self, scene: bpy.types.Scene) -> str:
        said = _in_words(scene, self.distance)
        if self.error and self.error < self.distance:
            said += f" ± {_in_words(scene, self.error, 2)}"
        if not scene.focal_depth.metric:
            said = say("relative {distance}", distance=said)
        if self.confidence is None:
            return said
        return say("{distance}, confidence {confidence}", distance=said, confidence=f"{self.confidence:.2f}")


class Measure:
    """Reads distances of one scene's result, which must be cache. Raises UserError where it is gone."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._scene = scene
        self._folder = result_folder.from_stored(scene.focal_depth.result)
        self._arrays = cache.depth(self._folder)
        self.description = result_folder.read_description(self._folder)

    def at(self, place: Place | None) -> Reading | None:
        """What the result says at a place in the picture; None outside."""
        pixel = place and pixel_at(place, self._arrays.depth.shape)
        if pixel is None:
            return None
        depth, confidence, error = (float(values[pixel]) for values in self._arrays[:3])
        units_per_metre = self._units_per_metre() if self.description["metric"] else 1.0
        known = np.isfinite(depth) and np.isfinite(error)
        expected = metres_of_error(depth, error) * units_per_metre if known else None
        return Reading(depth * units_per_metre, confidence, expected)

    def under(
        self, space: bpy.types.SpaceView3D, region: bpy.types.Region, view: bpy.types.RegionView3D, at: Place
    ) -> Reading | None:
        """What a 3D view shows at pixels from its region's lower left: through the photograph's camera the
        result itself, from elsewhere the mesh. None where neither is there."""
        objects = scene.standing(self._scene, self._folder)
        camera = objects.get("camera")
        if camera is None:
            return None
        towards = view3d_utils.region_2d_to_vector_3d(region, view, at)
        seen_through = space.camera if space.use_local_camera else self._scene.camera
        if view.view_perspective == "CAMERA" and seen_through == camera:
            return self.at(self._place(camera.matrix_world.inverted().to_3x3() @ towards))
        start = view3d_utils.region_2d_to_origin_3d(region, view, at)
        return self.on_mesh(objects, start, towards)

    def on_mesh(self, objects: dict[str, bpy.types.Object], start: Vector, towards: Vector) -> Reading | None:
        """Where a ray in the world meets the set's mesh. What the mesh fills in has no confidence."""
        mesh, camera = objects.get("mesh"), objects["camera"]
        if mesh is None or not mesh.visible_get():
            return None
        inside = mesh.matrix_world.inverted()
        graph = bpy.context.evaluated_depsgraph_get()
        met, point, _, _ = mesh.ray_cast(inside @ start, inside.to_3x3() @ towards, depsgraph=graph)
        if not met:
            return None
        point = camera.matrix_world.inverted() @ (mesh.matrix_world @ point)
        distance = -point.z * camera.matrix_world.to_scale().z
        if not self.description["metric"]:
            distance /= self._units_per_metre()
        read = self.at(self._place(point))
        return read if read and abs(read.distance / distance - 1) < SAME else Reading(distance)

    def _place(self, point: Vector) -> Place | None:
        """In the picture, of a point or a direction in the camera's space."""
        return place_seen(point, self.description["camera"], self.description["size"])

    def _units_per_metre(self) -> float:
        return scene.units_per_metre(self._scene, self._folder)


def _in_words(scene: bpy.types.Scene, distance: float, digits: int = 4) -> str:
    return units.length(scene, distance, digits) if scene.focal_depth.metric else f"{distance:.{digits}g}"
