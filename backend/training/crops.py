"""Training examples: fresh crops of a bank's stacks, as misaligned photographs."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks.alignment import centred_coordinates
from ..simulation.bank import Shard


@dataclass(frozen=True)
class Example:
    """One misaligned crop and what the networks should say about it."""

    stack: Tensor  # (N, 3, H, W) sRGB 0..1, misaligned
    positions: Tensor  # (N,) normalised dioptres
    motion: Tensor  # (N, 3) true scale and shifts, as AlignmentNetwork returns them
    dioptres: Tensor  # (H, W) true depth, normalised dioptres, on the reference's grid


def random_example(shards: list[Shard], size: tuple[int, int], random: np.random.Generator) -> Example:
    """A random crop of `size` (H, W): frames left out, mirrored, turned, zoomed, moved, recompressed."""
    shard = shards[random.integers(len(shards))]
    index = random.integers(len(shard.positions))
    chosen = _random_subset(len(shard.positions[index]), random)
    frames = torch.from_numpy(shard.frames[index][chosen]).permute(0, 3, 1, 2)
    truth = torch.from_numpy(shard.dioptres[index].astype(np.float32))
    positions = torch.from_numpy(shard.positions[index][chosen].copy())
    frames, truth, positions = _flipped(frames, truth, positions, random)
    frames, truth = _window(frames, truth, size, random)
    motion = _random_motion(positions, size, random)
    zoom = math.exp(random.uniform(-0.2, 0.3))
    stack = _moved(frames.float() / 255, motion, zoom, size)
    truth = _moved(truth[None, None], motion[-1:], zoom, size, mode="nearest")[0, 0]
    if random.random() < 0.3:
        stack = _recompressed(stack, int(random.uniform(70, 98)))
    return Example(_toned(stack, random), positions, motion, truth)


def _random_subset(frame_count: int, random: np.random.Generator) -> np.ndarray:
    """Sorted frame numbers, at least three, the ends among them so that positions keep their range."""
    kept = random.integers(3, frame_count + 1) if random.random() < 0.6 else frame_count
    inner = random.permutation(np.arange(1, frame_count - 1))[: kept - 2]
    return np.sort(np.concatenate([[0], inner, [frame_count - 1]]))


def _flipped(frames: Tensor, truth: Tensor, positions: Tensor, random: np.random.Generator):
    """Mirrored, transposed, and with near and far exchanged."""
    for axis in (-1, -2):
        if random.random() < 0.5:
            frames, truth = frames.flip(axis), truth.flip(axis)
    if random.random() < 0.5:
        frames, truth = frames.transpose(-1, -2), truth.transpose(-1, -2)
    if random.random() < 0.5:
        frames, truth, positions = frames.flip(0), 1 - truth, (1 - positions).flip(0)
    return frames, truth, positions


def _window(frames: Tensor, truth: Tensor, size: tuple[int, int], random: np.random.Generator):
    """A window half again as large as the crop where there is room: motion and zoom read around it."""
    height, width = (min(int(1.5 * want), have) for want, have in zip(size, truth.shape, strict=True))
    top = random.integers(truth.shape[0] - height + 1)
    left = random.integers(truth.shape[1] - width + 1)
    rows, columns = slice(top, top + height), slice(left, left + width)
    return frames[..., rows, columns], truth[rows, columns]


def _random_motion(positions: Tensor, size: tuple[int, int], random: np.random.Generator) -> Tensor:
    """(N, 3) breathing that metadata does not explain, drift of a hand, and jitter; the last at rest.

    Shifts are in halves of the longer side, as everywhere.
    """
    count, half = len(positions), 0.5 * max(size)
    away = 1 - positions.numpy()
    strength = random.choice([0.0, 0.3, 1.0], p=[0.2, 0.4, 0.4])
    scale = strength * (random.uniform(-0.07, 0.07) * away + random.normal(0, 0.003, count))
    drift = random.uniform(-8, 8, (1, 2)) * away[:, None]
    shift = strength * (drift + random.normal(0, 1.2, (count, 2))) / half
    motion = np.concatenate([1 + scale[:, None], shift], 1).astype(np.float32)
    motion[-1] = 1, 0, 0
    return torch.from_numpy(motion)


def _moved(
    pictures: Tensor, motion: Tensor, zoom: float, size: tuple[int, int], mode: str = "bicubic"
) -> Tensor:
    """Pictures (N, C, h, w) as a camera with that motion would have seen them, on a grid of `size`.

    The camera's point u shows what the reference has at (u - shift) / scale.
    """
    height, width = pictures.shape[-2:]
    y, x = centred_coordinates(pictures.new_zeros(1, 1, *size))
    scale, shift_x, shift_y = (motion[:, i].view(-1, 1, 1) for i in range(3))
    pixels = 0.5 * max(size) / zoom
    grid_x = (x[0] - shift_x) / scale * pixels / (0.5 * width)
    grid_y = (y[0] - shift_y) / scale * pixels / (0.5 * height)
    count = len(pictures)
    grid = torch.stack([grid_x.expand(count, *size), grid_y.expand(count, *size)], -1)
    moved = F.grid_sample(pictures, grid, mode=mode, padding_mode="reflection", align_corners=False)
    return moved if mode == "nearest" else moved.clamp(0, 1)


def _recompressed(stack: Tensor, quality: int) -> Tensor:
    """Through JPEG, as photographs come."""
    pictures = (stack.permute(0, 2, 3, 1).numpy() * 255 + 0.5).astype(np.uint8)
    for picture in pictures:
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture[:] = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


def _toned(stack: Tensor, random: np.random.Generator) -> Tensor:
    """Another tone curve, contrast and order of colours; every frame metered anew, one now and then badly."""
    stack = stack[:, random.permutation(3)] ** random.uniform(0.75, 1.35)
    contrast = random.uniform(0.5, 1.0)
    stack = stack * contrast + random.uniform(0, 1 - contrast)
    gains = random.normal(1, random.choice([0.0, 0.02, 0.05]), (len(stack), 3, 1, 1))
    if random.random() < 0.15:
        gains[random.integers(len(stack))] *= random.uniform(0.8, 1.25)
    return (stack * torch.from_numpy(gains.astype(np.float32))).clamp(0, 1)
