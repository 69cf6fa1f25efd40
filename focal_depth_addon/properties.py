"""What a scene keeps: the photographs, what the person typed, and where the result is."""

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .versions import RELATIVE_PATH

TYPED = "typed"
UNKNOWN = "unknown"
LEVELS = (  # of a mesh
    ("preview", "Preview", "At most 50 thousand triangles"),
    ("full", "Full", "At most 500 thousand triangles"),
    ("ar", "AR", "At most 100 thousand triangles, as phones show them"),
)


def _mark_typed(photograph: "Photograph", _context) -> None:
    known = photograph.at_infinity or photograph.focus_distance > 0
    photograph.source = TYPED if known else UNKNOWN


class Photograph(bpy.types.PropertyGroup):
    """One frame of the stack; `name` is the file's."""

    path: StringProperty(subtype="FILE_PATH", options=RELATIVE_PATH)
    focus_distance: FloatProperty(
        name="Focus Distance",
        description="Distance from the lens to what is in focus. Type it where the file does not know "
        "it; two typed distances make the whole stack metric. 0 is unknown",
        unit="LENGTH",
        min=0,
        precision=3,
        update=_mark_typed,
    )
    at_infinity: BoolProperty(
        name="Focused at Infinity",
        description="The lens is focused at infinity (0 dioptres)",
        update=_mark_typed,
    )
    source: StringProperty(name="Source", description="Where the focus distance comes from")
    relative_fov: FloatProperty(
        name="Relative Field of View",
        description="Width of what this frame sees over what the nearest-focus frame sees. 0 is unknown",
    )

    def metres(self, metres_per_unit: float) -> str:
        """The focus distance as the backend reads it."""
        return "inf" if self.at_infinity else f"{self.focus_distance * metres_per_unit:.6g}"

    def take(self, frame: dict, metres_per_unit: float) -> None:
        """Show what the backend says of a frame."""
        distance = frame["focus_distance_m"]
        self.path, self.name = frame["file"], bpy.path.basename(frame["file"])
        self.at_infinity = distance == "inf"
        self.focus_distance = 0 if distance in (None, "inf") else distance / metres_per_unit
        self.source = frame["source"]  # last: setting the distance marked it as typed
        self.relative_fov = frame["relative_fov"] or 0


class Settings(bpy.types.PropertyGroup):
    """One scene's focal stack. Lens values are in millimetres, distances in Blender units."""

    photographs: CollectionProperty(type=Photograph)
    active_photograph: IntProperty()
    order: EnumProperty(
        name="Order",
        description="How the photographs follow one another where no focus distances are known",
        items=(
            ("auto", "Automatic", "By focus distance; without it, by where the picture is sharp"),
            ("far-to-near", "Far to Near", "By file name, the first is focused farthest"),
            ("near-to-far", "Near to Far", "By file name, the first is focused nearest"),
        ),
    )
    focal_length: FloatProperty(
        name="Focal Length",
        description="In millimetres, as engraved on the lens. 0 takes it from the photographs",
        unit="CAMERA",
        min=0,
    )
    f_number: FloatProperty(
        name="F-Number", description="0 takes it from the photographs", min=0, precision=1
    )
    sensor_width: FloatProperty(
        name="Sensor Width",
        description="In millimetres, along the picture's width. 0 takes it from the photographs",
        unit="CAMERA",
        min=0,
    )
    level: EnumProperty(name="Level", description="How fine the mesh is", items=LEVELS, default="full")
    output: StringProperty(
        name="Output",
        description="Folder for the result. Empty: focal_depth beside the .blend file, or in the "
        "extension's own folder while the file is not saved",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    result: StringProperty(subtype="DIR_PATH", options=RELATIVE_PATH)
    summary: StringProperty()
    metric: BoolProperty()
    warnings: StringProperty()  # one a line

    def show_frames(self, frames: list[dict], warnings: list[str], metres_per_unit: float) -> None:
        """Fill the list with what the backend says of the stack."""
        self.photographs.clear()
        for frame in frames:
            self.photographs.add().take(frame, metres_per_unit)
        self.active_photograph = max(0, min(self.active_photograph, len(frames) - 1))
        self.warnings = "\n".join(warnings)

    def show_result(self, stored_folder: str, description: dict, metres_per_unit: float) -> None:
        """Use a result: its frames in the list, its depth in one line."""
        self.show_frames(description["frames"], description["warnings"], metres_per_unit)
        self.result = stored_folder
        self.metric = description["metric"]
        self.summary = _summary(description)

    def forget_result(self) -> None:
        self.result = self.summary = ""


def _summary(description: dict) -> str:
    if description["metric"]:
        near, far = (_metres(description["depth"][edge]) for edge in ("near", "far"))
        return f"Metric depth, {near} to {far}"
    return "Relative depth: the focus distances are not known"


def _metres(distance: float | str) -> str:
    return "infinity" if distance == "inf" else f"{distance:.3g} m"


def register() -> None:
    bpy.utils.register_class(Photograph)
    bpy.utils.register_class(Settings)
    bpy.types.Scene.focal_depth = PointerProperty(type=Settings)


def unregister() -> None:
    del bpy.types.Scene.focal_depth
    bpy.utils.unregister_class(Settings)
    bpy.utils.unregister_class(Photograph)
