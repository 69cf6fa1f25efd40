"""Why a stack's focus is believed, in words."""

from collections import Counter

import numpy as np

from .direction import judge_direction
from .focal_stack import FocalStack
from .names import join_names
from .order import DETOUR, SURE, read_thumbnails
from .seriation import path_length, profile_distances, sharpness_profiles, shortest_path


def explain_focus(stack: FocalStack) -> tuple[str, ...]:
    """Return sentences on where focus distances come from, and whether the pictures bear them out.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    sources = Counter(frame.distance_source for frame in stack.frames)
    if not stack.is_metric:
        return ()
    came_from = join_names([f"{source} ({count})" for source, count in sources.most_common()])
    thumbnails = read_thumbnails(stack.frames)
    return (f"Focus distances: {came_from}.", _order_by_pictures(thumbnails), *_direction(thumbnails))


def _order_by_pictures(thumbnails: list[np.ndarray]) -> str:
    distances = profile_distances(sharpness_profiles(thumbnails))
    own, shortest = (
        path_length(distances, path) for path in (range(len(thumbnails)), shortest_path(distances))
    )
    if own <= DETOUR * shortest:
        return "Sharpness moves through the scene in their order."
    return "Sharpness does not move steadily through the scene in their order; the distances were followed."


def _direction(thumbnails: list[np.ndarray]) -> list[str]:
    direction = judge_direction(thumbnails)
    if direction.certainty < SURE:
        return []
    if direction.log_odds > 0:
        return [f"The pictures show the same end far: {direction.reason.removeprefix('because ')}."]
    return [
        f"The pictures speak for the other end as far: {direction.reason.removeprefix('because ')}; the "
        "distances were followed. If near and far are exchanged in the result, correct them."
    ]
