"""Edge-preserving averages: He, Sun and Tang, "Guided Image Filtering", PAMI 2013.

OpenCV has the filter only in its contributed modules, whose wheel replaces the one used here.
"""

import cv2
import numpy as np


class GuidedFilter:
    """Fits every window's values by a plane over its colours, and averages all windows about a pixel.

    Parameters
    ----------
    guide
        (H, W, 3) float32 0 to 1.
    radius
        Of a window, in pixels.
    epsilon
        The variance of colour below which a window is plain.
    """

    def __init__(self, guide: np.ndarray, radius: int, epsilon: float) -> None:
        self._guide = guide
        self._window = (2 * radius + 1, 2 * radius + 1)
        self._mean = self._average(guide)
        products = (guide[..., :, None] * guide[..., None, :]).reshape(*guide.shape[:2], 9)
        covariance = np.dstack([self._average(products[..., i : i + 3]) for i in (0, 3, 6)])
        covariance = covariance.reshape(*guide.shape, 3) - self._mean[..., :, None] * self._mean[..., None, :]
        self._inverse = np.linalg.inv(covariance + epsilon * np.eye(3)).astype(np.float32)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Filter values (H, W), to (H, W) float32."""
        values = np.asarray(values, np.float32)
        mean = self._average(values)
        covariance = self._average(self._guide * values[..., None]) - self._mean * mean[..., None]
        slope = np.einsum("hwij,hwj->hwi", self._inverse, covariance)
        offset = mean - (slope * self._mean).sum(-1)
        return (self._average(slope) * self._guide).sum(-1) + self._average(offset)

    def _average(self, values: np.ndarray) -> np.ndarray:
        return cv2.blur(values, self._window)
