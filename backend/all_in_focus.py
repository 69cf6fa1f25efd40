"""The all-in-focus picture: each pixel from the frames focused nearest to its depth."""

import numpy as np


class AllInFocus:
    """Fuses aligned frames one by one, so that no two of them need to be in memory."""

    def __init__(self, normalised: np.ndarray, positions: np.ndarray) -> None:
        """normalised: (H, W) depth in normalised dioptres; positions: (N,) of the frames."""
        frame = np.interp(normalised, positions, np.arange(len(positions))).astype(np.float32)
        self._lower = np.minimum(frame, len(positions) - 1.001).astype(np.int16)
        # Half a step of pure frames, half a step of blending: averaging two frames costs sharpness.
        self._share = np.clip((frame - self._lower) * 2 - 0.5, 0, 1)
        self._sum = np.zeros((*normalised.shape, 3), np.float32)

    def add(self, index: int, picture: np.ndarray) -> None:
        """Frame number `index`, aligned (H, W, 3)."""
        weight = np.where(self._lower == index, 1 - self._share, 0)
        weight += np.where(self._lower == index - 1, self._share, 0)
        self._sum += weight[..., None] * picture

    def picture(self) -> np.ndarray:
        """(H, W, 3) once every frame has been added."""
        return self._sum


def all_in_focus(normalised: np.ndarray, pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The same for pictures (N, H, W, 3) that are all in memory."""
    fused = AllInFocus(normalised, positions)
    for index, picture in enumerate(pictures):
        fused.add(index, picture)
    return fused.picture()
