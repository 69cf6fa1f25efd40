"""Preferences for all files: quality, device, limits, and where the extension may write."""

import contextlib
import os
import time
from pathlib import Path

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from ..backend.contract.qualities import DRAFT, FULL, STANDARD
from .documents import documents_folder
from .errors import UserError
from .translations import CONTEXT, translate

EXTENSION = __name__.rsplit(".", 2)[0]
SUBFOLDER = "focal_depth_cache"  # within a folder that the person chose
UNSAVED = "results"  # in the cache folder: the results of files that are not saved
IN_DOCUMENTS = "Focal Depth"  # in the person's documents: the same, unless a cache folder was chosen
QUALITIES = (
    (DRAFT, "Draft", "Estimate depth at about 640 pixels along the longer side, for a quick preview"),
    (STANDARD, "Standard", "Estimate depth at about 960 pixels along the longer side"),
    (
        FULL,
        "Full",
        "Estimate depth at the full size of the photographs. This takes by far the most time and memory",
    ),
)
DEVICES = (
    ("auto", "Automatic", "Use a graphics processor where the extension supports one, otherwise the CPU"),
    ("cpu", "CPU", "Use the CPU, even if there is a graphics processor"),
    ("gpu", "GPU", "Use a graphics processor. If none can be used, estimating stops with an error"),
)
SIZE_LIFETIME = 2.0  # seconds for which a measured size holds

_measured: tuple[float, Path, int] = (0.0, Path(), 0)  # when, of what, bytes


class FocalDepthPreferences(bpy.types.AddonPreferences):
    bl_idname = EXTENSION

    cache_folder: StringProperty(
        name="Cache Folder",
        description="Folder for temporary data and for results of unsaved files. If empty, temporary data "
        "are in the extension's own folder and results in the folder Focal Depth in your documents",
        subtype="DIR_PATH",
    )
    quality: EnumProperty(
        name="Quality",
        description="Quality of the depth in scenes that do not set their own",
        items=QUALITIES,
        default=STANDARD,
        translation_context=CONTEXT,
    )
    threads: IntProperty(
        name="Threads",
        description="Number of processor threads for estimating depth. 0 means one for each core",
        min=0,
        soft_max=64,
    )
    device: EnumProperty(
        name="Device",
        description="Processor that runs the networks",
        items=DEVICES,
        default="auto",
        translation_context=CONTEXT,
    )
    memory: FloatProperty(
        name="Memory Limit",
        description="Memory for estimating depth, in gigabytes. If it does not suffice, depth is estimated "
        "at a smaller size. 0 means no limit",
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
        layout.prop(self, "memory", text=translate("Memory Limit (GB)"))
        layout.prop(self, "cache_folder", placeholder=str(extension_folder()))
        columns = layout.split(factor=0.4)
        columns.label()
        row = columns.row()
        try:
            row.label(text=translate("Size: {size}", size=format_size(measure_folder(cache_folder()))))
        except UserError as error:
            row.label(text=str(error), icon="ERROR")
        row.operator("focal_depth.clear_cache")


def preferences() -> FocalDepthPreferences:
    """Return the preferences of the extension."""
    return bpy.context.preferences.addons[EXTENSION].preferences


def extension_folder() -> Path:
    """Return the extension's own folder, which outlives its updates."""
    return Path(bpy.utils.extension_path_user(EXTENSION, create=True))


def cache_folder() -> Path:
    """Return the folder in which the extension may write.

    Raises
    ------
    UserError
        Where it cannot.
    """
    chosen = preferences().cache_folder
    if not chosen:
        return extension_folder()
    folder = Path(bpy.path.abspath(chosen)) / SUBFOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise UserError(
            translate(
                "The cache folder {folder} cannot be written: choose another one in the preferences",
                folder=folder,
            )
        )
    return folder


def unsaved_folder() -> Path:
    """Return the folder for results of files that are not saved.

    It is where people keep documents, so that they outlive the extension, unless a cache folder was chosen.

    Raises
    ------
    UserError
        Where no such folder can be written.
    """
    documents = documents_folder()
    if preferences().cache_folder or documents is None:
        return cache_folder() / UNSAVED
    return documents / IN_DOCUMENTS


def measure_folder(folder: Path) -> int:
    """Return the bytes in a folder as of the last seconds: panels ask whenever they are drawn."""
    global _measured
    when, measured_folder, size = _measured
    if measured_folder != folder or time.monotonic() - when > SIZE_LIFETIME:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        _measured = (time.monotonic(), folder, size)
    return size


def format_size(size: float) -> str:
    """Return a number of bytes with a unit that suits it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


register, unregister = bpy.utils.register_classes_factory((FocalDepthPreferences,))
