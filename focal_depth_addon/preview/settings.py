"""What a scene stores of how its result is previewed."""

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from .. import result_folder
from ..scene import photo_set
from ..scene.photo_set import MAX_RANGE
from . import images

SHOWN = (
    ("ALL_IN_FOCUS", "All in Focus", "Show the picture in which everything is in focus"),
    ("DEPTH", "Depth", "Show distance in false colour, even in dioptres: near is bright, far is dark"),
    ("CONFIDENCE", "Confidence", "Show how reliable the depth is, from black (a guess) to white (certain)"),
    (
        "PHOTOGRAPHED",
        "As Photographed",
        "Show the frames before alignment. Play them to see what moves",
    ),
    (
        "ALIGNED",
        "Aligned",
        "Show the frames after alignment. When they are played, only sharpness should change",
    ),
    (
        "FRAME",
        "Frame",
        "Show which frame the all-in-focus picture is taken from at each place: the nearest is bright, the "
        "farthest dark. What was painted from none of them is grey",
    ),
    (
        "SHARPNESS",
        "Sharpness",
        "Show how sharp the all-in-focus picture is, from black (plain or blurred) to white (sharp)",
    ),
)
NEAR = "Distance, in the scene's units, at and below which the picture has the brightest colour"
FAR = "Distance, in the scene's units, at and beyond which the picture has the darkest colour"
MIN_RATIO = 1.001  # of far to near


def _repaint(preview: "PreviewSettings", _context) -> None:
    images.repaint(preview.id_data)


def _units(preview: "PreviewSettings") -> float:
    """Blender units for a metre of the result; a relative one has none."""
    settings = preview.id_data.focal_depth
    if not settings.metric:
        return 1.0
    return photo_set.units_per_metre(preview.id_data, result_folder.from_stored(settings.result))


def _get_near(preview: "PreviewSettings") -> float:
    return preview.near_metres * _units(preview)


def _get_far(preview: "PreviewSettings") -> float:
    return preview.far_metres * _units(preview)


def _set_near(preview: "PreviewSettings", value: float) -> None:
    preview.near_metres = max(value / _units(preview), 1e-6)
    preview.far_metres = max(preview.far_metres, preview.near_metres * MIN_RATIO)


def _set_far(preview: "PreviewSettings", value: float) -> None:
    preview.far_metres = max(value / _units(preview), 1e-6)
    preview.near_metres = min(preview.near_metres, preview.far_metres / MIN_RATIO)


def _distance(name: str, description: str, **options) -> FloatProperty:
    getter, setter = {"Near": (_get_near, _set_near), "Far": (_get_far, _set_far)}[name]
    return FloatProperty(
        name=name,
        description=description,
        get=getter,
        set=setter,
        update=_repaint,
        min=0,
        precision=3,
        **options,
    )


class PreviewSettings(bpy.types.PropertyGroup):
    """How one scene's result is previewed."""

    shown: EnumProperty(name="Shown", description="Part of the result that is shown", items=SHOWN)
    result: StringProperty()  # the one that `picture` shows, as Settings.result has it; empty: none yet
    written: StringProperty()  # when the depth of that result was written, in nanoseconds
    picture: PointerProperty(type=bpy.types.Image)  # all but the all-in-focus picture
    frame: IntProperty(
        name="Frame",
        description="Number of the frame that is shown, counted from the one focused farthest",
        min=1,
        default=1,
        update=_repaint,
    )
    near_metres: FloatProperty(default=1)
    far_metres: FloatProperty(default=2)
    near: _distance("Near", NEAR, unit="LENGTH")
    far: _distance("Far", FAR, unit="LENGTH")
    relative_near: _distance("Near", "Relative depth at and below which the picture has the brightest colour")
    relative_far: _distance("Far", "Relative depth at and beyond which the picture has the darkest colour")
    in_view: BoolProperty(
        name="Depth in View",
        description="Show the picture of the depth in the lower left of 3D views",
        update=lambda preview, _context: images.redraw(is_overlaid=True),
    )
    picked: StringProperty(name="Picked", description="Distance that was clicked last")

    def set_range(self, near: float, far: float) -> None:
        """Colour what lies between two distances of the result, in its metres; far may be infinity."""
        self.near_metres = near
        self.far_metres = max(min(far, near * MAX_RANGE), near * MIN_RATIO)
        images.repaint(self.id_data)
