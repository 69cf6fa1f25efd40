"""What a scene keeps: the photographs, what the person typed, and where the result is."""

import os

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

from .compat import RELATIVE_PATH
from .jobs import manager
from .preferences import QUALITIES, preferences
from .preview.settings import Look
from .translations import CONTEXT, say

TYPED = "typed"
UNKNOWN = "unknown"
LEVELS = (  # of a mesh
    ("preview", "Preview", "At most 50 thousand triangles"),
    ("full", "Full", "At most 500 thousand triangles"),
    ("ar", "AR", "At most 100 thousand triangles, as phones show them"),
)
ALIGNMENTS = (
    ("network", "Network", "By the thin lens, then by a network that finds what scale and shift are left"),
    ("thin-lens", "Thin Lens Only", "Crop each frame as its focus distance tells: for a camera on a tripod"),
    ("none", "None", "Take the photographs as they are: for a stack that is aligned already"),
)
NETWORKS = (
    ("ours", "Focal Depth", "The network that comes with the extension; it tells how sure it is"),
    ("paper", "Paper", "Won and Jeon's, ECCV 2022, once `focal-depth import-weights` has imported it"),
)
_QUALITY_NAMES = [name for name, *_ in QUALITIES]


def _note_change(owner: "Photograph | Settings", _context) -> None:
    """Something was typed or chosen that tells other photographs' distances too."""
    settings = owner.id_data.focal_depth
    if len(settings.photographs) > 1:
        settings.changed = True
        manager.autoread.schedule()


def _mark_typed(photograph: "Photograph", context) -> None:
    known = photograph.at_infinity or photograph.focus_distance > 0
    photograph.source = TYPED if known else UNKNOWN
    _note_change(photograph, context)


def _shown(typed: str, read: str, **options) -> FloatProperty:
    """What was typed, or else what was read; setting it is typing, and 0 is to take back what was typed."""
    return FloatProperty(
        get=lambda settings: getattr(settings, typed) or getattr(settings, read),
        set=lambda settings, value: setattr(settings, typed, value),
        min=0,
        **options,
    )


class Photograph(bpy.types.PropertyGroup):
    """One frame of the stack; `name` is the file's."""

    path: StringProperty(subtype="FILE_PATH", options=RELATIVE_PATH)
    used: BoolProperty(
        name="Use",
        description="Let the photograph be part of the stack. Off leaves it out of what is estimated",
        default=True,
        update=_note_change,
    )
    short_name: StringProperty()  # what tells it from the others
    notes: StringProperty(name="Notes", description="What is odd about the photograph")  # one a line
    focus_distance: FloatProperty(
        name="Focus Distance",
        description="Distance from the lens to what is in focus, in the scene's units. Type it where the "
        "file does not know it; two typed distances make the whole stack metric. 0 is unknown",
        translation_context=CONTEXT,
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
    width: IntProperty(
        name="Width", description="Of the photograph, in pixels. 0 is unknown", subtype="PIXEL"
    )
    height: IntProperty(
        name="Height", description="Of the photograph, in pixels. 0 is unknown", subtype="PIXEL"
    )
    relative_fov: FloatProperty(
        name="Relative Field of View",
        description="Width of what this frame sees over what the nearest-focus frame sees: 1 is the same. "
        "0 is unknown",
    )

    @property
    def file(self) -> str:
        """Its absolute path."""
        return bpy.path.abspath(self.path)

    @property
    def is_override(self) -> bool:
        """Whether its focus distance was typed."""
        return self.source == TYPED

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
        self.width, self.height = frame.get("width", 0), frame.get("height", 0)
        self.used = not frame.get("left_out", False)
        if "notes" in frame:  # a result has none
            self.notes = "\n".join(frame["notes"])


def _quality(settings: "Settings") -> int:
    return _QUALITY_NAMES.index(settings.chosen_quality or preferences().quality)


def _choose_quality(settings: "Settings", index: int) -> None:
    settings.chosen_quality = _QUALITY_NAMES[index]


class Settings(bpy.types.PropertyGroup):
    """One scene's focal stack. Lens values are in millimetres, distances in Blender units."""

    photographs: CollectionProperty(type=Photograph)
    active_photograph: IntProperty(name="Photograph", description="The one that is shown below the list")
    changed: BoolProperty()  # something was typed or chosen since the photographs were read
    order: EnumProperty(
        name="Order",
        description="How the photographs follow one another where no focus distances are known",
        items=(
            ("auto", "Automatic", "By focus distance; without it, by where the picture is sharp"),
            ("far-to-near", "Far to Near", "By file name, the first is focused farthest"),
            ("near-to-far", "Near to Far", "By file name, the first is focused nearest"),
        ),
        update=_note_change,
        translation_context=CONTEXT,
    )
    # What was typed, 0 where nothing was, and what the photographs say, 0 where they say nothing.
    focal_length: FloatProperty(unit="CAMERA", min=0, update=_note_change)
    f_number: FloatProperty(min=0, update=_note_change)
    sensor_width: FloatProperty(unit="CAMERA", min=0, update=_note_change)
    read_focal_length: FloatProperty(unit="CAMERA")
    read_f_number: FloatProperty()
    read_sensor_width: FloatProperty(unit="CAMERA")
    shown_focal_length: _shown(
        "focal_length",
        "read_focal_length",
        name="Focal Length",
        translation_context=CONTEXT,
        description="In millimetres, as engraved on the lens: what the photographs say, until you type "
        "another. 0 takes theirs again",
        unit="CAMERA",
    )
    shown_f_number: _shown(
        "f_number",
        "read_f_number",
        name="F-Number",
        description="The aperture, as in f/2.8: what the photographs say, until you type another. 0 takes "
        "theirs again",
        precision=1,
    )
    shown_sensor_width: _shown(
        "sensor_width",
        "read_sensor_width",
        name="Sensor Width",
        description="In millimetres, along the picture's width: what the photographs say, until you type "
        "another. 0 takes theirs again",
        unit="CAMERA",
    )
    level: EnumProperty(
        name="Level",
        description="How fine the mesh is",
        items=LEVELS,
        default="full",
        translation_context=CONTEXT,
    )
    chosen_quality: StringProperty()  # empty: as the preferences have it
    quality: EnumProperty(
        name="Quality",
        description="How finely depth is inferred. Results are of the photographs' size in any case",
        items=QUALITIES,
        get=_quality,
        set=_choose_quality,
        translation_context=CONTEXT,
    )
    alignment: EnumProperty(
        name="Alignment",
        description="How frames are brought onto one grid",
        items=ALIGNMENTS,
        translation_context=CONTEXT,
    )
    network: EnumProperty(
        name="Network",
        description="What infers depth",
        items=NETWORKS,
        translation_context=CONTEXT,
    )
    output: StringProperty(
        name="Output",
        description="Folder for the result. Empty: focal_depth beside the .blend file, or in the "
        "extension's own folder while the file is not saved",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    follow_folder: StringProperty(
        name="Folder",
        description="Where the photographs of the shoot arrive, in folders below it too",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    follow_pause: FloatProperty(
        name="Pause",
        description="A bracket is complete when none of its photographs has come or changed for so long",
        unit="TIME_ABSOLUTE",
        default=10,
        min=1,
        soft_max=120,
        precision=0,
    )
    result: StringProperty(subtype="DIR_PATH", options=RELATIVE_PATH)
    summary: StringProperty()
    metric: BoolProperty()
    warnings: StringProperty()  # one a line
    look: PointerProperty(type=Look)

    @property
    def upright(self) -> bool:
        """Whether the photographs are higher than wide."""
        return any(each.height > each.width for each in self.photographs if each.used)

    def show_frames(
        self, frames: list[dict], warnings: list[str], metres_per_unit: float, in_place: bool = False
    ) -> None:
        """Fill the list with what the backend says of the stack, far to near.

        `in_place` keeps the rows in the order they have: someone may be typing into one.
        """
        active = self.photographs[self.active_photograph].file if self.photographs else None
        self._read_lens(frames)
        if in_place:
            places = {photograph.file: row for row, photograph in enumerate(self.photographs)}
            frames = sorted(frames, key=lambda frame: places.get(frame["file"], len(places)))
        files = [frame["file"] for frame in frames]
        for index in reversed(range(len(self.photographs))):
            if self.photographs[index].file not in files:
                self.photographs.remove(index)
        rows = [photograph.file for photograph in self.photographs]
        for index, frame in enumerate(frames):
            if frame["file"] not in rows:
                self.photographs.add()
                rows.append(frame["file"])
            place = rows.index(frame["file"])
            self.photographs.move(place, index)
            rows.insert(index, rows.pop(place))
            self.photographs[index].take(frame, metres_per_unit)
        for photograph, short_name in zip(self.photographs, _short_names(files), strict=True):
            photograph.short_name = short_name
        self.active_photograph = files.index(active) if active in files else 0
        self.warnings = "\n".join(warnings)
        self.changed = False

    def show_alone(self, file: str) -> None:
        """List one photograph of which nothing is known yet."""
        self.photographs.clear()
        photograph = self.photographs.add()
        photograph.path, photograph.name, photograph.source = file, bpy.path.basename(file), UNKNOWN
        (photograph.short_name,) = _short_names([file])
        self.active_photograph, self.warnings = 0, ""

    def remove_active(self) -> None:
        self.photographs.remove(self.active_photograph)
        self.active_photograph = max(0, min(self.active_photograph, len(self.photographs) - 1))
        _note_change(self, None)

    def _read_lens(self, frames: list[dict]) -> None:
        """Of the nearest frame, as the backend takes it; what was typed hides what the file says."""
        for typed, key in (
            ("focal_length", "focal_length_mm"),
            ("f_number", "f_number"),
            ("sensor_width", "sensor_width_mm"),
        ):
            if not getattr(self, typed):
                used = (frame for frame in reversed(frames) if not frame.get("left_out"))
                setattr(self, f"read_{typed}", next(used, {}).get(key) or 0)

    def show_result(self, stored_folder: str, description: dict, metres_per_unit: float) -> None:
        """Use a result: its frames in the list, its depth in one line."""
        frames = {frame["file"]: frame for frame in description["frames"]}
        listed = {bpy.path.abspath(photograph.path): photograph for photograph in self.photographs}
        if frames.keys() < listed.keys():  # those left out stay listed, so that the next run has them too
            for path in frames:
                listed[path].take(frames[path], metres_per_unit)
            self.warnings = "\n".join(description["warnings"])
            self.changed = False
        else:
            self.show_frames(description["frames"], description["warnings"], metres_per_unit)
        self.result = stored_folder
        self.metric = description["metric"]
        self.summary = _summary(description)

    def forget_result(self) -> None:
        self.result = self.summary = ""


def _short_names(files: list[str]) -> list[str]:
    """File names without suffix and without the words that they all begin with: 0007 for DSC_0007.JPG."""
    stems = [os.path.splitext(bpy.path.basename(file))[0] for file in files]
    shared = ""
    for letters in zip(*stems, strict=False):
        if len(set(letters)) > 1:
            break
        shared += letters[0]
    shared = shared.rstrip("0123456789")
    return [stem.removeprefix(shared) or stem for stem in stems]


def _summary(description: dict) -> str:
    if description["metric"]:
        near, far = (_metres(description["depth"][edge]) for edge in ("near", "far"))
        return say("Metric depth, {near} to {far}", near=near, far=far)
    return say("Relative depth: the focus distances are not known")


def _metres(distance: float | str) -> str:
    return say("infinity") if distance == "inf" else f"{distance:.3g} m"


def register() -> None:
    bpy.utils.register_class(Photograph)
    bpy.utils.register_class(Look)
    bpy.utils.register_class(Settings)
    bpy.types.Scene.focal_depth = PointerProperty(type=Settings)


def unregister() -> None:
    del bpy.types.Scene.focal_depth
    bpy.utils.unregister_class(Settings)
    bpy.utils.unregister_class(Look)
    bpy.utils.unregister_class(Photograph)
