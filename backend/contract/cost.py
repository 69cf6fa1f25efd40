"""What an estimate takes in memory and time: one model for the panel and for `--max-memory`.

Measured by benchmarks/estimate.py on 5 to 40 photographs of 1 to 24 megapixels on two cores (docs/speed.md).
Memory may be a quarter less, or a tenth more, with 1 to 16 threads; another processor may well be twice
as fast or slow.
"""

import math
from dataclasses import dataclass, replace

from .errors import InputError
from .qualities import FOCAL_UNET, WON_JEON, enlargement, working_size

MAX_TILE = 9_500_000  # pixels times frames that a network takes at a time: more is hardly faster
TILE_OVERLAP = 96  # pixels a tile sees beyond its own part
MIN_TILE = (3 * TILE_OVERLAP) ** 2  # pixels

# Bytes, whatever the size: Python with its libraries, and the same with the networks' sessions.
LIBRARIES, SESSIONS = 0.12e9, 0.17e9
# Bytes a pixel and frame of the working size: pictures held, and while they are aligned.
HELD, ALIGNING = 19, 26
MAPS = 20  # bytes a pixel of the working size, however many frames
PREDICTED = {FOCAL_UNET: 46, WON_JEON: 540}  # bytes a pixel and frame of a tile, by network
FUSED = {8: 31, 16: 80, 32: 168}  # bytes a pixel of a photograph, by bits a channel, some being in memory
DECODED = {8: 18, 16: 26, 32: 60}  # bytes a pixel while a photograph is decoded to floats
DECODER_RESIDUE = 16  # of these, what the C library holds on to of each decoder but the first
SAFETY = 1.1  # what is planned for may take so many times as much
SHRINK, MIN_WORKING_SIDE = 0.9, 256  # steps to a smaller working size, and the smallest longer side in pixels
START = 0.7  # seconds before anything is read


@dataclass(frozen=True)
class Load:
    """A stack, as far as its cost goes.

    Attributes
    ----------
    frames
        How many.
    size
        (width, height) of the photographs in pixels.
    bits
        A channel, of the files: 8, 16 or 32.
    """

    frames: int
    size: tuple[int, int]
    bits: int = 8

    @property
    def pixels(self) -> int:
        """Of one photograph."""
        return self.size[0] * self.size[1]


@dataclass(frozen=True)
class Plan:
    """How large the networks see a stack, and how much is done at a time.

    Attributes
    ----------
    size
        (width, height) in pixels at which frames are aligned and depth is inferred.
    quality
        As in `qualities`.
    predictor
        The network, of `PREDICTED`.
    tile
        Pixels times frames that the network is given at a time, at most.
    """

    size: tuple[int, int]
    quality: str
    predictor: str = FOCAL_UNET
    tile: int = MAX_TILE

    @property
    def pixels(self) -> int:
        """Of a picture of the working size."""
        return self.size[0] * self.size[1]

    @property
    def predicted_pixels(self) -> float:
        """Of a picture as the network is given it."""
        if self.predictor != FOCAL_UNET:
            return self.pixels
        return self.pixels * enlargement(*self.size, self.quality) ** 2


def plan_for(load: Load, quality: str, predictor: str = FOCAL_UNET, max_memory: float | None = None) -> Plan:
    """Plan an estimate within a limit of memory.

    Where memory does not suffice, the network is given smaller tiles, and then pictures are seen smaller.

    Parameters
    ----------
    load
        The stack.
    quality
        As in `qualities`.
    predictor
        The network, of `PREDICTED`.
    max_memory
        Bytes, or None.

    Raises
    ------
    InputError
        Where not even the photographs fit.
    """
    plan = Plan(working_size(*load.size, quality), quality, predictor)
    if max_memory is None:
        return plan
    limit = max_memory / SAFETY
    while limit >= _fusing(load) and max(plan.size) >= MIN_WORKING_SIDE:
        tile = int((limit - SESSIONS - _held(load, plan)) / PREDICTED[predictor])
        smallest = min(load.frames * MIN_TILE, load.frames * plan.predicted_pixels)
        if limit >= _aligning(load, plan) and limit >= _reading(load, plan, 1) and tile >= smallest:
            return replace(plan, tile=min(tile, MAX_TILE))
        width, height = plan.size
        plan = replace(plan, size=(round(width * SHRINK), round(height * SHRINK)))
    least = max(_fusing(load), SESSIONS + load.frames * MIN_TILE * (PREDICTED[predictor] + HELD))
    raise InputError(
        f"--max-memory {max_memory / 1e9:.2g} is too little for {load.frames} photographs of "
        f"{load.pixels / 1e6:.3g} megapixels: give at least {least * SAFETY / 1e9 + 0.05:.1f}"
    )


def peak_memory(load: Load, plan: Plan) -> float:
    """Return the bytes an estimate takes at most."""
    largest, whole = max(plan.tile, load.frames * MIN_TILE), load.frames * plan.predicted_pixels
    seam = load.frames * TILE_OVERLAP * math.sqrt(plan.predicted_pixels)
    tile = min(largest, whole / math.ceil(whole / largest) + seam * (whole > largest))
    predicting = SESSIONS + _held(load, plan) + PREDICTED[plan.predictor] * tile
    return max(predicting, _aligning(load, plan), _fusing(load), _reading(load, plan, 1))


def decoders(load: Load, plan: Plan, threads: int, decoded_pixels: int, max_memory: float | None) -> int:
    """Return how many photographs may be decoded at once, `threads` at most.

    Reading takes no more memory than what comes after it, however many cores there are; where that leaves
    room for none, one is decoded at a time.

    Parameters
    ----------
    decoded_pixels
        Of a photograph as its decoder gives it, which may be a half or a quarter of its sides.
    max_memory
        Bytes, or None.
    """
    peak = peak_memory(load, plan)
    room = peak if max_memory is None else min(peak, max_memory / SAFETY)
    room -= LIBRARIES + 12 * load.frames * plan.pixels
    at_once = min(threads, int(room / (DECODED[load.bits] * decoded_pixels)))
    if max_memory is not None:
        at_once = min(at_once, 1 + int((max_memory - peak) / (DECODER_RESIDUE * decoded_pixels)))
    return max(1, at_once)


def stage_seconds(load: Load, plan: Plan, threads: int) -> dict[str, float]:
    """Return about how many seconds each stage takes, in their order."""
    whole = load.pixels / 1e6
    return {
        "read": 0.003 * load.frames * whole,
        "align": 0.22 * load.frames / threads,
        "depth": 0.4 * load.frames * plan.predicted_pixels / 1e6 / threads,
        "fuse": 0.028 * load.frames * whole / threads,
        "enlarge": 0.08 * whole / threads,
        "write": 0.3 + 0.2 * whole / threads,
    }


def seconds(load: Load, plan: Plan, threads: int) -> float:
    """Return about how many seconds an estimate takes, start included."""
    return START + sum(stage_seconds(load, plan, threads).values())


def _held(load: Load, plan: Plan) -> float:
    return plan.pixels * (HELD * load.frames + MAPS)


def _aligning(load: Load, plan: Plan) -> float:
    return SESSIONS + ALIGNING * load.frames * plan.pixels


def _fusing(load: Load) -> float:
    return 2 * LIBRARIES + FUSED[load.bits] * load.pixels


def _reading(load: Load, plan: Plan, at_once: int) -> float:
    return LIBRARIES + 12 * load.frames * plan.pixels + at_once * DECODED[load.bits] * load.pixels
