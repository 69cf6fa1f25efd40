"""Methods under several alignments on one stack with known depth."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...stack import FocalStack, read_stack
from .aligned import ALIGNMENTS, NETWORK, align_by
from .confidence import draw
from .data.scene import METRES, NEAREST, Focused, Scene
from .invariance import order_found, turned_and_thinned
from .measures import mean_error, measure, near_edges
from .methods import ORACLE, Found, find_depth, is_network, label, looks_at_pictures
from .misregistration import misregistration, read_true_frames

AS_GIVEN = "as given"  # the alignment of a data set whose pictures lie on one grid already


@dataclass(frozen=True)
class Asked:
    """What is measured on every stack."""

    methods: tuple[str, ...]
    alignments: tuple[str, ...] = (NETWORK,)
    invariance: bool = False


@dataclass(frozen=True)
class Measured:
    """What one stack has told. Columns are methods, under an alignment where several were asked for."""

    measures: dict[str, dict[str, float]]  # {column: {measure: value}}; "error" and "edges" normalised
    misregistration: dict[str, list[float]] = field(default_factory=dict)  # {alignment: pixels a frame}
    moved: bool = False  # whether the true camera did, as in a hand
    pixels: dict[str, np.ndarray] = field(default_factory=dict)  # {network: (2, n) expected and true error}
    invariance: dict[str, dict[str, float]] = field(default_factory=dict)  # {network: errors}
    order: str | None = None  # one of `invariance.ORDERS`; None where not asked for


@dataclass(frozen=True)
class Shown:
    """What one stack looks like: all normalised, truth NaN where it is unknown."""

    picture: np.ndarray  # (H, W, 3) the nearest-focus frame
    truth: np.ndarray | None
    depth: dict[str, np.ndarray]


def compare(scene: Scene, asked: Asked) -> tuple[Measured, Shown]:
    """Measure all that is asked for on one scene.

    What a network expects of itself, and its invariance, are measured where its frames are aligned by ours
    or came aligned. Raises InputError where the scene cannot be read, or has a frame that does not belong.
    """
    focused = scene.load()
    truth = _normalised_truth(focused)
    pictures, motions, stack = _aligned(focused, asked)
    found = {
        (method, alignment): find_depth(
            method, scene.name, focused, pictures.get(alignment, focused.pictures), truth
        )
        for method in asked.methods
        if truth is not None or method != ORACLE
        for alignment in (_alignments(focused, asked) if looks_at_pictures(method) else (_best(focused),))
    }
    columns = {_column(*pair, asked, focused): maps for pair, maps in found.items()}
    shown = Shown(focused.pictures[-1], truth, {name: maps.depth for name, maps in columns.items()})
    if truth is None:
        return Measured({name: {"seconds": maps.seconds} for name, maps in columns.items()}), shown
    measured = Measured(
        measures={name: _measures(maps, focused, truth) for name, maps in columns.items()},
        pixels={
            label(method): draw(maps.spread[focused.valid], _error(maps, truth)[focused.valid])
            for (method, alignment), maps in found.items()
            if alignment == _best(focused) and maps.spread is not None
        },
        invariance={
            label(method): turned_and_thinned(
                method, pictures[alignment], focused.positions, maps.depth, truth
            )
            for (method, alignment), maps in found.items()
            if asked.invariance and alignment == _best(focused) and is_network(method)
        },
        order=order_found(focused.pictures) if asked.invariance else None,
        **_camera(focused, stack, motions),
    )
    return measured, shown


def _alignments(focused: Focused, asked: Asked) -> Sequence[str]:
    return asked.alignments if focused.folder else (AS_GIVEN,)


def _best(focused: Focused) -> str:
    return NETWORK if focused.folder else AS_GIVEN


def _aligned(
    focused: Focused, asked: Asked
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], FocalStack | None]:
    """{alignment: pictures}, {alignment: motion (N, 3, 3)}, and the stack where there are photographs."""
    if focused.folder is None:
        return {AS_GIVEN: focused.pictures}, {}, None
    stack = read_stack([focused.folder])
    needed = ALIGNMENTS if read_true_frames(focused.folder, stack) else asked.alignments
    aligned = {name: align_by(name, focused.pictures, stack) for name in ALIGNMENTS if name in needed}
    return (
        {name: way.pictures for name, way in aligned.items()},
        {name: way.motion for name, way in aligned.items()},
        stack,
    )


def _camera(focused: Focused, stack: FocalStack | None, motions: dict[str, np.ndarray]) -> dict:
    """What is known of the true camera: `misregistration` and `moved`."""
    frames = stack and read_true_frames(focused.folder, stack)
    if not frames:
        return {}
    depth = 1 / np.maximum(focused.truth, NEAREST)
    return {
        "misregistration": {name: misregistration(motion, frames, depth) for name, motion in motions.items()},
        "moved": any(frame.moved for frame in frames),
    }


def _normalised_truth(focused: Focused) -> np.ndarray | None:
    """(H, W) float32, 0 where it is not valid."""
    if focused.truth is None:
        return None
    truth = np.where(focused.valid, focused.truth, 1.0)
    inverse = 1 / truth if focused.unit == METRES else truth
    far, near = focused.focus[0], focused.focus[-1]
    return np.where(focused.valid, (inverse - far) / (near - far), 0).astype(np.float32)


def _error(maps: Found, truth: np.ndarray) -> np.ndarray:
    return np.abs(maps.depth - truth)


def _measures(maps: Found, focused: Focused, truth: np.ndarray) -> dict[str, float]:
    edges = near_edges(truth, focused.valid)
    told = measure(
        focused.in_unit(maps.depth),
        focused.truth,
        focused.valid,
        weights=focused.confidence,
        uncertainty=_uncertainty(maps, focused),
        edges=edges,
    )
    normalised = {
        "error": mean_error(maps.depth, truth, focused.valid),
        "edges": mean_error(maps.depth, truth, edges & focused.valid),
    }
    return normalised | told | {"seconds": maps.seconds}


def _uncertainty(maps: Found, focused: Focused) -> np.ndarray | None:
    """The expected error in the truth's unit; None where it is not linear in what the network expects."""
    if maps.spread is None or focused.unit == METRES:
        return None
    return maps.spread * (focused.focus[-1] - focused.focus[0])


def _column(method: str, alignment: str, asked: Asked, focused: Focused) -> str:
    """The method's name alone where it has no other alignment to be told from."""
    alone = not looks_at_pictures(method) or len(_alignments(focused, asked)) == 1
    return label(method) if alone else f"{label(method)}, {alignment}"
