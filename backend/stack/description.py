"""A FocalStack for a program (`describe`) and for a photographer (`inspect_table`)."""

import math
from collections.abc import Sequence

import numpy as np

from ..lens import thin_lens
from .focal_stack import FocalStack, Frame
from .inspection import Survey


def describe(stack: FocalStack) -> dict[str, object]:
    """The stack as JSON has it: millimetres for the lens, metres for focus ("inf" for infinity)."""
    fields_of_view = _relative_fields_of_view(stack)
    return {
        "metric": stack.metric,
        "order_source": stack.order_source,
        "reversed": stack.reversed,
        "frames": [
            _described(
                frame,
                None if stack.dioptres is None else float(stack.dioptres[i]),
                None if fields_of_view is None else float(fields_of_view[i]),
            )
            for i, frame in enumerate(stack.frames)
        ],
        "warnings": list(stack.warnings),
    }


def describe_survey(survey: Survey) -> dict[str, object]:
    """The stack as `describe` has it, among its frames those left out; and what is odd about each."""
    described = describe(survey.stack)
    in_stack = {frame["file"]: frame for frame in described["frames"]}
    frames = [
        in_stack.get(str(frame.path), _described(frame))
        | {"left_out": str(frame.path) not in in_stack, "notes": list(survey.notes[frame.path])}
        for frame in survey.frames
    ]
    return described | {"frames": frames}


def _described(frame: Frame, dioptres: float | None = None, relative_fov: float | None = None) -> dict:
    return {
        "file": str(frame.path),
        "name": frame.path.name,
        "width": frame.width,
        "height": frame.height,
        "focus_distance_m": _json_distance(frame.focus_distance),
        "source": frame.distance_source,
        "dioptres": dioptres,
        "relative_fov": relative_fov,
        "focal_length_mm": _millimetres(frame.focal_length),
        "f_number": frame.f_number,
        "sensor_width_mm": _millimetres(frame.sensor_width),
    }


def inspect_table(survey: Survey) -> str:
    """The frames far to near as a table, the lens above it, the warnings and what is odd below."""
    stack = survey.stack
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
    odd = [
        f"{frame.path.name}{', left out' * (frame in survey.left_out)}: {' '.join(survey.notes[frame.path])}"
        for frame in survey.frames
        if survey.notes[frame.path]
    ]
    if stack.warnings or odd:
        lines += ["", "Warnings", *(f"- {text}" for text in (*stack.warnings, *odd))]
    return "\n".join(lines)


def _relative_fields_of_view(stack: FocalStack) -> np.ndarray | None:
    """(N,) over the narrowest; None where distances or focal length are not known."""
    focal_length = stack.reference.focal_length
    if stack.dioptres is None or focal_length is None:
        return None
    return thin_lens.relative_field_of_view(focal_length, stack.dioptres)


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
