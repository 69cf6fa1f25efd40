"""A lens profile: what was measured of one lens, in a small file that people can read and share.

One profile is of one camera, lens and focal length. Those of a person lie in a folder of their own, and are
applied to every stack of that lens.
"""

import json
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import MAX_TEXT_BYTES, read_whole
from ..stack import FocalStack
from ..stack.records import open_photograph
from .field_curvature import LARGEST_REACH, FieldCurvature, find_curvature, measure_texture

KIND, FORMAT = "Focal Depth lens profile", 1
FOLDER_VARIABLE = "FOCAL_DEPTH_PROFILES"
LONGEST_TEXT = 200  # characters of a name
MOST_COEFFICIENTS = 4
LARGEST_NUMBER = 1e3  # of any coefficient: dioptres, or parts per dioptre
SAME_FOCAL_LENGTH = 0.01  # relative
PLAUSIBLE_FOCAL_LENGTH = (0.5, 5000.0)  # millimetres
FEWEST_FRAMES, FEWEST_FOR_A_BEND = 3, 5  # to see how something goes with focus
BEYOND_NOISE = 3.0  # times what a line leaves
POLYNOMIALS = "breathing", "distortion", "brightness"


@dataclass(frozen=True)
class LensName:
    """Which lens a stack was taken with.

    Attributes
    ----------
    camera, lens
        Models, as photographs' metadata have them; a lens that is built in often has none.
    focal_length
        Metres.
    """

    camera: str
    lens: str | None
    focal_length: float


@dataclass(frozen=True)
class LensProfile:
    """What was measured of a lens; what could not be is None.

    Polynomials (c1, c2, ...) are in dioptres of focus, D: c1 D + c2 D^2 + ..., 0 at infinity.

    Attributes
    ----------
    name
        Of which lens.
    source
        A sentence on how it was measured.
    field_curvature
        In dioptres.
    breathing
        Logarithm of how much larger things are shown than with focus at infinity.
    distortion
        Coefficient k of the radial distortion r (1 + k r^2), less that at infinity; r is 1 at half the
        longer side.
    brightness
        Logarithm of how much brighter the picture is than with focus at infinity, at one exposure.
    """

    name: LensName
    source: str
    field_curvature: FieldCurvature | None = None
    breathing: tuple[float, ...] | None = None
    distortion: tuple[float, ...] | None = None
    brightness: tuple[float, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing could be measured."""
        return self.field_curvature is None and all(getattr(self, each) is None for each in POLYNOMIALS)


@dataclass(frozen=True)
class AppliedCurvature:
    """The field curvature that a stack's depth is corrected by, and where it comes from.

    Attributes
    ----------
    curvature
        In normalised dioptres of the stack; None where none is applied.
    span
        Dioptres from the farthest to the nearest frame; None without focus distances.
    path
        Of the profile's file; None where the stack's own planes showed it.
    """

    curvature: FieldCurvature | None = None
    span: float | None = None
    path: Path | None = None

    def describe(self) -> dict[str, Any]:
        """Return the `lens_profile` of result.json."""
        if self.curvature is None:
            return {"source": "none", "file": None, "field_curvature": None}
        curvature = self.curvature if self.span is None else self.curvature.scaled(self.span)
        return {
            "source": "this stack" if self.path is None else "file",
            "file": None if self.path is None else str(self.path),
            "field_curvature": {
                **_describe_curvature(curvature),
                "unit": "normalised dioptres" if self.span is None else "dioptres",
            },
        }


def choose_curvature(
    stack: FocalStack, pictures: np.ndarray, normalised: np.ndarray, uncertainty: np.ndarray
) -> AppliedCurvature:
    """Return the curvature to correct a stack's depth by: its lens's as saved, or as its own planes show it.

    Parameters
    ----------
    stack
        The frames.
    pictures
        (N, h, w, 3) float32, sRGB, aligned.
    normalised, uncertainty
        (h, w) as a predictor returns them.

    Raises
    ------
    InputError
        Where the lens's profile is damaged.
    """
    span = focus_span(stack)
    name = None if span is None else name_lens(stack)
    saved = None if name is None else find_profile(name)
    if saved is not None and span is not None and (curvature := saved[0].field_curvature) is not None:
        return AppliedCurvature(curvature.scaled(1 / span), span, saved[1])
    return AppliedCurvature(find_curvature(normalised, uncertainty, measure_texture(pictures)), span)


def lens_profile_files(stack: FocalStack) -> list[Path]:
    """Return the file of the lens's saved profile, or none. Raises InputError as `name_lens` does."""
    name = name_lens(stack)
    return [] if name is None or not profile_path(name).is_file() else [profile_path(name)]


def focus_span(stack: FocalStack) -> float | None:
    """Return the dioptres from the farthest to the nearest frame; None without focus distances."""
    return None if stack.dioptres is None else float(stack.dioptres[-1] - stack.dioptres[0])


def name_lens(stack: FocalStack) -> LensName | None:
    """Return which lens a stack was taken with; None where its metadata do not tell.

    Raises
    ------
    InputError
        Where the reference photograph can no longer be read.
    """
    metadata = open_photograph(stack.reference.path).metadata
    if metadata.camera is None or stack.focal_length is None:
        return None
    return LensName(metadata.camera, metadata.lens, stack.focal_length)


def profiles_folder() -> Path:
    """Return where a person's profiles are: FOCAL_DEPTH_PROFILES, or a folder in the person's home."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.home() / ".focal-depth" / "lens_profiles")


def profile_path(name: LensName) -> Path:
    """Return the file in which the profile of a lens is saved, and looked for."""
    parts = [_plain(name.camera), _plain(name.lens or ""), f"{1000 * name.focal_length:.1f}mm"]
    return profiles_folder() / f"{'_'.join(filter(None, parts))}.json"


def find_profile(name: LensName) -> tuple[LensProfile, Path] | None:
    """Return the saved profile of a lens, and its file; None where there is none.

    Raises
    ------
    InputError
        Where the file is damaged.
    """
    path = profile_path(name)
    if not path.is_file():
        return None
    profile = read_profile(path)
    other = profile.name
    alike = math.isclose(other.focal_length, name.focal_length, rel_tol=SAME_FOCAL_LENGTH)
    return (profile, path) if alike and (other.camera, other.lens) == (name.camera, name.lens) else None


def read_profile(path: Path) -> LensProfile:
    """Read a profile.

    Raises
    ------
    InputError
        Where the file cannot be read, or is none.
    """
    try:
        return _parse(json.loads(read_whole(path, MAX_TEXT_BYTES).decode()))
    except _NewerVersion:
        raise InputError(f"{path} was written by a newer Focal Depth: update this one") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name a lens profile") from None
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise InputError(
            f"{path} is not a lens profile: delete it, or write one with `focal-depth calibrate`"
        ) from None


def write_profile(profile: LensProfile, path: Path) -> None:
    """Write a profile, whole or not at all. Raises InputError where the file cannot be written."""
    text = json.dumps(_describe(profile), indent=2, ensure_ascii=False, allow_nan=False)
    partial = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): choose another file") from None


def fit_against_focus(dioptres: np.ndarray, values: np.ndarray) -> tuple[float, ...] | None:
    """Return how something goes with focus, as the polynomials of `LensProfile`.

    Parameters
    ----------
    dioptres
        (N,) focus of the frames.
    values
        (N,) what was measured of each, up to one constant.

    Returns
    -------
    tuple of float or None
        (c1,) or, where that leaves twice as much, (c1, c2); None where it is no more than noise.
    """
    if len(dioptres) < FEWEST_FRAMES:
        return None
    centred = values - values.mean()
    degrees = (1, 2) if len(dioptres) >= FEWEST_FOR_A_BEND else (1,)
    fits = [_polynomial(dioptres, centred, degree) for degree in degrees]
    coefficients, left = fits[-1] if fits[-1][1] < fits[0][1] / 2 else fits[0]
    effect = float(np.sqrt(np.mean(centred**2)))
    return coefficients if effect > BEYOND_NOISE * left and effect > 1e-6 else None


def _polynomial(dioptres: np.ndarray, values: np.ndarray, degree: int) -> tuple[tuple[float, ...], float]:
    """Coefficients without the constant, and the root mean square that they leave."""
    powers = np.stack([dioptres**power for power in range(1, degree + 1)], 1).astype(np.float64)
    powers -= powers.mean(0)
    coefficients = np.linalg.lstsq(powers, values, rcond=None)[0]
    left = np.sqrt(np.sum((values - powers @ coefficients) ** 2) / max(len(values) - degree - 1, 1))
    return tuple(float(each) for each in coefficients), float(left)


def _plain(text: str) -> str:
    """Of a name, what every file system takes."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")


class _NewerVersion(ValueError):
    pass


def _describe(profile: LensProfile) -> dict[str, Any]:
    name, curvature = profile.name, profile.field_curvature
    description: dict[str, Any] = {
        "kind": KIND,
        "format": FORMAT,
        "camera": name.camera,
        "lens": name.lens,
        "focal_length_mm": round(1000 * name.focal_length, 4),
        "source": profile.source,
    }
    if curvature is not None:
        description["field_curvature"] = _describe_curvature(curvature)
    for each in POLYNOMIALS:
        if (coefficients := getattr(profile, each)) is not None:
            description[each] = [float(f"{value:.6g}") for value in coefficients]
    return description


def _describe_curvature(curvature: FieldCurvature) -> dict[str, Any]:
    numbers = {
        name: float(f"{getattr(curvature, name):.5g}") for name in ("r2", "r4", "uncertainty", "reach")
    }
    return {**numbers, "planes": curvature.planes}


def _parse(description: dict[str, Any]) -> LensProfile:
    _require(description["kind"] == KIND and isinstance(description["format"], int))
    if description["format"] > FORMAT:
        raise _NewerVersion
    lens = description["lens"]
    name = LensName(
        _text(description["camera"]),
        None if lens is None else _text(lens),
        _number(description["focal_length_mm"], *PLAUSIBLE_FOCAL_LENGTH) / 1000,
    )
    polynomials = {each: _optional(description, each, _coefficients) for each in POLYNOMIALS}
    curvature = _optional(description, "field_curvature", _parse_curvature)
    return LensProfile(name, _text(description["source"]), curvature, **polynomials)


def _parse_curvature(values: dict[str, Any]) -> FieldCurvature:
    planes = values["planes"]
    _require(type(planes) is int and planes > 0)
    return FieldCurvature(
        _number(values["r2"]),
        _number(values["r4"]),
        _number(values["uncertainty"], 0),
        _number(values["reach"], 0.1, LARGEST_REACH),
        planes,
    )


def _optional(description: dict[str, Any], name: str, parse: Callable[[Any], Any]) -> Any:
    return parse(description[name]) if name in description else None


def _coefficients(values: list[Any]) -> tuple[float, ...]:
    _require(isinstance(values, list) and 0 < len(values) <= MOST_COEFFICIENTS)
    return tuple(map(_number, values))


def _number(value: object, least: float = -LARGEST_NUMBER, most: float = LARGEST_NUMBER) -> float:
    _require(type(value) in (int, float) and least <= value <= most)  # type: ignore[operator]
    return float(value)  # type: ignore[arg-type]


def _text(value: object) -> str:
    _require(isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable())
    return str(value)


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not a lens profile")
