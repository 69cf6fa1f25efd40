"""The scene's own settings, from before its first set; they come back once its last set is removed."""

import bpy

BEFORE_TAG = "focal_depth_before"  # on the scene
PATHS = (
    "render.resolution_x",
    "render.resolution_y",
    "render.pixel_aspect_x",
    "render.pixel_aspect_y",
    "render.film_transparent",
    "render.use_compositing",
    "view_settings.view_transform",
)
CAMERA = "camera"  # its name, "" for none


def remember(scene: bpy.types.Scene) -> None:
    """Note the settings, unless that was done for an earlier set."""
    if BEFORE_TAG not in scene:
        before = {path: scene.path_resolve(path) for path in PATHS}
        before[CAMERA] = "" if scene.camera is None else scene.camera.name
        scene[BEFORE_TAG] = before


def give_back(scene: bpy.types.Scene) -> None:
    """Restore what was noted, and forget it."""
    before = scene.pop(BEFORE_TAG, None)
    if before is None:
        return
    for path in PATHS:
        owner, _, name = path.rpartition(".")
        setattr(scene.path_resolve(owner), name, type(scene.path_resolve(path))(before[path]))
    if scene.camera is None:  # it was the set's
        scene.camera = scene.objects.get(before[CAMERA])
