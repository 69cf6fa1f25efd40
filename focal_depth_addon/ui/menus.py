"""The operators in Blender's menus, where F3 finds them.

It searches the menus of the editor in which it is pressed, and those of the topbar.
"""

import bpy

from ..export import FORMATS, PRESETS
from ..translations import translate

VIEW_MENUS = ("VIEW3D_MT_view", "IMAGE_MT_view", "NODE_MT_view")  # beside what opens the sidebar
OPERATORS = (  # with what the panel has beside each
    ("add_photographs", "inspect", "take_frames", "remove_photograph", "clear"),
    ("estimate", "follow", "cancel", "show_log", "open_result", "find_result", "turn_round"),
    ("pick", "overlay", "preview_window", "reset_range", "step", "play"),
    (
        "build_mesh",
        "pick_ground",
        "level",
        "reset_ground",
        "set_scale",
        "holdout",
        "hide_occluders",
        "remove_set",
    ),
    ("edit_layer", "remove_layer", "apply_layers"),
    ("depth_merge", "refocus", "depth_fog", "depth_matte"),
    ("clear_cache", "release_memory"),
)


class FOCAL_DEPTH_MT_export(bpy.types.Menu):
    bl_label = "Focal Depth"

    def draw(self, _context):
        for key, preset in PRESETS.items():
            text = f"{translate(preset.name)} ({preset.suffix})"
            self.layout.operator("focal_depth.export", text=text).preset = key
        self.layout.separator()
        for key, each in FORMATS.items():
            self.layout.operator("focal_depth.share", text=each.name).format = key


class FOCAL_DEPTH_MT_menu(bpy.types.Menu):
    bl_label = "Focal Depth"

    def draw(self, context):
        layout = self.layout
        layout.operator_enum("focal_depth.preview", "show")
        layout.operator_menu_enum("focal_depth.add_layer", "tool")
        for group in OPERATORS:
            layout.separator()
            for name in group:
                layout.operator(f"focal_depth.{name}")


_register_menus, _unregister_menus = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_MT_export, FOCAL_DEPTH_MT_menu)
)


def _draw_menu(self, _context) -> None:
    self.layout.separator()
    self.layout.menu("FOCAL_DEPTH_MT_menu")


def _draw_import(self, _context) -> None:
    self.layout.operator("focal_depth.add_photographs", text="Focus Bracket (.jpg, .png, .tif, .exr)")


def _draw_export(self, _context) -> None:
    self.layout.menu("FOCAL_DEPTH_MT_export")


def _entries() -> list[tuple[type[bpy.types.Menu], object]]:
    """Menus of Blender, and what draws the entries in each."""
    entries = {"TOPBAR_MT_file_import": _draw_import, "TOPBAR_MT_file_export": _draw_export}
    entries |= dict.fromkeys(VIEW_MENUS, _draw_menu)
    return [(getattr(bpy.types, menu), draw) for menu, draw in entries.items()]


def register() -> None:
    _register_menus()
    for menu, draw in _entries():
        menu.append(draw)


def unregister() -> None:
    for menu, draw in _entries():
        menu.remove(draw)
    _unregister_menus()
