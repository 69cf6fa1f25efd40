"""Sentences in a sidebar."""

import textwrap
from unicodedata import east_asian_width

import bpy

from ..translations import say

LINE = 38  # characters in a sidebar of usual width
USUAL = 290  # pixels, of such a sidebar
CHARACTER = 6.5  # pixels
FILLER = "\0"  # behind a Korean letter, which is as wide as two


def wrapped(layout: bpy.types.UILayout, text: str, icon: str, width: int = LINE) -> None:
    """A sentence in as many lines as it needs: labels do not wrap by themselves.

    `width` is in characters, where the sidebar has its usual width.
    """
    column = layout.column(align=True)
    for number, line in enumerate(lines(say(text), max(width + _more(), LINE // 3))):
        column.label(text=line, icon="BLANK1" if number else icon, translate=False)


def lines(text: str, width: int) -> list[str]:
    """The sentence in lines of `width` Latin characters at most."""
    filled = "".join(letter + FILLER * (east_asian_width(letter) in "WF") for letter in text)
    return [line.replace(FILLER, "") for line in textwrap.wrap(filled, width)]


def _more() -> int:
    """Characters that a line has room for beyond those of a sidebar of usual width."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale
    return 0 if region is None else int((region.width / scale - USUAL) / CHARACTER)
