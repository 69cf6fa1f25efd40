"""Where a set is viewed from: parallel cameras beside the photograph's, with shifted frusta."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..geometry.mesh import MeshArrays
from ..geometry.pinhole import Pinhole


@dataclass(frozen=True)
class View:
    """A camera that faces as the photograph's does, its frustum shifted, never turned.

    What lies at the depth of convergence stays in its place in the picture, however far the camera moves
    aside (off-axis projection: Bourke, "Calculating stereo pairs", 1999).

    Attributes
    ----------
    right, up, ahead
        Metres from the photograph's camera.
    convergence
        Metres from the photograph's camera.
    """

    right: float = 0.0
    up: float = 0.0
    ahead: float = 0.0
    convergence: float = 1.0

    def project(self, points: np.ndarray, camera: Pinhole) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return where points are shown.

        Parameters
        ----------
        points
            (N, 3) metres in the space of the photograph's camera: x right, y up, looking down -z.
        camera
            The photograph's.

        Returns
        -------
        x, y : ndarray
            (N,) float32, in the photograph's pixels.
        nearness : ndarray
            (N,) float32, 1 / metres from this view; not above 0 behind it.
        """
        nearness = 1 / (-points[:, 2] - self.ahead)
        shift_x, shift_y = self._shift(nearness)
        x = camera.cx + camera.fx * (points[:, 0] * nearness - shift_x)
        y = camera.cy - camera.fy * (points[:, 1] * nearness - shift_y)
        return x.astype(np.float32), y.astype(np.float32), nearness.astype(np.float32)

    def photographed(
        self, x: np.ndarray, y: np.ndarray, nearness: np.ndarray, camera: Pinhole
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return where the photograph has what this view shows: the inverse of `project`, float32.

        Every vertex of a mesh stands on the view ray of its uv, so that this is its texture, exactly.
        """
        shift_x, shift_y = self._shift(nearness)
        scale = 1 / (1 + np.float32(self.ahead) * nearness)
        u = camera.cx + ((x - camera.cx) + camera.fx * shift_x) * scale
        v = camera.cy + ((y - camera.cy) - camera.fy * shift_y) * scale
        return u.astype(np.float32), v.astype(np.float32)

    def _shift(self, nearness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far things move against their place in the picture, over the focal length."""
        against = nearness - np.float32(1 / (self.convergence - self.ahead))
        return np.float32(self.right) * against, np.float32(self.up) * against


@dataclass(frozen=True)
class Window:
    """The part of the picture plane that is shown, in the photograph's pixels from its top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels of the photograph."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels of the photograph."""
        return self.bottom - self.top


def common_window(mesh: MeshArrays, camera: Pinhole, size: tuple[int, int], views: Sequence[View]) -> Window:
    """Return the largest window about the photograph's middle whose borders every view covers.

    Parameters
    ----------
    mesh, camera
        Of the set.
    size
        Width and height of the photograph.
    views
        All that are shown with this window.
    """
    width, height = size
    of_surfaces = np.zeros(len(mesh.vertices), bool)
    of_surfaces[mesh.faces[~mesh.background]] = True
    inside = np.zeros(2)  # pixels, across and down, by which a border comes in
    for axis in range(2):
        for side in range(2):
            border = mesh.vertices[of_surfaces & (mesh.uvs[:, axis] == side)]
            at_end = side if axis == 0 else 1 - side  # v is 1 at the top
            for view in views if len(border) else ():
                place = view.project(border, camera)[axis]
                gap = size[axis] - place.min() if at_end else place.max()
                inside[axis] = max(inside[axis], gap)
    across, down = (0.0 if pixels < 0.01 else float(pixels) for pixels in inside)
    return Window(across, down, width - across, height - down)
