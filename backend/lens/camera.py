"""The camera of the reference frame: what an outside program needs to see as the photograph saw."""

from dataclasses import dataclass

from ..stack import FocalStack
from . import thin_lens

ASSUMED_EQUIVALENT = 0.028  # metres; what most telephones have


@dataclass(frozen=True)
class Camera:
    """Lengths in metres, intrinsics in pixels of the reference frame's grid."""

    focal_length: float
    sensor_width: float
    sensor_height: float
    fx: float
    fy: float
    cx: float
    cy: float
    f_number: float | None
    assumed: tuple[str, ...]  # what nobody told

    def describe(self) -> dict:
        """The `camera` of result.json."""
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
        }


def reference_camera(stack: FocalStack) -> Camera:
    """The pinhole camera of the reference frame, focused where it is focused.

    The principal point is the middle of the picture. Without a sensor width, or a focal length,
    a lens of 28 mm (full frame equivalent) is assumed.
    """
    width, height = stack.size
    focal_length, sensor_width, assumed = stack.reference.focal_length, stack.reference.sensor_width, []
    if sensor_width is None and focal_length is not None:
        sensor_width = thin_lens.sensor_width_from_equivalent(focal_length, ASSUMED_EQUIVALENT, width, height)
        assumed.append("sensor width")
    elif sensor_width is None or focal_length is None:
        assumed += ["sensor width"] * (sensor_width is None)
        sensor_width = sensor_width or thin_lens.FULL_FRAME_WIDTH
        whole = thin_lens.sensor_width_from_equivalent(1.0, ASSUMED_EQUIVALENT, width, height)
        focal_length = sensor_width / whole
        assumed.append("focal length")
    image_distance = focal_length
    if stack.dioptres is not None and "focal length" not in assumed:  # a guess does not breathe
        image_distance = float(thin_lens.image_distance(focal_length, float(stack.dioptres[-1])))
    pixels = width * image_distance / sensor_width
    return Camera(
        focal_length=focal_length,
        sensor_width=sensor_width,
        sensor_height=sensor_width * height / width,
        fx=pixels,
        fy=pixels,
        cx=width / 2,
        cy=height / 2,
        f_number=stack.reference.f_number,
        assumed=tuple(assumed),
    )
