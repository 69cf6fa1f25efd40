"""What a person can type about a stack: it beats what sidecars and metadata say."""

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..contract.errors import InputError

ORDERS = ("auto", "far-to-near", "near-to-far")


@dataclass(frozen=True)
class Overrides:
    """Lengths in metres; None where nothing was typed."""

    focus_distances: Mapping[str, float] = field(default_factory=dict)  # file name or path: metres
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None
    order: str = "auto"  # how focus runs through the file names


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that `inspect` and `estimate` share."""
    parser.add_argument(
        "--focus-distance",
        action="append",
        default=[],
        metavar="FILE=METRES",
        help="focus distance of one photograph, or inf; two of them make the whole stack metric",
    )
    add_lens_arguments(parser)


def add_lens_arguments(parser: argparse.ArgumentParser) -> None:
    """What holds for many stacks of one camera: the options that `batch` and `watch` take too."""
    parser.set_defaults(focus_distance=[])
    parser.add_argument("--focal-length", type=float, metavar="MM", help="focal length of the lens")
    parser.add_argument("--f-number", type=float, metavar="N", help="aperture, as in f/N")
    parser.add_argument(
        "--sensor-width", type=float, metavar="MM", help="width of the sensor along the picture's width"
    )
    parser.add_argument(
        "--order",
        choices=ORDERS,
        default="auto",
        help="how focus runs through the file names, where no focus distances are known",
    )


def overrides_from(options: argparse.Namespace) -> Overrides:
    """The parsed options as `Overrides`, in metres. Raises InputError where a value cannot be."""
    return Overrides(
        focus_distances=dict(_name_and_metres(text) for text in options.focus_distance),
        focal_length=_millimetres("--focal-length", options.focal_length),
        f_number=_positive("--f-number", options.f_number),
        sensor_width=_millimetres("--sensor-width", options.sensor_width),
        order=options.order,
    )


def _name_and_metres(text: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        metres = float(value)
    except ValueError:
        metres = math.nan
    if not name or not metres > 0:
        raise InputError(
            f"--focus-distance {text} is not FILE=METRES; give for example IMG_1.jpg=0.45, or =inf"
        )
    return name, metres


def _millimetres(option: str, value: float | None) -> float | None:
    return None if value is None else _positive(option, value) / 1000


def _positive(option: str, value: float | None) -> float | None:
    if value is not None and not (0 < value < math.inf):
        raise InputError(f"{option} {value:g} cannot be; give a number above 0")
    return value
