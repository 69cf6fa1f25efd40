"""Methods under several alignments on one stack with known depth, or with marks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...registration.polynomial import affine_maps
from ...stack import FocalStack, read_stack
from .alignments import ALIGNMENTS, NETWORK, AlignedStack, align_stack
from .all_in_focus import all_in_focus_pictures, measure_picture
from .data.scene import METRES, MIN_INVERSE, EvaluationStack, Scene
from .data.surfaces import Surfaces
from .invariance import measure_invariance, pairs_of_reversed_names, recover_order
from .marks import measure_marks, rescale_map, summarise_shifts
from .measures import mean_error, measure, near_edges
from .methods import (
    ORACLE,
    DepthEstimate,
    column_name,
    depends_on_alignment,
    estimate_depth,
    is_depth_folder,
    is_network,
)
from .misregistration import misregistration, read_true_cameras
from .uncertainty import sample_pixels

AS_PUBLISHED = "as published"  # the alignment of a data set whose pictures lie on one grid already

Estimates = dict[tuple[str, str], DepthEstimate]  # by method and alignment


@dataclass(frozen=True)
class EvaluationConfig:
    """What is measured on every stack.

    Attributes
    ----------
    methods
        Names as `methods` has them, or paths.
    alignments
        Of ALIGNMENTS.
    invariance
        Whether invariance to the frames is measured too.
    all_in_focus
        Folders of other programs' all-in-focus pictures, one for every scene.
    """

    methods: tuple[str, ...]
    alignments: tuple[str, ...] = (NETWORK,)
    invariance: bool = False
    all_in_focus: tuple[str, ...] = ()


@dataclass(frozen=True)
class SceneMeasures:
    """What was measured of one stack. A column is a method, with its alignment where there are several.

    Attributes
    ----------
    measures
        {column: {measure: value}}; "error" and "edges" are in normalised dioptres.
    misregistration
        {alignment: pixels of every frame}.
    is_hand_held
        Whether the true camera moved.
    pixels
        {network: (2, n) uncertainty and error}.
    invariance
        {network: {error: value}}.
    order
        One of `invariance.ORDERS`; None where it was not measured.
    planes, pairs
        Of a real stack, {column: {plane: residual in normalised dioptres}} and {column: whether each pair is
        in order}; as `marks.MarkMeasures` has them.
    reversed_pairs
        {column: whether each pair is in order where file names run the other way}; of networks, and of a real
        stack without distances.
    patches
        Of a real stack, what registration left, as `marks.summarise_shifts` returns it.
    """

    measures: dict[str, dict[str, float]]
    misregistration: dict[str, list[float]] = field(default_factory=dict)
    is_hand_held: bool = False
    pixels: dict[str, np.ndarray] = field(default_factory=dict)
    invariance: dict[str, dict[str, float]] = field(default_factory=dict)
    order: str | None = None
    planes: dict[str, dict[str, float]] = field(default_factory=dict)
    pairs: dict[str, list[bool]] = field(default_factory=dict)
    reversed_pairs: dict[str, list[bool]] = field(default_factory=dict)
    patches: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class SceneMaps:
    """One stack as pictures.

    Attributes
    ----------
    picture
        (H, W, 3) float32 sRGB: the nearest-focus frame.
    truth
        (H, W) normalised dioptres; None where it is unknown.
    depth
        {column: (H, W)} normalised dioptres.
    """

    picture: np.ndarray
    truth: np.ndarray | None
    depth: dict[str, np.ndarray]


def compare_methods(scene: Scene, config: EvaluationConfig) -> tuple[SceneMeasures, SceneMaps | None]:
    """Measure all methods on one scene; there are no maps where its pictures may not be shown.

    Uncertainty and invariance are measured where frames are aligned by our network, or came aligned.

    Raises
    ------
    InputError
        Where the scene cannot be read, or has a frame that does not belong.
    """
    stack = scene.load()
    if scene.surfaces is not None:
        return _compare_by_marks(scene.name, stack, scene.surfaces, config)
    truth = _normalised_truth(stack)
    aligned, photographs = _align(stack, config)
    estimates = _estimate_all(scene.name, stack, aligned, truth, config)
    columns = {_column(*pair, config, stack): estimate for pair, estimate in estimates.items()}
    maps = SceneMaps(stack.pictures[-1], truth, {name: each.depth for name, each in columns.items()})
    if truth is None:
        return SceneMeasures({name: {"seconds": each.seconds} for name, each in columns.items()}), maps
    best = {method: each for (method, alignment), each in estimates.items() if alignment == _best(stack)}
    values = {name: _measure(each, stack, truth) for name, each in columns.items()}
    for method, picture in all_in_focus_pictures(scene.name, stack, config.methods, config.all_in_focus):
        name = column_name(method)
        values[name] = values.get(name, {}) | measure_picture(stack, picture, near_edges(truth, stack.valid))
    measures = SceneMeasures(
        measures=values,
        pixels={
            column_name(method): sample_pixels(
                each.uncertainty[stack.valid], np.abs(each.depth - truth)[stack.valid]
            )
            for method, each in best.items()
            if each.uncertainty is not None
        },
        invariance={
            column_name(method): measure_invariance(
                method, aligned[_best(stack)].pictures, stack.positions, each.depth, truth
            )
            for method, each in best.items()
            if config.invariance and is_network(method)
        },
        order=recover_order(stack.pictures) if config.invariance else None,
        **_compare_cameras(stack, photographs, aligned),
    )
    return measures, maps


def _compare_by_marks(
    scene: str, stack: EvaluationStack, surfaces: Surfaces, config: EvaluationConfig
) -> tuple[SceneMeasures, SceneMaps | None]:
    """Measure all methods on a real stack, which is registered already."""
    estimates = {}
    for method in config.methods:
        if method == ORACLE:
            continue
        estimate = estimate_depth(method, scene, stack, stack.pictures, None)
        if is_depth_folder(method):
            estimate = replace(estimate, depth=rescale_map(estimate.depth, surfaces.pairs))
        estimates[method] = estimate
    marks = {
        column_name(method): measure_marks(method, scene, stack, surfaces, estimate)
        for method, estimate in estimates.items()
    }
    measures = SceneMeasures(
        {column: each.values for column, each in marks.items()},
        planes={column: each.planes for column, each in marks.items()},
        pairs={column: each.pairs for column, each in marks.items()},
        reversed_pairs=_reversed_pairs(stack, surfaces, config) if config.invariance else {},
        patches=summarise_shifts(stack.pictures),
    )
    if not surfaces.is_public:
        return measures, None
    depth = {column_name(method): estimate.depth for method, estimate in estimates.items()}
    return measures, SceneMaps(stack.pictures[-1], None, depth)


def _reversed_pairs(
    stack: EvaluationStack, surfaces: Surfaces, config: EvaluationConfig
) -> dict[str, list[bool]]:
    assert stack.registration is not None
    photographs = stack.registration.stack
    if photographs.is_metric or not surfaces.pairs:
        return {}
    networks = filter(is_network, config.methods)
    return {column_name(each): pairs_of_reversed_names(each, photographs, surfaces) for each in networks}


def _estimate_all(
    scene: str,
    stack: EvaluationStack,
    aligned: dict[str, AlignedStack],
    truth: np.ndarray | None,
    config: EvaluationConfig,
) -> Estimates:
    """Estimate depth by every method under every alignment; there is no oracle without truth."""
    return {
        (method, alignment): estimate_depth(
            method,
            scene,
            stack,
            aligned[alignment].pictures if alignment in aligned else stack.pictures,
            truth,
        )
        for method in config.methods
        if truth is not None or method != ORACLE
        for alignment in (_alignments(stack, config) if depends_on_alignment(method) else (_best(stack),))
    }


def _alignments(stack: EvaluationStack, config: EvaluationConfig) -> Sequence[str]:
    return config.alignments if stack.folder else (AS_PUBLISHED,)


def _best(stack: EvaluationStack) -> str:
    return NETWORK if stack.folder else AS_PUBLISHED


def _align(
    stack: EvaluationStack, config: EvaluationConfig
) -> tuple[dict[str, AlignedStack], FocalStack | None]:
    """Align by every alignment that is needed; also returns the focal stack where there are photographs."""
    if stack.folder is None:
        at_rest = affine_maps(np.tile(np.eye(3), (len(stack.pictures), 1, 1)))
        return {AS_PUBLISHED: AlignedStack(stack.pictures, at_rest)}, None
    photographs = read_stack([stack.folder])
    needed = ALIGNMENTS if read_true_cameras(stack.folder, photographs) else config.alignments
    aligned = {name: align_stack(name, stack.pictures, photographs) for name in ALIGNMENTS if name in needed}
    return aligned, photographs


def _compare_cameras(
    stack: EvaluationStack, photographs: FocalStack | None, aligned: dict[str, AlignedStack]
) -> dict[str, Any]:
    """Return the fields of SceneMeasures that need the true cameras; none where they are unknown."""
    if stack.folder is None or photographs is None or stack.truth is None:
        return {}
    cameras = read_true_cameras(stack.folder, photographs)
    if not cameras:
        return {}
    depth = 1 / np.maximum(stack.truth, MIN_INVERSE)
    return {
        "misregistration": {
            name: misregistration(each.maps, cameras, depth) for name, each in aligned.items()
        },
        "is_hand_held": any(camera.has_moved for camera in cameras),
    }


def _normalised_truth(stack: EvaluationStack) -> np.ndarray | None:
    """Return (H, W) float32 normalised dioptres, 0 where the truth is not valid."""
    if stack.truth is None or stack.valid is None:
        return None
    truth = np.where(stack.valid, stack.truth, 1.0)
    inverse = 1 / truth if stack.unit == METRES else truth
    far, near = stack.focus[0], stack.focus[-1]
    return np.where(stack.valid, (inverse - far) / (near - far), 0).astype(np.float32)


def _measure(estimate: DepthEstimate, stack: EvaluationStack, truth: np.ndarray) -> dict[str, float]:
    assert stack.truth is not None and stack.valid is not None
    edges = near_edges(truth, stack.valid)
    values = measure(
        stack.to_truth_unit(estimate.depth),
        stack.truth,
        stack.valid,
        weights=stack.confidence,
        uncertainty=_uncertainty(estimate, stack),
        edges=edges,
    )
    normalised = {
        "error": mean_error(estimate.depth, truth, stack.valid),
        "edges": mean_error(estimate.depth, truth, edges & stack.valid),
    }
    return normalised | values | {"seconds": estimate.seconds}


def _uncertainty(estimate: DepthEstimate, stack: EvaluationStack) -> np.ndarray | None:
    """Return uncertainty in the truth's unit; None for metres, which are not linear in it."""
    if estimate.uncertainty is None or stack.unit == METRES:
        return None
    return estimate.uncertainty * (stack.focus[-1] - stack.focus[0])


def _column(method: str, alignment: str, config: EvaluationConfig, stack: EvaluationStack) -> str:
    """Return the method's name, with the alignment where the method is measured under several."""
    alone = not depends_on_alignment(method) or len(_alignments(stack, config)) == 1
    return column_name(method) if alone else f"{column_name(method)}, {alignment}"
