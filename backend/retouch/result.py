"""Layers applied to a result folder: what was estimated stays beside what was made of it."""

import hashlib
import os
from pathlib import Path
from typing import Any

from ..contract.errors import InputError
from ..contract.files import BACKGROUND_PNG, CACHE, ESTIMATE_EXR
from ..contract.messages import WRITE
from ..contract.output_folder import OutputFolder, clean_up
from ..contract.retouch import Layer, read_layers
from ..contract.schema import Description
from ..io.estimate import Estimate, read_estimate
from ..io.result_folder import (
    estimate_path,
    link_or_copy,
    open_result,
    read_description,
    write_result,
    writing_into,
)
from ..runtime.progress import Reporter
from ..runtime.timings import Progress, no_progress
from .masks import layers_digest
from .retouching import Retouching


def retouch_and_warn(folder: Path, reporter: Reporter, threads: int) -> None:
    """Do as `retouch_result` after another change of the result, which is whole without its layers.

    Parameters
    ----------
    folder
        Of the result.
    reporter
        Hears of progress, and what could not be applied.
    threads
        That may compress.
    """
    try:
        skipped = retouch_result(folder, reporter.progress, threads)
    except InputError as error:
        skipped = [f"{error}."]
    for text in skipped:
        reporter.warning(text)


def retouch_result(folder: Path, progress: Progress = no_progress, threads: int = 1) -> list[str]:
    """Apply the layers of a result to what was estimated, and write that in its place.

    The estimate itself stays in the folder, so that layers can be changed and taken away again. A layer that
    cannot be applied is skipped, stays in the folder, and is tried again the next time.

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
    list of str
        A sentence for each layer that could not be applied.

    Raises
    ------
    InputError
        Where there is no result, its layers.json is damaged, or the folder cannot be written.
    """
    clean_up(Path(os.path.realpath(folder)))
    digest = layers_digest(folder)
    if digest == read_description(folder).get("retouch", ""):
        return []
    with open_result(folder) as output:
        path = output.path
        estimate = read_estimate(path)
        layers = [layer for layer in read_layers(path) if layer.shown]
        retouched, skipped = _apply(layers, path, estimate, progress)
        if skipped:  # unlike the digest of layers that are all applied, so that they are tried again
            digest = hashlib.sha256("|".join((digest, *skipped)).encode()).hexdigest()
        with writing_into(output):
            _keep(output, is_retouched=bool(digest))
        write_result(
            output,
            retouched.depth,
            retouched.confidence,
            retouched.picture,
            _describe(estimate.description, digest),
            frame_numbers=retouched.frame_numbers,
            aligned=None if estimate.aligned is None else list(enumerate(estimate.aligned)),
            is_deep=estimate.is_deep,
            threads=threads,
        )
    progress(WRITE, len(layers) + 1, len(layers) + 1)
    return skipped


def _apply(
    layers: list[Layer], folder: Path, estimate: Estimate, progress: Progress
) -> tuple[Estimate, list[str]]:
    """What becomes of the estimate, and a sentence for each layer that was skipped."""
    retouching = Retouching(folder, estimate)
    retouched, skipped = retouching.start, []
    for number, layer in enumerate(layers):
        progress(WRITE, number, len(layers) + 1)
        try:
            retouched = retouching.apply(retouched, layer)
        except InputError as error:
            skipped.append(f"The layer {layer.name} was skipped: {error}.")
    return retouching.finish(retouched), skipped


def _keep(output: OutputFolder, is_retouched: bool) -> None:
    """Take along what else is there, and the estimate where something else stands in its place."""
    sources = {name: output.path / name for name in (CACHE, BACKGROUND_PNG)}
    if is_retouched:
        sources[ESTIMATE_EXR] = estimate_path(output.path)
    for name, source in sources.items():
        if source.is_file():
            link_or_copy(source, output.new / name)


def _describe(description: Description, digest: str) -> dict[str, Any]:
    changed = {"retouch": digest} if digest else {}
    return {key: value for key, value in description.items() if key != "retouch"} | changed
