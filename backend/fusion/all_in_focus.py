"""The all-in-focus picture: each pixel from the frames focused nearest to what is wanted there."""

from collections.abc import Callable

import cv2
import numpy as np

from ..runtime.chunks import Tile, tiles
from ..runtime.parallel import elementwise, for_each
from .frame_choice import PLAIN

STEPS = 1024  # of focus, from the farthest frame to the nearest
COLUMNS = STEPS + 1
SHARP_BLUR, PLAIN_BLUR = 0.6, 1.0  # pixels, a radius: with less, averaging takes more noise than sharpness
ALIGNED = 0.6  # pixels, as if of blur: by as much two frames differ at least, being aligned no better
LEAST = 0.3  # of the largest weight: a frame with less has no share
HIGHLIGHT = 0.9  # of white: from here on, gains below 1 fade


class AllInFocus:
    """Fuses aligned frames one by one, so that no two of them need to be in memory."""

    def __init__(
        self,
        normalised: np.ndarray,
        positions: np.ndarray,
        widest_blur: float | None = None,
        blending: np.ndarray | None = None,
    ) -> None:
        """normalised: (H, W) focus wanted, in normalised dioptres; positions: (N,) of the frames;
        widest_blur: of the stack; blending: (h, w), as `choose_blending` returns it.
        """
        self._shares = _shares(positions, (widest_blur or 1) / 2 * max(normalised.shape))
        self._column = elementwise(_column_of, normalised, np.uint16)  # of the shares
        self._picture = np.zeros((*normalised.shape, 3), np.float32)
        if blending is not None:
            self._assign_columns(
                cv2.resize(blending, normalised.shape[::-1], interpolation=cv2.INTER_NEAREST)
            )
        self._tiles = self._tiles_with_share()

    def add(self, index: int, pixels: np.ndarray, gain: np.ndarray | float = 1.0) -> None:
        """Add an aligned frame.

        Parameters
        ----------
        index
            Its number.
        pixels
            (H, W, 3) uint8, uint16 or float32.
        gain
            One or (3,): what makes sRGB 0 to 1 of the pixels.
        """
        expose, shares = _exposure(pixels.dtype, np.broadcast_to(np.float32(gain), 3)), self._shares[index]

        def add_to(tile: Tile) -> None:
            share = np.take(shares, self._column[tile])
            cv2.accumulateProduct(cv2.merge([share] * 3), expose(pixels[tile]), self._picture[tile])

        for_each(add_to, self.tiles_of(index))

    def tiles_of(self, index: int) -> list[Tile]:
        """Tiles in which frame number `index` has a share: few, of most frames."""
        return self._tiles[index]

    def picture(self) -> np.ndarray:
        """(H, W, 3) once every frame has been added."""
        return self._picture

    def frame_numbers(self) -> np.ndarray:
        """(H, W) float16: number of the frame with the largest share of each pixel; the farthest is 1."""
        numbers = (self._shares.argmax(axis=0) + 1).astype(np.float16)
        return elementwise(lambda column: numbers[column], self._column, np.float16)

    def _assign_columns(self, blending: np.ndarray) -> None:
        """Exchange the columns of pixels that are plain, or that one frame alone shows."""

        def assign(tile: Tile) -> None:
            column, how = self._column[tile], blending[tile]
            column[how == PLAIN] += COLUMNS
            np.copyto(column, how + 2 * COLUMNS, where=how >= 0, casting="unsafe")

        for_each(assign, tiles(*self._column.shape))

    def _tiles_with_share(self) -> list[list[Tile]]:
        """Frame by frame, the tiles in which it has a share."""
        all_tiles = tiles(*self._column.shape)
        has_share = np.zeros((len(self._shares), len(all_tiles)), bool)

        def examine(number: int) -> None:
            columns = np.flatnonzero(np.bincount(self._column[all_tiles[number]].ravel()))
            has_share[:, number] = self._shares[:, columns].any(axis=1)

        for_each(examine, range(len(all_tiles)))
        return [[all_tiles[number] for number in np.flatnonzero(row)] for row in has_share]


def _column_of(normalised: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(normalised, 0, 1) * STEPS)


def _shares(positions: np.ndarray, radius: float) -> np.ndarray:
    """(N, 2 * COLUMNS + N) share of each frame: by the focus wanted, the same in plain places, then of each
    frame alone. `radius` is that of a blur over the whole focus range, in pixels.

    A blur of r pixels makes an error in proportion to r^2, noise the same everywhere: frames are weighted by
    the inverse of the sum of their squares. Far above SHARP_BLUR that is a choice of one frame; far below, an
    average.
    """
    away = np.abs(np.linspace(0, 1, COLUMNS) - np.reshape(positions, (-1, 1)))

    def by_blur(radius: float, bearable: float) -> np.ndarray:
        weights = 1 / (bearable**4 + (radius * away) ** 4)
        weights = np.maximum(weights / weights.max(axis=0) - LEAST, 0)
        return weights / weights.sum(axis=0)

    count = len(positions)
    sharp, plain = by_blur(max(radius, ALIGNED * (count - 1)), SHARP_BLUR), by_blur(radius, PLAIN_BLUR)
    return np.hstack([sharp, plain, np.eye(count)]).astype(np.float32)


def _exposure(kind: np.dtype, gain: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what makes sRGB of pixels of a kind; in integers, what is clipped stays white."""
    if kind.kind == "f":
        return lambda pixels: pixels * gain
    white = np.float32(np.iinfo(kind).max)
    lift = np.maximum(1 / white - gain, 0)

    def expose(pixels: np.ndarray) -> np.ndarray:
        fade = np.clip((pixels / white - HIGHLIGHT) / np.float32(1 - HIGHLIGHT), 0, 1)
        return pixels * (gain + fade * lift)

    if kind != np.uint8:
        return expose
    table = expose(np.arange(256, dtype=np.float32)[None, :, None])
    return lambda pixels: cv2.LUT(pixels, table)


def fuse(normalised: np.ndarray, pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Fuse pictures (N, H, W, 3) float32 that are all in memory."""
    fused = AllInFocus(normalised, positions)
    for index, picture in enumerate(pictures):
        fused.add(index, picture)
    return fused.picture()
