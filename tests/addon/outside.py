"""What the tests need OpenEXR and OpenCV for; they must not be loaded beside Blender.

outside.py result DIR          write a result folder
outside.py photographs DIR     write a focus bracket
outside.py clip FILE           write a film of it, each photograph for a quarter of a second
outside.py pass FILE NAME NPY  take one pass out of a multilayer EXR
"""

import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 320, 240
FOCAL_LENGTH, F_NUMBER, SENSOR_WIDTH = 0.050, 2.8, 0.036  # metres
DIOPTRES = 0.0, 1 / 1.5, 1 / 0.8  # of the result's frames


def texture(seed: int, smoothness: float) -> np.ndarray:
    """(H,W,3) float32 noise, 0..1."""
    noise = np.random.default_rng(seed).random((HEIGHT, WIDTH, 3), dtype=np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), smoothness)
    return (smooth - smooth.min()) / np.ptp(smooth)


def box_mask() -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[70:190, 40:150] = True
    return mask


def write_portrait(folder: Path) -> None:
    """A part of the result, taller than wide."""
    write_result(folder, columns=slice(60, 240))


def write_result(folder: Path, columns: slice = slice(0, WIDTH)) -> None:
    from backend.io.result_folder import open_result, write_result  # as the extension carries it

    depth = np.tile(np.linspace(1.6, 2.6, WIDTH, dtype=np.float32), (HEIGHT, 1))
    depth[:, 205:215] = np.inf  # a gap in the wall
    depth[box_mask()] = 0.8
    picture = texture(1, 3) ** 2.2
    picture[box_mask()] *= (1.0, 0.3, 0.2)
    depth, picture = depth[:, columns], picture[:, columns]
    pixels = 1.1 * WIDTH
    width = depth.shape[1]
    description = {
        "metric": True,
        "network": "focal_unet",
        "camera": {
            "focal_length_mm": 38.0,
            "sensor_width_mm": 36.0 * width / WIDTH,
            "sensor_height_mm": 27.0,
            "fx": pixels,
            "fy": pixels,
            "cx": width / 2 + 11.0,
            "cy": HEIGHT / 2 - 7.0,
            "f_number": 2.8,
            "assumed": [],
        },
        "frames": [
            {
                "file": f"{number}.png",
                "focus_distance_m": distance,
                "source": "sidecar",
                "dioptres": dioptres,
                "normalised_focus": dioptres / DIOPTRES[-1],
                "relative_fov": fov,
            }
            for number, (distance, dioptres, fov) in enumerate(
                zip(("inf", 1.5, 0.8), DIOPTRES, (1.05, 1.02, 1.0), strict=True)
            )
        ],
        "warnings": [],
    }
    with open_result(folder) as output:
        write_result(output, depth, np.ones_like(depth), picture, description)


def write_photographs(folder: Path) -> None:
    folder.mkdir()
    distances = (3.0, 1.5, 1.0, 0.75, 0.6)
    near, far = 0.62, 2.5
    for number, distance in enumerate(distances):
        mask = blurred(box_mask().astype(np.float32), distance, near)[..., None]
        wall = blurred(texture(1, 1), distance, far)
        picture = wall * (1 - mask) + blurred(texture(2, 1), distance, near) * mask
        cv2.imwrite(str(folder / f"{number}.png"), np.round(picture * 255))
    (folder / "focus_distance.txt").write_text("\n".join(map(str, distances)))
    (folder / "focal_length.txt").write_text(str(FOCAL_LENGTH))


def write_film(path: Path) -> None:
    """Without sidecars: a clip tells no distances."""
    sys.path.append(str(Path(__file__).parents[1] / "backend"))
    from clips import write_clip

    with tempfile.TemporaryDirectory() as folder:
        write_photographs(Path(folder) / "bracket")
        stills = [cv2.imread(str(file))[..., ::-1] for file in sorted(Path(folder).rglob("*.png"))]
    write_clip(path, [still for still in stills for _ in range(8)], rate=32, crf="12")


def blurred(picture: np.ndarray, focus: float, depth: float) -> np.ndarray:
    """A flat thing at `depth` metres with the lens focused at `focus`; the disc as a Gaussian."""
    image_distance = FOCAL_LENGTH * focus / (focus - FOCAL_LENGTH)
    disc = FOCAL_LENGTH / F_NUMBER * image_distance * abs(1 / focus - 1 / depth) * WIDTH / SENSOR_WIDTH
    return cv2.GaussianBlur(picture, (0, 0), max(disc / 4, 0.1))


def take_pass(path: Path, name: str, output: Path) -> None:
    """`name` ends the channel's name; 5.0 writes a part for each pass, others all into one."""
    import OpenEXR

    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = {key: value for part in file.parts for key, value in part.channels.items()}
    channel = next(value for key, value in channels.items() if key.endswith(name))
    np.save(output, channel.pixels)


if __name__ == "__main__":
    _, task, *arguments = sys.argv
    if task == "pass":
        take_pass(Path(arguments[0]), arguments[1], Path(arguments[2]))
    else:
        write = {
            "result": write_result,
            "portrait": write_portrait,
            "photographs": write_photographs,
            "clip": write_film,
        }
        write[task](Path(arguments[0]))
