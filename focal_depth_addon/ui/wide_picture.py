"""Pictures as wide as the sidebar, of icons side by side."""

from collections.abc import Sequence

import bpy

UNIT = 20  # pixels of a row of the interface, before its scale
MARGIN = 2.6  # rows' heights that a sidebar has beside its content


def draw_wide_picture(context: bpy.types.Context, layout: bpy.types.UILayout, tiles: Sequence[int]) -> None:
    """Draw icons, by their numbers, from left to right."""
    rows = context.region.width / (UNIT * context.preferences.system.ui_scale) - MARGIN
    row = layout.row(align=True)
    for tile in tiles:
        row.template_icon(icon_value=tile, scale=max(rows / len(tiles), 1))
