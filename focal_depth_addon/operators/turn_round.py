"""A relative result whose near and far are exchanged is turned round, and with it what was built of it."""

import bpy

from .. import result_folder
from ..jobs import manager
from ..translations import translate
from .changed_result import ResultChange
from .inputs import NeedsResult


class FOCAL_DEPTH_OT_turn_round(NeedsResult, ResultChange, bpy.types.Operator):
    bl_idname = "focal_depth.turn_round"
    bl_label = "Turn Round"
    bl_description = (
        "Exchange near and far of a result without focus distances, where the background came out nearest. "
        "Nothing is estimated again; the set, the compositor and the order of the photographs follow"
    )
    bl_options = {"UNDO"}
    label = "Turning the result round"

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if context.scene.focal_depth.metric:
            cls.poll_message_set(
                translate("The result is metric: correct the focus distances, and estimate again")
            )
            return False
        return True

    def arguments(self, scene, scratch):
        self.folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(self.folder)
        return ["turn", str(self.folder)]

    def conclude(self, context, scene, result):
        if order := result.details["order"]:
            scene.focal_depth.order = order
        text = self.follow_result(context, scene)
        manager.autoread.stop()  # the list is as an estimate in this order has it
        return text


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_turn_round,))
