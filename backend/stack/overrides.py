"""What a person types about a stack: it beats sidecars and metadata."""

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..contract.errors import InputError

FEWEST_FRAMES = 2
AUTO, FAR_TO_NEAR, NEAR_TO_FAR = ORDERS = ("auto", "far-to-near", "near-to-far")


@dataclass(frozen=True)
class Overrides:
    """What a person types about a stack; None where nothing was typed.

    Attributes
    ----------
    focus_distances
        Metres, or `math.inf`, by file name or path of the photograph.
    focal_length
        Metres.
    f_number
        The aperture's, as in f/2.8.
    sensor_width
        Metres, along the width of the upright picture.
    order
        How focus runs through the file names, where there are no focus distances: one of `ORDERS`.
    frame_count
        Of a clip: how many of its frames are taken.
    start, end
        Of a clip: seconds between which they are taken.
    """

    focus_distances: Mapping[str, float] = field(default_factory=dict)
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None
    order: str = AUTO
    frame_count: int | None = None
    start: float | None = None
    end: float | None = None

    @property
    def is_of_clip(self) -> bool:
        """Whether something was typed that only a clip has."""
        return (self.frame_count, self.start, self.end) != (None, None, None)


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that `inspect` and `estimate` share."""
    parser.add_argument(
        "--focus-distance",
        action="append",
        default=[],
        metavar="FILE=METRES",
        help="focus distance of one photograph, or inf; two of them make the whole stack metric",
    )
    add_lens_arguments(parser)


def add_lens_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that hold for many stacks of one camera: `batch` and `watch` take these alone."""
    parser.set_defaults(focus_distance=[])
    parser.add_argument("--focal-length", type=float, metavar="MM", help="focal length of the lens")
    parser.add_argument("--f-number", type=float, metavar="N", help="aperture, as in f/N")
    parser.add_argument(
        "--sensor-width", type=float, metavar="MM", help="width of the sensor along the picture's width"
    )
    parser.add_argument(
        "--order",
        choices=ORDERS,
        default=AUTO,
        help="how focus runs through the file names, where there are no focus distances",
    )
    parser.add_argument("--frames", type=int, metavar="N", help="of a clip: take so many frames")
    parser.add_argument(
        "--from", type=float, metavar="S", dest="start", help="of a clip: begin at this second"
    )
    parser.add_argument("--to", type=float, metavar="S", dest="end", help="of a clip: end at this second")


def overrides_from(options: argparse.Namespace) -> Overrides:
    """Return parsed options as overrides, in metres.

    Raises
    ------
    InputError
        Where a value is impossible.
    """
    return Overrides(
        focus_distances=dict(_name_and_metres(text) for text in options.focus_distance),
        focal_length=_millimetres("--focal-length", options.focal_length),
        f_number=_positive("--f-number", options.f_number),
        sensor_width=_millimetres("--sensor-width", options.sensor_width),
        order=options.order,
        frame_count=_count("--frames", options.frames),
        start=_seconds("--from", options.start),
        end=_seconds("--to", options.end),
    )


def _name_and_metres(text: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        metres = float(value)
    except ValueError:
        metres = math.nan
    if not name or not metres > 0:
        raise InputError(
            f"--focus-distance {text} is not FILE=METRES; write for example IMG_1.jpg=0.45 or IMG_1.jpg=inf"
        )
    return name, metres


def _count(option: str, value: int | None) -> int | None:
    if value is not None and value < FEWEST_FRAMES:
        raise InputError(f"{option} {value} is too few; give at least {FEWEST_FRAMES}")
    return value


def _seconds(option: str, value: float | None) -> float | None:
    if value is not None and not 0 <= value < math.inf:
        raise InputError(f"{option} {value:g} is impossible; give seconds from 0 on")
    return value


def _millimetres(option: str, value: float | None) -> float | None:
    positive = _positive(option, value)
    return None if positive is None else positive / 1000


def _positive(option: str, value: float | None) -> float | None:
    if value is not None and not (0 < value < math.inf):
        raise InputError(f"{option} {value:g} is impossible; give a number above 0")
    return value
