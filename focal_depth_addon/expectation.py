"""What estimating will take, told before it starts. Nothing in here knows Blender.

Measured on 5 to 40 photographs of 1 to 24 megapixels on two cores; see docs/speed.md. Good to a quarter for
memory; another processor may well be twice as fast or slow.
"""

LONGEST = {"draft": 640, "standard": 960, "full": None}  # pixels of the longer side; see backend/estimate.py
WORTHWHILE = 1.5  # pictures shrink by so much or not at all
SMALL = 960  # smaller pictures are enlarged to it, twice at most, but in drafts; see backend/inference.py
TILE = 7.0  # megapixels times frames that the network takes at a time; see backend/depth.py


def memory(count: int, width: int, height: int, quality: str) -> float:
    """Gigabytes that as many photographs of that size need, at most."""
    whole, looked_at, inferred = _megapixels(width, height, quality)
    networks = 0.28 + 0.017 * count * looked_at + 0.075 * min(count * inferred, TILE)
    return max(networks, 0.2 + 0.037 * whole)


def seconds(count: int, width: int, height: int, quality: str, cores: int) -> float:
    """About how long it takes where `cores` share the networks' work."""
    whole, _, inferred = _megapixels(width, height, quality)
    return 1 + 0.33 * whole + count * (0.021 * whole + (0.14 + 0.4 * inferred) / cores)


def _megapixels(width: int, height: int, quality: str) -> tuple[float, float, float]:
    """Of a photograph, of what is kept of it to look at, and of what the network is given."""
    longest = max(width, height)
    asked = LONGEST[quality] or longest
    kept = asked if longest >= WORTHWHILE * asked else longest
    given = kept if quality == "draft" else max(kept, min(SMALL, 2 * kept))
    whole = width * height / 1e6
    return whole, whole * (kept / longest) ** 2, whole * (given / longest) ** 2
