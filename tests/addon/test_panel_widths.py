"""No text of the panels is cut off in a sidebar of the width that Blender opens it with.

A layout that only writes down what is drawn stands in for Blender's own, which tells no widths; text is
measured in Blender's font.
"""

import inspect
import types
from types import SimpleNamespace

import bpy
import pytest

pytestmark = pytest.mark.one_blender

REGION = 280  # pixels of a sidebar as Blender opens it, at a scale of 1
WIDTH = REGION - 34  # of its content: less tabs and borders
ICON, PADDING, INDENT = 18, 8, 8  # pixels that an icon and a button's ends take, and a box within
ICON_ONLY = 22
MANY_ICONS = 5  # times an icon's size: what is larger fills the sidebar by itself
LABEL_SHARE = 0.4  # of a property's width, where labels stand apart
FONT_SIZE = 11
SMALLEST_FIELD = 84  # pixels for the value of a property, as "0.752 m", and the arrows beside it


def text_width(text: str) -> float:
    import blf  # which bpy's wheel brings with it

    blf.size(0, FONT_SIZE)
    return blf.dimensions(0, text)[0]


class Layout:
    """Writes down which texts are too wide for the room they have."""

    def __init__(self, cut: list[str], width: float, is_row: bool = False) -> None:
        self._cut, self._width, self._is_row = cut, width, is_row
        self._members: list[tuple[str, float]] = []
        self.use_property_split = False

    def _child(self, width: float | None = None, is_row: bool = False) -> "Layout":
        child = Layout(self._cut, self._width if width is None else width, is_row)
        child.use_property_split = self.use_property_split
        return child

    def row(self, **_) -> "Layout":
        return self._child(is_row=True)

    def column(self, **_) -> "Layout":
        """Within a row it has what is left, but for a button of an icon."""
        used = sum(each for _, each in self._members) + ICON_ONLY if self._is_row else 0
        return self._child(self._width - used)

    def box(self) -> "Layout":
        return self._child(self._width - INDENT)

    def split(self, factor=0.5, **_) -> "Layout":
        return self._child(is_row=True)

    def panel(self, *_, **__) -> tuple["Layout", "Layout"]:
        return self._child(self._width - ICON, is_row=True), self._child(self._width - INDENT)

    panel_prop = panel

    def _add(self, text: str, width: float) -> None:
        self._members.append((text, width))
        needed = sum(each for _, each in self._members) if self._is_row else width
        if needed > self._width:
            texts = " | ".join(each for each, _ in self._members) if self._is_row else text
            self._cut.append(f"{texts} ({needed:.0f} of {self._width:.0f})")

    def label(self, text="", icon="NONE", **_) -> None:
        self._add(text, text_width(text) + (ICON if icon != "NONE" else 0))

    def operator(self, name, text=None, icon="NONE", **_) -> SimpleNamespace:
        module, function = name.split(".")
        label = getattr(getattr(bpy.ops, module), function).get_rna_type().name if text is None else text
        width = text_width(label) + PADDING + (ICON if icon != "NONE" else 0) if label else ICON_ONLY
        self._add(label, width)
        return SimpleNamespace()

    def operator_menu_enum(self, name, _property, **options) -> None:
        self.operator(name, **options)

    def menu(self, name, text=None, icon="NONE", **_) -> None:
        label = getattr(bpy.types, name).bl_label if text is None else text
        width = text_width(label) + PADDING + (ICON if icon != "NONE" else 0) if label else ICON_ONLY
        self._add(label, width)

    def prop(self, owner, path, text=None, icon="NONE", index=-1, **_) -> None:
        described = owner.bl_rna.properties.get(path)
        label = text if text is not None else described.name if described else path.strip('[]"')
        if not label:
            self._add("", ICON_ONLY if icon != "NONE" else SMALLEST_FIELD)
        elif self.use_property_split and not self._is_row:
            room = LABEL_SHARE * self._width
            if text_width(label) + PADDING > room and not (described and described.type == "BOOLEAN"):
                self._cut.append(f"{label} ({text_width(label) + PADDING:.0f} of {room:.0f})")
        else:
            is_switch = described is not None and described.type in ("BOOLEAN", "ENUM")
            self._add(label, text_width(label) + PADDING + (ICON if is_switch else SMALLEST_FIELD))

    def progress(self, text="", **_) -> None:
        self._add(text, text_width(text) + PADDING)

    def template_list(self, *_, **__) -> None:
        pass

    def template_icon(self, icon_value=0, scale=1) -> None:
        if self._is_row and scale < MANY_ICONS:
            self._add("", scale * ICON)

    def separator(self, **_) -> None:
        pass


class Context:
    """Blender's, in a sidebar of the usual width."""

    region = SimpleNamespace(width=REGION)
    preferences = SimpleNamespace(system=SimpleNamespace(ui_scale=1))  # without a window it is 0

    def __getattr__(self, name: str):
        return getattr(bpy.context, name)


def panels() -> list[type]:
    """All of the 3D view's sidebar; that of the image editor draws what one of them does."""
    drawn = [each for each in bpy.types.Panel.__subclasses__() if each.__name__.startswith("FOCAL_DEPTH_PT")]
    return [each for each in drawn if each.bl_space_type == "VIEW_3D"]


def cut_texts() -> list[str]:
    """Of all panels, as they would show now."""
    cut: list[str] = []
    for panel in panels():
        if hasattr(panel, "poll") and not panel.poll(Context()):
            continue
        shown = SimpleNamespace(layout=Layout(cut, WIDTH))
        for name, member in inspect.getmembers(panel, callable):
            if not name.startswith("__") and inspect.isfunction(member):
                is_static = isinstance(inspect.getattr_static(panel, name), staticmethod)
                setattr(shown, name, member if is_static else types.MethodType(member, shown))
        cut += [f"{panel.bl_label} ({text_width(panel.bl_label):.0f})"] * (text_width(panel.bl_label) > WIDTH)
        shown.draw(Context())
    return cut


def test_the_stand_in_tells_what_is_cut():
    cut: list[str] = []
    layout = Layout(cut, WIDTH)
    layout.label(text="short")
    layout.operator("focal_depth.estimate")
    assert cut == []
    layout.label(text="a sentence that no sidebar of a usual width can hold in a line")
    row = layout.row()
    for _ in range(5):
        row.operator("focal_depth.build_mesh")
    assert len(cut) >= 2


def test_no_text_is_cut_off(scene, photographs):
    assert cut_texts() == []
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert cut_texts() == []


def test_no_text_is_cut_off_of_a_result_and_its_set(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert cut_texts() == []
    bpy.ops.focal_depth.build_mesh()
    bpy.ops.focal_depth.holdout()
    assert cut_texts() == []
    for effect in ("depth_merge", "refocus", "depth_fog", "depth_matte"):
        getattr(bpy.ops.focal_depth, effect)()
    assert cut_texts() == []
