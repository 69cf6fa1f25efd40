"""All-in-focus pictures against what a pinhole would show: ours, and those of other programs.

PSNR in dB and SSIM (Wang et al., IEEE TIP 2004) of sRGB, and FLIP (Andersson et al., HPG 2020), how
different two pictures seem to people, from 0 to 1. Each over all pixels, and about depth edges, where what is
near spills over what is far.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...contract.errors import InputError
from ...contract.qualities import FOCAL_UNET
from ...io.colour import srgb_encode
from ...io.photographs import read_photograph
from ...pipeline import estimate
from ...stack import read_stack
from .data.scene import EvaluationStack
from .measures import LARGER, Measure

MARGIN = 8  # pixels of the border: some frames show what others do not
PICTURE_MEASURES = (
    Measure("PSNR", "dB", LARGER),
    Measure("PSNR near edges", "dB", LARGER),
    Measure("SSIM", "", LARGER),
    Measure("SSIM near edges", "", LARGER),
    Measure("FLIP"),
    Measure("FLIP near edges"),
)
SUFFIXES = ".png", ".tif", ".tiff", ".jpg"


def all_in_focus_pictures(
    scene: str, stack: EvaluationStack, methods: Sequence[str], folders: Sequence[str]
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield pictures (H, W, 3), float32 sRGB, where the true one is known: of each folder, and ours.

    Raises
    ------
    InputError
        Where a folder lacks the scene's picture, or it is not of the photographs' size.
    """
    if stack.all_in_focus is None or stack.folder is None:
        return
    for folder in folders:
        yield folder, _read_picture(Path(folder), scene, stack.all_in_focus.shape)
    if FOCAL_UNET in methods:
        picture = estimate(read_stack([stack.folder])).all_in_focus
        yield FOCAL_UNET, srgb_encode(picture.astype(np.float32))


def measure_picture(stack: EvaluationStack, picture: np.ndarray, edges: np.ndarray) -> dict[str, float]:
    """Measure a picture against the true one.

    Parameters
    ----------
    stack
        Whose true picture is known.
    picture
        (H, W, 3) float32 sRGB 0 to 1.
    edges
        (H, W) bool, as `measures.near_edges` returns it.

    Returns
    -------
    dict
        The values of PICTURE_MEASURES by name; not a number where there are no edges.
    """
    import flip_evaluator
    from skimage.metrics import structural_similarity

    assert stack.all_in_focus is not None
    picture, truth = (np.clip(each, 0, 1).astype(np.float32) for each in (picture, stack.all_in_focus))
    square = ((picture - truth) ** 2).mean(-1)
    likeness = structural_similarity(truth, picture, channel_axis=-1, data_range=1.0, full=True)[1].mean(-1)
    difference = flip_evaluator.evaluate(truth, picture, "LDR", applyMagma=False)[0][..., 0]
    inside = np.zeros(square.shape, bool)
    inside[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    values = []
    for where in (inside, inside & edges):
        psnr = -10 * math.log10(max(_mean(square, where), 1e-10))
        values.append((psnr, _mean(likeness, where), _mean(difference, where)))
    by_measure = [value for pair in zip(*values, strict=True) for value in pair]
    return dict(zip((each.name for each in PICTURE_MEASURES), by_measure, strict=True))


def _read_picture(folder: Path, scene: str, shape: tuple[int, ...]) -> np.ndarray:
    paths = [folder / f"{scene}{suffix}" for suffix in SUFFIXES]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise InputError(f"{folder} has no picture of {scene}; add {paths[0]}, or .tif or .jpg")
    picture = read_photograph(path)
    if picture.shape != shape:
        raise InputError(
            f"{path} has {picture.shape[1]} x {picture.shape[0]} pixels, the photographs {shape[1]} x "
            f"{shape[0]}; write it on the grid of the nearest-focus photograph"
        )
    return picture


def _mean(values: np.ndarray, where: np.ndarray) -> float:
    return float(values[where].mean(dtype=np.float64)) if where.any() else math.nan
