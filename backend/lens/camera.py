"""The camera of the reference frame: what another program needs to see the scene as the photograph does."""

from dataclasses import dataclass
from typing import Any

from ..stack import FocalStack
from . import thin_lens

ASSUMED_EQUIVALENT = 0.028  # metres at full frame; what most phones have


@dataclass(frozen=True)
class Camera:
    """A pinhole camera on the reference frame's grid.

    Attributes
    ----------
    focal_length, sensor_width, sensor_height
        Metres.
    fx, fy
        Distance from the pinhole to the image in pixels, at the focus of the reference frame.
    cx, cy
        Principal point in pixels; pixel centres lie at +0.5.
    f_number
        The aperture's, or None.
    assumed
        Names of the values that neither metadata nor a person gave.
    up
        Upwards in the camera's space (x right, y up, looking down -z), by its tilt sensor; or None.
    """

    focal_length: float
    sensor_width: float
    sensor_height: float
    fx: float
    fy: float
    cx: float
    cy: float
    f_number: float | None
    assumed: tuple[str, ...]
    up: tuple[float, float, float] | None

    def describe(self) -> dict[str, Any]:
        """Return the `camera` of result.json: lengths in millimetres."""
        return {
            "focal_length_mm": self.focal_length * 1000,
            "sensor_width_mm": self.sensor_width * 1000,
            "sensor_height_mm": self.sensor_height * 1000,
            "fx": self.fx,
            "fy": self.fy,
            "cx": self.cx,
            "cy": self.cy,
            "f_number": self.f_number,
            "assumed": list(self.assumed),
            **({} if self.up is None else {"up": list(self.up)}),
        }


def reference_camera(stack: FocalStack) -> Camera:
    """Return the pinhole camera of the reference frame, focused where that is focused.

    The principal point is the middle of the picture, or of what it is a part of. Where the sensor width or
    the focal length is unknown, a lens of 28 mm (full frame equivalent) is assumed.
    """
    width, height = stack.size
    crop = stack.reference.crop
    cx, cy = crop.centre() if crop else (width / 2, height / 2)
    focal_length, sensor_width, assumed = _lens(stack)
    image_distance = focal_length
    if stack.dioptres is not None and "focal length" not in assumed:  # an assumed lens does not breathe
        image_distance = float(thin_lens.image_distance(focal_length, float(stack.dioptres[-1])))
    pixels = width * image_distance / sensor_width
    return Camera(
        focal_length=focal_length,
        sensor_width=sensor_width,
        sensor_height=sensor_width * height / width,
        fx=pixels,
        fy=pixels,
        cx=cx,
        cy=cy,
        f_number=stack.f_number,
        assumed=assumed,
        up=stack.reference.up,
    )


def _lens(stack: FocalStack) -> tuple[float, float, tuple[str, ...]]:
    """Focal length and sensor width in metres, and the names of those that are assumed."""
    focal_length, sensor_width = stack.focal_length, stack.sensor_width
    if focal_length is not None and sensor_width is not None:
        return focal_length, sensor_width, ()
    if focal_length is not None:
        equivalent = thin_lens.sensor_width_from_equivalent(focal_length, ASSUMED_EQUIVALENT, *stack.size)
        return focal_length, equivalent, ("sensor width",)
    # The width of the sensor, in focal lengths.
    ratio = thin_lens.sensor_width_from_equivalent(1.0, ASSUMED_EQUIVALENT, *stack.size)
    if sensor_width is not None:
        return sensor_width / ratio, sensor_width, ("focal length",)
    return thin_lens.FULL_FRAME_WIDTH / ratio, thin_lens.FULL_FRAME_WIDTH, ("sensor width", "focal length")
