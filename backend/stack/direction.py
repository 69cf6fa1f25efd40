"""Which end of a focal stack is far, from the pictures alone.

An occlusion edge belongs to the near thing: it is sharp in the frame in which that is in focus, and its
blur spills over what lies behind, never the other way. So an edge that is sharp in another frame than the
texture beside it belongs to something nearer than that texture. Where no edge shows it, three habits of
scenes and lenses are left: the fronts of things are nearer than their outlines before a plain ground, the
ground is nearer the lower it lies, and most lenses magnify as they focus nearer. How much each is worth was
learned from 180 simulated stacks by `python -m focal_depth.research.training.direction`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from .seriation import measure_descent, sharpness_profiles

MAX_FRAMES = 12  # of long stacks so many are compared, evenly spread
ALIGNED_SIDE = 320  # pixels; enough to see 0.1 % of magnification
SHADE_SCALE, SHADE_OFFSET = 16, 24  # pixels; grey levels, under which shadows are not amplified
EDGE_SCALE, SOFT_SCALE = 1.2, 2.5  # pixels of blur at which edges are measured, and by which they show theirs
ALIGNMENT_SLACK = 1.5  # pixels
LEAST_STRENGTH = 0.012  # of the gradient, relative to brightness a pixel
LEAST_CHANGE = 1.4  # from the most blurred frame to the sharpest
LEAST_CRISPNESS = 1.22  # strength at the edge scale over that at the soft one; a perfect step has 1.5
MOST_VARIATION = 1.5  # of strength through the frames, over that of a single rise and fall
LEAST_LENGTH = 5  # pixels of an edge; noise makes shorter ones
RIVAL_REACH = 7  # pixels, within which the blur of a stronger edge passes for a weaker edge
TEXTURE_RIVALRY, OUTLINE_RIVALRY = 0.5, 0.8  # strength over the strongest within that reach
SIDE_DISTANCE, SIDE_SCALE = 12, 4  # pixels: where the texture beside an edge is measured, and how wide
LEAST_TEXTURE = 0.02  # of a side, else it is bare
ALONG = 5  # pixels both ways along an edge that share its focus
LEAST_GAP = 0.15  # of the focus range, between an edge and the texture beside it
MOST_SPREAD = 0.35  # of the focus range, within the texture beside an edge
CORRELATED = 20  # neighbouring pixels of one edge say the same
PRIOR_EVIDENCE = 100.0  # squared log-odds that a few edges need to outweigh
MOST_EVIDENCE = 4.0  # of occlusion, in standard deviations
PLAIN_STRENGTH, PLAIN_REACH = 0.02, 16  # gradient of an edge, and pixels from any edge: what is plain
LEAST_PLAIN = 0.02  # of the picture
OUTLINE_REACH, FRONT_REACH = 24, 30  # pixels from plain ground: outlines lie within, fronts beyond
LEAST_EDGES = 50  # pixels of outlines, and of fronts
CLEAR_MAGNIFICATION = 0.05  # natural logarithm
MOST_CERTAINTY = 0.99  # simulated stacks teach no more

# Log-odds that an edge is nearer than a texture beside it with which it is not in focus.
EDGE_FEATURES = (
    "constant",
    "owned",  # the texture of the other side is in focus with the edge
    "strength",  # of the edge over the texture, logarithm
    "owned strength",
    "gap",  # in focus, between the edge and the texture, in focus ranges
    "below",  # how much the texture lies below the edge, where it may be the ground on which a thing stands
)
EDGE_WEIGHTS = np.array([0.8, 0.19, 0.71, 0.25, -0.44, -1.55])

# Log-odds that frames run far to near, for one unit of each cue, and why, in words.
CUES = ("occlusion", "bulge", "descent", "magnification")
CUE_WEIGHTS = np.array([0.41, 2.48, 2.77, 2.42])
REASONS = (
    "because the blur of near things spills over what lies behind them",
    "because things come forward from their outlines before a plain ground",
    "because the sharp parts move towards the bottom of the picture",
    "because the picture grows in that direction",
)


@dataclass(frozen=True)
class Direction:
    """Whether frames run far to near, and what speaks for it.

    Attributes
    ----------
    cues
        (4,) how strongly each of `CUES` says that the frames run far to near; negative near to far.
    """

    cues: np.ndarray

    @property
    def log_odds(self) -> float:
        """Natural logarithm of the odds that the frames run far to near."""
        return float(self.cues @ CUE_WEIGHTS)

    @property
    def certainty(self) -> float:
        """Probability, 0.5 to 0.99, that the sign of `log_odds` is right."""
        return min(1 / (1 + math.exp(-abs(self.log_odds))), MOST_CERTAINTY)

    @property
    def reason(self) -> str:
        """The cue that says most for the sign of `log_odds`, in words that go on a sentence."""
        return REASONS[int(np.argmax(self.cues * CUE_WEIGHTS * math.copysign(1, self.log_odds)))]


@dataclass(frozen=True)
class FocusEdges:
    """Edges of aligned frames, each with the frame in which it is sharpest.

    All but `normal` are (h, w); `focus`, `change` and `normal` hold only where `is_edge`.

    Attributes
    ----------
    is_edge
        bool.
    focus
        Place in the stack of the frame in which the edge is sharpest: 0 is the first, 1 the last.
    strength
        Gradient in that frame, relative to brightness.
    rivalry
        The same over the largest of any frame within `RIVAL_REACH`.
    change
        Natural logarithm of the strength over that in the most blurred frame.
    normal
        (2, h, w) unit vectors across the edge: right and down.
    step
        Of focus, from a frame to the next.
    """

    is_edge: np.ndarray
    focus: np.ndarray
    strength: np.ndarray
    rivalry: np.ndarray
    change: np.ndarray
    normal: np.ndarray
    step: float


@dataclass(frozen=True)
class SideComparisons:
    """Edges before which or behind which the texture on one of their sides lies.

    Attributes
    ----------
    votes
        (P,) 1 where the edge comes into focus after the texture, -1 where before it.
    features
        (P, 6) as `EDGE_FEATURES`.
    """

    votes: np.ndarray
    features: np.ndarray


@dataclass(frozen=True)
class Measures:
    """What cues are taken from.

    Attributes
    ----------
    comparisons
        Of edges with the texture beside them.
    bulge, descent, magnification
        As `measure_bulge`, `measure_descent` and `align_frames` return them.
    """

    comparisons: SideComparisons
    bulge: float
    descent: float
    magnification: float


def judge_direction(thumbnails: Sequence[np.ndarray]) -> Direction:
    """Return in which direction frames run.

    Parameters
    ----------
    thumbnails
        (h, w) uint8 grey pictures of the frames, at least two, in the order of their focus, from either end.
    """
    is_turned = thumbnails[0].mean() > thumbnails[-1].mean()  # so that both orders are measured as one
    measures = measure_direction(thumbnails[::-1] if is_turned else thumbnails)
    cues = gather_cues(measures, EDGE_WEIGHTS)
    return Direction(-cues if is_turned else cues)


def measure_direction(thumbnails: Sequence[np.ndarray]) -> Measures:
    """Return what shows the direction of frames; `thumbnails` as `judge_direction` takes them."""
    chosen = np.unique(np.linspace(0, len(thumbnails) - 1, MAX_FRAMES).round().astype(int))
    thumbnails = [thumbnails[i] for i in chosen]
    aligned, magnification = align_frames(thumbnails)
    edges = trace_edges(aligned)
    descent = measure_descent(sharpness_profiles(thumbnails))
    return Measures(compare_sides(edges), measure_bulge(edges), descent, magnification)


def gather_cues(measures: Measures, edge_weights: np.ndarray) -> np.ndarray:
    """Return (4,) cues, as `CUES`.

    That of occlusion is the edges' log-odds, summed, over the standard deviation of that sum: many edges of
    one opinion have a large one. Magnification counts more than in proportion, since zooms breathe either way
    by some percent.
    """
    evidence = measures.comparisons.votes * (measures.comparisons.features @ edge_weights)
    deviation = math.sqrt(CORRELATED * float(evidence @ evidence) + PRIOR_EVIDENCE)
    occlusion = float(np.clip(evidence.sum() / deviation, -MOST_EVIDENCE, MOST_EVIDENCE))
    growth = measures.magnification / CLEAR_MAGNIFICATION
    magnification = math.tanh(growth * abs(growth))
    return np.array([occlusion, math.tanh(measures.bulge), measures.descent, magnification])


def align_frames(thumbnails: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
    """Align frames to the middle one, and measure how much the content grows from the first to the last.

    By affine registration (Evangelidis & Psarakis, Parametric Image Alignment Using Enhanced Correlation
    Coefficient Maximization, 2008) on blurred pictures, which focus hardly alters: of neighbours, and from
    there of each with the middle one, so that neither order of the frames is favoured.

    Parameters
    ----------
    thumbnails
        N (h, w) uint8 grey pictures of the frames in order.

    Returns
    -------
    aligned : ndarray
        (N, h, w) uint8.
    magnification : float
        Natural logarithm of the growth.
    """
    height, width = thumbnails[0].shape
    scale = min(1.0, ALIGNED_SIDE / max(height, width))
    small = [cv2.resize(each, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for each in thumbnails]
    small = [cv2.GaussianBlur(each, (0, 0), 2).astype(np.float32) for each in small]
    softer = [cv2.GaussianBlur(each, (0, 0), 2) for each in small]
    from_first = [np.eye(3)]
    for pair in pairwise(small):
        from_first.append(_register(*pair, np.eye(3)) @ from_first[-1])
    middle = len(small) // 2
    to_first = np.linalg.inv(from_first[middle])
    warps = [
        _register(softer[middle], frame, warp @ to_first)
        for frame, warp in zip(softer, from_first, strict=True)
    ]
    half = (scale - 1) / 2  # pixel centres lie at +0.5
    shrink = np.array([[scale, 0, half], [0, scale, half], [0, 0, 1]])
    aligned = np.stack(
        [
            cv2.warpAffine(
                thumbnail,
                (np.linalg.inv(shrink) @ warp @ shrink)[:2],
                (width, height),
                flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REFLECT,
            )
            for thumbnail, warp in zip(thumbnails, warps, strict=True)
        ]
    )
    first, last = (float(np.linalg.det(warps[end][:2, :2])) for end in (0, -1))
    return aligned, 0.5 * math.log(last / first)


def _register(picture: np.ndarray, moved: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return the motion (3, 3) of a picture's points to a moved one; the start where none converges."""
    warp = start[:2].astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    try:
        _, warp = cv2.findTransformECC(picture, moved, warp, cv2.MOTION_AFFINE, stop, None, 5)  # type: ignore
    except cv2.error:
        return start
    is_plausible = 0.5 < np.linalg.det(warp[:, :2]) < 2
    return np.vstack([warp, [0, 0, 1]]) if is_plausible else start


def trace_edges(aligned: np.ndarray) -> FocusEdges:
    """Return the edges of aligned frames with their focus.

    Blur makes edges where there are none, at the rim of a defocused outline, and those are soft. Noise makes
    others, which are short or come and go through the frames. Both are left out.

    Parameters
    ----------
    aligned
        (N, h, w) uint8.
    """
    sharp = [cv2.GaussianBlur(_remove_shade(frame), (0, 0), EDGE_SCALE) for frame in aligned]
    across, down = (np.stack([_derivative(frame, axis) for frame in sharp]) for axis in (0, 1))
    strengths = np.stack([_widen(frame) for frame in np.hypot(across, down)])
    peak = strengths.argmax(axis=0)
    strength = _pick(strengths, peak)
    normal = _orient(_pick(across, peak), _pick(down, peak))
    change = np.log(strength / (strengths.min(axis=0) + 1e-3) + 1e-6)
    is_edge = _is_ridge(strength, normal) & (strength > LEAST_STRENGTH)
    is_edge &= (change > math.log(LEAST_CHANGE)) & _is_crisp(strength, sharp, peak)
    is_edge = _drop_specks(is_edge & (_variation(strengths) < MOST_VARIATION))
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RIVAL_REACH + 1,) * 2)
    rivalry = strength / (cv2.dilate(strength, reach) + 1e-6)
    focus = _focus(strengths, peak)
    return FocusEdges(is_edge, focus, strength, rivalry, change, normal, 1 / (len(aligned) - 1))


def _remove_shade(frame: np.ndarray) -> np.ndarray:
    frame = frame.astype(np.float32)
    return frame / (cv2.GaussianBlur(frame, (0, 0), SHADE_SCALE) + SHADE_OFFSET)


def _derivative(frame: np.ndarray, axis: int) -> np.ndarray:
    return cv2.Sobel(frame, cv2.CV_32F, 1 - axis, axis, scale=1 / 8)


def _widen(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), ALIGNMENT_SLACK)


def _pick(stack: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return (h, w) of a stack (N, h, w) at each pixel's place in it."""
    return np.take_along_axis(stack, place[None], axis=0)[0]


def _orient(across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Return unit normals (2, h, w) of edges, by the tensor of gradients (h, w)."""
    xx, xy, yy = (_widen(product) for product in (across * across, across * down, down * down))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return np.stack([np.cos(angle), np.sin(angle)])


def _is_crisp(strength: np.ndarray, sharp: Sequence[np.ndarray], peak: np.ndarray) -> np.ndarray:
    """Return where the strength (h, w) in the sharpest frame falls off as the frame is blurred further."""
    further = math.sqrt(SOFT_SCALE**2 - EDGE_SCALE**2)
    frames = (cv2.GaussianBlur(frame, (0, 0), further) for frame in sharp)
    soft = np.stack([_widen(np.hypot(_derivative(frame, 0), _derivative(frame, 1))) for frame in frames])
    return strength > LEAST_CRISPNESS * (_pick(soft, peak) + 1e-6)


def _is_ridge(strength: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Return where strength (h, w) is no less than a pixel further along the normal, both ways."""
    height, width = strength.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    both_ways = (
        cv2.remap(strength, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        for right, down in (normal, -normal)
    )
    return np.logical_and.reduce([strength >= beside for beside in both_ways])


def _drop_specks(is_edge: np.ndarray) -> np.ndarray:
    label = np.asarray(cv2.connectedComponents(is_edge.astype(np.uint8), connectivity=8)[1], np.intp)
    return is_edge & (np.bincount(label.ravel()) >= LEAST_LENGTH)[label]


def _variation(strengths: np.ndarray) -> np.ndarray:
    """Return the total variation of log strength through the frames, over that of one rise and one fall."""
    course = np.log(strengths + 1e-3)
    total = np.abs(np.diff(course, axis=0)).sum(axis=0)
    return total / (2 * course.max(axis=0) - course[0] - course[-1] + 1e-6)


def _focus(strengths: np.ndarray, peak: np.ndarray) -> np.ndarray:
    """Return (h, w) place in the stack, 0 to 1, of the greatest strength, between frames.

    A blurred step has a gradient of 1 / sqrt(a + b x^2), x being the defocus, so that its inverse square is
    a parabola.
    """
    last = len(strengths) - 1
    place = peak.astype(np.float32)
    if last > 1:
        inside = np.clip(peak, 1, last - 1)
        before, at, after = (np.maximum(_pick(strengths, inside + step), 1e-4) ** -2.0 for step in (-1, 0, 1))
        shift = 0.5 * (before - after) / (before - 2 * at + after + 1e-12)
        place += np.where(inside == peak, np.clip(shift, -0.5, 0.5), 0)
    return place / last


def compare_sides(edges: FocusEdges) -> SideComparisons:
    """Compare the focus of edges with that of the texture on either side, where they differ."""
    focus = edges.focus
    weight = np.where(edges.is_edge, edges.change, 0).astype(np.float32)
    texture = weight * (edges.rivalry > TEXTURE_RIVALRY)
    moments = (np.ones_like(focus), focus, focus * focus)
    sums = [cv2.GaussianBlur(texture * each, (0, 0), SIDE_SCALE) for each in (*moments, edges.strength)]
    y, x = np.nonzero(_away_from_border(edges.is_edge & (edges.rivalry > OUTLINE_RIVALRY)))
    right, down = edges.normal[:, y, x]

    def at(picture: np.ndarray, across: float, along: float = 0.0) -> np.ndarray:
        rows, columns = y + across * down + along * right, x + across * right - along * down
        return picture[np.rint(rows).astype(int), np.rint(columns).astype(int)]

    steps = range(-ALONG, ALONG + 1)
    own = sum(at(weight * focus, 0, step) for step in steps) / sum(at(weight, 0, step) for step in steps)
    sides = [_Side.of(*(at(each, way * SIDE_DISTANCE) for each in sums)) for way in (1, -1)]
    votes, features = [], []
    for way, side, other in ((1, *sides), (-1, *sides[::-1])):
        gap = np.abs(own - side.focus)
        is_owned = ~other.is_bare & (np.abs(other.focus - own) < 0.5 * gap)
        strength = np.clip(np.log(edges.strength[y, x] / (side.strength + 1e-6)), -1, 1.5)
        below = np.maximum(way * down, 0)
        values = np.stack([np.ones_like(gap), is_owned, strength, is_owned * strength, gap, below], axis=1)
        differs = gap > max(LEAST_GAP, min(0.75 * edges.step, 0.5))
        differs &= ~side.is_bare & ~other.is_bare & (side.spread < MOST_SPREAD)
        votes.append(np.sign(own - side.focus)[differs])
        features.append(values[differs])
    return SideComparisons(np.concatenate(votes), np.concatenate(features).astype(np.float64))


@dataclass(frozen=True)
class _Side:
    """The texture on one side of P edges: (P,) each."""

    is_bare: np.ndarray
    focus: np.ndarray
    spread: np.ndarray
    strength: np.ndarray

    @classmethod
    def of(cls, amount: np.ndarray, first: np.ndarray, second: np.ndarray, strength: np.ndarray) -> "_Side":
        """Divide sums over the side, of weights, of focus and its square, and of strength."""
        total = amount + 1e-6
        focus = first / total
        spread = np.sqrt(np.maximum(second / total - focus * focus, 0))
        return cls(amount <= LEAST_TEXTURE, focus, spread, strength / total)


def measure_bulge(edges: FocusEdges) -> float:
    """Return how much later things come into focus than their outlines before plain ground.

    In standard deviations of either; 0 where no plain ground reaches the picture's border. The middle of a
    thing mostly comes forward from its outline.
    """
    is_plain = _plain_ground((edges.strength > PLAIN_STRENGTH) | edges.is_edge)
    if is_plain.mean() < LEAST_PLAIN:
        return 0.0
    distance = cv2.distanceTransform((~is_plain).astype(np.uint8), cv2.DIST_L2, 5)
    outlines = edges.focus[edges.is_edge & (distance < OUTLINE_REACH)]
    fronts = edges.focus[edges.is_edge & (distance > FRONT_REACH)]
    if min(len(outlines), len(fronts)) < LEAST_EDGES:
        return 0.0
    deviation = math.sqrt((outlines.var() + fronts.var()) / 2) + 0.1
    return float((fronts.mean() - outlines.mean()) / deviation)


def _plain_ground(is_edge: np.ndarray) -> np.ndarray:
    """Return what lies far from any edge (h, w) and is connected with the picture's border."""
    distance = cv2.distanceTransform((~is_edge).astype(np.uint8), cv2.DIST_L2, 5)
    _, label = cv2.connectedComponents((distance > PLAIN_REACH).astype(np.uint8))
    border = np.unique(np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]]))
    return np.isin(label, border[border > 0])


def _away_from_border(is_edge: np.ndarray) -> np.ndarray:
    margin = SIDE_DISTANCE + ALONG + 1
    inside = np.zeros_like(is_edge)
    inside[margin:-margin, margin:-margin] = is_edge[margin:-margin, margin:-margin]
    return inside
