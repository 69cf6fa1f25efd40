"""A FocalStack for a program (`describe`) and for a photographer (`inspect_table`)."""

import math
from collections.abc import Sequence

import numpy as np

from .. import optics
from .focal_stack import FocalStack
from .order import natural_key


def describe(stack: FocalStack) -> dict[str, object]:
    """The stack as JSON has it: millimetres for the lens, metres for focus ("inf" for infinity)."""
    fields_of_view = _relative_fields_of_view(stack)
    return {
        "metric": stack.metric,
        "order_source": stack.order_source,
        "reversed": _reversed(stack),
        "frames": [
            {
                "file": str(frame.path),
                "name": frame.path.name,
                "width": frame.width,
                "height": frame.height,
                "focus_distance_m": _json_distance(frame.focus_distance),
                "source": frame.distance_source,
                "dioptres": None if stack.dioptres is None else float(stack.dioptres[i]),
                "relative_fov": None if fields_of_view is None else float(fields_of_view[i]),
                "focal_length_mm": _millimetres(frame.focal_length),
                "f_number": frame.f_number,
                "sensor_width_mm": _millimetres(frame.sensor_width),
            }
            for i, frame in enumerate(stack.frames)
        ],
        "warnings": list(stack.warnings),
    }


def inspect_table(stack: FocalStack) -> str:
    """The frames far to near as a table, the lens above it and the warnings below."""
    fields_of_view = _relative_fields_of_view(stack)
    rows = [("", "photograph", "focus", "from", "dioptres", "field of view")]
    rows += [
        (
            str(i + 1),
            frame.path.name,
            _distance(frame.focus_distance),
            "-" if frame.focus_distance is None else frame.distance_source,
            "-" if stack.dioptres is None else f"{stack.dioptres[i]:.4f}",
            "-" if fields_of_view is None else f"{100 * fields_of_view[i]:.2f} %",
        )
        for i, frame in enumerate(stack.frames)
    ]
    width, height = stack.size
    count = len(stack.frames)
    lines = [
        f"{count} photographs of {width} x {height} pixels, far to near by {stack.order_source}",
        _lens(stack),
        "",
        *_aligned(rows),
    ]
    if stack.warnings:
        lines += ["", "Warnings", *(f"- {text}" for text in stack.warnings)]
    return "\n".join(lines)


def _relative_fields_of_view(stack: FocalStack) -> np.ndarray | None:
    """(N,) over the narrowest; None where distances or focal length are not known."""
    focal_length = stack.reference.focal_length
    if stack.dioptres is None or focal_length is None:
        return None
    return optics.relative_field_of_view(focal_length, stack.dioptres)


def _reversed(stack: FocalStack) -> bool:
    """Whether the file names run near to far, so that the stack runs against them."""
    return natural_key(stack.frames[0].path) > natural_key(stack.frames[-1].path)


def _lens(stack: FocalStack) -> str:
    frame = stack.reference
    aperture = "aperture unknown" if frame.f_number is None else f"f/{frame.f_number:g}"
    return ", ".join(
        (
            _length(frame.focal_length, "focal length"),
            aperture,
            _length(frame.sensor_width, "sensor width"),
        )
    )


def _length(metres: float | None, name: str) -> str:
    return f"{name} unknown" if metres is None else f"{name} {1000 * metres:.4g} mm"


def _distance(metres: float | None) -> str:
    if metres is None:
        return "unknown"
    return "infinity" if math.isinf(metres) else f"{metres:.4g} m"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; text to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = (str.rjust, str.ljust, str.rjust, str.ljust, str.rjust, str.rjust)
    cells = (
        [side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True)] for row in rows
    )
    return ["  ".join(row).rstrip() for row in cells]


def _json_distance(metres: float | None) -> float | str | None:
    return "inf" if metres == math.inf else metres


def _millimetres(metres: float | None) -> float | None:
    return None if metres is None else round(1000 * metres, 6)
