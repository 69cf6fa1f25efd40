"""Turning a relative result round whose near and far are exchanged, with nothing inferred again."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.errors import InputError
from ..contract.messages import READ, WRITE
from ..contract.output_folder import clean_up
from ..contract.schema import Description, Frame
from ..runtime.timings import Progress, no_progress
from ..stack.names import natural_key
from ..stack.overrides import FAR_TO_NEAR, NEAR_TO_FAR
from .estimate import read_estimate
from .result_folder import open_result, read_description, write_result

LEAST_SHARE = 0.05  # of the smallest step between frames: an estimate writes no lower dioptres
MOST_TIMES = 10.0  # beyond the range that is exchanged: no estimate writes that, but others may
DIRECTION_WARNING = re.compile(r"\btaken (as|for) the farthest and ")  # of every version
TURNED = (
    "{far} was taken as the farthest and {near} as the nearest, because the result was turned round by hand"
)
NOT_BY_NAME = "type the focus distances of both before you estimate again"


def turn_round(folder: Path, progress: Progress = no_progress, threads: int = 1) -> str | None:
    """Exchange near and far of a relative result: its depth, the order of its frames and what goes with it.

    The result is replaced at the last moment, so that an interrupted run loses nothing; its cache goes, and
    what was painted over it waits in its folder to be applied again.
    Turned twice, it has its first depth again.

    Parameters
    ----------
    folder
        Of the result.
    progress
        Called with a stage (`contract.messages.STAGES`), how many of its steps are done, and of how many.
    threads
        That may compress.

    Returns
    -------
    str or None
        The order, as `stack.overrides.ORDERS` has it, with which an estimate has its frames as they are now;
        None where they are not in the order of their file names.

    Raises
    ------
    InputError
        Where there is no result, it is metric or damaged, or the folder cannot be written.
    """
    clean_up(Path(os.path.realpath(folder)))
    _check_relative(read_description(folder), folder)  # before anything is made beside it
    with open_result(folder) as output:
        progress(READ, 0, 1)
        estimate = read_estimate(output.path)
        _check_relative(estimate.description, folder)
        progress(WRITE, 0, 1)
        turned = turn_description(estimate.description)
        focus = [frame["dioptres"] for frame in estimate.description["frames"]]
        dioptres = exchange_dioptres(1 / estimate.depth, focus)
        write_result(
            output,
            (1 / dioptres).astype(np.float32),
            estimate.confidence,
            estimate.picture,
            turned,
            frame_numbers=_turn_numbers(estimate.frame_numbers, len(focus)),
            aligned=None if estimate.aligned is None else enumerate(reversed(estimate.aligned)),
            is_deep=estimate.is_deep,
            threads=threads,
        )
    return name_order(turned["frames"])


def exchange_dioptres(dioptres: np.ndarray, focus: Sequence[float]) -> np.ndarray:
    """Exchange near and far, far + near - d of dioptres d; exchanged twice, they are what they were.

    What would come too close to infinity or beyond it, since it is much nearer than the nearest frame,
    approaches infinity in inverse proportion instead.

    Parameters
    ----------
    dioptres
        Of any shape, not negative.
    focus
        (N,) dioptres of the frames, far to near.

    Returns
    -------
    ndarray
        Float64, above 0.
    """
    far, near = focus[0], focus[-1]
    steps = np.diff(focus)
    least = LEAST_SHARE * min(steps[steps > 0].min(), near - far)
    most = far + near - least
    values = np.clip(np.asarray(dioptres, np.float64), least / MOST_TIMES, most * MOST_TIMES)
    is_between = (values >= least) & (values <= most)
    return np.where(is_between, far + near - values, least * most / values)


def turn_description(description: Description) -> dict[str, Any]:
    """Return what result.json says of a relative result that is turned round."""
    frames = description["frames"]
    ends = frames[0]["dioptres"] + frames[-1]["dioptres"]
    turned: list[dict[str, Any]] = [
        {
            **{key: value for key, value in frame.items() if key != "aligned"},  # it is named anew
            "normalised_focus": 1 - frame["normalised_focus"],
            "dioptres": ends - frame["dioptres"],
        }
        for frame in reversed(frames)
    ]
    warnings = _turn_warnings(description["warnings"], turned)
    changed: dict[str, Any] = {"frames": turned, "warnings": warnings, "order_certainty": 1.0}
    if isinstance(alignment := description.get("alignment"), dict):  # lists have one value each pair
        changed["alignment"] = {
            key: value[::-1] if isinstance(value, list) else value for key, value in alignment.items()
        }
    if isinstance(profile := description.get("lens_profile"), dict):
        changed["lens_profile"] = _turn_profile(profile)
    # Without its fingerprint no estimate takes the result for the one that it would write.
    gone = "fingerprint", "retouch"
    return {key: value for key, value in description.items() if key not in gone} | changed


def name_order(frames: Sequence[Frame] | Sequence[dict[str, Any]]) -> str | None:
    """Return the order in which the file names of frames run, far to near; None where they do not."""
    files = [Path(frame["file"]) for frame in frames]
    for order, listed in ((FAR_TO_NEAR, files), (NEAR_TO_FAR, files[::-1])):
        if listed == sorted(files, key=natural_key):
            return order
    return None


def _check_relative(description: Description, folder: Path) -> None:
    if description["metric"]:
        raise InputError(
            f"{folder} is metric, so it is not turned round: where near and far are exchanged, correct the "
            "focus distances and estimate again"
        )


def _turn_warnings(warnings: list[str], frames: list[dict[str, Any]]) -> list[str]:
    """With one sentence, by hand, for the one on which end is far."""
    far, near = (Path(frame["file"]).name for frame in (frames[0], frames[-1]))
    sentence = TURNED.format(far=far, near=near)
    sentence += "." if name_order(frames) else f"; {NOT_BY_NAME}."
    places = [i for i, text in enumerate(warnings) if DIRECTION_WARNING.search(text)]
    others = [text for i, text in enumerate(warnings) if i not in places]
    place = places[0] if places else len(others)
    return [*others[:place], sentence, *others[place:]]


def _turn_numbers(numbers: np.ndarray | None, count: int) -> np.ndarray | None:
    """Of `count` frames in reverse order, by their numbers; 0, which is none of them, stays."""
    return None if numbers is None else np.where(numbers > 0, np.float16(count + 1) - numbers, numbers)


def _turn_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """What bent towards the camera bends away from it."""
    curvature = profile.get("field_curvature")
    if not isinstance(curvature, dict):
        return profile
    bends = {key: -curvature[key] for key in ("r2", "r4") if isinstance(curvature.get(key), (int, float))}
    return {**profile, "field_curvature": {**curvature, **bends}}
