"""The picture that is looked at: its file, the image editors that show it, and the camera that overlays it.

One image does for all but the all-in-focus picture, which is the result's own; whatever is shown comes from
a file, so that undo, saving and quitting have nothing to lose.
"""

from pathlib import Path
from typing import NamedTuple

import bpy

from .. import result_folder
from . import cache, colours, png

NAME = "Focal Depth Look"
FRAMES = {"ALIGNED": "aligned", "PHOTOGRAPHED": "photographed"}

_painted: dict[Path, tuple] = {}  # files of false colour, and what they were painted by


def needed(shown: str) -> str | None:
    """What `focal-depth look --show` has to make for that; None where the result itself has it."""
    return None if shown == "ALL_IN_FOCUS" else FRAMES.get(shown, "depth")


def is_kept(result: Path, needs: str | None) -> bool:
    if needs == "depth":
        return cache.depth(result) is not None
    return needs is None or bool(cache.frames(result, needs))


def is_shown(scene: bpy.types.Scene) -> bool:
    """Whether the present result is what is looked at, and can be changed at once."""
    look, stored = scene.focal_depth.look, scene.focal_depth.result
    return bool(
        stored and look.result == stored and is_kept(result_folder.from_stored(stored), needed(look.shown))
    )


def image(scene: bpy.types.Scene) -> bpy.types.Image:
    """What is looked at, painted anew. It must be cache."""
    look, folder = scene.focal_depth.look, result_folder.from_stored(scene.focal_depth.result)
    if look.shown == "ALL_IN_FOCUS":
        return result_folder.load_image(folder / result_folder.PHOTOGRAPH)
    path, changed = _file(look, folder)
    if look.picture is None:
        look.picture = bpy.data.images.load(str(path))
        look.picture.name = NAME
    if look.picture.filepath != str(path):
        look.picture.filepath = str(path)
    elif changed:
        look.picture.reload()
    return look.picture


def repaint(scene: bpy.types.Scene) -> None:
    """Bring what is shown up to date with near, far and the frame's number."""
    if is_shown(scene) and scene.focal_depth.look.shown != "ALL_IN_FOCUS":
        image(scene)
        redraw(_is_overlaid(scene))


def show(context: bpy.types.Context, scene: bpy.types.Scene, fit: bool) -> None:
    """Paint what is looked at, and show it in the image editor the person is in, else in those that show our
    pictures, else in the largest one; and in the overlay, if it is on. `fit` the whole picture into the
    editor; otherwise the same part of it stays in view, also where the next one has another size."""
    editors = _editors(context)
    here = [each for each in editors if each[1] == context.area]
    ours = [each for each in editors if is_ours(_shown_in(each), scene.focal_depth.look)]
    largest = sorted(editors, key=lambda each: each[1].width * each[1].height)[-1:]
    _show_in(here or ours or largest, scene, fit)


def show_unasked(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """The same, but only in image editors that show nothing else."""
    look = scene.focal_depth.look
    free = [each for each in _editors(context) if _shown_in(each) is None or is_ours(_shown_in(each), look)]
    _show_in(free, scene, fit=True)


def open_window(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Show what is looked at in a new window of its own."""
    bpy.ops.wm.window_new()
    window = context.window_manager.windows[-1]
    area = window.screen.areas[0]
    area.ui_type = "IMAGE_EDITOR"
    area.spaces.active.image = image(scene)
    _keep_view(window, area, None)


def overlay(
    camera: bpy.types.Camera, look: bpy.types.PropertyGroup
) -> bpy.types.CameraBackgroundImage | None:
    """Our picture in front of what the camera sees, if it is there."""
    return next((each for each in camera.background_images if _is_overlay(each, look)), None)


def put_overlay(camera: bpy.types.Camera, look: bpy.types.PropertyGroup, picture: bpy.types.Image) -> None:
    """Lay the picture over what the camera sees, or change the one that is there; its opacity stays."""
    background = overlay(camera, look)
    if background is None:
        background = camera.background_images.new()
        background.display_depth, background.frame_method, background.alpha = "FRONT", "STRETCH", 0.6
    background.image = picture
    background.show_background_image = camera.show_background_images = True


def remove_overlay(camera: bpy.types.Camera, look: bpy.types.PropertyGroup) -> None:
    while background := overlay(camera, look):
        camera.background_images.remove(background)


def camera_of(scene: bpy.types.Scene) -> bpy.types.Camera | None:
    """The camera that took the present result, if the scene has it."""
    stored = scene.focal_depth.result
    found = scene.standing(scene, result_folder.from_stored(stored)).get("camera") if stored else None
    return found and found.data


def _is_overlaid(scene: bpy.types.Scene) -> bool:
    camera = camera_of(scene)
    return camera is not None and overlay(camera, scene.focal_depth.look) is not None


def is_ours(picture: bpy.types.Image | None, look: bpy.types.PropertyGroup) -> bool:
    """Whether a picture is one of those looked at."""
    if picture is None:
        return False
    return picture == look.picture or bpy.path.basename(picture.filepath) == result_folder.PHOTOGRAPH


def redraw(overlaid: bool = False) -> None:
    """Image editors and sidebars; 3D views as a whole, which may take long, only where they are overlaid."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR" or (area.type == "VIEW_3D" and overlaid):
                area.tag_redraw()
            elif area.type == "VIEW_3D":
                next(region for region in area.regions if region.type == "UI").tag_redraw()


def _file(look: bpy.types.PropertyGroup, folder: Path) -> tuple[Path, bool]:
    """The file to show, and whether it had to be written anew."""
    if look.shown in FRAMES:
        frames = cache.frames(folder, FRAMES[look.shown])
        return frames[min(look.frame, len(frames)) - 1], False
    path = cache.home(folder) / f"{look.shown.lower()}.png"
    painted_by = (look.near_metres, look.far_metres) if look.shown == "DEPTH" else ()
    if _painted.get(path) == painted_by and path.is_file():
        return path, False
    arrays = cache.depth(folder)
    if look.shown == "DEPTH":
        levels, palette = colours.depth_levels(arrays.depth, *painted_by), colours.INFERNO
    else:
        levels, palette = colours.unit_levels(arrays.confidence), colours.GREY
    path.write_bytes(png.palette_png(levels, palette))
    _painted[path] = painted_by
    return path, True


def _is_overlay(background: bpy.types.CameraBackgroundImage, look: bpy.types.PropertyGroup) -> bool:
    return background.display_depth == "FRONT" and is_ours(background.image, look)


_Editor = tuple[bpy.types.Window, bpy.types.Area]


def _editors(context: bpy.types.Context) -> list[_Editor]:
    return [
        (window, area)
        for window in context.window_manager.windows
        for area in window.screen.areas
        if area.ui_type == "IMAGE_EDITOR"
    ]


def _shown_in(editor: _Editor) -> bpy.types.Image | None:
    return editor[1].spaces.active.image


def _show_in(editors: list[_Editor], scene: bpy.types.Scene, fit: bool) -> None:
    before = [_view(area) for _, area in editors]
    picture = image(scene)
    for (window, area), view in zip(editors, before, strict=True):
        area.spaces.active.image = picture
        _keep_view(window, area, None if fit else view)
    if _is_overlaid(scene):
        put_overlay(camera_of(scene), scene.focal_depth.look, picture)
    redraw(_is_overlaid(scene))


class _View(NamedTuple):
    size: tuple[int, int]  # of the picture, in pixels
    middle: tuple[float, float]  # what is in the middle of the editor, 0 to 1 of the picture
    zoom: float


def _view(area: bpy.types.Area) -> _View | None:
    space, region = area.spaces.active, _main_region(area)
    if space.image is None or not all(space.image.size):
        return None
    middle = region.view2d.region_to_view(region.width / 2, region.height / 2)
    return _View(tuple(space.image.size), middle, space.zoom[0])


def _keep_view(window: bpy.types.Window, area: bpy.types.Area, before: _View | None) -> None:
    """Show the same part of the picture as `before`, or all of it where there was none of its shape."""
    width, height = area.spaces.active.image.size
    with bpy.context.temp_override(window=window, area=area, region=_main_region(area)):
        if before is None or abs(before.size[0] * height - before.size[1] * width) > max(width, height):
            bpy.ops.image.view_all(fit_view=True)
        elif before.size != (width, height):
            bpy.ops.image.view_zoom_ratio(ratio=before.zoom * before.size[0] / width)
            x, y = before.middle
            offset = (x - 0.5) * (width - before.size[0]), (y - 0.5) * (height - before.size[1])
            bpy.ops.image.view_pan(offset=offset)


def _main_region(area: bpy.types.Area) -> bpy.types.Region:
    return next(region for region in area.regions if region.type == "WINDOW")
