"""Layers applied one by one to what was estimated, at full size or at that of a preview."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..contract.retouch import DEPTH_TOOLS, PICTURE_TOOLS, Layer
from ..io.estimate import Estimate
from .depth_tools import SOLVED_SIDE, DepthMaps, retouch_depth
from .masks import read_mask
from .picture_tools import ReadSource, read_source, retouch_frame_numbers, retouch_picture

LEAST = 0.02  # of the focus range: no depth is pushed closer to infinity than so many dioptres


@dataclass(frozen=True)
class Retouched:
    """What layers make of an estimate.

    Attributes
    ----------
    maps
        Its depth and confidence.
    picture
        (H, W, 3) float16 or float32, scene linear.
    frame_numbers
        (H, W) float16, of the frames that it shows; None where they are unknown.
    """

    maps: DepthMaps
    picture: np.ndarray
    frame_numbers: np.ndarray | None


class Retouching:
    """An estimate, and the tools that change it.

    Parameters
    ----------
    folder
        Of the result, which has the masks and the pictures that layers paint from.
    estimate
        What was estimated; its maps and its picture may be smaller than the result's.
    solved_side
        Pixels of the longer side at most at which surfaces are continued.
    read
        As `picture_tools.read_source`.

    Attributes
    ----------
    start
        The estimate without any layer.
    """

    def __init__(
        self,
        folder: Path,
        estimate: Estimate,
        solved_side: int = SOLVED_SIDE,
        read: ReadSource = read_source,
    ) -> None:
        self._folder, self._estimate = folder, estimate
        self._solved_side, self._read = solved_side, read
        self._scale = estimate.depth.shape[1] / estimate.description["size"][0]
        self._far, self._near = (estimate.description["frames"][end]["dioptres"] for end in (0, -1))
        normalised = ((1 / estimate.depth - self._far) / (self._near - self._far)).astype(np.float32)
        maps = DepthMaps(normalised, estimate.confidence)
        self.start = Retouched(maps, estimate.picture, estimate.frame_numbers)

    def apply(self, retouched: Retouched, layer: Layer) -> Retouched:
        """Return what one more layer makes of it.

        Raises
        ------
        InputError
            Where the layer cannot be applied.
        """
        height, width = retouched.maps.normalised.shape
        painted = read_mask(self._folder, layer, (width, height))
        if layer.tool in DEPTH_TOOLS:
            maps = retouch_depth(retouched.maps, painted, self._scale, self._solved_side)
            return replace(retouched, maps=maps)
        if layer.tool in PICTURE_TOOLS:
            description = self._estimate.description
            picture = retouch_picture(
                retouched.picture, painted, self._folder, description, self._read, self._scale
            )
            numbers = retouched.frame_numbers
            if numbers is not None:
                numbers = retouch_frame_numbers(numbers, painted, self._folder, description)
            return replace(retouched, picture=picture, frame_numbers=numbers)
        return retouched

    def finish(self, retouched: Retouched) -> Estimate:
        """Return the estimate with what layers made of it."""
        return replace(
            self._estimate,
            depth=self.depth_of(retouched),
            confidence=retouched.maps.confidence,
            picture=retouched.picture,
            frame_numbers=retouched.frame_numbers,
        )

    def depth_of(self, retouched: Retouched) -> np.ndarray:
        """Return depth, (H, W) float32, to the bit as it was estimated where no layer changed it."""
        focus_range = self._near - self._far
        normalised = retouched.maps.normalised
        dioptres = np.maximum(self._far + normalised * np.float32(focus_range), LEAST * focus_range)
        changed = normalised != self.start.maps.normalised
        return np.where(changed, 1 / dioptres, self._estimate.depth).astype(np.float32)
