"""A bank of rendered stacks on disk: shards of plain .npy files, read by memory mapping."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ARRAYS = ("frames", "dioptres", "positions", "hand_held")


@dataclass(frozen=True)
class Shard:
    """S stacks of one size.

    Attributes
    ----------
    frames
        (S, N, H, W, 3) uint8 sRGB, aligned, far to near.
    dioptres
        (S, H, W) float16 true depth in normalised dioptres.
    positions
        (S, N) float32 focus of the frames in normalised dioptres.
    hand_held
        (S,) bool: there is parallax, and the true depth is that of the last frame.
    """

    frames: np.ndarray
    dioptres: np.ndarray
    positions: np.ndarray
    hand_held: np.ndarray


def write_shard(folder: Path, shard: Shard) -> None:
    """Write a shard, whole or not at all, so that training may read while rendering goes on."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    for name in ARRAYS:
        np.save(unfinished / f"{name}.npy", getattr(shard, name))
    os.replace(unfinished, folder)


def read_shards(bank: Path) -> list[Shard]:
    """Return all whole shards of a bank, mapped into memory."""
    folders = sorted(path.parent for path in bank.glob(f"shard_*[0-9]/{ARRAYS[-1]}.npy"))
    return [Shard(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS)) for folder in folders]
