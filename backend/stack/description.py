"""A FocalStack for a program (`describe`, `describe_inspection`) and for a person (`format_inspection`)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..io.reading import AS_FILED
from ..lens import thin_lens
from .focal_stack import FocalStack, Frame
from .inspection import Inspection


def describe(stack: FocalStack) -> dict[str, Any]:
    """Return the stack in JSON's types: millimetres for the lens, metres for focus ("inf" for infinity)."""
    return {
        "metric": stack.is_metric,
        "order_source": stack.order_source,
        "order_certainty": stack.order_certainty,
        "reversed": stack.is_reversed,
        "lens": {
            "focal_length_mm": _millimetres(stack.focal_length),
            "f_number": stack.f_number,
            "sensor_width_mm": _millimetres(stack.sensor_width),
        },
        "frames": describe_frames(stack),
        "warnings": list(stack.warnings),
    }


def describe_frames(stack: FocalStack) -> list[dict[str, Any]]:
    """Return the `frames` of `describe`, far to near."""
    fields_of_view = _relative_fields_of_view(stack)
    return [
        _describe_frame(
            frame,
            None if stack.dioptres is None else float(stack.dioptres[i]),
            None if fields_of_view is None else float(fields_of_view[i]),
        )
        for i, frame in enumerate(stack.frames)
    ]


def describe_inspection(inspection: Inspection) -> dict[str, Any]:
    """Return the stack as `describe` does, among its frames those left out, and notes on each."""
    described = describe(inspection.stack)
    in_stack = {frame["file"]: frame for frame in described["frames"]}
    frames = [
        in_stack.get(str(frame.path), _describe_frame(frame))
        | {"left_out": str(frame.path) not in in_stack, "notes": list(inspection.notes[frame.path])}
        for frame in inspection.frames
    ]
    of_clip = {"clip": inspection.of_clip.describe()} if inspection.of_clip else {}
    return described | {"frames": frames, "reasons": list(inspection.reasons)} | of_clip


def _describe_frame(
    frame: Frame, dioptres: float | None = None, relative_fov: float | None = None
) -> dict[str, Any]:
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
        **({"reading": frame.reading.describe()} if frame.reading != AS_FILED else {}),
    }


def format_inspection(inspection: Inspection) -> str:
    """Return the frames far to near as a table, the lens above it, warnings and notes below."""
    stack = inspection.stack
    fields_of_view = _relative_fields_of_view(stack)
    rows = [("", "photograph", "focus", "from", "dioptres", "field of view")]
    rows += [
        (
            str(i + 1),
            frame.path.name,
            _format_distance(frame.focus_distance),
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
        _format_lens(stack),
        "",
        *_format_table(rows),
        *(("", *inspection.reasons) if inspection.reasons else ()),
    ]
    notes = [
        f"{frame.path.name}{', left out' * (frame in inspection.left_out)}: "
        f"{' '.join(inspection.notes[frame.path])}"
        for frame in inspection.frames
        if inspection.notes[frame.path]
    ]
    if stack.warnings or notes:
        lines += ["", "Warnings", *(f"- {text}" for text in (*stack.warnings, *notes))]
    return "\n".join(lines)


def _relative_fields_of_view(stack: FocalStack) -> np.ndarray | None:
    """(N,) over the narrowest; None without distances or a focal length."""
    focal_length = stack.focal_length
    if stack.dioptres is None or focal_length is None:
        return None
    return thin_lens.relative_field_of_view(focal_length, stack.dioptres)


def _format_lens(stack: FocalStack) -> str:
    aperture = "aperture unknown" if stack.f_number is None else f"f/{stack.f_number:g}"
    return ", ".join(
        (
            _format_length(stack.focal_length, "focal length"),
            aperture,
            _format_length(stack.sensor_width, "sensor width"),
        )
    )


def _format_length(metres: float | None, name: str) -> str:
    return f"{name} unknown" if metres is None else f"{name} {1000 * metres:.4g} mm"


def _format_distance(metres: float | None) -> str:
    if metres is None:
        return "unknown"
    return "infinity" if math.isinf(metres) else f"{metres:.4g} m"


def _format_table(rows: Sequence[Sequence[str]]) -> list[str]:
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
