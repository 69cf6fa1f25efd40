"""The frames of a stack: how hands and real lenses move them, and the record of it."""

from math import radians

import numpy as np
from focal_depth.lens.thin_lens import circle_of_confusion, image_distance

from .camera import Frame, Lens


def drifting_frames(dioptres: np.ndarray, hand_held: bool, rng: np.random.Generator) -> list[Frame]:
    """Frames whose scale, shift and pose drift away from the reference, the last one, which has none.

    Scale: a lens that breathes a little otherwise than a thin one (linear in dioptres, to 1.3 %) and
    jitter. Shift: a random walk as of the phones that Won & Jeon measured (ECCV 2022, table 1).
    """
    count = len(dioptres)
    progress = (dioptres[-1] - dioptres) / (dioptres[-1] - dioptres[0])
    scale = 1 + rng.uniform(-0.013, 0.013) * progress + rng.normal(0, 0.0007, count)
    shift = (
        _walk(count, 2, 0.0012 if hand_held else 0.0006, rng) + rng.normal(0, 0.001, 2) * progress[:, None]
    )
    # Millimetres in a hand at arm's length: a thousandth of the distance of what is nearest.
    translation = _walk(count, 3, 0.0008 / dioptres[-1], rng) * hand_held
    rotation = _walk(count, 3, radians(0.06), rng) * hand_held
    scale[-1], shift[-1] = 1.0, 0.0
    return [
        Frame(1 / dioptre, float(k), tuple(s), tuple(t), tuple(r))
        for dioptre, k, s, t, r in zip(
            dioptres.tolist(), scale, shift.tolist(), translation.tolist(), rotation.tolist(), strict=True
        )
    ]


def describe(lens: Lens, frames: list[Frame], width: int) -> dict:
    """What truth.json says of a stack whose pictures `NN.jpg` are `width` pixels wide."""
    far, near = 1 / frames[0].focus_distance, 1 / frames[-1].focus_distance
    widest = circle_of_confusion(lens.focal_length, lens.f_number, near, far)
    return {
        "about": "x_frame - centre = scale * (s_frame / s_reference) * (x_reference - centre) + shift, in "
        "pixels right and down, s = image distance; hand-held frames move and turn besides, about the "
        "camera's own axes (right, up, backward). The last frame is the reference.",
        "focal_length_m": lens.focal_length,
        "f_number": lens.f_number,
        "sensor_width_m": lens.sensor_width,
        "widest_blur_px": float(widest / lens.sensor_width * width),
        "frames": [
            {
                "file": f"{number:02d}.jpg",
                "focus_distance_m": frame.focus_distance,
                "image_distance_m": float(image_distance(lens.focal_length, 1 / frame.focus_distance)),
                "scale": frame.scale,
                "shift_px": [width * part for part in frame.shift],
                "translation_m": frame.translation,
                "rotation_rad": frame.rotation,
            }
            for number, frame in enumerate(frames)
        ],
    }


def _walk(count: int, dimensions: int, step: float, rng: np.random.Generator) -> np.ndarray:
    """(count, dimensions) random walk of normal steps that ends at zero."""
    steps = rng.normal(0, step, (count, dimensions))
    steps[0] = 0.0
    return np.cumsum(steps, axis=0)[::-1]
