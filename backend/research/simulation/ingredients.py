"""The names of what a simulated camera and its scenes are made of, so that each can be left out by name.

A seed gives the same scenes, lenses and noise with an ingredient and without it: everything is drawn, and
what is left out is made neutral.
"""

from collections.abc import Iterable

from ...contract.errors import InputError

INGREDIENTS = {
    "plain": "walls without texture, with shading, beside textured things",
    "dark": "dark cloth",
    "gloss": "highlights and reflections, whose depth is not that of the surface",
    "transparent": "things through which others show",
    "beyond": "things farther and nearer than any frame's focus, and focus beyond all things",
    "uneven": "steps of focus that differ",
    "curvature": "field curvature",
    "astigmatism": "blur drawn out along and across the radius",
    "spherical": "blur that is a ring before the focus and soft behind it, or the other way round",
    "longitudinal": "focus that differs by colour",
    "lateral": "size that differs by colour",
    "vignetting": "dark corners that breathe with focus",
    "misregistration": "shifts and bends of the frames that registration leaves",
    "drift": "exposure and white balance that differ from frame to frame",
    "noise": "shot and read noise, ISO 50 to 6400",
    "demosaicking": "colours of a Bayer filter, interpolated",
    "denoising": "wavelet shrinkage, which leaves blotches and takes fine texture",
    "tone": "local and global tone mapping",
    "sharpening": "unsharp masking, with haloes",
    "jpeg": "compression, with colour at half size",
}
NOTHING: frozenset[str] = frozenset()


def check_ingredients(names: Iterable[str]) -> frozenset[str]:
    """Return the names as a set. Raises InputError where there is no such ingredient."""
    names = frozenset(names)
    unknown = sorted(names - INGREDIENTS.keys())
    if unknown:
        raise InputError(f"--without {unknown[0]}: use some of {', '.join(INGREDIENTS)}")
    return names
