"""Pictures with depth as layered scenes, so that any lens can photograph them.

A picture shows nothing of what lies behind things, so it is cut into bands of depth, and each band is
extended under everything nearer: by its own pixels where a surface crosses the cut, and smoothly where
something else stands in front of it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...contract.errors import InputError
from ...io.colour import srgb_decode
from .layers import Layers
from .textures import chance, uniform

MILLIMETRES = 1000.0
OVERLAP = 0.08  # of the range: how far beyond its band a layer keeps the picture's own pixels
HIDDEN = 50  # pixels by which a layer extends behind nearer ones: the reach of the widest blurs of both
MAX_ZOOM = 1.15  # canvas pixels per picture pixel
RANGE = (2, 98)  # percentiles of depth that the focus of a stack runs over


@dataclass(frozen=True)
class RgbdPictures:
    """Pictures with depth, all of one size.

    Attributes
    ----------
    colour
        (P, 3, h, w) linear RGB.
    dioptres
        (P, 1, h, w) depth, normalised over each picture.
    """

    colour: Tensor
    dioptres: Tensor


def load_rgbd(folder: Path, device: torch.device) -> RgbdPictures:
    """Load pairs `color_X.png|jpg` and `depth_X.npz` ("depth", metres) or `depth_X.png` (16 bit, mm).

    Depth is planar; where it is 0 or infinite it is unknown, and the nearest depth fills it.

    Raises
    ------
    InputError
        Where a picture has no depth of its size, or the pictures differ in size.
    """
    colours, dioptres = [], []
    for path in sorted(folder.glob("color_*")):
        picture, metres = cv2.imread(str(path), cv2.IMREAD_COLOR), _read_depth(folder, path)
        if picture is None or metres is None or picture.shape[:2] != metres.shape:
            raise InputError(f"{path} needs a depth_{path.stem[6:]}.npz or .png of its size beside it")
        if not (np.isfinite(metres) & (metres > 0)).any():
            raise InputError(f"depth_{path.stem[6:]} in {folder} is unknown everywhere; take that pair out")
        colours.append(srgb_decode(picture[..., ::-1].astype(np.float32) / 255))
        dioptres.append(_normalise(metres))
    if not colours or len({colour.shape for colour in colours}) != 1:
        raise InputError(f"{folder} holds no pictures color_*.png with depth, all of one size")
    colour = torch.from_numpy(np.stack(colours)).permute(0, 3, 1, 2).contiguous()
    return RgbdPictures(colour.to(device), torch.from_numpy(np.stack(dioptres))[:, None].to(device))


def rgbd_layers(
    count: int,
    layer_count: int,
    size: tuple[int, int],
    pictures: RgbdPictures,
    generator: torch.Generator,
) -> Layers:
    """Return `layer_count` layers of `size` (H, W), far to near, from random crops of `count` pictures."""
    return cut_into_layers(*_random_crops(count, size, pictures, generator), layer_count, generator)


def cut_into_layers(colour: Tensor, dioptres: Tensor, layer_count: int, generator: torch.Generator) -> Layers:
    """Return layers, far to near, of pictures (B, 3, H, W) with dioptres (B, 1, H, W), 0 to 1."""
    count = len(colour)
    shape = (count, layer_count, 1, 1, 1)
    jitter = torch.rand(shape, generator=generator, device=generator.device) - 0.5
    far_end = (
        torch.arange(layer_count, device=generator.device).view(1, -1, 1, 1, 1) + 0.6 * jitter
    ) / layer_count
    # The first band begins with the farthest thing there is, so that it is not empty behind all others.
    far_end = torch.maximum(far_end, dioptres.amin((1, 2, 3)).view(-1, 1, 1, 1, 1))
    far_end[:, 0] = -torch.inf
    near_end = torch.cat([far_end[:, 1:], torch.full_like(far_end[:, :1], torch.inf)], 1)
    dioptres = dioptres[:, None]
    visible = (dioptres >= far_end) & (dioptres < near_end)
    reach = F.max_pool2d(visible.flatten(0, 1).float(), (1, 2 * HIDDEN + 1), 1, (0, HIDDEN))
    reach = F.max_pool2d(reach, (2 * HIDDEN + 1, 1), 1, (HIDDEN, 0)).view_as(visible) > 0
    reach[:, 0] = True
    coverage = ((dioptres >= far_end) & reach).float()
    own = coverage * (dioptres < near_end + OVERLAP) * ~_beside_jumps(dioptres)
    content = torch.cat([colour[:, None].expand(-1, layer_count, -1, -1, -1), dioptres.expand_as(own)], 2)
    filled = _extend(content.flatten(0, 1), own.flatten(0, 1)).unflatten(0, (count, layer_count))
    content = torch.where(visible, content, filled)
    return Layers(content[:, :, :3], coverage, content[:, :, 3:])


def _read_depth(folder: Path, colour: Path) -> np.ndarray | None:
    path = folder / f"depth_{colour.stem[6:]}.npz"
    if path.exists():
        return np.load(path)["depth"].astype(np.float32)
    depth = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_UNCHANGED)
    return None if depth is None else depth / MILLIMETRES


def _normalise(metres: np.ndarray) -> np.ndarray:
    """Return (h, w) float32 dioptres, 0 to 1 over the picture's range and a little beyond."""
    valid = (metres > 0) & np.isfinite(metres)
    if not valid.all():
        holes = (~valid).astype(np.uint8)
        _, labels = cv2.distanceTransformWithLabels(holes, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        at_label = np.zeros(labels.max() + 1, metres.dtype)
        at_label[labels[valid]] = metres[valid]
        metres = at_label[np.asarray(labels, np.int32)]
    dioptres = 1 / metres
    far, near = np.percentile(dioptres, RANGE)
    return np.clip((dioptres - far) / max(near - far, 1e-9), -0.15, 1.15).astype(np.float32)


def _random_crops(
    count: int, size: tuple[int, int], pictures: RgbdPictures, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return colour (B, 3, H, W) and dioptres (B, 1, H, W), zoomed, from random places."""
    height, width = pictures.colour.shape[-2:]
    chosen = torch.randint(len(pictures.colour), (count,), generator=generator, device=generator.device)
    least = max(size[0] / height, size[1] / width)
    zoom = uniform(count, least, max(least, MAX_ZOOM), generator).view(-1, 1, 1)
    room = [1 - want / (have * zoom) for want, have in ((size[1], width), (size[0], height))]
    centre = [(uniform(count, -1, 1, generator).view(-1, 1, 1)) * part for part in room]
    x = (torch.arange(size[1], device=generator.device).view(1, 1, -1) + 0.5 - size[1] / 2) * 2 / width
    y = (torch.arange(size[0], device=generator.device).view(1, -1, 1) + 0.5 - size[0] / 2) * 2 / height
    x, y = (axis / zoom + middle for axis, middle in zip((x, y), centre, strict=True))
    grid = torch.stack(torch.broadcast_tensors(x, y), -1)
    colour, dioptres = pictures.colour[chosen], pictures.dioptres[chosen]
    mirrored = chance(count, 0.5, generator).view(-1, 1, 1, 1)
    grid = torch.where(mirrored, grid * grid.new_tensor([-1, 1]), grid)
    settings = {"padding_mode": "reflection", "align_corners": False}
    colour = F.grid_sample(colour, grid, mode="bicubic", **settings).clamp_min(0)
    return colour, F.grid_sample(dioptres, grid, mode="nearest", **settings)


def _beside_jumps(dioptres: Tensor) -> Tensor:
    """Return (B, 1, 1, H, W) pixels beside a jump in depth, which mix the colours of both sides."""
    flat = dioptres[:, 0]
    step = F.max_pool2d(flat, 3, 1, 1) + F.max_pool2d(-flat, 3, 1, 1)
    return (step > 0.04)[:, None]


def _extend(content: Tensor, valid: Tensor) -> Tensor:
    """Extend content (B, C, H, W) from where it is valid (B, 1, H, W), down a pyramid and up again."""
    if min(content.shape[-2:]) < 2:
        return content * valid / valid.clamp_min(1e-6)
    weighted = torch.cat([content * valid, valid], 1)
    coarse = F.avg_pool2d(weighted, 2, ceil_mode=True, count_include_pad=False)
    below = _extend(coarse[:, :-1] / coarse[:, -1:].clamp_min(1e-6), (coarse[:, -1:] > 0).to(content.dtype))
    below = F.interpolate(below, size=content.shape[-2:], mode="bilinear", align_corners=False)
    return torch.where(valid > 0, content, below)
