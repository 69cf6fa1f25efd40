"""One web page of a photo set, opened from the disk without a network: turn, refocus, before and after."""

import base64
import html
import json
import math
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import cv2
import numpy as np

from .. import __version__
from ..contract.errors import InputError
from ..contract.messages import READ
from ..contract.schema import Description
from ..contract.schema import Frame as DescribedFrame
from ..io.photographs import read_photograph
from ..io.preview_size import small_size
from ..io.reading import Reading
from ..io.result_folder import aligned_paths
from ..runtime.progress import Reporter
from .glb import INDICES, Glb
from .photo_set import PhotoSet, in_atlas
from .viewer_space import transform, viewer_frame

WEB = Path(__file__).parent / "web"
VIEWER = WEB / "viewer.js"
ATLAS = 2048  # pixels
MAX_FRAMES = 16
FULL_FRAMES = 10  # of more, each has fewer pixels
DEPTH_SIDE = 320  # pixels of the longer side of the depth map that a tap asks
QUALITY = 85  # of JPEGs
GENERATOR = f"Focal Depth {__version__}"
METRIC = "Sizes and depths are in metres."
RELATIVE = "Sizes and depths are relative: no focus distances were known."
CLAMP, LINEAR, MIPMAPS = 33071, 9729, 9987  # of OpenGL, as glTF names them


@dataclass(frozen=True)
class SharedFrame:
    """A frame as the page shows it.

    Attributes
    ----------
    number
        From 1, the farthest, among all of the stack.
    focus
        Normalised dioptres.
    picture
        JPEG, without metadata.
    """

    number: int
    focus: float
    picture: bytes


def require_viewer() -> None:
    """Raise InputError where Focal Depth was installed without the page's script."""
    if not VIEWER.is_file():
        raise InputError(
            f"{VIEWER} is missing: npm could not make it when Focal Depth was installed; install "
            "Node.js, then Focal Depth again"
        )


def build_page(name: str, photo_set: PhotoSet, frames: list[SharedFrame], depth: np.ndarray) -> str:
    """Build the page.

    Parameters
    ----------
    name
        Of the set, its title.
    photo_set
        Of at most some 100,000 triangles, which phones draw.
    frames
        Far to near: all of them, the nearest alone, or none. The page leaves out what it cannot show of them.
    depth
        (H, W) float32, of the result.

    Returns
    -------
    str
        HTML.
    """
    description, (height, width) = photo_set.description, photo_set.picture.shape[:2]
    glb = build_glb(name, photo_set)
    text = {
        "name": name,
        "generator": GENERATOR,
        "count": str(len(description["frames"])),
        "scale": METRIC if description["metric"] else RELATIVE,
        "megabytes": f"{len(glb) / 1e6:.1f}",
    }
    camera = photo_set.camera
    content = {
        "width": width,
        "height": height,
        "camera": {"cx": camera.cx, "cy": camera.cy, **_orbit(depth)},
        "dioptres": _focus_range(description) if description["metric"] else None,
        "glb": _base64(glb),
        "picture": _base64(_jpeg(_shrink(photo_set.picture, small_size(width, height)))),
        "depth": _base64(_focus_map(depth, description)),
        "count": len(description["frames"]),
        "frames": [
            {"number": frame.number, "focus": frame.focus, "picture": _base64(frame.picture)}
            for frame in frames
        ],
    }
    page = Template((WEB / "page.html").read_text(encoding="utf-8"))
    return page.substitute(
        {key: html.escape(value) for key, value in text.items()},
        width=width,
        height=height,
        style=(WEB / "style.css").read_text(encoding="utf-8"),
        script=VIEWER.read_text(encoding="utf-8"),
        content=json.dumps(content, allow_nan=False).replace("<", "\\u003c"),
    )


def read_frames(folder: Path, description: Description, reporter: Reporter) -> list[SharedFrame]:
    """Read what a page shows of a result's frames.

    Parameters
    ----------
    folder
        Of the result.
    description
        Of the result.
    reporter
        Hears how far it is.

    Returns
    -------
    list of SharedFrame
        Far to near: at most `MAX_FRAMES` of the aligned ones; else the reference frame from its photograph,
        if that is there; else none.
    """
    frames = description["frames"]
    paths = aligned_paths(folder, description)
    if paths is None:
        return _reference_frame(frames[-1], description)
    count = min(len(frames), MAX_FRAMES)
    chosen = np.unique(np.linspace(0, len(frames) - 1, count).round().astype(int))
    shared = []
    for done, index in enumerate(chosen):
        reporter.progress(READ, done, count)
        pixels = read_photograph(paths[index])
        shared.append(_encode(int(index), frames[index], pixels, _frame_size(description, count)))
    return shared


def build_glb(name: str, photo_set: PhotoSet) -> bytes:
    """Build a glTF file of a set: one mesh, one unlit texture, the photograph's camera; y up.

    Parameters
    ----------
    name
        Of the mesh.
    photo_set
        Its bridges that are best left out are.

    Returns
    -------
    bytes
        GLB.
    """
    mesh, texture = in_atlas(photo_set, ATLAS)
    frame = viewer_frame(mesh.ground, mesh.pivot)
    vertices, faces = transform(frame, mesh.vertices), mesh.faces[mesh.gap <= mesh.cut]
    glb = Glb()
    attributes = {
        "POSITION": glb.add_array(vertices),
        "TEXCOORD_0": glb.add_array(np.stack([mesh.uvs[:, 0], 1 - mesh.uvs[:, 1]], 1).astype(np.float32)),
    }
    indices = glb.add_array(faces.ravel().astype(np.uint32), INDICES)
    material = {
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0},
        "extensions": {"KHR_materials_unlit": {}},
    }
    return glb.pack(
        {
            "extensionsUsed": ["KHR_materials_unlit"],
            "scene": 0,
            "scenes": [{"name": name, "nodes": [0, 1]}],
            "nodes": [
                {"name": name, "mesh": 0},
                {"name": "Photograph", "camera": 0, "matrix": frame.T.ravel().tolist()},
            ],
            "meshes": [
                {"name": name, "primitives": [{"attributes": attributes, "indices": indices, "material": 0}]}
            ],
            "cameras": [_camera(photo_set)],
            "materials": [material],
            "textures": [{"source": glb.add_jpeg(_jpeg(texture)), "sampler": 0}],
            "samplers": [{"wrapS": CLAMP, "wrapT": CLAMP, "magFilter": LINEAR, "minFilter": MIPMAPS}],
        }
    )


def _camera(photo_set: PhotoSet) -> dict[str, Any]:
    """The photograph's, but for its principal point, which glTF has in the middle."""
    camera, (height, width) = photo_set.camera, photo_set.picture.shape[:2]
    depth = -photo_set.mesh.vertices[:, 2]
    perspective = {
        "yfov": 2 * math.atan(height / 2 / camera.fy),
        "aspectRatio": (width / camera.fx) / (height / camera.fy),
        "znear": float(depth.min() / 10),
        "zfar": float(depth.max() * 2),
    }
    return {"type": "perspective", "perspective": perspective}


def _reference_frame(frame: DescribedFrame, description: Description) -> list[SharedFrame]:
    try:
        pixels = read_photograph(Path(frame["file"]), Reading(**frame.get("reading", {})))
    except InputError:  # photographs move
        return []
    return [_encode(len(description["frames"]) - 1, frame, pixels, _frame_size(description, 1))]


def _encode(index: int, frame: DescribedFrame, pixels: np.ndarray, size: tuple[int, int]) -> SharedFrame:
    small = np.clip(_shrink(pixels, size), 0, 1)
    return SharedFrame(index + 1, frame["normalised_focus"], _jpeg(np.round(small * 255).astype(np.uint8)))


def _frame_size(description: Description, count: int) -> tuple[int, int]:
    """Width and height in pixels: many frames have as many pixels together as `FULL_FRAMES`."""
    shrink = min(1.0, math.sqrt(FULL_FRAMES / count))
    width, height = small_size(*description["size"])
    return round(width * shrink), round(height * shrink)


def _orbit(depth: np.ndarray) -> dict[str, float]:
    """Depth of what is nearest, and about which to turn: there near and far move alike in the picture."""
    far, near = np.percentile(1 / depth, (1, 99))  # of what may be at infinity, too
    return {"nearest": 1 / float(near), "middle": 2 / float(near + far)}


def _focus_map(depth: np.ndarray, description: Description) -> bytes:
    """PNG of 8 bits: the normalised dioptres at which each place is sharp."""
    height, width = depth.shape
    shrink = min(1.0, DEPTH_SIDE / max(width, height))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    far, near = _focus_range(description)
    focus = (1 / cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST) - far) / (near - far)
    return cv2.imencode(".png", np.round(np.clip(focus, 0, 1) * 255).astype(np.uint8))[1].tobytes()


def _focus_range(description: Description) -> tuple[float, float]:
    """Dioptres of the farthest and of the nearest frame."""
    frames = description["frames"]
    return frames[0]["dioptres"], frames[-1]["dioptres"]


def _shrink(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _jpeg(picture: np.ndarray) -> bytes:
    """A picture (H, W, 3) uint8 as a file without metadata."""
    return cv2.imencode(".jpg", picture[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
