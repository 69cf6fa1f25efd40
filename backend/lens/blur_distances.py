"""Focus in dioptres of positions in pixels of blur, and what blur says of distances that are written."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..stack.dioptres import find_ties
from ..stack.names import join_names
from . import thin_lens
from .camera import ASSUMED_EQUIVALENT
from .focus_from_blur import BlurPositions, pixels_per_dioptre

# Where only blur is measured, a set is to be plausible: the nearest frame sees something half a metre wide,
# and the farthest is focused no more than four times as far away.
SUBJECT_WIDTH, MOST_DEPTH_RATIO = 0.5, 4.0
PHONE_FOCAL_LENGTH, PHONE_F_NUMBER = 0.0047, 1.8  # of a main camera
LONGEST_PHONE = 0.015  # metres; longer focal lengths are cameras'
CAMERA_F_NUMBER = 4.0
NEAREST_PHONE = 12.0  # dioptres
GREATEST_MAGNIFICATION = 1.0  # of a macro lens

# Blur differs from distances that are right by 1.2 at the most (real stacks whose distances are written in
# metres), from wrong units by 100 and more.
RIGHT_WITHIN = 3.0
UNITS = {"millimetres": 1000.0, "centimetres": 100.0}  # a metre
UNIT_WITHIN = 2.5
FEWEST_CHECKED = 4  # frames, before their steps say which quantity is written
OFF, CLOSE = 0.2, 0.1  # of the range: the largest deviation of steps that do not fit, and of such that do
LEAST_BLUR = 2.0  # pixels over the range
MOST_SPREAD = 0.35  # of the range: its own uncertainty


def anchor_dioptres(
    blur: BlurPositions, anchors: Mapping[int, float], scale: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return frames' focus in dioptres and its standard deviation, by frames whose focus is known.

    Those keep theirs. Between two of them blur divides the difference; beyond them it goes on by `scale`.

    Parameters
    ----------
    blur
        As measured.
    anchors
        Dioptres (0 is infinity) by the index of the frame: one, or two where the scale is unknown.
    scale
        Pixels per dioptre, where the lens is known.

    Returns
    -------
    tuple of ndarray
        (N,) each, the first strictly increasing and nowhere below 0.

    Raises
    ------
    ValueError
        For too few anchors, or such as do not increase with the frames.
    """
    frames = np.array(sorted(anchors))
    values = np.array([anchors[int(frame)] for frame in frames])
    if len(frames) < (2 if scale is None else 1):
        raise ValueError("one focus distance is needed, or two where the lens is unknown")
    if values[0] < 0 or np.any(np.diff(values) <= 0) or (values[0] == 0 and frames[0] > 0):
        raise ValueError("focus must come nearer from frame to frame, from infinity or nearer")
    at = blur.positions[frames]
    slope = (values[-1] - values[0]) / (at[-1] - at[0]) if scale is None else 1 / scale
    dioptres = np.interp(blur.positions, at, values)
    before, behind = np.maximum(at[0] - blur.positions, 0), np.maximum(blur.positions - at[-1], 0)
    if at[0] > 0:  # a frame beyond infinity would be one that blur puts too far
        dioptres -= before * min(slope, 0.95 * values[0] / at[0])
    dioptres += behind * slope
    reach = before + behind
    if scale is None:  # the slope's error turns the line about the other anchor
        share = np.hypot(*blur.uncertainty[frames[[0, -1]]]) / (at[-1] - at[0])
        reach = np.where(reach > 0, reach + at[-1] - at[0], 0)
    else:
        share = blur.range_uncertainty / blur.positions[-1]
    deviation = slope * np.hypot(blur.uncertainty, share * reach)
    deviation[frames] = 0
    return dioptres, deviation


def plausible_dioptres(
    blur: BlurPositions,
    size: tuple[int, int],
    focal_length: float | None = None,
    f_number: float | None = None,
    sensor_width: float | None = None,
) -> np.ndarray:
    """Return (N,) dioptres that make a plausible set, where no frame's focus is known.

    With the lens known, their differences are measured and only their constant is a convention. What is not
    known of the lens is assumed: a phone's, or a camera's at f/4 by its focal length, of 28 mm (full frame
    equivalent).

    Parameters
    ----------
    blur
        As measured.
    size
        Width and height of the pictures in which it was.
    focal_length, sensor_width
        Metres.
    f_number
        The aperture's.
    """
    is_lens_complete = None not in (focal_length, f_number, sensor_width)
    focal_length = focal_length or PHONE_FOCAL_LENGTH
    is_phone = focal_length <= LONGEST_PHONE
    f_number = f_number or (PHONE_F_NUMBER if is_phone else CAMERA_F_NUMBER)
    sensor_width = sensor_width or thin_lens.sensor_width_from_equivalent(
        focal_length, ASSUMED_EQUIVALENT, *size
    )
    nearest = NEAREST_PHONE if is_phone else GREATEST_MAGNIFICATION / (2 * focal_length)
    scale = pixels_per_dioptre(focal_length, f_number, sensor_width, size[0])
    differences = blur.positions / scale
    if not is_lens_complete:  # more than a lens can focus: then its aperture is larger than assumed
        differences *= min(1.0, (1 - 1 / MOST_DEPTH_RATIO) * nearest / differences[-1])
    whole = float(differences[-1])
    usual = sensor_width / (focal_length * SUBJECT_WIDTH)
    near = max(min(usual, nearest), whole / (1 - 1 / MOST_DEPTH_RATIO))
    if near > nearest:  # with the lens known: from infinity, if need be
        near = max(nearest, whole)
    return near - whole + differences


def is_blur_sure(blur: BlurPositions) -> bool:
    """Whether blur grows enough, and agrees with itself, to say anything of distances."""
    return blur.positions[-1] > LEAST_BLUR and blur.range_uncertainty < MOST_SPREAD * blur.positions[-1]


def check_distances(
    dioptres: np.ndarray, blur: BlurPositions, names: Sequence[str], scale: float | None = None
) -> str | None:
    """Return a sentence where written focus distances cannot be what blur shows, or None.

    Parameters
    ----------
    dioptres
        (N,) as written, not decreasing, the frames being sorted by them; infinity is 0.
    blur
        As measured, of the same frames.
    names
        Of the files.
    scale
        Pixels per dioptre, where the lens is known.
    """
    dioptres = np.asarray(dioptres, np.float64)
    if not is_blur_sure(blur) or not dioptres[-1] > dioptres[0]:
        return None
    return (
        _check_quantity(dioptres, blur, scale)
        or _check_unit(dioptres, blur, scale)
        or _check_frames(dioptres, blur, names)
    )


def _check_quantity(dioptres: np.ndarray, blur: BlurPositions, scale: float | None) -> str | None:
    """Dioptres written as metres: their inverse fits, and runs the other way."""
    if len(dioptres) < FEWEST_CHECKED or dioptres[0] <= 0:
        return None
    written = 1 / dioptres
    difference = written[0] - written[-1]
    as_metres = _largest_deviation(dioptres, blur)
    as_dioptres = _largest_deviation(-written, blur)
    fits = scale is None or _is_within(difference * scale / blur.positions[-1], RIGHT_WITHIN)
    if not fits or as_metres < OFF or as_dioptres > CLOSE:
        return None
    return (
        "Blur grows from photograph to photograph as if the focus distances were dioptres, which some "
        "Android cameras write in place of metres; if so, write them in metres into a focus.csv beside the "
        "photographs, or type them."
    )


def _largest_deviation(increasing: np.ndarray, blur: BlurPositions) -> float:
    normalised = (increasing - increasing[0]) / (increasing[-1] - increasing[0])
    return float(np.abs(normalised - blur.normalised).max())


def _check_unit(dioptres: np.ndarray, blur: BlurPositions, scale: float | None) -> str | None:
    if scale is None:
        return None
    factor = blur.positions[-1] / scale / (dioptres[-1] - dioptres[0])
    for unit, per_metre in UNITS.items():
        if _is_within(factor / per_metre, UNIT_WITHIN):
            return (
                f"Blur is about {per_metre:.0f} times what the focus distances make it, as if they were in "
                f"{unit}; write them in metres into a focus.csv beside the photographs, or type them."
            )
    if _is_within(factor, RIGHT_WITHIN):
        return None
    return (
        f"Blur is about {_one_digit(factor)} times what the focus distances and the lens make it: check the "
        "focus distances, the focal length, the f-number and the sensor width."
    )


def _one_digit(value: float) -> str:
    return f"{float(f'{value:.1g}'):g}"


def _is_within(ratio: float, factor: float) -> bool:
    return 1 / factor < ratio < factor


def _check_frames(dioptres: np.ndarray, blur: BlurPositions, names: Sequence[str]) -> str | None:
    """Ties that blur holds apart, and frames that stand elsewhere than most others have them."""
    for group in find_ties(dioptres):
        apart = blur.normalised[group[-1]] - blur.normalised[group[0]]
        if apart > OFF:
            files = join_names([names[i] for i in group])
            return (
                f"{files} have the same focus distance, but blur shows that their focus differs; correct it."
            )
    return None
