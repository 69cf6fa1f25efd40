"""What a scene remembers of how its result is looked at."""

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from .. import result_folder, scene
from ..scene.photo_set import REACH
from . import images

SHOWN = (
    ("ALL_IN_FOCUS", "All in Focus", "Every part of the picture from the frame in which it is sharp"),
    ("DEPTH", "Depth", "Distance in false colour, even in dioptres: near is bright and warm, far is dark"),
    ("CONFIDENCE", "Confidence", "How sure depth is: white is sure, black is a guess"),
    ("PHOTOGRAPHED", "As Photographed", "The frames before alignment; play them to see what moves"),
    ("ALIGNED", "Aligned", "The frames after alignment; played, nothing but sharpness should change"),
)
NEAR = "Distance, in the scene's units. What lies here or nearer gets the brightest colour"
FAR = "Distance, in the scene's units. What lies here or farther gets the darkest colour"
LEAST_SPAN = 1.001  # far over near


def _repaint(look: "Look", _context) -> None:
    images.repaint(look.id_data)


def _units(look: "Look") -> float:
    """Blender units for a metre of the result; a relative one has none."""
    settings = look.id_data.focal_depth
    if not settings.metric:
        return 1.0
    return scene.units_per_metre(look.id_data, result_folder.from_stored(settings.result))


def _get_near(look: "Look") -> float:
    return look.near_metres * _units(look)


def _get_far(look: "Look") -> float:
    return look.far_metres * _units(look)


def _set_near(look: "Look", value: float) -> None:
    look.near_metres = max(value / _units(look), 1e-6)
    look.far_metres = max(look.far_metres, look.near_metres * LEAST_SPAN)


def _set_far(look: "Look", value: float) -> None:
    look.far_metres = max(value / _units(look), 1e-6)
    look.near_metres = min(look.near_metres, look.far_metres / LEAST_SPAN)


def _distance(name: str, description: str, **options) -> FloatProperty:
    edge = {"Near": (_get_near, _set_near), "Far": (_get_far, _set_far)}[name]
    return FloatProperty(
        name=name,
        description=description,
        get=edge[0],
        set=edge[1],
        update=_repaint,
        min=0,
        precision=3,
        **options,
    )


class Look(bpy.types.PropertyGroup):
    """How one scene's result is looked at."""

    shown: EnumProperty(name="Shown", description="What of the result is looked at", items=SHOWN)
    result: StringProperty()  # the one that `picture` shows, as Settings.result has it; empty: none yet
    picture: PointerProperty(type=bpy.types.Image)  # what is shown where the result's own file is not
    frame: IntProperty(
        name="Frame",
        description="Which frame is shown, counted from the one focused farthest",
        min=1,
        default=1,
        update=_repaint,
    )
    near_metres: FloatProperty(default=1)
    far_metres: FloatProperty(default=2)
    near: _distance("Near", NEAR, unit="LENGTH")
    far: _distance("Far", FAR, unit="LENGTH")
    relative_near: _distance("Near", "Relative depth that gets the brightest colour; no unit is known")
    relative_far: _distance("Far", "Relative depth that gets the darkest colour; no unit is known")
    picked: StringProperty(name="Picked", description="The distance that was clicked on last")

    def span(self, near: float, far: float) -> None:
        """Colour what lies between two distances of the result, in its metres; far may be infinity."""
        self.near_metres, self.far_metres = near, max(min(far, near * REACH), near * LEAST_SPAN)
        images.repaint(self.id_data)
