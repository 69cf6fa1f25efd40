"""What a camera makes of light: exposure, noise, tone curve and bytes."""

import torch
from torch import Tensor

from .textures import uniform


def expose(frames: Tensor, generator: torch.Generator) -> Tensor:
    """(B, N, 3, H, W) uint8 pictures of linear light: auto exposure, drift, shot and read noise, sRGB."""
    count, frame_count = frames.shape[:2]
    bright = torch.quantile(frames[:, ::3, 1, ::4, ::4].reshape(count, -1), 0.97, dim=1).clamp_min(0.02)
    gain = uniform(count, 0.6, 1.1, generator)[..., None] / bright.view(-1, 1, 1, 1, 1)
    drift = 1 + 0.02 * torch.randn(count, frame_count, 1, 1, 1, generator=generator, device=frames.device)
    light = frames * gain * drift
    shot, read = uniform(count, 0, 0.012, generator), uniform(count, 0, 0.006, generator)
    noise = torch.randn(light.shape, generator=generator, device=frames.device)
    light = light + noise * torch.sqrt(shot[..., None] ** 2 * light.clamp_min(0) + read[..., None] ** 2)
    light = light.clamp(0, 1)
    encoded = torch.where(
        light <= 0.0031308, 12.92 * light, 1.055 * light.clamp_min(1e-8) ** (1 / 2.4) - 0.055
    )
    curve = uniform(count, 0.85, 1.2, generator)[..., None]
    return (encoded**curve * 255 + 0.5).to(torch.uint8)
