"""What holds for every file: where the extension may write, and how it works unless told otherwise."""

import contextlib
import os
import time
from pathlib import Path

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from .errors import UserError
from .translations import CONTEXT, say

EXTENSION = __package__.rpartition(".")[0]
OWN_FOLDER = "focal_depth_cache"  # within a folder that the person chose
QUALITIES = (
    ("draft", "Draft", "Depth is inferred at 640 pixels of the longer side: a first look"),
    ("standard", "Standard", "Depth is inferred at about 960 pixels of the longer side"),
    ("full", "Full", "Depth is inferred at the photographs' own size: takes by far the most time and memory"),
)
DEVICES = (
    ("auto", "Automatic", "A graphics processor where the extension's engine is built for one, else the CPU"),
    ("cpu", "CPU", "The processor, whatever else there is"),
    ("gpu", "GPU", "A graphics processor; estimating stops where none can be used"),
)
FRESH = 2.0  # seconds for which a measured size holds

_measured: tuple[float, Path, int] = (0.0, Path(), 0)  # when, of what, bytes


class FocalDepthPreferences(bpy.types.AddonPreferences):
    bl_idname = EXTENSION

    cache_folder: StringProperty(
        name="Cache Folder",
        description="Where results of unsaved files, and what need not be kept, are written. Empty is the "
        "extension's own folder",
        subtype="DIR_PATH",
    )
    quality: EnumProperty(
        name="Quality",
        description="How finely depth is inferred where the scene does not say otherwise",
        items=QUALITIES,
        default="standard",
        translation_context=CONTEXT,
    )
    threads: IntProperty(
        name="Threads",
        description="Processor threads that estimating may use. 0 is one for every core",
        min=0,
        soft_max=64,
    )
    device: EnumProperty(
        name="Device",
        description="What the networks run on",
        items=DEVICES,
        default="auto",
        translation_context=CONTEXT,
    )
    memory: FloatProperty(
        name="Memory Limit",
        description="Gigabytes that estimating may use. Where they do not suffice, depth is inferred "
        "coarser. 0 is no limit",
        min=0,
        soft_max=64,
        step=50,
        precision=1,
    )

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "quality")
        layout.prop(self, "device")
        layout.prop(self, "threads")
        layout.prop(self, "memory", text=say("Memory Limit (GB)"))
        layout.prop(self, "cache_folder", placeholder=str(own_folder()))
        columns = layout.split(factor=0.4)
        columns.label()
        row = columns.row()
        try:
            row.label(text=say("Holds {size}", size=in_words(folder_size(cache_folder()))))
        except UserError as error:
            row.label(text=str(error), icon="ERROR")
        row.operator("focal_depth.clear_cache")


def preferences() -> FocalDepthPreferences:
    return bpy.context.preferences.addons[EXTENSION].preferences


def own_folder() -> Path:
    """The extension's own folder, which outlives its updates."""
    return Path(bpy.utils.extension_path_user(EXTENSION, create=True))


def cache_folder() -> Path:
    """Where the extension may write. Raises UserError where it cannot."""
    chosen = preferences().cache_folder
    if not chosen:
        return own_folder()
    folder = Path(bpy.path.abspath(chosen)) / OWN_FOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise UserError(
            say(
                "The cache folder {folder} cannot be written: choose another in the preferences",
                folder=folder,
            )
        )
    return folder


def folder_size(folder: Path) -> int:
    """Bytes, some seconds old at most: panels ask whenever they are drawn."""
    global _measured
    when, what, size = _measured
    if what != folder or time.monotonic() - when > FRESH:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        _measured = (time.monotonic(), folder, size)
    return size


def in_words(size: float) -> str:
    """Bytes as people count them."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


register, unregister = bpy.utils.register_classes_factory((FocalDepthPreferences,))
