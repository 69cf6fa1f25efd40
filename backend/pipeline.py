"""From a focal stack to depth: read, register, predict, fuse, refine. The whole way, and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from .contract import messages
from .contract.cost import Load, Plan, decoders, peak_memory, plan_for
from .contract.qualities import FOCAL_UNET, NETWORK, working_size
from .depth.beyond_focus import beyond_warnings
from .depth.focal_unet import EDGE_STEP
from .depth.predictor import DepthPredictor, Prediction, predictor_named
from .depth.rough_depth import rough_depth
from .depth.units import to_metres
from .depth.upsampling import upsample
from .fusion.all_in_focus import AllInFocus
from .fusion.frame_choice import choose_blending, clear_of_blur
from .io.colour import half_linear, srgb_bytes, srgb_decode
from .io.photographs import count_decoded_pixels, read_photograph_at
from .io.result import Result, is_deep
from .lens.camera import reference_camera
from .lens.field_curvature import correct_curvature
from .lens.focus_estimate import estimate_focus
from .lens.patch_spectra import measure_spectra
from .lens.profile import AppliedCurvature, choose_curvature
from .registration.frames import aligned_frames
from .registration.motion import Motion
from .registration.moving import add_motion_uncertainty, detect_motion, motion_warnings
from .registration.register import Registration, register
from .runtime.allocator import return_free_memory
from .runtime.config import Config
from .runtime.faults import check_memory
from .runtime.parallel import prefetch
from .runtime.resources import Resources
from .runtime.sessions import Sessions, sessions_for
from .runtime.timings import Progress, StageProgress, Stages, no_progress
from .stack import FocalStack, Frame
from .weights import ALIGNMENT_MODEL

SURELY_NEEDED = 0.5  # of the memory expected, before any is taken


@dataclass(frozen=True)
class Analysis:
    """What the networks inferred of a stack, and the picture fused by it.

    Attributes
    ----------
    stack
        The frames that belong.
    motion, gains
        That they were registered by; gains are (N, 3).
    prediction
        At the working size, as the lens bends it.
    curvature
        What that is corrected by.
    all_in_focus
        (H, W, 3) float16 or float32 of full size, scene linear.
    frame_numbers
        (H, W) float16: the frame that it shows, 1 for the farthest.
    engine
        What ran the networks.
    """

    stack: FocalStack
    motion: Motion
    gains: np.ndarray
    prediction: Prediction
    curvature: AppliedCurvature
    all_in_focus: np.ndarray
    frame_numbers: np.ndarray
    engine: str


@dataclass(frozen=True)
class Job:
    """All that an analysis depends on, what it may use, and who sees what it makes on the way."""

    stack: FocalStack
    config: Config
    plan: Plan
    predictor: DepthPredictor
    resources: Resources
    on_rough_depth: "OnRoughDepth | None" = None
    on_aligned: "OnAligned | None" = None


Analyse = Callable[[Job, Stages], Analysis]
OnRoughDepth = Callable[[np.ndarray], None]  # depth, (h, w) normalised dioptres
OnAligned = Callable[[int, Frame, np.ndarray, np.ndarray], None]  # number, frame, pixels (H, W, 3), gain (3,)
Cache = Callable[[Analyse], Analyse]  # wraps a step: what it has computed before is not computed again


def no_cache(step: Analyse) -> Analyse:
    """Return the step itself."""
    return step


def estimate(
    stack: FocalStack,
    config: Config | None = None,
    resources: Resources | None = None,
    progress: Progress = no_progress,
    cache: Cache = no_cache,
    on_rough_depth: OnRoughDepth | None = None,
    on_aligned: OnAligned | None = None,
) -> Result:
    """Infer depth, its uncertainty and an all-in-focus picture from a focal stack.

    Parameters
    ----------
    stack
        As `read_stack` returns it.
    config
        How it is estimated; by default at standard quality, by our networks.
    resources
        Threads, memory and device; by default those of the machine.
    progress
        Called with a stage (`contract.messages.STAGES`), how many of its steps are done, and of how many.
    cache
        Wraps the long steps, such as `runtime.cache.ResultCache`.
    on_rough_depth
        Called with rough depth before all else, as `depth.rough_depth` infers it; not where `cache` spares
        that, nor for a network that is not ours.
    on_aligned
        Called with number, frame, pixels and gain of each frame that is aligned at full size, as
        `registration.frames.aligned_frames` yields them; not where `cache` spares that.

    Returns
    -------
    Result
        In memory; `Result.write` makes a result folder of it.

    Raises
    ------
    InputError
        Where a photograph cannot be read, a network is missing, or memory does not suffice.
    """
    job = plan_job(stack, config or Config(), resources or Resources())
    job = replace(job, on_rough_depth=on_rough_depth, on_aligned=on_aligned)
    stages = Stages(progress)
    analysis = cache(analyse)(job, stages)
    stack = analysis.stack.with_warnings(*_warnings(job))
    with stages.stage(messages.ENLARGE) as report:
        report(0, 1)
        guide = srgb_bytes(analysis.all_in_focus)
        flattened = flatten(analysis.prediction.normalised, analysis.curvature)
        depth = to_metres(upsample(flattened, guide, EDGE_STEP), stack)
    return Result(
        stack,
        job.config,
        depth,
        analysis.prediction.uncertainty,
        analysis.all_in_focus,
        analysis.frame_numbers,
        analysis.motion,
        analysis.gains,
        analysis.engine,
        stages.seconds,
        analysis.curvature,
    )


def plan_job(stack: FocalStack, config: Config, resources: Resources) -> Job:
    """Choose the network and plan the work. Raises InputError as `estimate` does, MemoryError at once."""
    predictor = predictor_named(config.predictor)
    load = load_of(stack)
    plan = plan_for(load, config.quality, predictor.kind, resources.max_memory)
    check_memory(int(SURELY_NEEDED * peak_memory(load, plan)))
    return Job(stack, config, plan, predictor, resources)


def load_of(stack: FocalStack) -> Load:
    """Return what the cost of a stack depends on."""
    bits = max(frame.bits_per_channel for frame in stack.frames)
    return Load(len(stack.frames), stack.size, 8 if bits <= 8 else 16 if bits <= 16 else 32)


def analyse(job: Job, stages: Stages) -> Analysis:
    """Do all that takes its time: read and register frames, infer their depth, fuse a picture by it."""
    stack, registration, prediction = observe(job, stages)
    motion, gains = registration.motion, registration.gains
    with ThreadPoolExecutor(1) as beside, stages.stage(messages.FUSE) as report:
        curvature = beside.submit(_curvature, job, stack, registration.pictures, prediction)
        assert prediction.moving is not None
        focus = clear_of_blur(prediction.normalised, stack.widest_blur)
        blending = choose_blending(registration.pictures, focus, prediction.moving, stack.positions)
        del registration
        fusion = AllInFocus(_resize(focus, stack.size), stack.positions, stack.widest_blur, blending)
        _fuse(fusion, stack, motion, gains, report, job.on_aligned)
        fused, numbers = fusion.picture(), fusion.frame_numbers()
        picture = srgb_decode(fused) if is_deep(job.stack) else half_linear(fused)
        engine = sessions_for(job.resources).engines(*_networks(job))
        return Analysis(stack, motion, gains, prediction, curvature.result(), picture, numbers, engine)


def _curvature(job: Job, stack: FocalStack, pictures: np.ndarray, prediction: Prediction) -> AppliedCurvature:
    if not job.config.lens_profile:
        return AppliedCurvature()
    return choose_curvature(stack, pictures, prediction.normalised, prediction.uncertainty)


def observe(job: Job, stages: Stages) -> tuple[FocalStack, Registration, Prediction]:
    """Read and register frames and infer their depth.

    Returns
    -------
    stack : FocalStack
        With what was noticed on the way, and the focus that blur shows where none is known.
    registration : Registration
        Of its frames.
    prediction : Prediction
        At the working size, as the lens bends it.
    """
    sessions = sessions_for(job.resources)
    sessions.begin_opening(*_networks(job))
    with stages.stage(messages.READ) as report:
        report(0, len(job.stack.frames))
        if job.on_rough_depth is not None and job.predictor.kind == FOCAL_UNET:
            job.on_rough_depth(rough_depth(job.stack, job.config.alignment, sessions))
        photographs = _read(job, report)
    with stages.stage(messages.ALIGN) as report:
        report(0, 1)
        registration = register(photographs, job.stack, sessions, job.config.alignment, report)
        del photographs
        sessions.release(ALIGNMENT_MODEL)
    with stages.stage(messages.DEPTH) as report:
        stack, prediction = predict(job, registration, sessions, report)
    return stack, registration, prediction


def _networks(job: Job) -> list[Path]:
    """Files of those that it needs, in the order in which it does."""
    return [*([ALIGNMENT_MODEL] if job.config.alignment == NETWORK else []), *job.predictor.models]


def _read(job: Job, report: StageProgress) -> np.ndarray:
    """(N, h, w, 3) float32 sRGB, as taken, at the working size."""
    size, frames = job.plan.size, job.stack.frames
    photographs = np.empty((len(frames), size[1], size[0], 3), np.float32)
    largest = max(count_decoded_pixels(frame.path, frame.size, size) for frame in frames)
    resources = job.resources
    at_once = decoders(load_of(job.stack), job.plan, resources.threads, largest, resources.max_memory)

    def read(index: int) -> None:
        frame = frames[index]
        read_photograph_at(frame.path, size, frame.reading, out=photographs[index])

    for done, _ in enumerate(prefetch(read, range(len(frames)), at_once)):
        report(done, len(frames))
    return photographs


def predict(
    job: Job, registration: Registration, sessions: Sessions, report: StageProgress
) -> tuple[FocalStack, Prediction]:
    """Infer depth; returns it after the stack with what was noticed on the way, the focus by blur too."""
    pictures, stack = registration.pictures, registration.stack
    height, width = pictures.shape[1:3]
    with ThreadPoolExecutor(2) as beside:
        movement = beside.submit(detect_motion, pictures)
        spectra = measure_spectra(pictures)
        focus = beside.submit(estimate_focus, stack, spectra, (width, height))
        # Where distances are known, blur alters no positions: it is fitted while the network runs.
        positions = (stack if stack.dioptres is not None else focus.result()).positions
        moving = movement.result()
        return_free_memory()
        prediction = job.predictor.predict(
            pictures, positions, sessions, report, job.config.quality, job.plan.tile
        )
        stack = focus.result()
    if not job.predictor.has_uncertainty:
        return stack, replace(prediction, moving=moving)
    uncertainty = add_motion_uncertainty(prediction.uncertainty, moving)
    stack = stack.with_warnings(*motion_warnings(moving), *beyond_warnings(prediction.normalised))
    return stack, Prediction(prediction.normalised, uncertainty, moving)


def _fuse(
    fusion: AllInFocus,
    stack: FocalStack,
    motion: Motion,
    gains: np.ndarray,
    report: StageProgress,
    on_aligned: OnAligned | None,
) -> None:
    """Add every frame, aligned at full size."""
    count = len(stack.frames)
    wanted = [fusion.tiles_of(index) for index in range(count)] if on_aligned is None else None
    for index, pixels, gain in aligned_frames(stack, motion, gains, wanted):
        report(count - 1 - index, count)
        if on_aligned is not None:
            on_aligned(index, stack.frames[index], pixels, gain)
        fusion.add(index, pixels, gain)


def flatten(normalised: np.ndarray, applied: AppliedCurvature) -> np.ndarray:
    """Return depth (h, w) without the lens's field curvature."""
    return normalised if applied.curvature is None else correct_curvature(normalised, applied.curvature)


def _resize(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return values if values.shape[::-1] == size else cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)


def _warnings(job: Job) -> Iterator[str]:
    """What a person should know of a result that is whole, but less than it seems."""
    if job.plan.size != working_size(*job.stack.size, job.config.quality):
        yield f"Depth was inferred at {max(job.plan.size)} pixels: the memory allowed holds no more."
    if assumed := reference_camera(job.stack).assumed:
        yield f"Unknown and assumed, so widths are a guess: {' and '.join(assumed)}."
    if not job.predictor.has_uncertainty:
        yield "This network does not tell how sure it is: Confidence is 1 everywhere."
