"""Training examples: stacks cropped afresh and misaligned, from a bank on disk or simulated on the device."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..simulation.bank import Shard
from ..simulation.motion import random_motion, random_roll
from ..simulation.processing import develop, random_processing
from ..simulation.sensor import compress_jpeg
from ..simulation.stacks import TRUTH_REACH, Material, simulate
from ..simulation.textures import chance, uniform

MARGIN = 1.35  # size of a window over that of the crop: motion, zoom and rotation read around it
MAX_FRAMES = 32  # of simulated stacks
JPEG_SHARE = 0.25  # of batches that are compressed once more, as they are when they are resized and passed on
RESIDUAL_MOTION_PX = (0.1, 0.15, 0.15)  # deviation of the scale and shifts that our alignment leaves
RESIDUAL_SPREAD = (0.1, 3.0)  # by which they differ from stack to stack
SOFTENED_SHARE = 0.5  # of stacks, whose frames but for the reference lose crispness as they are resampled
ROTATED_SHARE = 0.2  # of crops, upside down or sideways
REVERSED_SHARE = 0.15  # of crops, near and far exchanged
SHORTENED_SHARE = 0.4  # of a bank's stacks, which lose frames at their ends, so that focus misses things
SHORTEST = 0.5  # of the frames: what remains of such a stack at least


@dataclass(frozen=True)
class Examples:
    """B crops of stacks, and their true motion and depth.

    Attributes
    ----------
    stack
        (B, N, 3, H, W) sRGB 0 to 1, as photographed or as aligned.
    positions
        (B, N) focus of the frames in normalised dioptres.
    motion
        (B, N, 3) true scale and shifts, as AlignmentNetwork returns them.
    dioptres
        (B, H, W) true depth in normalised dioptres, on the reference's grid.
    """

    stack: Tensor
    positions: Tensor
    motion: Tensor
    dioptres: Tensor


@dataclass(frozen=True)
class _Windows:
    """Aligned stacks a little larger than the crops."""

    frames: Tensor  # (B, N, 3, h, w) uint8
    dioptres: Tensor  # (B, h, w)
    positions: Tensor  # (B, N)
    hand_held: Tensor  # (B,)


# Draws a number of examples of a size (H, W), as photographed, or as our alignment would leave them.
ExampleSource = Callable[[int, tuple[int, int], bool, torch.Generator], Examples]


def bank_source(shards: list[Shard], min_frames: int) -> ExampleSource:
    """Return a source of fresh crops of a bank's stacks, with `min_frames` of their frames or more."""

    def draw(count: int, size: tuple[int, int], aligned: bool, generator: torch.Generator) -> Examples:
        random = np.random.default_rng(
            int(torch.randint(2**31, (), generator=generator, device=generator.device))
        )
        windows = _bank_windows(shards, min_frames, count, size, random, generator.device)
        return _photograph(windows, size, aligned, generator)

    return draw


def simulation_source(material: Material, min_frames: int) -> ExampleSource:
    """Return a source of stacks of `min_frames` frames or more, each simulated on the generator's device."""

    def draw(count: int, size: tuple[int, int], aligned: bool, generator: torch.Generator) -> Examples:
        share = torch.rand((), generator=generator, device=generator.device).item()
        frame_count = _frame_count(min_frames, MAX_FRAMES, share)
        stacks = simulate(count, _window_size(size), frame_count, material, generator)
        pictures = develop(stacks.frames, random_processing(count, frame_count, generator), generator)
        windows = _Windows(pictures, stacks.focused_dioptres, stacks.positions, stacks.hand_held)
        return _photograph(windows, size, aligned, generator)

    return draw


def _frame_count(min_frames: int, max_frames: int, share: float) -> int:
    """Return a count that grows exponentially as `share` goes from 0 to 1."""
    return round(min_frames * (max_frames / min_frames) ** share)


def _window_size(size: tuple[int, int]) -> tuple[int, int]:
    height, width = (int(MARGIN * side) // 2 * 2 for side in size)
    return height, width


def _bank_windows(
    shards: list[Shard],
    min_frames: int,
    count: int,
    size: tuple[int, int],
    random: np.random.Generator,
    device: torch.device,
) -> _Windows:
    """Draw windows of stacks of one shard, with as many frames each, but not the same ones."""
    shard = shards[random.integers(len(shards))]
    available = shard.positions.shape[1]
    frame_count = available if random.random() < 0.3 else _frame_count(min_frames, available, random.random())
    height, width = (
        min(want, have) for want, have in zip(_window_size(size), shard.dioptres.shape[1:], strict=True)
    )
    parts = []
    for index in random.integers(len(shard.positions), size=count):
        chosen = _random_frames(available, frame_count, bool(shard.hand_held[index]), random)
        far, near = shard.positions[index][chosen[[0, -1]]]
        top = random.integers(shard.dioptres.shape[1] - height + 1)
        left = random.integers(shard.dioptres.shape[2] - width + 1)
        rows, columns = slice(top, top + height), slice(left, left + width)
        frames = np.stack([shard.frames[index, n, rows, columns] for n in chosen])
        truth = (shard.dioptres[index, rows, columns].astype(np.float32) - far) / (near - far)
        truth = np.clip(truth, -TRUTH_REACH, 1 + TRUTH_REACH)
        positions = (shard.positions[index][chosen] - far) / (near - far)
        parts.append((frames.transpose(0, 3, 1, 2), truth, positions, shard.hand_held[index]))
    return _Windows(*(torch.from_numpy(np.stack(part)).to(device) for part in zip(*parts, strict=True)))


def _random_frames(
    available: int, frame_count: int, keeps_last: bool, random: np.random.Generator
) -> np.ndarray:
    """Draw sorted frame numbers from all of a stack, or from a part, beyond which things remain.

    The last frame of a stack in which there is parallax is the one that its true depth belongs to.
    """
    part = available
    least = max(frame_count, math.ceil(SHORTEST * available))
    if random.random() < SHORTENED_SHARE:
        part = int(random.integers(least, available + 1))
    first = available - part if keeps_last else int(random.integers(available - part + 1))
    inner = random.permutation(np.arange(1, part - 1))[: frame_count - 2]
    return first + np.sort(np.concatenate([[0], inner, [part - 1]]))


def _photograph(
    windows: _Windows, size: tuple[int, int], aligned: bool, generator: torch.Generator
) -> Examples:
    """Return crops of `size` (H, W): mirrored, rotated, zoomed, moved, metered and compressed."""
    frames, dioptres, positions = _reverse_some(windows, generator)
    half = 0.5 * max(size)
    motion = (
        _residual_motion(positions, half, generator) if aligned else random_motion(positions, half, generator)
    )
    axes = _random_axes(len(frames), generator)
    roll = random_roll(positions, generator)
    stack = _resample(frames.float() / 255, motion, roll, axes, size, "bicubic").clamp(0, 1)
    truth = _resample(dioptres[:, None, None], motion[:, -1:], roll[:, -1:], axes, size, "nearest")
    if aligned:
        stack = _soften_some(stack, generator)
    stack = _vary_tones(stack, generator)
    if torch.rand((), generator=generator, device=stack.device) < JPEG_SHARE:
        quality = uniform(len(stack), 60, 100, generator).view(-1, 1).expand(stack.shape[:2])
        stack = compress_jpeg(stack.flatten(0, 1), quality.flatten()).view_as(stack)
    return Examples(stack, positions, motion, truth[:, 0, 0])


def _residual_motion(positions: Tensor, half: float, generator: torch.Generator) -> Tensor:
    """Draw (B, N, 3) motion as our alignment typically leaves it."""
    motion = torch.randn(*positions.shape, 3, generator=generator, device=positions.device)
    least, most = (math.log(end) for end in RESIDUAL_SPREAD)
    spread = torch.exp(uniform(len(positions), least, most, generator)).view(-1, 1, 1)
    motion = motion * spread * motion.new_tensor(RESIDUAL_MOTION_PX) / half
    motion[:, -1] = 0
    return motion + motion.new_tensor([1, 0, 0])


def _soften_some(stack: Tensor, generator: torch.Generator) -> Tensor:
    """Blur the frames (B, N, 3, H, W) of some stacks a little, each by another amount, but not the last.

    The reference frame alone is never resampled: that it is crisper must not be taken for focus.
    """
    count, frames, channels = stack.shape[:3]
    weights = stack.new_tensor([0.25, 0.5, 0.25]).expand(channels, 1, 1, -1)
    soft = F.pad(stack.flatten(0, 1), (1, 1, 1, 1), mode="replicate")
    soft = F.conv2d(soft, weights, groups=channels)
    soft = F.conv2d(soft, weights.mT.reshape(channels, 1, 3, 1), groups=channels).view_as(stack)
    share = torch.rand(count, frames, 1, 1, 1, generator=generator, device=stack.device)
    share = share * chance(count, SOFTENED_SHARE, generator)[..., None]
    share[:, -1] = 0
    return torch.lerp(stack, soft, share)


def _reverse_some(windows: _Windows, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Exchange near and far in some stacks that are not hand-held.

    No lens takes such a stack, but an order estimated without focus distances may turn out so.
    """
    exchanged = chance(len(windows.frames), REVERSED_SHARE, generator).view(-1) & ~windows.hand_held
    frames = torch.where(exchanged.view(-1, 1, 1, 1, 1), windows.frames.flip(1), windows.frames)
    dioptres = torch.where(exchanged.view(-1, 1, 1), 1 - windows.dioptres, windows.dioptres)
    positions = torch.where(exchanged.view(-1, 1), (1 - windows.positions).flip(1), windows.positions)
    return frames, dioptres, positions


def _random_axes(count: int, generator: torch.Generator) -> Tensor:
    """Return (B, 2, 2) from the crop's axes to the window's: zoomed, mirrored, some rotated.

    Most stay upright, as photographs are: that the ground is nearer at the bottom is worth learning.
    """
    zoom = torch.exp(uniform(count, -0.2, 0.3, generator)).view(-1, 1, 1)
    device = generator.device
    mirrored = torch.rand(count, 2, 1, generator=generator, device=device)
    signs = torch.where(mirrored < mirrored.new_tensor([[0.5], [ROTATED_SHARE]]), -1.0, 1.0)
    identity = torch.eye(2, device=device)
    axes = torch.where(chance(count, ROTATED_SHARE, generator).view(-1, 1, 1), identity.flip(0), identity)
    return axes * signs / zoom


def _resample(
    pictures: Tensor, motion: Tensor, roll: Tensor, axes: Tensor, size: tuple[int, int], mode: str
) -> Tensor:
    """Resample pictures (B, N, C, h, w) to `size`, as a camera with that motion and roll photographs them.

    The camera's point u shows what the reference has at (u - shift) / scale.
    """
    height, width = pictures.shape[-2:]
    half = 0.5 * max(size)
    slant = torch.stack([torch.ones_like(roll), -roll, roll, torch.ones_like(roll)], -1).unflatten(-1, (2, 2))
    matrix = axes[:, None] @ slant / motion[..., :1, None]
    # Grids run from -1 to 1 over the crop and over the window; motion in halves of the crop's longer side.
    to_window = half * pictures.new_tensor([[2 / width], [2 / height]])
    from_crop = pictures.new_tensor([size[1], size[0]]) / (2 * half)
    offset = -(matrix @ motion[..., 1:, None])
    affine = torch.cat([matrix * from_crop, offset], -1) * to_window
    grid = F.affine_grid(
        affine.flatten(0, 1), [affine.shape[0] * affine.shape[1], 1, *size], align_corners=False
    )
    resampled = F.grid_sample(
        pictures.flatten(0, 1), grid, mode=mode, padding_mode="reflection", align_corners=False
    )
    return resampled.unflatten(0, pictures.shape[:2])


def _vary_tones(stack: Tensor, generator: torch.Generator) -> Tensor:
    """Vary tone curve, contrast, order of colours, and each frame's metering, now and then by much."""
    count, frames = stack.shape[:2]
    device = stack.device
    order = torch.rand(count, 3, generator=generator, device=device).argsort(1)
    stack = torch.take_along_dim(stack, order.view(count, 1, 3, 1, 1), 2)
    stack = stack ** uniform(count, 0.75, 1.35, generator)[..., None]
    contrast = uniform(count, 0.5, 1.0, generator)[..., None]
    stack = stack * contrast + (1 - contrast) * uniform(count, 0, 1, generator)[..., None]
    unsteady = torch.rand(count, 1, 1, 1, 1, generator=generator, device=device) ** 2 * 0.05
    gains = 1 + unsteady * torch.randn(count, frames, 3, 1, 1, generator=generator, device=device)
    outlier = torch.rand(count, frames, 1, 1, 1, generator=generator, device=device) < 0.15 / frames
    gains = torch.where(outlier, gains * uniform(count, 0.8, 1.25, generator)[..., None], gains)
    return (stack * gains).clamp(0, 1)
