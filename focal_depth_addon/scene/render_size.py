"""The render size that goes with a photograph's camera: sets of several shapes may stand in one scene."""

import bpy
from bpy.app.handlers import persistent

SIZE_TAG = "focal_depth_size"  # of a camera: the photograph's width and height in pixels
_last: dict[str, str] = {}  # the camera last chosen, by scene


def match(scene: bpy.types.Scene, camera: bpy.types.Object, width: int, height: int) -> None:
    """Let renders have the photograph's size, now and whenever its camera is chosen."""
    camera[SIZE_TAG] = width, height
    _resize(scene, camera)


def _resize(scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    scene.render.resolution_x, scene.render.resolution_y = camera[SIZE_TAG]


@persistent
def _follow(scene: bpy.types.Scene, *_: object) -> None:
    """Follow the camera that a person chose, unless renders have a size of the person's own."""
    camera = scene.camera
    before = scene.objects.get(_last.get(scene.name, ""))
    if camera is None or camera == before:
        return
    _last[scene.name] = camera.name
    if before is None or SIZE_TAG not in camera or SIZE_TAG not in before:
        return
    if tuple(before[SIZE_TAG]) == (scene.render.resolution_x, scene.render.resolution_y):
        _resize(scene, camera)


def register() -> None:
    bpy.app.handlers.depsgraph_update_post.append(_follow)


def unregister() -> None:
    bpy.app.handlers.depsgraph_update_post.remove(_follow)
    _last.clear()
