"""What F3 finds is in a menu. The search itself is tried in tests/window."""

import importlib

import bpy
import pytest

OF_THE_PANEL = {  # they need a row of a list, a value or a message that the panel shows
    "choose_sensor",
    "dismiss",
    "drop_photographs",
    "reset_lens_value",
    "show_notes",
}


@pytest.fixture(scope="module")
def menus(addon):
    return importlib.import_module(f"{addon}.focal_depth_addon.ui.menus")


@pytest.fixture(scope="module")
def former_names(addon) -> set[str]:
    return set(importlib.import_module(f"{addon}.focal_depth_addon.operators.former_names").FORMER_NAMES)


class Recorder:
    """A layout that records what is drawn."""

    def __init__(self):
        self.drawn = []

    def __getattr__(self, kind):
        def draw(name="", *_, **__):
            self.drawn.append((kind, name))
            return type("Properties", (), {})()

        return draw


def drawn_by(functions) -> list[tuple[str, str]]:
    menu = type("Menu", (), {"layout": Recorder()})()
    for function in functions:
        function(menu, bpy.context)
    return menu.layout.drawn


def entries(menus, name: str) -> list:
    return [
        each for each in getattr(bpy.types, name)._dyn_ui_initialize() if each.__module__ == menus.__name__
    ]


def test_every_operator_is_in_a_menu(menus, former_names):
    places = ("TOPBAR_MT_file_import", "TOPBAR_MT_file_export", *menus.VIEW_MENUS)
    drawn = drawn_by([menus.FOCAL_DEPTH_MT_menu.draw, menus.FOCAL_DEPTH_MT_export.draw])
    for place in places:
        drawn += drawn_by(entries(menus, place))
    in_menus = {name.partition(".")[2] for kind, name in drawn if kind.startswith("operator")}
    assert in_menus == set(dir(bpy.ops.focal_depth)) - OF_THE_PANEL - former_names
    assert drawn.count(("menu", "FOCAL_DEPTH_MT_menu")) == len(menus.VIEW_MENUS)
    assert ("menu", "FOCAL_DEPTH_MT_export") in drawn


def test_menus_are_left_as_they_were(disabled, menus):
    with disabled():
        assert not hasattr(bpy.types, "FOCAL_DEPTH_MT_menu")
        left = [entries(menus, place) for place in ("TOPBAR_MT_file_import", *menus.VIEW_MENUS)]
    assert not any(left)
