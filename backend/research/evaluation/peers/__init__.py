"""Ways to depth that any network is measured against."""

from collections.abc import Callable

import numpy as np

from .ring_difference import ring_difference_depth
from .sml import classical_depth
from .smoothed import smoothed_depth
from .variational import variational_depth

# Each takes pictures (N, H, W, 3) float32 sRGB 0..1 on one field of view, far to near, and positions
# (N,) float32, and gives (H, W) float32 normalised depth.
PEERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "classical": classical_depth,
    "classical, smoothed": smoothed_depth,
    "ring difference": ring_difference_depth,
    "variational": variational_depth,
}
