"""What the extension stores outside of files: clearing it, and the log of what went wrong."""

import shutil
from pathlib import Path

import bpy

from ...backend.contract.files import RESULT_JSON
from .. import result_moves
from ..clip import THUMBNAILS
from ..errors import UserError
from ..jobs import manager
from ..jobs.operator import ExclusiveOperator
from ..jobs.process import BYTECODE, LAST_LOG
from ..preferences import UNSAVED, cache_folder
from ..preview.cache import PREVIEWS
from ..translations import translate

TEXT = "Focal Depth Log"


class FOCAL_DEPTH_OT_clear_cache(ExclusiveOperator, bpy.types.Operator):
    bl_idname = "focal_depth.clear_cache"
    bl_label = "Clear Cache"
    bl_description = (
        "Delete the contents of the cache folder, except for results that the open file or a file that was "
        "saved uses. Results in your documents and beside .blend files are not deleted"
    )

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self, context):
        """What will go, before it goes."""
        for folder in _results():
            if user := _user(folder):
                stays = translate("{name} is kept: {file} uses it", name=folder.name, file=user)
                self.layout.label(text=stays, icon="CHECKMARK")
            else:
                self.layout.label(text=translate("{name} will be deleted", name=folder.name), icon="TRASH")

    def execute(self, context):
        try:
            cache = cache_folder()
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        unused = [folder for folder in _results() if not _user(folder)]
        for folder in (*unused, cache / BYTECODE, cache / PREVIEWS, cache / THUMBNAILS):
            shutil.rmtree(folder, ignore_errors=True)
        (cache / LAST_LOG).unlink(missing_ok=True)
        kept = _results()
        users = ", ".join(sorted({_user(folder) for folder in kept}))
        counts = translate(
            "Results deleted: {deleted}. Results kept: {kept}", deleted=len(unused), kept=len(kept)
        )
        self.report({"INFO"}, f"{counts} ({users})" if users else counts)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_release_memory(bpy.types.Operator):
    """End the process that waits for the next estimate, which then takes some seconds more to start"""

    bl_idname = "focal_depth.release_memory"
    bl_label = "Release Memory"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(translate("Nothing waits for the next estimate"))
        return manager.standby.process is not None

    def execute(self, context):
        manager.standby.end()
        return {"FINISHED"}


class FOCAL_DEPTH_OT_show_log(bpy.types.Operator):
    """Show the log of the failed task in a text editor"""

    bl_idname = "focal_depth.show_log"
    bl_label = "Show Log"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(translate("There is no log: nothing has failed"))
        return _last_log() is not None

    def execute(self, context):
        if (path := _last_log()) is None:
            return {"CANCELLED"}
        try:
            log = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            log = translate("The log has been deleted") + "\n"
        text = bpy.data.texts.get(TEXT) or bpy.data.texts.new(TEXT)
        text.from_string(log)
        text.cursor_set(0)
        if not bpy.app.background:
            editor = _text_editor(context)
            editor.text, editor.top, editor.show_word_wrap = text, 0, True
        return {"FINISHED"}


class FOCAL_DEPTH_OT_dismiss(bpy.types.Operator):
    """Remove this message"""

    bl_idname = "focal_depth.dismiss"
    bl_label = "Dismiss"

    def execute(self, context):
        manager.notice = None
        return {"FINISHED"}


def _last_log() -> Path | None:
    return None if manager.notice is None else manager.notice.log


def _text_editor(context: bpy.types.Context) -> bpy.types.SpaceTextEditor:
    """One that is open, or one in a new window."""
    areas = [area for window in context.window_manager.windows for area in window.screen.areas]
    area = next((area for area in areas if area.type == "TEXT_EDITOR"), None)
    if area is None:
        bpy.ops.wm.window_new()
        area = context.window_manager.windows[-1].screen.areas[0]
        area.type = "TEXT_EDITOR"
    return area.spaces.active


def _results() -> list[Path]:
    """Return the results in the cache folder: those of files that were not saved."""
    descriptions = (cache_folder() / UNSAVED).glob(f"*/{RESULT_JSON}")
    return sorted(path.parent for path in descriptions)


def _user(result: Path) -> str:
    """What needs a result in the cache folder: the open file, or a saved one; "" where nothing does."""
    if result.resolve() in result_moves.used_results():
        return bpy.path.basename(bpy.data.filepath) or translate("this file")
    return next((file.name for file in result_moves.files_using(result.resolve())), "")


register, unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_clear_cache,
        FOCAL_DEPTH_OT_release_memory,
        FOCAL_DEPTH_OT_show_log,
        FOCAL_DEPTH_OT_dismiss,
    )
)
