"""A focal stack: its frames from far to near, and what is known of their focus and their lens."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from ..contract.focus import even_positions, relative_dioptres
from ..io.crop import Crop
from ..io.reading import AS_FILED, Reading
from .names import natural_key

FROM_BLUR = "estimated from blur"
SAME_SIZE = 2  # pixels by which programs that crop or align make photographs of one stack differ


@dataclass(frozen=True)
class Frame:
    """A photograph of a stack. Values are None where they are unknown.

    Attributes
    ----------
    path
        The file.
    width, height
        Pixels, after EXIF orientation.
    focus_distance
        Metres; `math.inf` where it is focused at infinity.
    distance_source
        Where the focus distance comes from: "typed", "sidecar", "maker note", "EXIF", "XMP", "interpolated",
        "estimated from blur" or "unknown".
    focal_length
        Metres.
    f_number
        The aperture's, as in f/2.8.
    sensor_width
        Metres, along the width of the upright picture.
    bits_per_channel
        Of the file.
    crop
        What the picture is a part of; None where it is whole.
    reading
        How its file is read.
    up
        Upwards in the camera's space (x right, y up, looking down -z), by its tilt sensor.
    """

    path: Path
    width: int
    height: int
    focus_distance: float | None = None
    distance_source: str = "unknown"
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None
    bits_per_channel: int = 8
    crop: Crop | None = None
    reading: Reading = AS_FILED
    up: tuple[float, float, float] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def dioptres(self) -> float | None:
        """Focus in 1/m; infinity is 0."""
        if self.focus_distance is None:
            return None
        return 0.0 if math.isinf(self.focus_distance) else 1.0 / self.focus_distance


@dataclass(frozen=True)
class FocalStack:
    """Photographs of one scene, each focused at another distance, from far to near.

    Attributes
    ----------
    frames
        At least two, of one size but for `SAME_SIZE`.
    order_source
        What they were ordered by: "focus distance", "focus position", "sharpness" or "file name".
    dioptres
        (N,) float32, 1/m, strictly increasing; None where distances are unknown and depth is relative.
    warnings
        Sentences for the person who took them.
    relative_dioptres
        (N,) float32, strictly increasing, of a stack without distances: what its depth is counted in, up to
        a constant and, where the lens is unknown, a factor. None where even steps over a range by convention
        stand for them.
    order_certainty
        Probability that the first frame is the far end: 1 where distances or a person determine it, 0.5 where
        nothing does.
    widest_blur
        Circle of confusion, in longer sides of the picture, of what is sharp at one end of the focus range in
        the frame at the other end; None where blur was not measured.
    """

    frames: tuple[Frame, ...]
    order_source: str
    dioptres: np.ndarray | None
    warnings: tuple[str, ...] = ()
    relative_dioptres: np.ndarray | None = None
    order_certainty: float = 1.0
    widest_blur: float | None = None

    @property
    def is_metric(self) -> bool:
        """Whether focus distances are known, so that depth is in metres."""
        return self.dioptres is not None

    @property
    def is_reversed(self) -> bool:
        """Whether the file names run near to far, against the stack."""
        return natural_key(self.frames[0].path) > natural_key(self.frames[-1].path)

    @property
    def reference(self) -> Frame:
        """The nearest-focus frame: it has the narrowest field of view and the grid of every output."""
        return self.frames[-1]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the reference frame in pixels."""
        return self.reference.size

    @property
    def focal_length(self) -> float | None:
        """Focal length in metres: the reference frame's, or else the one most frames have."""
        return self._lens_value("focal_length")

    @property
    def f_number(self) -> float | None:
        """The aperture's f-number: the reference frame's, or else the one most frames have."""
        return self._lens_value("f_number")

    @property
    def sensor_width(self) -> float | None:
        """Width of the sensor in metres: the reference frame's, or else the one most frames have."""
        return self._lens_value("sensor_width")

    @property
    def counted_dioptres(self) -> np.ndarray:
        """(N,) float32 dioptres of the frames, relative ones where distances are unknown."""
        if self.dioptres is not None:
            return self.dioptres
        if self.relative_dioptres is not None:
            return self.relative_dioptres
        return np.array(relative_dioptres(even_positions(len(self.frames))), np.float32)

    @property
    def positions(self) -> np.ndarray:
        """(N,) float32 normalised dioptres of the frames: 0 at the farthest, 1 at the nearest."""
        values = self.counted_dioptres
        return ((values - values[0]) / (values[-1] - values[0])).astype(np.float32)

    def without(self, left_out: np.ndarray) -> "FocalStack":
        """Return the stack less the frames where `left_out`, (N,) bool, is true."""
        frames = tuple(f for f, out in zip(self.frames, left_out, strict=True) if not out)
        if self.dioptres is None:
            return replace(self, frames=frames, relative_dioptres=self.counted_dioptres[~left_out])
        return replace(self, frames=frames, dioptres=self.dioptres[~left_out])

    def with_estimated_focus(self, dioptres: np.ndarray, is_metric: bool) -> "FocalStack":
        """Return a stack without distances with dioptres (N,) that were estimated from its blur.

        Where they are metric, frames get the distances, too.
        """
        dioptres = dioptres.astype(np.float32)
        if not is_metric:
            return replace(self, relative_dioptres=dioptres)
        frames = tuple(map(_with_estimate, self.frames, dioptres))
        return replace(self, frames=frames, dioptres=dioptres)

    def with_warnings(self, *texts: str) -> "FocalStack":
        """Return the stack with these sentences after its own warnings."""
        return replace(self, warnings=self.warnings + texts)

    def _lens_value(self, name: Literal["focal_length", "f_number", "sensor_width"]) -> float | None:
        """Of values that are equally frequent, the one of the frame nearest to the reference."""
        values = [getattr(frame, name) for frame in reversed(self.frames)]
        if values[0] is not None:
            return values[0]
        frequent = Counter(value for value in values if value is not None).most_common(1)
        return frequent[0][0] if frequent else None


def is_same_size(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether photographs of two sizes (width, height) can be of one stack."""
    return all(abs(own - its) <= SAME_SIZE for own, its in zip(size, other, strict=True))


def _with_estimate(frame: Frame, dioptres: float) -> Frame:
    if frame.focus_distance is not None:
        return frame
    distance = 1 / float(dioptres) if dioptres else math.inf
    return replace(frame, focus_distance=distance, distance_source=FROM_BLUR)
