"""What estimating will take, told before it starts. Nothing in here knows Blender.

Measured on the sample, on a stack of a Nikon D3100 and on one of 24 megapixels, at every quality, on two
cores. Good to a quarter for memory; another processor may well be twice as fast or slow.
"""

import os

LONGEST = {"draft": 640, "standard": 1280, "full": None}  # pixels of the longer side; see backend/estimate.py
SMALL = 960  # smaller pictures are enlarged to it, twice at most, but in drafts; see backend/inference.py
TILE = 6.0  # megapixels times frames that the network takes at a time; see backend/depth.py


def memory(count: int, width: int, height: int, quality: str) -> float:
    """Gigabytes that as many photographs of that size need, at most."""
    whole, looked_at, inferred = _megapixels(width, height, quality)
    networks = 0.65 + 0.024 * count * looked_at + 0.12 * min(count * inferred, TILE)
    return max(networks, 0.15 + 0.103 * whole)


def seconds(count: int, width: int, height: int, quality: str, cores: int) -> float:
    """About how long it takes where `cores` share the networks' work."""
    whole, _, inferred = _megapixels(width, height, quality)
    return 2 + count * (0.23 * whole + (0.3 + 0.6 * inferred) / cores)


def in_words(count: int, width: int, height: int, quality: str) -> str:
    """Both, as rough as they are."""
    gigabytes = memory(count, width, height, quality)
    took = seconds(count, width, height, quality, os.cpu_count() or 1)
    return f"about {gigabytes:.{0 if gigabytes > 10 else 1}f} GB, {_roughly(took)}"


def _roughly(took: float) -> str:
    if took < 50:
        return f"{max(10, round(took, -1)):.0f} s"
    return f"{max(1, round(took / 60)):.0f} min"


def _megapixels(width: int, height: int, quality: str) -> tuple[float, float, float]:
    """Of a photograph, of what is kept of it to look at, and of what the network is given."""
    longest = max(width, height)
    kept = min(longest, LONGEST[quality] or longest)
    given = kept if quality == "draft" else max(kept, min(SMALL, 2 * kept))
    whole = width * height / 1e6
    return whole, whole * (kept / longest) ** 2, whole * (given / longest) ** 2
