"""Below the photographs: estimating, its progress, and the result."""

import bpy

from ...backend.contract.errors import InputError
from .. import expected_cost, recent_results, result_folder, result_moves
from ..errors import UserError
from ..jobs import manager
from ..jobs.progress import format_duration
from ..preferences import QUALITIES, cache_folder
from ..properties import Settings
from ..scene import photo_set
from ..translations import translate
from .text import LINE, draw_sentence

LINE_BESIDE_BUTTON = LINE - 12  # characters


class FOCAL_DEPTH_MT_recent(bpy.types.Menu):
    """Results used last. Opening one does not estimate anything"""

    bl_idname = "FOCAL_DEPTH_MT_recent"
    bl_label = "Recent Results"

    def draw(self, context):
        layout = self.layout
        try:
            folders = recent_results.list_results(cache_folder())
        except UserError as error:
            layout.label(text=str(error), icon="ERROR")
            return
        for folder in folders:
            place = "/".join(folder.parent.parts[-2:])
            opening = layout.operator(
                "focal_depth.open_result", text=translate("{name}  in {place}", name=folder.name, place=place)
            )
            opening.directory = str(folder)
        if not folders:
            layout.label(text="None yet")


def draw(layout: bpy.types.UILayout, settings: Settings) -> None:
    """Draw the part of the panel that is about estimating and its result."""
    _draw_estimate(layout, settings)
    _draw_notice(layout)
    _draw_result(layout, settings)


def draw_progress(layout: bpy.types.UILayout) -> None:
    """Draw the progress of the running job."""
    text, done = manager.status()
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.progress(factor=done, type="BAR", text=text)
    row.operator("focal_depth.cancel", text="", icon="CANCEL")


def _draw_estimate(layout: bpy.types.UILayout, settings: Settings) -> None:
    if manager.run is not None:
        draw_progress(layout)
        return
    row = layout.row()
    row.scale_y = 1.4
    row.operator("focal_depth.estimate", icon="PLAY")
    header, body = layout.panel("focal_depth_estimate", default_closed=True)
    header.label(text=_expected_cost(settings))
    if body is not None:
        body.use_property_split = True
        body.use_property_decorate = False
        body.prop(settings, "quality")
        body.prop(settings, "alignment")
        body.prop(settings, "network")
        body.prop(settings, "use_lens_profile")
        body.operator("focal_depth.release_memory", icon="MEMORY")


def _expected_cost(settings: Settings) -> str:
    """The quality, and the memory and time of estimating if the photographs' size is known."""
    name = translate(next(name for identifier, name, _ in QUALITIES if identifier == settings.quality))
    try:
        expected = expected_cost.expect(settings)
    except InputError:
        return translate("{quality}: needs more memory than the limit", quality=name)
    if expected is None:
        return name
    gigabytes, duration = expected.memory / 1e9, expected.seconds_here
    return translate(
        "{quality}: about {memory} GB, {time}",
        quality=name,
        memory=f"{gigabytes:.{0 if gigabytes > 10 else 1}f}",
        time=format_duration(max(1, round(duration, -1 if duration > 20 else 0))),
    )


def _draw_notice(layout: bpy.types.UILayout) -> None:
    notice = manager.notice
    if notice is None:
        return
    box = layout.box()
    row = box.row()
    draw_sentence(row, notice.text, "ERROR" if notice.is_fault else "INFO", LINE_BESIDE_BUTTON)
    row.operator("focal_depth.dismiss", text="", icon="X", emboss=False)
    if notice.hides_set:
        hide = translate("Hide {name}", name=notice.hides_set)
        box.operator("focal_depth.hide_occluders", text=hide, icon="HIDE_ON")
    if notice.log is not None:
        box.operator("focal_depth.show_log", icon="TEXT")


def _draw_result(layout: bpy.types.UILayout, settings: Settings) -> None:
    row = layout.row(align=True)
    row.label(text="Result")
    row.operator("focal_depth.open_result", text="Open", icon="FILE_FOLDER")
    row.menu("FOCAL_DEPTH_MT_recent", text="", icon="DOWNARROW_HLT")
    if missing := result_moves.missing_result(settings.id_data):
        draw_sentence(layout, translate("The result folder {folder} is gone", folder=missing.name), "ERROR")
        layout.operator("focal_depth.find_result", icon="VIEWZOOM")
    elif settings.summary:
        draw_sentence(layout, settings.summary, "CHECKMARK" if settings.metric else "INFO")
        if settings.profile_source:
            draw_sentence(layout, settings.profile_source, "CAMERA_DATA")
        if settings.direction_certainty:
            draw_sentence(layout, settings.direction_certainty, "QUESTION")
        if not settings.metric:
            layout.operator(
                "focal_depth.turn_round", text="Turn Round (Near <-> Far)", icon="ARROW_LEFTRIGHT"
            )
        layout.prop(settings.preview, "in_view", icon="IMAGE_DATA", toggle=True)
        _draw_build(layout, settings)


def _draw_build(layout: bpy.types.UILayout, settings: Settings) -> None:
    """The next step, and whether the mesh that is there is of this result."""
    objects = photo_set.find_objects(settings.id_data, result_folder.from_stored(settings.result))
    is_stale = "mesh" in objects and photo_set.is_stale(objects["mesh"], settings.result)
    if is_stale:
        draw_sentence(layout, "The mesh is of an earlier estimate", "ERROR")
    row = layout.row(align=True)
    row.scale_y = 1.4
    text = translate("Rebuild Mesh") if "mesh" in objects else translate("Build Mesh")
    row.operator("focal_depth.build_mesh", text=text, icon="MESH_GRID").level = settings.level
    row.prop(settings, "level", text="")


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_MT_recent,))
