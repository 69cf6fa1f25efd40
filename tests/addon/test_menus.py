"""What F3 finds is in a menu. The search itself is tried in tests/window."""

import importlib

import bpy
import pytest

OF_THE_PANEL = {  # they need a row of a list, a value or a message that the panel shows
    "as_read",
    "choose_sensor",
    "dismiss",
    "drop_photographs",
    "tell_notes",
}


@pytest.fixture(scope="module")
def menus(addon):
    return importlib.import_module(f"{addon}.focal_depth_addon.menus")


class Recorder:
    """A layout that remembers what it was asked for."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, kind):
        def ask(name="", *_, **__):
            self.asked.append((kind, name))
            return type("Properties", (), {})()

        return ask


def drawn_by(functions) -> list[tuple[str, str]]:
    menu = type("Menu", (), {"layout": Recorder()})()
    for function in functions:
        function(menu, bpy.context)
    return menu.layout.asked


def ours(menus, name: str) -> list:
    return [
        each for each in getattr(bpy.types, name)._dyn_ui_initialize() if each.__module__ == menus.__name__
    ]


def test_every_operator_is_found(menus):
    places = ("TOPBAR_MT_file_import", "TOPBAR_MT_file_export", *menus.HOMES)
    asked = drawn_by([menus.FOCAL_DEPTH_MT_menu.draw])
    for place in places:
        asked += drawn_by(ours(menus, place))
    found = {name.partition(".")[2] for kind, name in asked if kind.startswith("operator")}
    assert found == set(dir(bpy.ops.focal_depth)) - OF_THE_PANEL
    assert asked.count(("menu", "FOCAL_DEPTH_MT_menu")) == len(menus.HOMES)


def test_menus_are_left_as_they_were(addon, menus):
    bpy.ops.preferences.addon_disable(module=addon)
    assert not hasattr(bpy.types, "FOCAL_DEPTH_MT_menu")
    left = [ours(menus, place) for place in ("TOPBAR_MT_file_import", *menus.HOMES)]
    bpy.ops.preferences.addon_enable(module=addon)
    assert not any(left)
