"""A picture of depth over the 3D views: rough while depth is estimated, the result's, or a draft of that."""

from functools import partial
from pathlib import Path

import blf
import bpy
import gpu
from gpu_extras.batch import batch_for_shader

from ...backend.contract.files import DEPTH_PNG
from .. import result_folder
from ..errors import UserError
from ..jobs import manager
from ..translations import translate
from . import images

SHARE = 0.42  # of a view's width and height, at most
MARGIN = 16  # pixels to the view's edge, before the interface's scale
TEXT = 12  # points
WHITE = 1.0, 1.0, 1.0, 1.0
CAPTION = "Depth: near is bright, far is dark"
ROUGH_CAPTION = "Rough depth: the estimate goes on"
DRAFT_CAPTION = "Draft of the depth: press Apply for full size"

_handler = None
_loaded: tuple[Path, int, gpu.types.GPUTexture] | None = None  # file, when it was written, picture


def is_shown(scene: bpy.types.Scene) -> bool:
    """Whether views show the picture of a result's depth."""
    settings = scene.focal_depth
    return bool(settings.result) and settings.preview.in_view


def picture_of(scene: bpy.types.Scene) -> tuple[Path, str] | None:
    """Return the file that views show, and what it is called; None where they show none."""
    run = manager.run
    if run is not None and run.scene_name == scene.name and run.process.rough_depth is not None:
        return run.process.rough_depth, translate(ROUGH_CAPTION)
    if (draft := images.find_draft(scene, "DEPTH")) is not None:
        return draft, translate(DRAFT_CAPTION)
    if is_shown(scene):
        return result_folder.from_stored(scene.focal_depth.result) / DEPTH_PNG, translate(CAPTION)
    return None


def _draw() -> None:
    """Draw the picture in the lower left of the view, as large as it may be."""
    scene, region = bpy.context.scene, bpy.context.region
    picture = picture_of(scene)
    texture = None if picture is None else _texture(picture[0])
    if picture is None or texture is None:
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
    blf.draw(0, picture[1])


def _texture(path: Path) -> gpu.types.GPUTexture | None:
    """The picture, read anew where it has changed; None where it is missing or damaged."""
    global _loaded
    try:
        written = path.stat().st_mtime_ns
        if _loaded is None or _loaded[:2] != (path, written):
            is_of_run = path.name != DEPTH_PNG  # and goes with it
            image = (result_folder.load_own_image if is_of_run else result_folder.load_image)(path)
            _loaded = path, written, gpu.texture.from_image(image)
            if is_of_run:  # what is drawn may hold it: it goes after this drawing
                bpy.app.timers.register(partial(_remove_unused, image.name))
    except (OSError, UserError, RuntimeError):
        return None
    return _loaded[2]


def _remove_unused(name: str) -> None:
    image = bpy.data.images.get(name)
    if image is not None and not image.users:
        bpy.data.images.remove(image)


def register() -> None:
    global _handler
    if not bpy.app.background:
        _handler = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    global _handler, _loaded
    if _handler is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
    _handler = _loaded = None
