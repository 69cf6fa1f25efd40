"""Our two networks under ONNX Runtime, from the weights that travel with the package."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ..runtime.devices import described, torch_device
from ..runtime.progress import Progress
from ..runtime.sessions import open_session

WEIGHTS = Path(__file__).parent.parent / "weights"
ALIGNMENT, DEPTH = "alignment", "depth"
STRETCH = 4  # pairs of frames aligned at a time: more take more memory and no less time
MULTIPLE = 32  # the depth network halves height and width five times

_sessions: dict[tuple[str, str], Future] = {}  # by network and processor


def find_motion(stack: np.ndarray, progress: Progress) -> np.ndarray:
    """(N, 3) scale and shifts that carry the last frame's coordinates into each frame.

    stack: (N, H, W, 3) float32 sRGB 0..1, of one field of view, far to near. Coordinates run about
    the picture's centre in halves of its longer side, so the motion holds at any size.
    """
    motion = np.float32([[1, 0, 0]])
    # Far stretches of a long stack are chained to the nearer ones, so that memory stays flat.
    for last in range(len(stack) - 1, 0, -STRETCH):
        progress(len(stack) - 1 - last, len(stack) - 1)
        stretch = _planes(stack[max(0, last - STRETCH) : last + 1])
        found, _ = _session(ALIGNMENT).run(None, {"stack": stretch})
        onwards = found[:-1, :1] * motion[:1] + np.pad(found[:-1, 1:], ((0, 0), (1, 0)))
        motion = np.concatenate([onwards, motion])
    return motion


def infer_depth(stack: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Depth and its expected error, each (H, W) float32 in normalised dioptres.

    stack: (N, H, W, 3) float32 sRGB 0..1, aligned, far to near; positions: (N,) normalised dioptres.
    """
    height, width = stack.shape[1:3]
    feed = {"stack": _planes(stack, MULTIPLE), "positions": np.asarray(positions, np.float32)}
    depth, spread = _session(DEPTH).run(None, feed)
    return depth[:height, :width], spread[:height, :width]


def open_networks(*names: str) -> None:
    """Begin to open these, in this order, beside whatever else is done until they are used."""
    opener = ThreadPoolExecutor(1, "open networks")
    for name in names:
        key = name, described()
        if key not in _sessions:
            _sessions[key] = opener.submit(_opened, name)
    opener.shutdown(wait=False)


def forget(name: str) -> None:
    """Give back the memory of a network that has run: the engine keeps what it needed at most."""
    _sessions.pop((name, described()), None)


def _planes(stack: np.ndarray, multiple: int = 1) -> np.ndarray:
    """(N, H, W, 3) to the networks' (N, 3, H', W'), highlights cut at 1, with its border repeated up to
    multiples."""
    count, height, width, _ = stack.shape
    planes = np.empty((count, 3, height + -height % multiple, width + -width % multiple), np.float32)
    for picture, plane in zip(stack, planes, strict=True):
        np.clip(picture.transpose(2, 0, 1), 0, 1, out=plane[:, :height, :width])
    planes[:, :, height:, :width] = planes[:, :, height - 1 : height, :width]
    planes[:, :, :, width:] = planes[:, :, :, width - 1 : width]
    return planes


def _session(name: str):
    open_networks(name)
    return _sessions[name, described()].result()


def _opened(name: str):
    if device := torch_device():
        from ..research.torch_session import TorchSession

        return TorchSession(WEIGHTS / "focal_depth.safetensors", name, device)
    return open_session(WEIGHTS / f"{name}.onnx")
