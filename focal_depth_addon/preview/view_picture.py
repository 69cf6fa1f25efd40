"""A result's picture of depth over the 3D views, from the moment that there is a result."""

from pathlib import Path

import blf
import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from ...backend.contract.files import DEPTH_PNG
from .. import result_folder
from ..errors import UserError
from ..translations import translate

SHARE = 0.42  # of a view's width and height, at most
MARGIN = 16  # pixels to the view's edge, before the interface's scale
TEXT = 12  # points
WHITE = 1.0, 1.0, 1.0, 1.0
CAPTION = "Depth: near is bright, far is dark"

_handler = None
_loaded: tuple[Path, int, gpu.types.GPUTexture] | None = None  # file, when it was written, picture


def is_shown(scene: bpy.types.Scene) -> bool:
    """Whether views show a picture of depth."""
    settings = scene.focal_depth
    return bool(settings.result) and settings.preview.in_view


def _draw() -> None:
    """Draw the picture in the lower left of the view, as large as it may be."""
    scene, region = bpy.context.scene, bpy.context.region
    if not is_shown(scene):
        return
    texture = _texture(result_folder.from_stored(scene.focal_depth.result) / DEPTH_PNG)
    if texture is None:
        return
    margin = MARGIN * bpy.context.preferences.system.ui_scale
    scale = min(SHARE * region.width / texture.width, SHARE * region.height / texture.height)
    right, top = margin + scale * texture.width, margin + scale * texture.height
    shader = gpu.shader.from_builtin("IMAGE")
    places = [(margin, margin), (right, margin), (margin, top), (right, top)]
    batch = batch_for_shader(
        shader, "TRI_STRIP", {"pos": places, "texCoord": [(0, 0), (1, 0), (0, 1), (1, 1)]}
    )
    shader.uniform_sampler("image", texture)
    batch.draw(shader)
    blf.size(0, TEXT * bpy.context.preferences.system.ui_scale)
    blf.color(0, *WHITE)
    blf.position(0, margin, top + margin / 2, 0)
    blf.draw(0, translate(CAPTION))


def _texture(path: Path) -> gpu.types.GPUTexture | None:
    """The picture, read anew where it has changed; None where it is missing or damaged."""
    global _loaded
    try:
        written = path.stat().st_mtime_ns
        if _loaded is None or _loaded[:2] != (path, written):
            _loaded = path, written, gpu.texture.from_image(result_folder.load_image(path))
    except (OSError, UserError, RuntimeError):
        return None
    return _loaded[2]


def register() -> None:
    global _handler
    if not bpy.app.background:
        _handler = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    global _handler, _loaded
    if _handler is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
    _handler = _loaded = None
