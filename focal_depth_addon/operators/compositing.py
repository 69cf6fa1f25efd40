"""Effects in the compositor."""

import bpy

from .. import result_folder
from ..compositing import depth_fog, depth_matte, depth_merge, photograph, refocus, scene_tree
from ..compositing.result import Result
from ..errors import UserError
from ..jobs.operator import ExclusiveOperator
from ..scene.photo_set import RESULT_TAG, PhotoSet, find_objects, units_per_metre
from ..translations import translate
from .inputs import NeedsResult


class Effect(NeedsResult, ExclusiveOperator):
    """Adds a node group to the scene's compositor, or updates it; all need Depth Merge, which comes first.

    Attributes
    ----------
    matches_renders
        Whether renders get the photograph's camera, size and colours again where they have had them once.
    """

    matches_renders = False

    def execute(self, context):
        try:
            text = self._apply(context.scene)
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, text)
        return {"FINISHED"}

    def _apply(self, scene: bpy.types.Scene) -> str:
        """Return what people read about it. Raises UserError."""
        folder = result_folder.from_stored(scene.focal_depth.result)
        photo_set = PhotoSet(scene, folder)
        changed = ""
        if self.matches_renders or scene_tree.find(scene, depth_merge.KIND) is None:
            _hide_mesh(scene, photo_set)
            changed = photo_set.match_renders()
        result = Result(folder, photo_set.description, photo_set.units_per_metre)
        tree = depth_merge.apply(scene, result)
        if tree.find(refocus.KIND):
            refocus.apply(tree, result)
        had_refocus = tree.find(refocus.KIND) is not None
        text = self.apply(tree, result)
        if not had_refocus and tree.find(refocus.KIND):
            link_refocus(scene, True)
        return ". ".join(filter(None, (text, changed)))

    def apply(self, tree: scene_tree.SceneTree, result: Result) -> str:
        """Add or update the node group; return what people read about it. May raise UserError."""
        raise NotImplementedError


class FOCAL_DEPTH_OT_depth_merge(Effect, bpy.types.Operator):
    """Merge renders with the photograph in the compositor: each pixel shows the nearer of the two"""

    bl_idname = "focal_depth.depth_merge"
    bl_label = "Depth Merge"
    bl_options = {"UNDO"}
    matches_renders = True

    def apply(self, tree, result):
        return translate("The compositor merges renders with the photograph by depth")


class FOCAL_DEPTH_OT_refocus(Effect, bpy.types.Operator):
    """Change focus and aperture of the photograph. The blur is the lens's own, taken from the stack"""

    bl_idname = "focal_depth.refocus"
    bl_label = "Refocus"
    bl_options = {"UNDO"}

    def apply(self, tree, result):
        note = refocus.apply(tree, result)
        return ". ".join(filter(None, (translate("The compositor refocuses the photograph"), note)))


class FOCAL_DEPTH_OT_depth_fog(Effect, bpy.types.Operator):
    """Add fog to the photograph and renders in the compositor, which hides more with distance"""

    bl_idname = "focal_depth.depth_fog"
    bl_label = "Depth Fog"
    bl_options = {"UNDO"}

    def apply(self, tree, result):
        depth_fog.apply(tree, result)
        return translate("The compositor adds fog to its output")


class FOCAL_DEPTH_OT_depth_matte(Effect, bpy.types.Operator):
    """Add a matte of what lies between two distances, for use by other nodes in the compositor"""

    bl_idname = "focal_depth.depth_matte"
    bl_label = "Depth Matte"
    bl_options = {"UNDO"}

    def apply(self, tree, result):
        depth_matte.apply(tree, result)
        return translate("The compositor has a depth matte for other nodes to use")


def is_refocus_linked(scene: bpy.types.Scene) -> bool:
    """Whether Refocus follows the set's camera."""
    node = scene_tree.find(scene, refocus.KIND)
    return node is not None and refocus.is_linked(node)


def link_refocus(scene: bpy.types.Scene, is_linked: bool) -> None:
    """Let Refocus follow the set's camera, or no longer. Raises UserError where the result is gone."""
    node = scene_tree.find(scene, refocus.KIND)
    if node is None:
        return
    folder = result_folder.from_stored(scene.focal_depth.result)
    camera = find_objects(scene, folder).get("camera")
    if not is_linked or camera is None:
        refocus.unlink(node)
        return
    described = result_folder.read_description(folder)["camera"]
    refocus.link(node, camera, described["focal_length_mm"], 1 / scene.unit_settings.scale_length)


def update_compositing(scene: bpy.types.Scene) -> None:
    """Let the compositor show the files of the scene's result as they are now; what it has not is not added.

    Raises
    ------
    UserError
        Where the result is damaged.
    """
    folder = result_folder.from_stored(scene.focal_depth.result)
    result = Result(folder, result_folder.read_description(folder), units_per_metre(scene, folder))
    for part in (photograph, refocus):
        node = scene_tree.find(scene, part.KIND)
        if node is not None and node.node_tree.get(RESULT_TAG) == result_folder.to_stored(folder):
            part.update_group(result)


def _hide_mesh(scene: bpy.types.Scene, photo_set: PhotoSet) -> None:
    """Hide the mesh from renders, unless it catches shadows, which leaves nothing else of it in there."""
    catchers = [each for each in scene.objects if each.is_shadow_catcher and not each.hide_render]
    photo_set.hide_mesh_from_renders()
    for each in catchers:
        each.hide_render = False


register, unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_depth_merge,
        FOCAL_DEPTH_OT_refocus,
        FOCAL_DEPTH_OT_depth_fog,
        FOCAL_DEPTH_OT_depth_matte,
    )
)
