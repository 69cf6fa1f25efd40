"""The compositor, wired."""

import bpy

from .. import result_folder, scene
from ..compositing import depth_fog, depth_matte, depth_merge, refocus, scene_tree
from ..compositing.result import Result
from ..errors import UserError
from ..jobs.operator import ExclusiveOperator
from ..translations import say
from .inputs import NeedsResult


class Effect(NeedsResult, ExclusiveOperator):
    """Puts one of our node groups into the scene's compositor, or brings it up to date.

    All of them stand on Depth Merge, which is put there first.
    """

    matches = False  # whether the scene shall see as the photograph does even where it once did

    def execute(self, context):
        try:
            told = self._put(context.scene)
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, told)
        return {"FINISHED"}

    def _put(self, scene: bpy.types.Scene) -> str:
        """Returns what to tell the person. Raises UserError."""
        folder = result_folder.from_stored(scene.focal_depth.result)
        photo_set = scene.PhotoSet(scene, folder)
        changed = ""
        if self.matches or scene_tree.find(scene, depth_merge.KIND) is None:
            _hide_what_the_photograph_shows(scene, photo_set)
            changed = photo_set.look_through()
        result = Result(folder, photo_set.description, photo_set.units_per_metre)
        tree = depth_merge.put(scene, result)
        if tree.find(refocus.KIND):
            refocus.put(tree, result)
        return ". ".join(filter(None, (self.add(tree, result), changed)))

    def add(self, tree: scene_tree.SceneTree, result: Result) -> str:
        """Put the node group there; returns what to tell the person. Raises UserError."""
        raise NotImplementedError


class FOCAL_DEPTH_OT_depth_pass(Effect, bpy.types.Operator):
    """Set up the compositor so that rendered objects stand between the things in the photograph"""

    bl_idname = "focal_depth.depth_pass"
    bl_label = "Depth Merge"
    bl_options = {"UNDO"}
    matches = True

    def add(self, tree, result):
        return say("The compositor merges renders with the photograph by depth")


class FOCAL_DEPTH_OT_refocus(Effect, bpy.types.Operator):
    """Choose focus and aperture of the photograph: the blur is the lens's own, taken from the stack"""

    bl_idname = "focal_depth.refocus"
    bl_label = "Refocus"
    bl_options = {"UNDO"}

    def add(self, tree, result):
        note = refocus.put(tree, result)
        return ". ".join(filter(None, (say("The photograph can be refocused"), note)))


class FOCAL_DEPTH_OT_depth_fog(Effect, bpy.types.Operator):
    """Add fog that hides what is far away, in the photograph and in renders"""

    bl_idname = "focal_depth.depth_fog"
    bl_label = "Depth Fog"
    bl_options = {"UNDO"}

    def add(self, tree, result):
        depth_fog.put(tree, result)
        return say("There is fog over all the compositor gives")


class FOCAL_DEPTH_OT_depth_matte(Effect, bpy.types.Operator):
    """Add a matte of what stands between two distances, for use in the compositor"""

    bl_idname = "focal_depth.depth_matte"
    bl_label = "Depth Matte"
    bl_options = {"UNDO"}

    def add(self, tree, result):
        depth_matte.put(tree, result)
        return say("Depth Matte is in the compositor, for other nodes to use")


def _hide_what_the_photograph_shows(scene: bpy.types.Scene, photo_set: scene.PhotoSet) -> None:
    """The mesh, unless it catches shadows, which leaves nothing else of it in the render."""
    catchers = [each for each in scene.objects if each.is_shadow_catcher and not each.hide_render]
    photo_set.hide_mesh_from_renders()
    for each in catchers:
        each.hide_render = False


register, unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_depth_pass,
        FOCAL_DEPTH_OT_refocus,
        FOCAL_DEPTH_OT_depth_fog,
        FOCAL_DEPTH_OT_depth_matte,
    )
)
