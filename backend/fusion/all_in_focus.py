"""The all-in-focus picture: each pixel from the frames focused nearest to its depth."""

import numpy as np

from ..runtime.chunks import chunks


class AllInFocus:
    """Fuses aligned frames one by one, so that no two of them need to be in memory."""

    def __init__(self, normalised: np.ndarray, positions: np.ndarray) -> None:
        """normalised: (H, W) depth in normalised dioptres; positions: (N,) of the frames."""
        self._frame = np.empty(normalised.size, np.float32)  # which frame is sharp, and how far between two
        for chunk in chunks(normalised.size):
            self._frame[chunk] = np.interp(normalised.reshape(-1)[chunk], positions, range(len(positions)))
        self._picture = np.zeros((*normalised.shape, 3), np.float32)

    def add(self, index: int, pixels: np.ndarray, gain: np.ndarray | float = 1.0) -> None:
        """Frame number `index`, aligned (H, W, 3), whose values times `gain`, one or (3,), are sRGB 0..1."""
        gain = np.asarray(gain, np.float32)
        source, picture = pixels.reshape(-1, 3), self._picture.reshape(-1, 3)
        for chunk in chunks(len(picture)):
            # Half a step of pure frames, half a step of blending: averaging two frames costs sharpness.
            weight = 1.5 - 2 * np.abs(self._frame[chunk] - index)
            (sharp,) = np.nonzero(weight > 0)
            weight = np.minimum(weight[sharp], 1)[:, None]
            picture[chunk][sharp] += weight * gain * source[chunk][sharp]

    def picture(self) -> np.ndarray:
        """(H, W, 3) once every frame has been added."""
        return self._picture


def fuse(normalised: np.ndarray, pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The same for pictures (N, H, W, 3) that are all in memory."""
    fused = AllInFocus(normalised, positions)
    for index, picture in enumerate(pictures):
        fused.add(index, picture)
    return fused.picture()
