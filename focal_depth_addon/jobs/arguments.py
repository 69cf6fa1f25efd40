"""The backend's arguments, from a scene's settings and the preferences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..preferences import preferences

if TYPE_CHECKING:
    from ..properties import Photograph, Settings

NO_PHOTOGRAPHS = "There are no photographs: add at least two frames of a focus bracket"


def choice_arguments(settings: Settings) -> list[str]:
    """Return what holds for an estimate of any photographs."""
    here = preferences()
    return [
        "--save-aligned",  # the photographs of Refocus
        *("--quality", settings.quality, "--alignment", settings.alignment, "--network", settings.network),
        *("--device", here.device),
        *(("--max-memory", f"{here.memory:g}") if here.memory else ()),
        *(() if settings.use_lens_profile else ("--no-lens-profile",)),
    ]


def lens_arguments(settings: Settings) -> list[str]:
    """Return the order of the photographs and the lens values that were typed."""
    arguments = ["--order", settings.order]
    for option in ("focal_length", "f_number", "sensor_width"):
        if value := getattr(settings, option):
            arguments += ["--" + option.replace("_", "-"), f"{value:.6g}"]
    return arguments


def distance_arguments(photographs: Iterable[Photograph], metres_per_unit: float) -> list[str]:
    """Return the focus distances that were typed for some of these photographs."""
    overrides = (each for each in photographs if each.is_override)
    pairs = (f"{each.file}={each.format_metres(metres_per_unit)}" for each in overrides)
    return [word for pair in pairs for word in ("--focus-distance", pair)]


def inspect_arguments(settings: Settings, files: list[str], metres_per_unit: float) -> list[str]:
    """Return the command that reads files, with all that was typed and chosen in the list."""
    listed = [each for each in settings.photographs if each.file in files]
    left_out = [word for each in listed if not each.used for word in ("--leave-out", each.file)]
    distances = distance_arguments(listed, metres_per_unit)
    of_clip = settings.clip.arguments() if files == [settings.clip.file] else []
    return ["inspect", *files, *left_out, *distances, *lens_arguments(settings), *of_clip]
