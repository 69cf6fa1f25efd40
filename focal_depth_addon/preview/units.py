"""Distances as text, in the scene's units."""

import bpy

from ..translations import translate

FAR = 20_000.0  # metres, beyond which no number means anything
ABBREVIATIONS = {
    "KILOMETERS": "km",
    "METERS": "m",
    "CENTIMETERS": "cm",
    "MILLIMETERS": "mm",
    "MICROMETERS": "um",
    "MILES": "mi",
    "FEET": "ft",
    "INCHES": "in",
    "THOU": "thou",
}


def format_length(scene: bpy.types.Scene, distance: float, digits: int) -> str:
    """Format a distance of so many Blender units, with so many significant digits."""
    if distance == float("inf"):
        return translate("infinity")
    units = scene.unit_settings
    if units.system == "NONE":
        return f"{distance:.{digits}g}"
    metres = distance * units.scale_length
    if metres > FAR:
        return translate("far")
    if units.length_unit not in ABBREVIATIONS:  # adaptive
        return bpy.utils.units.to_string(units.system, "LENGTH", metres, precision=digits)
    unit = ABBREVIATIONS[units.length_unit]
    return f"{metres / bpy.utils.units.to_value(units.system, 'LENGTH', f'1{unit}'):.{digits}g} {unit}"
