"""The distance at a pixel of the result, or where a ray meets its mesh."""

from typing import NamedTuple

import bpy
import numpy as np
from bpy_extras import view3d_utils
from mathutils import Vector

from .. import result_folder
from ..scene import photo_set
from ..translations import translate
from . import cache
from .coordinates import depth_uncertainty, pixel_at, project
from .units import format_length

TOLERANCE = 0.02  # by which a mesh may differ from the depth it was made of, relative

Place = tuple[float, float]


class Reading(NamedTuple):
    """A distance along the photograph's optical axis, in Blender units; relative where it is not metric."""

    distance: float
    confidence: float | None = None  # 0 to 1; None where there is none
    uncertainty: float | None = None  # expected absolute error; None where there is none
    frame: int | None = None  # that the all-in-focus picture shows there, from 1; None where there is none

    def format(self, scene: bpy.types.Scene) -> str:
        """Return the reading as text, in the scene's units."""
        text = _format_distance(scene, self.distance)
        if self.uncertainty and self.uncertainty < self.distance:
            text += f" ± {_format_distance(scene, self.uncertainty, 2)}"
        if not scene.focal_depth.metric:
            text = translate("relative {distance}", distance=text)
        if self.confidence is None:
            return text
        confidence = f"{self.confidence:.2f}"
        text = translate("{distance}, confidence {confidence}", distance=text, confidence=confidence)
        return translate("{reading}, frame {number}", reading=text, number=self.frame) if self.frame else text


class Probe:
    """Reads distances of one scene's result, which must be cached.

    Raises
    ------
    UserError
        Where the result is gone.
    """

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._scene = scene
        self._folder = result_folder.from_stored(scene.focal_depth.result)
        self._arrays = cache.read_depth(self._folder)
        self.description = result_folder.read_description(self._folder)

    def at(self, place: Place | None) -> Reading | None:
        """Read the result at a place in the picture; None outside."""
        pixel = place and pixel_at(place, self._arrays.depth.shape)
        if pixel is None:
            return None
        depth, confidence, uncertainty = (float(values[pixel]) for values in self._arrays[:3])
        units_per_metre = self._units_per_metre() if self.description["metric"] else 1.0
        has_uncertainty = np.isfinite(depth) and np.isfinite(uncertainty)
        expected = depth_uncertainty(depth, uncertainty) * units_per_metre if has_uncertainty else None
        frame = None if self._arrays.frame is None else int(self._arrays.frame[pixel])
        return Reading(depth * units_per_metre, confidence, expected, frame)

    def under(
        self, space: bpy.types.SpaceView3D, region: bpy.types.Region, view: bpy.types.RegionView3D, at: Place
    ) -> Reading | None:
        """Read what a 3D view shows: the result through the photograph's camera, the mesh from elsewhere.

        Parameters
        ----------
        space, region, view
            The 3D view.
        at
            Pixels from the region's lower left.

        Returns
        -------
        Reading or None
            None where neither is there.
        """
        objects = photo_set.find_objects(self._scene, self._folder)
        camera = objects.get("camera")
        if camera is None:
            return None
        direction = view3d_utils.region_2d_to_vector_3d(region, view, at)
        view_camera = space.camera if space.use_local_camera else self._scene.camera
        if view.view_perspective == "CAMERA" and view_camera == camera:
            return self.at(self._place(camera.matrix_world.inverted().to_3x3() @ direction))
        start = view3d_utils.region_2d_to_origin_3d(region, view, at)
        return self.on_mesh(objects, start, direction)

    def on_mesh(
        self, objects: dict[str, bpy.types.Object], start: Vector, direction: Vector
    ) -> Reading | None:
        """Read where a ray in the world meets the set's meshes. What they fill in has no confidence."""
        camera = objects["camera"]
        hits = [_cast_ray(mesh, start, direction) for mesh in photo_set.meshes(objects) if mesh.visible_get()]
        hits = [point for point in hits if point is not None]
        if not hits:
            return None
        point = camera.matrix_world.inverted() @ min(hits, key=lambda point: (point - start).length)
        distance = -point.z * camera.matrix_world.to_scale().z
        if not self.description["metric"]:
            distance /= self._units_per_metre()
        reading = self.at(self._place(point))
        is_surface = reading is not None and abs(reading.distance / distance - 1) < TOLERANCE
        return reading if is_surface else Reading(distance)

    def _place(self, point: Vector) -> Place | None:
        """In the picture, of a point or a direction in the camera's space."""
        return project(point, self.description["camera"], self.description["size"])

    def _units_per_metre(self) -> float:
        return photo_set.units_per_metre(self._scene, self._folder)


def _cast_ray(mesh: bpy.types.Object, start: Vector, direction: Vector) -> Vector | None:
    """Where a ray in the world meets a mesh."""
    inside = mesh.matrix_world.inverted()
    graph = bpy.context.evaluated_depsgraph_get()
    hit, point, _, _ = mesh.ray_cast(inside @ start, inside.to_3x3() @ direction, depsgraph=graph)
    return mesh.matrix_world @ point if hit else None


def _format_distance(scene: bpy.types.Scene, distance: float, digits: int = 4) -> str:
    return format_length(scene, distance, digits) if scene.focal_depth.metric else f"{distance:.{digits}g}"
