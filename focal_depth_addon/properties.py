"""What a scene stores: the photographs, what the person typed and chose, and the result."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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

from ..backend.contract import qualities, schema
from ..backend.contract.formats import is_clip_frame, locate
from .clip import Clip
from .compat import RELATIVE_PATH
from .errors import UserError
from .jobs import manager
from .preferences import QUALITIES, preferences
from .preview.settings import PreviewSettings
from .preview.units import FAR
from .retouch import RetouchLayer
from .translations import CONTEXT, translate

# Sources of a focus distance, of those that result.json has.
OVERRIDE = "typed"
INTERPOLATED = "interpolated"
FROM_BLUR = "estimated from blur"
UNKNOWN = "unknown"
SURE_DIRECTION = 0.95  # probability from which nothing is said of near and far
LEVELS = (  # of detail of a mesh
    ("preview", "Preview", "At most 50,000 triangles"),
    ("full", "Full", "At most 500,000 triangles"),
    ("ar", "AR", "At most 100,000 triangles, as phones can show"),
)
ALIGNMENTS = (
    (
        qualities.NETWORK,
        "Network",
        "Align the frames by the thin lens model, then let a network correct the remaining scale and shift",
    ),
    (
        qualities.THIN_LENS,
        "Thin Lens Only",
        "Align the frames by the thin lens model only: for a camera on a tripod",
    ),
    (qualities.NONE, "None", "Use the photographs as they are: for a stack that is already aligned"),
)
# Files store the numbers: they stay.
NETWORKS = (
    (
        qualities.FOCAL_UNET,
        "Focal Depth",
        "Use the network of this extension, which also estimates its uncertainty",
        "NONE",
        0,
    ),
    (
        qualities.WON_JEON,
        "Won and Jeon",
        "Use the network of Won and Jeon (ECCV 2022), once `focal-depth import-weights` has imported it",
        "NONE",
        1,
    ),
)
_QUALITY_NAMES = [name for name, *_ in QUALITIES]


def _update_stack(owner: "Photograph | Settings", _context) -> None:
    """Let the photographs be read again: other focus distances may depend on what has changed."""
    settings = owner.id_data.focal_depth
    if len(settings.photographs) > 1:
        settings.changed = True
        manager.autoread.schedule()


def _update_distance(photograph: "Photograph", context) -> None:
    has_distance = photograph.at_infinity or photograph.focus_distance > 0
    photograph.source = OVERRIDE if has_distance else UNKNOWN
    _update_stack(photograph, context)


def _update_draft(settings: "Settings", _context) -> None:
    from .operators.retouch import start_draft  # which needs these settings

    if settings.draft:
        start_draft(settings.id_data)
    else:
        manager.draft.stop()


def _get_link(settings: "Settings") -> bool:
    from .operators.compositing import is_refocus_linked  # which needs these settings

    return is_refocus_linked(settings.id_data)


def _set_link(settings: "Settings", is_linked: bool) -> None:
    from .operators.compositing import link_refocus

    with contextlib.suppress(UserError):
        link_refocus(settings.id_data, is_linked)


def _lens_value(override: str, read: str, **options) -> FloatProperty:
    """A lens value as the panel has it: the override or else what was read; setting it sets the override."""
    return FloatProperty(
        get=lambda settings: getattr(settings, override) or getattr(settings, read),
        set=lambda settings, value: setattr(settings, override, value),
        min=0,
        **options,
    )


class Photograph(bpy.types.PropertyGroup):
    """One frame of the stack; `name` is the file's."""

    path: StringProperty(subtype="FILE_PATH", options=RELATIVE_PATH)
    used: BoolProperty(
        name="Use",
        description="Use the photograph as part of the stack. If off, estimating leaves it out",
        default=True,
        update=_update_stack,
    )
    short_name: StringProperty()  # what distinguishes it from the others
    notes: StringProperty(name="Notes", description="Possible problems of the photograph")  # one a line
    focus_distance: FloatProperty(
        name="Focus Distance",
        description="Distance from the lens to what is in focus, in the scene's units. Type it if the file "
        "does not contain it: two typed distances make the whole stack metric. 0 means unknown",
        translation_context=CONTEXT,
        unit="LENGTH",
        min=0,
        precision=3,
        update=_update_distance,
    )
    at_infinity: BoolProperty(
        name="Focused at Infinity",
        description="The lens is focused at infinity (0 dioptres)",
        update=_update_distance,
    )
    source: StringProperty(name="Source", description="Where the focus distance comes from")
    width: IntProperty(
        name="Width",
        description="Width of the photograph in pixels. 0 means unknown",
        subtype="PIXEL",
    )
    height: IntProperty(
        name="Height",
        description="Height of the photograph in pixels. 0 means unknown",
        subtype="PIXEL",
    )
    relative_fov: FloatProperty(
        name="Relative Field of View",
        description="Width of the field of view relative to that of the frame focused nearest. "
        "0 means unknown",
    )

    @property
    def file(self) -> str:
        """Absolute path."""
        return bpy.path.abspath(self.path)

    @property
    def is_override(self) -> bool:
        """Whether the focus distance was typed."""
        return self.source == OVERRIDE

    def format_metres(self, metres_per_unit: float) -> str:
        """Return the focus distance as the backend reads it."""
        return schema.INFINITY if self.at_infinity else f"{self.focus_distance * metres_per_unit:.6g}"

    def update_from(self, frame: Mapping[str, Any], metres_per_unit: float) -> None:
        """Show what the backend says of a frame."""
        distance = frame["focus_distance_m"]
        self.path, self.name = frame["file"], bpy.path.basename(frame["file"])
        self.at_infinity = distance == schema.INFINITY
        self.focus_distance = 0 if distance in (None, schema.INFINITY) else distance / metres_per_unit
        self.source = frame["source"]  # last: setting the distance marked it as an override
        self.relative_fov = frame["relative_fov"] or 0
        self.width, self.height = frame.get("width", 0), frame.get("height", 0)
        self.used = not frame.get("left_out", False)
        if "notes" in frame:  # a result has none
            self.notes = "\n".join(frame["notes"])


def _get_quality(settings: "Settings") -> int:
    return _QUALITY_NAMES.index(settings.chosen_quality or preferences().quality)


def _set_quality(settings: "Settings", index: int) -> None:
    settings.chosen_quality = _QUALITY_NAMES[index]


class Settings(bpy.types.PropertyGroup):
    """One scene's focal stack. Lens values are in millimetres, distances in Blender units."""

    photographs: CollectionProperty(type=Photograph)
    clip: PointerProperty(type=Clip)
    active_photograph: IntProperty(
        name="Photograph", description="Active photograph, which is shown below the list"
    )
    shows_photographs: BoolProperty(
        name="Show Photographs", description="Show the list of photographs", default=True
    )
    shows_warnings: BoolProperty(name="Show Notes", description="Show the notes on the photographs")
    changed: BoolProperty()  # something was typed or chosen since the photographs were read
    order: EnumProperty(
        name="Order",
        description="Order of the photographs if their focus distances are unknown",
        items=(
            ("auto", "Automatic", "By focus distance or, if unknown, by where each picture is sharp"),
            ("far-to-near", "Far to Near", "By file name, the first photograph being focused farthest"),
            ("near-to-far", "Near to Far", "By file name, the first photograph being focused nearest"),
        ),
        update=_update_stack,
        translation_context=CONTEXT,
    )
    # Overrides, and what the photographs' metadata say; 0 where there is none.
    focal_length: FloatProperty(unit="CAMERA", min=0, update=_update_stack)
    f_number: FloatProperty(min=0, update=_update_stack)
    sensor_width: FloatProperty(unit="CAMERA", min=0, update=_update_stack)
    read_focal_length: FloatProperty(unit="CAMERA")
    read_f_number: FloatProperty()
    read_sensor_width: FloatProperty(unit="CAMERA")
    shown_focal_length: _lens_value(
        "focal_length",
        "read_focal_length",
        name="Focal Length",
        translation_context=CONTEXT,
        description="Focal length in millimetres, as engraved on the lens. The value in the photographs is "
        "used until you type another; 0 restores it",
        unit="CAMERA",
    )
    shown_f_number: _lens_value(
        "f_number",
        "read_f_number",
        name="F-Number",
        description="Aperture, such as 2.8 for f/2.8. The value in the photographs is used until you type "
        "another; 0 restores it",
        precision=1,
    )
    shown_sensor_width: _lens_value(
        "sensor_width",
        "read_sensor_width",
        name="Sensor Width",
        description="Size of the sensor in millimetres, along the picture's width. The value in the "
        "photographs is used until you type another; 0 restores it",
        unit="CAMERA",
    )
    level: EnumProperty(
        name="Level of Detail",
        description="Number of triangles in the mesh",
        items=LEVELS,
        default="full",
        translation_context=CONTEXT,
    )
    chosen_quality: StringProperty()  # empty: as the preferences have it
    quality: EnumProperty(
        name="Quality",
        description="Quality of the depth. Results always have the full size of the photographs",
        items=QUALITIES,
        get=_get_quality,
        set=_set_quality,
        translation_context=CONTEXT,
    )
    alignment: EnumProperty(
        name="Alignment",
        description="How the frames are aligned with each other",
        items=ALIGNMENTS,
        translation_context=CONTEXT,
    )
    network: EnumProperty(
        name="Network",
        description="Network that estimates the depth",
        items=NETWORKS,
        translation_context=CONTEXT,
    )
    use_lens_profile: BoolProperty(
        name="Lens Profile",
        description="Correct the depth for the lens's field curvature, which makes flat things come out "
        "bent. It is taken from the saved profile of the lens or, without one, from flat things in the "
        "photographs",
        default=True,
    )
    links_focus: BoolProperty(
        name="Follow Camera Focus",
        description="Let Refocus have the focus distance and f-number of the set's camera, which also blurs "
        "CG",
        get=_get_link,
        set=_set_link,
    )
    output: StringProperty(
        name="Output",
        description="Folder for the result. If empty, the folder focal_depth beside the .blend file, or the "
        "extension's own folder while the file is not saved",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    follow_folder: StringProperty(
        name="Folder",
        description="Folder in which the photographs of a shoot arrive, or a folder above it",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    follow_pause: FloatProperty(
        name="Pause",
        description="A bracket is complete when none of its photographs has arrived or changed for this long",
        unit="TIME_ABSOLUTE",
        default=10,
        min=1,
        soft_max=120,
        precision=0,
    )
    result: StringProperty(subtype="DIR_PATH", options=RELATIVE_PATH)
    summary: StringProperty()
    direction_certainty: StringProperty()  # of the result, as a sentence; empty where near and far are sure
    profile_source: StringProperty()  # of the result, as a sentence; empty where none was applied
    metric: BoolProperty()
    layers: CollectionProperty(type=RetouchLayer)  # of retouch, from the bottom up
    active_layer: IntProperty(name="Layer", description="Active layer, which is shown below the list")
    draft: BoolProperty(
        name="Draft While Outlining",
        description="Show what the layers make of depth and of the picture while you outline",
        default=True,
        update=_update_draft,
    )
    layers_of: StringProperty()  # the result, as it is stored, whose layers are listed
    warnings: StringProperty()  # one a line
    look: PointerProperty(type=PreviewSettings)  # `preview`, by the name that files of version 0.1 have

    @property
    def preview(self) -> PreviewSettings:
        """How the result is previewed."""
        return self.look

    @property
    def is_upright(self) -> bool:
        """Whether the photographs are higher than wide."""
        return any(each.height > each.width for each in self.photographs if each.used)

    def list_frames(
        self,
        frames: Sequence[Mapping[str, Any]],
        warnings: Sequence[str],
        metres_per_unit: float,
        in_place: bool = False,
    ) -> None:
        """Fill the list with what the backend says of a stack.

        Parameters
        ----------
        frames
            As the backend describes them, far to near.
        warnings
            Sentences about the whole stack.
        metres_per_unit
            Of the scene.
        in_place
            Whether the rows keep their order: someone may be typing into one.
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
            self.photographs[index].update_from(frame, metres_per_unit)
        for photograph, short_name in zip(self.photographs, _short_names(files), strict=True):
            photograph.short_name = short_name
        self.active_photograph = files.index(active) if active in files else 0
        self.warnings = "\n".join(warnings)
        self.changed = False

    def list_unread(self, file: str) -> None:
        """List one photograph, which has not been read."""
        self.photographs.clear()
        photograph = self.photographs.add()
        photograph.path, photograph.name, photograph.source = file, bpy.path.basename(file), UNKNOWN
        (photograph.short_name,) = _short_names([file])
        self.active_photograph, self.warnings = 0, ""

    def remove_active(self) -> None:
        """Remove the active photograph from the list."""
        self.photographs.remove(self.active_photograph)
        self.active_photograph = max(0, min(self.active_photograph, len(self.photographs) - 1))
        _update_stack(self, None)

    def use_result(self, stored_folder: str, description: schema.Description, metres_per_unit: float) -> None:
        """Use a result: list its frames, and summarise its depth in one line.

        Parameters
        ----------
        stored_folder
            The result folder, as `result_folder.to_stored` returns it.
        description
            What its result.json says.
        metres_per_unit
            Of the scene.
        """
        frames = {frame["file"]: frame for frame in description["frames"]}
        listed = {bpy.path.abspath(photograph.path): photograph for photograph in self.photographs}
        if frames.keys() < listed.keys():  # those left out stay listed, so that the next run has them too
            for path in frames:
                listed[path].update_from(frames[path], metres_per_unit)
            self.warnings = "\n".join(description["warnings"])
            self.changed = False
        else:
            self.list_frames(description["frames"], description["warnings"], metres_per_unit)
        self.result = stored_folder
        self.shows_photographs = False  # the next step is below them
        self.metric = description["metric"]
        self.summary = _summarise(description)
        self.direction_certainty = _describe_direction(description)
        self.profile_source = _describe_profile_source(description)

    def clear_result(self) -> None:
        """Use no result."""
        self.shows_photographs = True
        self.result = self.summary = self.direction_certainty = self.profile_source = ""

    def _read_lens(self, frames: Sequence[Mapping[str, Any]]) -> None:
        """Take lens values from the nearest frame, as the backend does, where none was typed."""
        for override, key in (
            ("focal_length", "focal_length_mm"),
            ("f_number", "f_number"),
            ("sensor_width", "sensor_width_mm"),
        ):
            if not getattr(self, override):
                used = (frame for frame in reversed(frames) if not frame.get("left_out"))
                setattr(self, f"read_{override}", next(used, {}).get(key) or 0)


def _short_names(files: list[str]) -> list[str]:
    """File names without suffix and without the words that they all begin with: 0007 for DSC_0007.JPG."""
    stems = [os.path.splitext(bpy.path.basename(file))[0] for file in files]
    if all(map(is_clip_frame, map(Path, files))):
        stems = [str(locate(Path(file))[1]) for file in files]
    shared = ""
    for letters in zip(*stems, strict=False):
        if len(set(letters)) > 1:
            break
        shared += letters[0]
    shared = shared.rstrip("0123456789")
    return [stem.removeprefix(shared) or stem for stem in stems]


def _summarise(description: schema.Description) -> str:
    if description["metric"]:
        near, far = (_format_metres(description["depth"][edge]) for edge in ("near", "far"))
        return translate("Metric depth, {near} to {far}", near=near, far=far)
    return translate("Relative depth: the focus distances are unknown")


def _describe_direction(description: schema.Description) -> str:
    """How sure near and far are, where they are not; the description may be anyone's, and is not checked."""
    certainty = description.get("order_certainty")
    if description["metric"] or not isinstance(certainty, int | float) or not 0 <= certainty < SURE_DIRECTION:
        return ""
    return translate("Near and far are only {share} certain", share=f"{certainty:.0%}")


def _describe_profile_source(description: schema.Description) -> str:
    """Where the lens profile comes from; the description may be anyone's, and is not checked for this."""
    profile = description.get("lens_profile")
    if not isinstance(profile, dict):
        return ""
    source, file = profile.get("source"), profile.get("file")
    if source == "file" and isinstance(file, str):
        name = "".join(filter(str.isprintable, bpy.path.basename(file)))
        return translate("Lens profile: from {file}", file=name)
    return translate("Field curvature: found in this stack") if source == "this stack" else ""


def _format_metres(distance: float | str) -> str:
    metres = float(distance)
    if metres > FAR:
        return translate("infinity") if distance == schema.INFINITY else translate("far")
    return f"{metres / 1000:.2g} km" if metres >= 1000 else f"{metres:.3g} m"


def register() -> None:
    bpy.utils.register_class(Clip)
    bpy.utils.register_class(Photograph)
    bpy.utils.register_class(PreviewSettings)
    bpy.utils.register_class(RetouchLayer)
    bpy.utils.register_class(Settings)
    bpy.types.Scene.focal_depth = PointerProperty(type=Settings)


def unregister() -> None:
    del bpy.types.Scene.focal_depth
    bpy.utils.unregister_class(Settings)
    bpy.utils.unregister_class(RetouchLayer)
    bpy.utils.unregister_class(PreviewSettings)
    bpy.utils.unregister_class(Photograph)
    bpy.utils.unregister_class(Clip)
