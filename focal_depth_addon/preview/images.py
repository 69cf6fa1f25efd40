"""The preview's image: its file, the image editors that show it, and the camera that overlays it.

One image serves for all but the all-in-focus picture, which is the result's own. It always shows a file, so
that undo, saving and quitting have nothing to lose.
"""

from pathlib import Path
from typing import NamedTuple

import bpy
import numpy as np

from ...backend.contract.files import ALL_IN_FOCUS_PNG, DEPTH_PNG
from .. import result_folder
from ..scene import photo_set
from . import cache, colours, png

NAME = "Focal Depth Preview"
FRAMES = {"ALIGNED": "aligned", "PHOTOGRAPHED": "photographed"}
PASSES = {"FRAME": "frame", "SHARPNESS": "sharpness"}  # that results of older versions lack
OPACITY = 0.6  # of a new overlay

_painted: dict[Path, tuple] = {}  # files of false colour, and near and far when they were painted
_drafts: dict[str, Path] = {}  # by what they show, pictures that stand in place of the result's
_drafted: str = ""  # name of the scene whose result they are of


def needed_part(shown: str) -> str | None:
    """Return what `focal-depth preview --show` has to make; None where the result itself has it."""
    return None if shown == "ALL_IN_FOCUS" else FRAMES.get(shown, "depth")


def is_cached(result: Path, part: str | None) -> bool:
    """Whether what `needed_part` returns is there."""
    if part == "depth":
        return cache.has_depth(result)
    return part is None or bool(cache.list_frames(result, part))


def is_shown(scene: bpy.types.Scene) -> bool:
    """Whether the scene's present result is previewed, and the preview can change at once."""
    preview, stored = scene.focal_depth.preview, scene.focal_depth.result
    if not stored or preview.result != stored:
        return False
    folder = result_folder.from_stored(stored)
    return is_cached(folder, needed_part(preview.shown)) and not is_missing(folder, preview.shown)


def is_missing(result: Path, shown: str) -> bool:
    """Whether a result, of an older version, lacks what is to be shown of it; its depth must be cached."""
    return shown in PASSES and getattr(cache.read_depth(result), PASSES[shown]) is None


def is_preview(picture: bpy.types.Image | None, scene: bpy.types.Scene) -> bool:
    """Whether a picture is one of those that the preview shows."""
    if picture is None:
        return False
    is_all_in_focus = bpy.path.basename(picture.filepath) == ALL_IN_FOCUS_PNG
    return is_all_in_focus or picture == scene.focal_depth.preview.picture


def update_image(scene: bpy.types.Scene) -> bpy.types.Image:
    """Return the image of the preview, painted anew. What it shows must be cached."""
    preview, folder = scene.focal_depth.preview, result_folder.from_stored(scene.focal_depth.result)
    draft = find_draft(scene, preview.shown)
    if draft is not None:
        return _use_file(preview, draft, is_new=True)
    if preview.shown == "ALL_IN_FOCUS":
        return result_folder.load_image(folder / ALL_IN_FOCUS_PNG)
    return _use_file(preview, *_update_file(preview, folder))


def find_draft(scene: bpy.types.Scene, shown: str) -> Path | None:
    """Return the picture of the scene's draft that shows that; None where there is none."""
    return _drafts.get(shown) if scene.name == _drafted else None


def show_draft(scene: bpy.types.Scene, pictures: dict[str, Path]) -> None:
    """Show pictures in place of the result's, until the draft is hidden.

    Parameters
    ----------
    scene
        Whose result they are of.
    pictures
        Their files, by what they show.
    """
    global _drafted
    _drafts.clear()
    _drafts.update(pictures)
    _drafted = scene.name
    _show_anew(scene)


def hide_draft() -> None:
    """Show the result's own pictures again."""
    global _drafted
    scene, pictures = bpy.data.scenes.get(_drafted), [str(path) for path in _drafts.values()]
    _drafts.clear()
    _drafted = ""
    if scene is None:
        return
    _show_anew(scene)
    picture = scene.focal_depth.preview.picture
    if picture is not None and picture.filepath in pictures:  # whose files go
        picture.filepath = str(result_folder.from_stored(scene.focal_depth.result) / DEPTH_PNG)


def _show_anew(scene: bpy.types.Scene) -> None:
    """Update the image editors that show the preview, and views that show depth."""
    if is_shown(scene):
        editors = [each for each in _editors(bpy.context) if _is_previewing(each, scene)]
        _show_in(editors, scene, fit=False)
    redraw(is_overlaid=True)


def _is_previewing(editor: "_Editor", scene: bpy.types.Scene) -> bool:
    """Whether it shows the preview, or did until undo took the picture away."""
    picture, space = _image_of(editor), editor[1].spaces.active
    return is_preview(picture, scene) or (picture is None and space.mode == "MASK")


def _use_file(preview: bpy.types.PropertyGroup, path: Path, is_new: bool) -> bpy.types.Image:
    """The preview's image, of that file."""
    if preview.picture is None:
        preview.picture = bpy.data.images.load(str(path))
        preview.picture.name = NAME
    if preview.picture.filepath != str(path):
        preview.picture.filepath = str(path)
    elif is_new:
        preview.picture.reload()
    return preview.picture


def repaint(scene: bpy.types.Scene) -> None:
    """Bring the preview up to date with near, far and the number of the frame."""
    if is_shown(scene) and scene.focal_depth.preview.shown != "ALL_IN_FOCUS":
        update_image(scene)
        redraw(_is_overlaid(scene))


def show(context: bpy.types.Context, scene: bpy.types.Scene, fit: bool) -> None:
    """Show the preview in an image editor, and in the overlay if it is on.

    That is the image editor of the context, else those that show a preview already, else the largest.

    Parameters
    ----------
    context
        Of the operator.
    scene
        Whose result it is.
    fit
        Whether to fit the whole picture into the editor; else the same part of it stays in view, also if the
        next picture has another size.
    """
    editors = _editors(context)
    here = [each for each in editors if each[1] == context.area]
    previewing = [each for each in editors if is_preview(_image_of(each), scene)]
    largest = sorted(editors, key=lambda each: each[1].width * each[1].height)[-1:]
    _show_in(here or previewing or largest, scene, fit)


def show_in_free_editors(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Show the preview in image editors that show nothing else, and in the overlay if it is on."""
    editors = _editors(context)
    free = [each for each in editors if _image_of(each) is None or is_preview(_image_of(each), scene)]
    _show_in(free, scene, fit=True)


def open_window(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Show the preview in a new window."""
    bpy.ops.wm.window_new()
    window = context.window_manager.windows[-1]
    area = window.screen.areas[0]
    area.ui_type = "IMAGE_EDITOR"
    area.spaces.active.image = update_image(scene)
    _restore_view(window, area, None)


def edit_mask(context: bpy.types.Context, scene: bpy.types.Scene, mask: bpy.types.Mask) -> bool:
    """Let the image editor that shows the preview show a mask over it, to be drawn; whether there is one."""
    for _, area in _editors(context):
        space = area.spaces.active
        if is_preview(space.image, scene):
            space.mode, space.mask = "MASK", mask
            return True
    return False


def find_overlay(camera: bpy.types.Camera, scene: bpy.types.Scene) -> bpy.types.CameraBackgroundImage | None:
    """Return the preview that lies over the view through a camera, if one does."""
    backgrounds = camera.background_images
    in_front = (each for each in backgrounds if each.display_depth == "FRONT")
    return next((each for each in in_front if is_preview(each.image, scene)), None)


def update_overlay(camera: bpy.types.Camera, scene: bpy.types.Scene, picture: bpy.types.Image) -> None:
    """Lay a picture over the view through a camera, or change the one that is there; its opacity stays."""
    background = find_overlay(camera, scene)
    if background is None:
        background = camera.background_images.new()
        background.display_depth, background.frame_method = "FRONT", "STRETCH"
        background.alpha = OPACITY
    background.image = picture
    background.show_background_image = camera.show_background_images = True


def remove_overlay(camera: bpy.types.Camera, scene: bpy.types.Scene) -> None:
    """Remove the preview from the view through a camera."""
    while background := find_overlay(camera, scene):
        camera.background_images.remove(background)


def find_camera(scene: bpy.types.Scene) -> bpy.types.Camera | None:
    """Return the camera that took the present result, if the scene has it."""
    stored = scene.focal_depth.result
    if not stored:
        return None
    camera = photo_set.find_objects(scene, result_folder.from_stored(stored)).get("camera")
    return camera and camera.data


def redraw(is_overlaid: bool = False) -> None:
    """Redraw image editors and sidebars; whole 3D views, which may be slow, only if they are overlaid."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR" or (area.type == "VIEW_3D" and is_overlaid):
                area.tag_redraw()
            elif area.type == "VIEW_3D":
                next(region for region in area.regions if region.type == "UI").tag_redraw()


def _is_overlaid(scene: bpy.types.Scene) -> bool:
    camera = find_camera(scene)
    return camera is not None and find_overlay(camera, scene) is not None


def _update_file(preview: bpy.types.PropertyGroup, folder: Path) -> tuple[Path, bool]:
    """The file to show, and whether it had to be written anew."""
    if preview.shown in FRAMES:
        frames = cache.list_frames(folder, FRAMES[preview.shown])
        return frames[min(preview.frame, len(frames)) - 1], False
    path = cache.folder_for(folder) / f"{preview.shown.lower()}.png"
    depth_range = (preview.near_metres, preview.far_metres) if preview.shown == "DEPTH" else ()
    if _painted.get(path) == depth_range and path.is_file():
        return path, False
    path.write_bytes(png.encode_png(*_colour(preview, folder)))
    _painted[path] = depth_range
    return path, True


def _colour(preview: bpy.types.PropertyGroup, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Steps of a palette, and the palette."""
    arrays = cache.read_depth(folder)
    if preview.shown == "DEPTH":
        return colours.quantise_depth(arrays.depth, preview.near_metres, preview.far_metres), colours.INFERNO
    if preview.shown == "FRAME" and arrays.frame is not None:
        count = len(result_folder.read_description(folder)["frames"])
        return colours.quantise_frames(arrays.frame, count), colours.FRAMES
    if preview.shown == "SHARPNESS" and arrays.sharpness is not None:
        return colours.quantise_sharpness(arrays.sharpness), colours.GREY
    return colours.quantise_share(arrays.confidence), colours.GREY


_Editor = tuple[bpy.types.Window, bpy.types.Area]


def _editors(context: bpy.types.Context) -> list[_Editor]:
    return [
        (window, area)
        for window in context.window_manager.windows
        for area in window.screen.areas
        if area.ui_type == "IMAGE_EDITOR"
    ]


def _image_of(editor: _Editor) -> bpy.types.Image | None:
    return editor[1].spaces.active.image


def _show_in(editors: list[_Editor], scene: bpy.types.Scene, fit: bool) -> None:
    before = [_view(area) for _, area in editors]
    picture = update_image(scene)
    for (window, area), view in zip(editors, before, strict=True):
        if area.spaces.active.image != picture:
            area.spaces.active.image = picture
        _restore_view(window, area, None if fit else view)
    is_overlaid = _is_overlaid(scene)
    if is_overlaid:
        update_overlay(find_camera(scene), scene, picture)
    redraw(is_overlaid)


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


def _restore_view(window: bpy.types.Window, area: bpy.types.Area, before: _View | None) -> None:
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
