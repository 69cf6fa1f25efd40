"""The all-in-focus picture: each pixel from the frames focused nearest to its depth.

What is near covers what is far: in a frame focused on the far side of an occlusion edge, the blur of the near
side lies over it. Beside what is near, pixels therefore come from frames focused nearer than they are.
"""

import math

import cv2
import numpy as np

from ..runtime.chunks import Tile, chunks, tiles
from ..runtime.parallel import elementwise, for_each

REACH = 0.75  # frames: farther off in focus, one has no share
SKIRT = 1.2  # times the radius of a blur: a lens draws it with a soft border


class AllInFocus:
    """Fuses aligned frames one by one, so that no two of them need to be in memory."""

    def __init__(self, normalised: np.ndarray, positions: np.ndarray) -> None:
        """normalised: (H, W) focus wanted, in normalised dioptres; positions: (N,) of the frames."""
        self._frame = np.empty(normalised.shape, np.float32)  # which is sharp, and how far between two
        frame = self._frame.reshape(-1)

        def place(chunk: slice) -> None:
            frame[chunk] = np.interp(normalised.reshape(-1)[chunk], positions, range(len(positions)))

        for_each(place, list(chunks(normalised.size)))
        self._spans = [(tile, *_span(self._frame[tile])) for tile in tiles(*normalised.shape)]
        self._picture = np.zeros((*normalised.shape, 3), np.float32)

    def add(self, index: int, pixels: np.ndarray, gain: np.ndarray | float = 1.0) -> None:
        """Frame number `index`, aligned (H, W, 3), whose values times `gain`, one or (3,), are sRGB 0..1."""
        gains = np.broadcast_to(np.asarray(gain, np.float32), 3)

        def add_to(tile: Tile) -> None:
            # Half a step of pure frames, half a step of blending: averaging two frames costs sharpness.
            weight = np.clip(2 * REACH - 2 * np.abs(self._frame[tile] - index), 0, 1)
            self._picture[tile] += cv2.merge([weight * gain for gain in gains]) * pixels[tile]

        for_each(add_to, self.tiles_of(index))

    def tiles_of(self, index: int) -> list[Tile]:
        """Tiles in which frame number `index` may have a share: few, of most frames."""
        return [tile for tile, lowest, highest in self._spans if lowest - REACH < index < highest + REACH]

    def picture(self) -> np.ndarray:
        """(H, W, 3) once every frame has been added."""
        return self._picture

    def frame_numbers(self) -> np.ndarray:
        """(H, W) float16: number of the frame with the largest share of each pixel; the farthest is 1."""
        return elementwise(lambda frame: np.rint(frame) + 1, self._frame, np.float16)


def clear_of_blur(normalised: np.ndarray, widest_blur: float | None) -> np.ndarray:
    """Return the focus at which each pixel is clear of the blur of what is nearer beside it.

    In a frame of focus f, a surface at y is drawn larger by a radius in proportion to y - f, R over the whole
    focus range; so a pixel r away from it is clear of it where f is y - r / R or more.

    Parameters
    ----------
    normalised
        (H, W) float32 depth in normalised dioptres.
    widest_blur
        Of the stack.

    Returns
    -------
    ndarray
        (H, W) float32, normalised dioptres; at least the depth.
    """
    radius = SKIRT * (widest_blur or 0) / 2 * max(normalised.shape)
    square, cross = np.ones((3, 3), np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    focus = np.asarray(normalised, np.float32)
    for step in range(math.ceil(radius)):  # a square and a cross by turns reach about as far all round
        focus = np.maximum(focus, cv2.dilate(focus, square if step % 2 else cross) - np.float32(1 / radius))
    return focus


def _span(values: np.ndarray) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def fuse(normalised: np.ndarray, pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The same for pictures (N, H, W, 3) that are all in memory."""
    fused = AllInFocus(normalised, positions)
    for index, picture in enumerate(pictures):
        fused.add(index, picture)
    return fused.picture()
