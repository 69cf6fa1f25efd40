"""The versions of what makes a result."""

import functools
import platform

from .. import __version__


def versions() -> dict[str, str]:
    """Return the versions of Focal Depth, Python and the libraries that results depend on, by name."""
    return dict(_versions())


@functools.cache
def _versions() -> tuple[tuple[str, str], ...]:
    import cv2
    import onnxruntime

    return (
        ("focal_depth", __version__),
        ("onnxruntime", onnxruntime.__version__),
        ("opencv", cv2.__version__),
        ("python", platform.python_version()),
    )
