"""A draft of what layers make of a result: at the size of a preview, and soon enough to follow a hand.

It is made as the result itself is, of a smaller estimate; nothing is written into the result's folder.
"""

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.retouch import PICTURE_TOOLS, Layer
from ..io.colour import srgb_bytes, to_integers
from ..io.estimate import Estimate, read_estimate
from ..io.preview_size import sample_centres, small_size
from ..io.result_folder import replacing_file, write_false_colour, write_rgb
from .picture_tools import read_source
from .retouching import Retouched, Retouching

SOLVED_SIDE = 160  # pixels: a sixteenth of the unknowns of the result's own
SOURCES = 8  # pictures that layers paint from, kept small
DEPTH, CONFIDENCE, ALL_IN_FOCUS = SHOWN = "depth", "confidence", "all_in_focus"
SUFFIX = ".bmp"  # is not compressed: that would take longer than all the rest


@dataclass(frozen=True)
class DraftRequest:
    """What a draft is to show.

    Attributes
    ----------
    layers
        From the bottom up.
    shown
        Pictures of SHOWN.
    near, far
        Depth that is brightest and darkest.
    """

    layers: list[Layer]
    shown: list[str]
    near: float
    far: float


@dataclass(frozen=True)
class _Below:
    """What the layers below one that changes lead to."""

    layers: list[Layer]
    retouched: Retouched
    skipped: list[str]


class Draft:
    """An estimate at the size of a preview, to which layers are applied again and again.

    Parameters
    ----------
    folder
        Of the result.

    Raises
    ------
    InputError
        Where there is no result, or a file of it is missing, damaged or cut short.
    """

    def __init__(self, folder: Path) -> None:
        small = _shrink(read_estimate(folder))
        self._retouching = Retouching(folder, small, SOLVED_SIDE, lru_cache(SOURCES)(read_source))
        self._layers: list[Layer] = []  # of the last time
        self._below = _Below([], self._retouching.start, [])

    def write(self, request: DraftRequest, output: Path) -> list[str]:
        """Write the pictures that are asked for, each whole or not at all.

        Parameters
        ----------
        request
            Which, of which layers.
        output
            A folder.

        Returns
        -------
        list of str
            Why a layer could not be applied.

        Raises
        ------
        OSError
            Where that folder cannot be written.
        """
        retouched, skipped = self._apply(request)
        for shown in request.shown:
            with replacing_file(output / f"{shown}{SUFFIX}") as partial:
                self._write(partial, shown, retouched, request)
        return skipped

    def _apply(self, request: DraftRequest) -> tuple[Retouched, list[str]]:
        """All layers; what is below the first that has changed is not made again while that one changes."""
        layers = _needed(request)
        unchanged = _count_same(layers, self._layers)
        if self._below.layers != layers[: len(self._below.layers)]:
            self._below = _Below([], self._retouching.start, [])
        retouched, skipped = self._below.retouched, list(self._below.skipped)
        for number in range(len(self._below.layers), len(layers) + 1):
            if number == unchanged:
                self._below = _Below(layers[:number], retouched, list(skipped))
            if number < len(layers):
                try:
                    retouched = self._retouching.apply(retouched, layers[number])
                except InputError as error:
                    skipped.append(f"The layer {layers[number].name} was skipped: {error}.")
        self._layers = layers
        return retouched, skipped

    def _write(self, path: Path, shown: str, retouched: Retouched, request: DraftRequest) -> None:
        if shown == ALL_IN_FOCUS:
            write_rgb(path, srgb_bytes(retouched.picture))
        elif shown == CONFIDENCE:
            write_rgb(path, cv2.merge([to_integers(retouched.maps.confidence, np.uint8)] * 3))
        else:
            nearest, farthest = 1 / request.near, 1 / request.far
            share = (1 / self._retouching.depth_of(retouched) - farthest) / max(nearest - farthest, 1e-12)
            write_false_colour(path, to_integers(share, np.uint8))


def _count_same(layers: list[Layer], before: list[Layer]) -> int:
    """How many are the same, from the bottom up."""
    pairs = zip(layers, before, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _needed(request: DraftRequest) -> list[Layer]:
    """The layers that what is shown depends on."""
    is_picture_shown, are_maps_shown = ALL_IN_FOCUS in request.shown, set(request.shown) - {ALL_IN_FOCUS}
    return [
        layer
        for layer in request.layers
        if layer.shown and (is_picture_shown if layer.tool in PICTURE_TOOLS else are_maps_shown)
    ]


def _shrink(estimate: Estimate) -> Estimate:
    height, width = estimate.depth.shape
    picture = cv2.resize(
        estimate.picture.astype(np.float32), small_size(width, height), interpolation=cv2.INTER_AREA
    )
    return replace(
        estimate,
        depth=sample_centres(estimate.depth),
        confidence=sample_centres(estimate.confidence),
        picture=picture.astype(estimate.picture.dtype),
        frame_numbers=None,
        aligned=None,
    )
