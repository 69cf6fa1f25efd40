"""Training examples: stacks cropped afresh and misaligned, from a bank on disk or made on the device."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..simulation.bank import Shard
from ..simulation.motion import random_motion, random_roll
from ..simulation.sensor import expose, jpeg
from ..simulation.stacks import Material, simulate
from ..simulation.textures import chance, uniform

MARGIN = 1.35  # a window is this much larger than the crop: motion, zoom and turns read around it
MOST_FRAMES = 32  # of stacks made on the way
COMPRESSED = 0.5  # share of batches that go through JPEG
LEFT_BY_ALIGNMENT = (0.1, 0.15, 0.15)  # pixels: deviation of scale and shifts that our alignment leaves
ON_END, EXCHANGED = 0.2, 0.15  # shares of crops turned upside down or sideways; with near and far exchanged


@dataclass(frozen=True)
class Examples:
    """B crops and what the networks should say about them."""

    stack: Tensor  # (B, N, 3, H, W) sRGB 0..1, as photographed or as aligned
    positions: Tensor  # (B, N) normalised dioptres
    motion: Tensor  # (B, N, 3) true scale and shifts, as AlignmentNetwork returns them
    dioptres: Tensor  # (B, H, W) true depth, normalised dioptres, on the reference's grid


@dataclass(frozen=True)
class _Windows:
    """Aligned stacks a little larger than the crops."""

    frames: Tensor  # (B, N, 3, h, w) uint8
    dioptres: Tensor  # (B, h, w)
    positions: Tensor  # (B, N)
    hand_held: Tensor  # (B,)


# Draws so many examples of a size (H, W), as photographed, or as our alignment would leave them.
Source = Callable[[int, tuple[int, int], bool, torch.Generator], Examples]


def from_bank(shards: list[Shard], fewest: int) -> Source:
    """Examples are fresh crops of a bank's stacks, with frames left out until at least `fewest` remain."""

    def draw(count: int, size: tuple[int, int], aligned: bool, generator: torch.Generator) -> Examples:
        random = np.random.default_rng(
            int(torch.randint(2**31, (), generator=generator, device=generator.device))
        )
        windows = _bank_windows(shards, fewest, count, size, random, generator.device)
        return _photographed(windows, size, aligned, generator)

    return draw


def live(material: Material, fewest: int) -> Source:
    """Examples of `fewest` frames or more are simulated on the generator's device, none of them twice."""

    def draw(count: int, size: tuple[int, int], aligned: bool, generator: torch.Generator) -> Examples:
        share = torch.rand((), generator=generator, device=generator.device).item()
        frame_count = _frame_count(fewest, MOST_FRAMES, share)
        stacks = simulate(count, _window_size(size), frame_count, material, generator)
        windows = _Windows(
            expose(stacks.frames, generator), stacks.dioptres, stacks.positions, stacks.hand_held
        )
        return _photographed(windows, size, aligned, generator)

    return draw


def _frame_count(fewest: int, most: int, share: float) -> int:
    """From `fewest` to `most` as `share` goes from 0 to 1, few more often than many."""
    return round(fewest * (most / fewest) ** share)


def _window_size(size: tuple[int, int]) -> tuple[int, int]:
    return tuple(int(MARGIN * side) // 2 * 2 for side in size)


def _bank_windows(
    shards: list[Shard],
    fewest: int,
    count: int,
    size: tuple[int, int],
    random: np.random.Generator,
    device: torch.device,
) -> _Windows:
    """Windows of stacks of one shard, with as many frames each, but not the same ones."""
    shard = shards[random.integers(len(shards))]
    available = shard.positions.shape[1]
    kept = available if random.random() < 0.3 else _frame_count(fewest, available, random.random())
    height, width = (
        min(want, have) for want, have in zip(_window_size(size), shard.dioptres.shape[1:], strict=True)
    )
    parts = []
    for index in random.integers(len(shard.positions), size=count):
        chosen = _random_subset(available, kept, random)
        top = random.integers(shard.dioptres.shape[1] - height + 1)
        left = random.integers(shard.dioptres.shape[2] - width + 1)
        rows, columns = slice(top, top + height), slice(left, left + width)
        frames = np.stack([shard.frames[index, n, rows, columns] for n in chosen])
        truth = shard.dioptres[index, rows, columns].astype(np.float32)
        parts.append(
            (frames.transpose(0, 3, 1, 2), truth, shard.positions[index][chosen], shard.hand_held[index])
        )
    return _Windows(*(torch.from_numpy(np.stack(part)).to(device) for part in zip(*parts, strict=True)))


def _random_subset(available: int, kept: int, random: np.random.Generator) -> np.ndarray:
    """Sorted frame numbers, the ends among them so that positions keep their range."""
    inner = random.permutation(np.arange(1, available - 1))[: kept - 2]
    return np.sort(np.concatenate([[0], inner, [available - 1]]))


def _photographed(
    windows: _Windows, size: tuple[int, int], aligned: bool, generator: torch.Generator
) -> Examples:
    """Crops of `size` (H, W): mirrored, turned, zoomed, moved, metered and compressed."""
    frames, dioptres, positions = _near_far_exchanged(windows, generator)
    half = 0.5 * max(size)
    motion = _left_over(positions, half, generator) if aligned else random_motion(positions, half, generator)
    turn = _random_turn(len(frames), generator)
    roll = random_roll(positions, generator)
    stack = _seen(frames.float() / 255, motion, roll, turn, size, "bicubic").clamp(0, 1)
    truth = _seen(dioptres[:, None, None], motion[:, -1:], roll[:, -1:], turn, size, "nearest")
    stack = _toned(stack, generator)
    if torch.rand((), generator=generator, device=stack.device) < COMPRESSED:
        quality = uniform(len(stack), 60, 100, generator).view(-1, 1).expand(stack.shape[:2])
        stack = jpeg(stack.flatten(0, 1), quality.flatten()).view_as(stack)
    return Examples(stack, positions, motion, truth[:, 0, 0])


def _left_over(positions: Tensor, half: float, generator: torch.Generator) -> Tensor:
    """(B, N, 3) the motion that our alignment typically leaves."""
    left = torch.randn(*positions.shape, 3, generator=generator, device=positions.device)
    left = left * left.new_tensor(LEFT_BY_ALIGNMENT) / half
    left[:, -1] = 0
    return left + left.new_tensor([1, 0, 0])


def _near_far_exchanged(windows: _Windows, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Some stacks with near and far exchanged, if they were not held by hand.

    No lens takes such a stack, but an order found without focus distances may turn out so.
    """
    exchanged = chance(len(windows.frames), EXCHANGED, generator).view(-1) & ~windows.hand_held
    frames = torch.where(exchanged.view(-1, 1, 1, 1, 1), windows.frames.flip(1), windows.frames)
    dioptres = torch.where(exchanged.view(-1, 1, 1), 1 - windows.dioptres, windows.dioptres)
    positions = torch.where(exchanged.view(-1, 1), (1 - windows.positions).flip(1), windows.positions)
    return frames, dioptres, positions


def _random_turn(count: int, generator: torch.Generator) -> Tensor:
    """(B, 2, 2) from the crop's directions to the window's: zoom, left and right exchanged, some on end.

    Photographs stand upright, mostly: that the ground is nearer at the bottom is worth learning.
    """
    zoom = torch.exp(uniform(count, -0.2, 0.3, generator)).view(-1, 1, 1)
    device = generator.device
    mirrored = torch.rand(count, 2, 1, generator=generator, device=device)
    signs = torch.where(mirrored < mirrored.new_tensor([[0.5], [ON_END]]), -1.0, 1.0)
    identity = torch.eye(2, device=device)
    axes = torch.where(chance(count, ON_END, generator).view(-1, 1, 1), identity.flip(0), identity)
    return axes * signs / zoom


def _seen(
    pictures: Tensor, motion: Tensor, roll: Tensor, turn: Tensor, size: tuple[int, int], mode: str
) -> Tensor:
    """Pictures (B, N, C, h, w) as a camera with that motion and roll would have seen them, at `size`.

    The camera's point u shows what the reference has at (u - shift) / scale.
    """
    height, width = pictures.shape[-2:]
    half = 0.5 * max(size)
    slant = torch.stack([torch.ones_like(roll), -roll, roll, torch.ones_like(roll)], -1).unflatten(-1, (2, 2))
    matrix = turn[:, None] @ slant / motion[..., :1, None]
    # Grids run from -1 to 1 over the crop and over the window; motion in halves of the crop's longer side.
    to_window = half * pictures.new_tensor([[2 / width], [2 / height]])
    from_crop = pictures.new_tensor([size[1], size[0]]) / (2 * half)
    offset = -(matrix @ motion[..., 1:, None])
    affine = torch.cat([matrix * from_crop, offset], -1) * to_window
    grid = F.affine_grid(
        affine.flatten(0, 1), (affine.shape[0] * affine.shape[1], 1, *size), align_corners=False
    )
    seen = F.grid_sample(
        pictures.flatten(0, 1), grid, mode=mode, padding_mode="reflection", align_corners=False
    )
    return seen.unflatten(0, pictures.shape[:2])


def _toned(stack: Tensor, generator: torch.Generator) -> Tensor:
    """Another tone curve, contrast and order of colours; every frame metered anew, one now and then badly."""
    count, frames = stack.shape[:2]
    device = stack.device
    order = torch.rand(count, 3, generator=generator, device=device).argsort(1)
    stack = torch.take_along_dim(stack, order.view(count, 1, 3, 1, 1), 2)
    stack = stack ** uniform(count, 0.75, 1.35, generator)[..., None]
    contrast = uniform(count, 0.5, 1.0, generator)[..., None]
    stack = stack * contrast + (1 - contrast) * uniform(count, 0, 1, generator)[..., None]
    unsteady = torch.rand(count, 1, 1, 1, 1, generator=generator, device=device) ** 2 * 0.05
    gains = 1 + unsteady * torch.randn(count, frames, 3, 1, 1, generator=generator, device=device)
    odd = torch.rand(count, frames, 1, 1, 1, generator=generator, device=device) < 0.15 / frames
    gains = torch.where(odd, gains * uniform(count, 0.8, 1.25, generator)[..., None], gains)
    return (stack * gains).clamp(0, 1)
