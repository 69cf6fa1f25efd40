"""Sentences in a sidebar."""

import textwrap
from unicodedata import east_asian_width

import bpy

from ..translations import translate

LINE = 38  # characters in a sidebar of usual width
USUAL_WIDTH = 290  # pixels, of such a sidebar
CHARACTER = 6.5  # pixels
FILLER = "\0"  # behind a Korean letter, which is as wide as two


def draw_sentence(layout: bpy.types.UILayout, text: str, icon: str, width: int = LINE) -> None:
    """Draw a sentence in as many lines as it needs: labels do not wrap by themselves.

    Parameters
    ----------
    layout
        Where it is drawn.
    text
        In English; it is translated.
    icon
        Of the first line.
    width
        In characters, of a line in a sidebar of usual width.
    """
    column = layout.column(align=True)
    for number, line in enumerate(wrap(translate(text), max(width + _extra_characters(), LINE // 3))):
        column.label(text=line, icon="BLANK1" if number else icon, translate=False)


def wrap(text: str, width: int) -> list[str]:
    """Return a sentence as lines, each at most as wide as `width` Latin characters."""
    filled = "".join(letter + FILLER * (east_asian_width(letter) in "WF") for letter in text)
    return [line.replace(FILLER, "") for line in textwrap.wrap(filled, width)]


def _extra_characters() -> int:
    """That a line can hold beyond those in a sidebar of usual width."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale
    return 0 if region is None else int((region.width / scale - USUAL_WIDTH) / CHARACTER)
