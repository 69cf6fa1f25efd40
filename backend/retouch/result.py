"""Layers applied to a result folder: what was estimated stays beside what was made of it."""

from pathlib import Path
from typing import Any

import numpy as np

from ..contract.errors import InputError
from ..contract.files import ALL_IN_FOCUS_PNG, BACKGROUND_PNG, CACHE, DEPTH_EXR, ESTIMATE_EXR
from ..contract.messages import READ, WRITE
from ..contract.output_folder import OutputFolder
from ..contract.retouch import DEPTH_TOOLS, PICTURE_TOOLS, Layer
from ..contract.schema import Description
from ..io.header import read_header
from ..io.result_folder import (
    aligned_paths,
    link_or_copy,
    open_result,
    read_depth,
    read_description,
    read_linear_picture,
    write_result,
)
from ..runtime.timings import Progress, no_progress
from .depth_tools import DepthMaps, retouch_depth
from .masks import layers_digest, read_layers, read_mask
from .picture_tools import retouch_picture

LEAST = 0.02  # of the focus range: no depth is pushed closer to infinity than so many dioptres


def retouch_result(folder: Path, progress: Progress = no_progress, threads: int = 1) -> list[str]:
    """Apply the layers of a result to what was estimated, and write that in its place.

    The estimate itself stays in the folder, so that layers can be changed and taken away again. A layer that
    cannot be applied is left out, and stays in the folder.

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
    digest = layers_digest(folder)
    if digest == read_description(folder).get("retouch", ""):
        return []
    with open_result(folder) as output:
        progress(READ, 0, 1)
        path = output.path
        description = read_description(path)
        depth, confidence = read_depth(path, estimated=True)
        picture = read_linear_picture(path, estimated=True)
        layers = [layer for layer in read_layers(path) if layer.shown]
        maps, picture, left_out = _apply(layers, path, description, depth, confidence, picture, progress)
        frames = aligned_paths(path, description)
        _keep(output, is_retouched=bool(digest))
        write_result(
            output,
            maps[0],
            maps[1],
            picture,
            _describe(description, digest),
            aligned=None if frames is None else list(enumerate(frames)),
            is_deep=read_header(path / ALL_IN_FOCUS_PNG).bits_per_channel > 8,
            threads=threads,
        )
    return left_out


def _apply(
    layers: list[Layer],
    folder: Path,
    description: Description,
    depth: np.ndarray,
    confidence: np.ndarray,
    picture: np.ndarray,
    progress: Progress,
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray, list[str]]:
    far, near = (description["frames"][end]["dioptres"] for end in (0, -1))
    maps, left_out = DepthMaps(((1 / depth - far) / (near - far)).astype(np.float32), confidence), []
    before = maps.normalised
    for number, layer in enumerate(layers):
        progress(WRITE, number, len(layers) + 1)
        try:
            painted = read_mask(folder, layer, (depth.shape[1], depth.shape[0]))
            if layer.tool in DEPTH_TOOLS:
                maps = retouch_depth(maps, painted)
            elif layer.tool in PICTURE_TOOLS:
                picture = retouch_picture(picture, painted, folder, description)
        except InputError as error:
            left_out.append(f"The layer {layer.name} was left out: {error}.")
    dioptres = np.maximum(far + maps.normalised * np.float32(near - far), LEAST * (near - far))
    changed = maps.normalised != before
    return (np.where(changed, 1 / dioptres, depth).astype(np.float32), maps.confidence), picture, left_out


def _keep(output: OutputFolder, is_retouched: bool) -> None:
    """Take along what else is there, and the estimate where something else stands in its place."""
    for name in (CACHE, BACKGROUND_PNG, *((ESTIMATE_EXR,) if is_retouched else ())):
        source = output.path / name
        if name == ESTIMATE_EXR and not source.exists():
            source = output.path / DEPTH_EXR
        if source.is_file():
            link_or_copy(source, output.new / name)


def _describe(description: Description, digest: str) -> dict[str, Any]:
    changed = {"retouch": digest} if digest else {}
    return {key: value for key, value in description.items() if key != "retouch"} | changed
