"""Classical methods with which networks are compared."""

from collections.abc import Callable

import numpy as np

from .ring_difference import ring_difference_depth
from .sml import classical_depth
from .smoothed import smoothed_depth
from .variational import variational_depth

# Each takes pictures (N, H, W, 3) float32 sRGB 0 to 1 on one field of view, far to near, and positions
# (N,) float32, and returns depth (H, W) float32; positions and depth are in normalised dioptres.
PEERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "classical": classical_depth,
    "classical_smoothed": smoothed_depth,
    "ring_difference": ring_difference_depth,
    "variational": variational_depth,
}
