"""One stack estimated into a result folder, where an earlier result spares what has not changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import pipeline
from ..contract.cost import stage_seconds
from ..contract.errors import InputError
from ..contract.messages import REUSED_ALL, REUSED_ESTIMATE, REUSED_NETWORKS, WRITE
from ..contract.output_folder import OutputFolder
from ..contract.schema import Description
from ..io.aligned_frames import AlignedFrames
from ..io.colour import to_integers
from ..io.result import Result, is_deep
from ..io.result_folder import SHOWN, open_result, read_description, write_false_colour
from ..retouch.result import retouch_and_warn
from ..runtime.cache import ResultCache, analysis_fingerprint, result_fingerprint
from ..runtime.config import Config
from ..runtime.progress import Reporter
from ..runtime.resources import Resources
from ..stack import FocalStack


@dataclass(frozen=True)
class Request:
    """How stacks are estimated into result folders.

    Attributes
    ----------
    config
        Of the estimate.
    resources
        That it may use.
    saves_aligned
        Whether the aligned frames are saved too.
    rough_depth
        Where a rough picture of depth is written first, or None.
    """

    config: Config
    resources: Resources
    saves_aligned: bool = False
    rough_depth: Path | None = None


def estimate_to_folder(stack: FocalStack, folder: Path, request: Request, reporter: Reporter) -> str | None:
    """Write the result folder of a stack; what an earlier result there holds is not computed again.

    Its layers of retouch are applied afterwards. Where that is cancelled the result is whole without them,
    and the next estimate into the folder applies them.

    Parameters
    ----------
    stack
        As `read_stack` returns it.
    folder
        Where the result goes.
    request
        How it is estimated.
    reporter
        Hears of progress, warnings and the end.

    Returns
    -------
    str or None
        What was used again: `messages.REUSED_ALL`, `messages.REUSED_ESTIMATE`, `messages.REUSED_NETWORKS`,
        or None.

    Raises
    ------
    InputError
        Where the folder cannot be written or a photograph cannot be read.
    """
    reused = _write(stack, folder, request, reporter)
    before = read_description(folder).get("retouch")
    retouch_and_warn(folder, reporter, request.resources.threads)
    description = read_description(folder)
    if reused == REUSED_ALL and description.get("retouch") != before:
        reused = REUSED_ESTIMATE
    _report(description, folder, reporter, reused)
    return reused


def _write(stack: FocalStack, folder: Path, request: Request, reporter: Reporter) -> str | None:
    """Write the result as it is estimated; returns what was used again."""
    with open_result(folder) as output:
        job = pipeline.plan_job(stack, request.config, request.resources)
        of_analysis = analysis_fingerprint(job)
        fingerprint = result_fingerprint(of_analysis, job, request.saves_aligned)
        cache = ResultCache(folder, of_analysis)
        if cache.is_current(fingerprint) is not None:
            return REUSED_ALL
        reporter.plan(stage_seconds(pipeline.load_of(stack), job.plan, request.resources.threads))
        result, aligned = _estimate(stack, output, request, cache, reporter)
        reporter.progress(WRITE, 0, 1)
        result.write(
            output,
            aligned=aligned,
            extra={"fingerprint": fingerprint},
            cache=cache.arrays,
            threads=request.resources.threads,
        )
        reporter.progress(WRITE, 1, 1)
    return REUSED_NETWORKS if cache.was_used else None


def _estimate(
    stack: FocalStack, output: OutputFolder, request: Request, cache: ResultCache, reporter: Reporter
) -> tuple[Result, Iterable[tuple[int, np.ndarray | Path]] | None]:
    """The result, and its aligned frames, which are written into its folder as they are made."""
    on_rough_depth = None if request.rough_depth is None else _show_at(request.rough_depth, reporter)
    common = stack, request.config, request.resources, reporter.progress, cache, on_rough_depth
    if not request.saves_aligned:
        return pipeline.estimate(*common), None
    with AlignedFrames(output, is_deep(stack), request.resources.threads) as aligned:
        result = pipeline.estimate(*common, on_aligned=aligned.save)
    if not cache.was_used:
        return result, aligned.files
    return result, cache.aligned_files() or _counted(result, reporter)


def _show_at(path: Path, reporter: Reporter) -> pipeline.OnRoughDepth:
    """What writes rough depth there, and says so."""

    def show(depth: np.ndarray) -> None:
        far, near = np.percentile(depth, SHOWN)
        try:
            write_false_colour(path, to_integers((depth - far) / max(near - far, 1e-6), np.uint8))
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}): choose another file") from None
        reporter.rough_depth(path)

    return show


def _counted(result: Result, reporter: Reporter) -> Iterator[tuple[int, np.ndarray]]:
    """The aligned frames, reporting each that is about to be written."""
    for done, frame in enumerate(result.aligned_frames()):
        reporter.progress(WRITE, done, len(result.stack.frames))
        yield frame


def _report(description: Description, folder: Path, reporter: Reporter, reused: str | None) -> None:
    for text in description["warnings"]:
        reporter.warning(text)
    depth = description["depth"]
    unit = "m" if depth["unit"] == "metres" else "(relative depth: focus distances are not known)"
    text = f"{folder}: depth {float(depth['near']):.3g} to {float(depth['far']):.3g} {unit}"
    if reused == REUSED_ALL:
        text = f"Nothing has changed, so nothing was run again. {text}"
    elif reused == REUSED_ESTIMATE:
        text = f"Only the layers of Retouch have changed, so nothing else was run again. {text}"
    reporter.result(folder, text, reused=reused)
