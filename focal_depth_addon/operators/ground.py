"""The ground that the set stands on: picked in a 3D view, level, or as it was found."""

import bpy
import numpy as np
from bpy.props import FloatVectorProperty

from ..errors import UserError
from ..jobs.operator import fail
from ..preview import drawn_box
from ..preview.coordinates import project
from ..scene import ground
from ..scene.mesh import BACKGROUND, CORNERS
from ..translations import translate
from .scene import SetOperator, photo_set_of

PICK_HELP = "Ground: draw a box over a flat part of it, or click three points. ESC: cancel"
CLICK = 6  # pixels that the cursor moves at most while a click is made
ABOUT_CLICK = 8  # pixels about a click from which its point is taken
CLICKS = 3
TOO_FEW = "There is too little of the set there: draw the box over a flat part of it"


class FOCAL_DEPTH_OT_pick_ground(SetOperator, bpy.types.Operator):
    bl_idname = "focal_depth.pick_ground"
    bl_label = "Pick Ground"
    bl_description = (
        "Let the set stand on a ground that you show: draw a box over a flat part of it, or click three "
        "points"
    )
    bl_options = {"UNDO"}

    box: FloatVectorProperty(
        name="Box",
        description="For scripts: left, top, right and bottom in the photograph, 0 to 1 of its width and "
        "height, from the top left",
        size=4,
        min=0,
        max=1,
        default=(0, 0.5, 1, 1),
        options={"SKIP_SAVE"},
    )

    def invoke(self, context, event):
        if context.area is None or context.area.type != "VIEW_3D":
            return fail(self, "Press Pick Ground in the sidebar of a 3D view")
        try:
            self._set = photo_set_of(context.scene)
            self._points = _Points(context, self._set.require_mesh())
        except UserError as error:
            return fail(self, error)
        self._clicked: list[np.ndarray] = []
        self._begun = None
        drawn_box.show(context)
        context.workspace.status_text_set(translate(PICK_HELP))
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        region = drawn_box.region_under(context, event)
        at = None if region is None else (event.mouse_x - region.x, event.mouse_y - region.y)
        if event.type in ("ESC", "RIGHTMOUSE") and event.value == "PRESS":
            drawn_box.hide(context)
            return {"CANCELLED"}
        if event.type == "MOUSEMOVE" and self._begun is not None and at is not None:
            drawn_box.draw(region, self._begun, at)
            return {"RUNNING_MODAL"}
        if event.type != "LEFTMOUSE" or at is None:
            return {"PASS_THROUGH"}
        if event.value == "PRESS":
            self._begun = at
        elif event.value == "RELEASE" and self._begun is not None:
            begun, self._begun = self._begun, None
            return self._add(context, region, begun, at)
        return {"RUNNING_MODAL"}

    def cancel(self, context):
        """Stop: Blender ends the operator, as another file is opened or the window closes."""
        drawn_box.hide(context)

    def change(self, context, photo_set):
        left, top, right, bottom = self.box
        points = _Points(context, photo_set.require_mesh())
        places = [
            project(point, photo_set.description["camera"], photo_set.description["size"])
            for point in points.local
        ]
        x, y = np.array([place or (-1, -1) for place in places]).T
        return self._stand(photo_set, points.local[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)])

    def _add(self, context, region, begun, ended):
        """Take a box or a click; finish once they suffice."""
        is_click = max(abs(begun[0] - ended[0]), abs(begun[1] - ended[1])) < CLICK
        if is_click:
            self._clicked.append(self._points.about(region, ended))
            if len(self._clicked) < CLICKS:
                drawn_box.mark(region, ended)
                return {"RUNNING_MODAL"}
            chosen = np.array([point for points in self._clicked for point in points]).reshape(-1, 3)
        else:
            chosen = self._points.within(region, begun, ended)
        drawn_box.hide(context)
        try:
            self.report({"INFO"}, self._stand(self._set, chosen))
        except UserError as error:
            return fail(self, error)
        return {"FINISHED"}

    def _stand(self, photo_set, points: np.ndarray) -> str:
        plane = ground.fit_plane(points) if len(points) >= ground.FEWEST else None
        if plane is None:
            raise UserError(TOO_FEW)
        ground.choose(photo_set.origin, plane)
        photo_set.stand_on_ground()
        return translate("The set stands on the ground that was picked")


class FOCAL_DEPTH_OT_level(SetOperator, bpy.types.Operator):
    """Let the set stand as if the camera had been level"""

    bl_idname = "focal_depth.level"
    bl_label = "Level"
    bl_options = {"UNDO"}

    def change(self, context, photo_set):
        ground.choose(photo_set.origin, np.empty(0))
        photo_set.stand_on_ground()
        return "The set stands as if the camera had been level"


class FOCAL_DEPTH_OT_reset_ground(SetOperator, bpy.types.Operator):
    """Let the set stand as Build Mesh placed it, without rotation and height of your own"""

    bl_idname = "focal_depth.reset_ground"
    bl_label = "Reset Ground"
    bl_options = {"UNDO"}

    def change(self, context, photo_set):
        ground.choose(photo_set.origin, None)
        photo_set.stand_on_ground()
        return "The set stands as it was built"


class _Points:
    """The set's surface as a view shows it: vertices in the camera's space, without the background."""

    def __init__(self, context: bpy.types.Context, mesh: bpy.types.Object) -> None:
        shown = mesh.evaluated_get(context.evaluated_depsgraph_get())
        data = shown.data
        points = np.empty((len(data.vertices), 3), np.float32)
        data.vertices.foreach_get("co", points.reshape(-1))
        corners = np.empty(len(data.loops), np.int32)
        data.loops.foreach_get("vertex_index", corners)
        slots = np.empty(len(data.polygons), np.int32)
        data.polygons.foreach_get("material_index", slots)
        is_surface = np.zeros(len(points), bool)
        is_surface[corners.reshape(-1, CORNERS)[slots != BACKGROUND]] = True
        self.local = points[is_surface].astype(np.float64)
        self._to_world = np.array(mesh.matrix_world)

    def within(self, region: bpy.types.Region, one: tuple[int, int], other: tuple[int, int]) -> np.ndarray:
        """Return those, (N, 3), in a box of the region."""
        at = self._in_region(region)
        low, high = np.minimum(one, other), np.maximum(one, other)
        return self.local[((at >= low) & (at <= high)).all(1)]

    def about(self, region: bpy.types.Region, place: tuple[int, int]) -> np.ndarray:
        """Return the middle one, (1, 3), of those about a click; (0, 3) where there are none."""
        near = self.local[np.linalg.norm(self._in_region(region) - place, axis=1) < ABOUT_CLICK]
        return np.median(near, axis=0)[None] if len(near) else near

    def _in_region(self, region: bpy.types.Region) -> np.ndarray:
        """Pixels from the region's lower left, (N, 2)."""
        to_view = np.array(region.data.perspective_matrix) @ self._to_world
        shown = self.local @ to_view[:, :3].T + to_view[:, 3]
        ahead = np.where(shown[:, 3:] > 0, shown[:, 3:], np.nan)
        return (shown[:, :2] / ahead + 1) / 2 * (region.width, region.height)


_register, _unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_OT_pick_ground, FOCAL_DEPTH_OT_level, FOCAL_DEPTH_OT_reset_ground)
)


def register() -> None:
    _register()


def unregister() -> None:
    drawn_box.hide(bpy.context)
    _unregister()
