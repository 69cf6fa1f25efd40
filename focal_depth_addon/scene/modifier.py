"""The mesh's modifier: a Geometry Nodes group that keeps the mesh adjustable. It moves only vertices.

The mesh has the camera's axes, facing -Z. Every vertex moves along its own view ray, so from the camera the
mesh shows the photograph whatever is set.
"""

from math import radians

import bpy
import numpy as np
from mathutils import Vector

from .. import compat
from .mesh import SURFACE
from .nodes import KIND_TAG, Drawing, find_group, new_group

KIND = "Set"
NEAR, FAR, SCALE, CUT, LEAST_CONFIDENCE, SMOOTHING, BACKGROUND = INPUTS = (
    "Near",
    "Far",
    "Depth Scale",
    "Cut Angle",
    "Minimum Confidence",
    "Smoothing",
    "Background",
)
RESULT_NEAR, RESULT_FAR = "Result Near", "Result Far"
CAMERA = "Camera"  # where it was, in the mesh's space
LED = NEAR, FAR, SCALE, CUT, LEAST_CONFIDENCE, SMOOTHING  # settings of objects that follow the set's
FARTHEST = 2000  # times Near: nothing is moved beyond


def find(mesh: bpy.types.Object) -> bpy.types.NodesModifier | None:
    """Return the modifier of this extension on a mesh, unless somebody removed it."""
    on_nodes = (each for each in mesh.modifiers if each.type == "NODES" and each.node_group is not None)
    return next((each for each in on_nodes if each.node_group.get(KIND_TAG) == KIND), None)


def inputs(modifier: bpy.types.NodesModifier) -> list[str]:
    """Return which of `INPUTS` a modifier has: sets of earlier versions have fewer until rebuilt."""
    sockets = {item.name for item in modifier.node_group.interface.items_tree if item.item_type == "SOCKET"}
    return [name for name in INPUTS if name in sockets]


def update(mesh: bpy.types.Object, near: float, far: float, cut: float) -> None:
    """Add the modifier to a mesh, or update the one that is there.

    Settings of one that is there stay, except Near and Far if the result's have changed.

    Parameters
    ----------
    mesh
        The mesh.
    near, far
        Of the result, in Blender units.
    cut
        Angle in degrees from which a new modifier cuts gaps.
    """
    modifier = find(mesh)
    if modifier is None:
        modifier = mesh.modifiers.new("Focal Depth", "NODES")
        modifier.node_group = find_group(KIND) or _draw(new_group(KIND, "GeometryNodeTree"))
        compat.set_modifier_input(modifier, CUT, radians(cut))
    if not _has_all_sockets(modifier.node_group):  # of an earlier version
        _draw(modifier.node_group)
    reach = [float(np.float32(edge)) for edge in (near, far)]
    if [compat.modifier_input(modifier, name) for name in (RESULT_NEAR, RESULT_FAR)] != reach:
        for name, value in zip((NEAR, FAR, RESULT_NEAR, RESULT_FAR), reach * 2, strict=True):
            compat.set_modifier_input(modifier, name, value)


def set_camera(mesh: bpy.types.Object, camera: Vector) -> None:
    """Tell the modifier of a mesh where the camera was, in the mesh's space; by itself it is the origin."""
    compat.set_modifier_input(find(mesh), CAMERA, camera)


def follow(mesh: bpy.types.Object, leader: bpy.types.Object) -> None:
    """Let the modifier of a mesh have the settings of another's, by drivers.

    Parameters
    ----------
    mesh
        With a modifier of this extension.
    leader
        The mesh whose settings it follows, with such a modifier.
    """
    modifier, leading = find(mesh), find(leader)
    for name in LED:
        owner, path = compat.modifier_property(leading, name)
        target = owner.path_from_id(path) if path == "value" else owner.path_from_id() + path
        led, led_path = compat.modifier_property(modifier, name)
        driver = led.driver_add(led_path).driver
        driver.type = "SUM"
        variable = driver.variables[0] if driver.variables else driver.variables.new()
        variable.targets[0].id, variable.targets[0].data_path = leader, target


def _has_all_sockets(group: bpy.types.NodeTree) -> bool:
    present = {item.name for item in group.interface.items_tree}
    return {*INPUTS, RESULT_NEAR, RESULT_FAR, CAMERA} <= present


def _draw(group: bpy.types.NodeTree) -> bpy.types.NodeTree:
    group.is_modifier = True
    group.description = "Depth, cuts and smoothness of the photograph's mesh"
    _declare(group)
    drawing = Drawing(group)
    inputs = drawing.add("NodeGroupInput").outputs
    cut = _cut(drawing, inputs)
    position = drawing.add("GeometryNodeInputPosition").outputs[0]
    ray = drawing.vector_math("SUBTRACT", position, inputs[CAMERA])
    factor = drawing.math("MULTIPLY", _moved(drawing, inputs, ray), inputs[SCALE])
    scaled = drawing.vector_math("SCALE", ray, None, None, factor)
    moved = drawing.vector_math("ADD", scaled, inputs[CAMERA])
    placed = drawing.add("GeometryNodeSetPosition", cut, None, moved)
    drawing.add("NodeGroupOutput", placed.outputs[0])
    return group


def _declare(group: bpy.types.NodeTree) -> None:
    """The sockets, in the order of the modifier's panel; those that are there stay, with their values."""
    present = {(item.name, item.in_out): item for item in group.interface.items_tree}

    def socket(
        name: str, in_out: str, socket_type: str, description: str = ""
    ) -> bpy.types.NodeTreeInterfaceItem:
        if (name, in_out) in present:
            return present[name, in_out]
        return group.interface.new_socket(
            name, in_out=in_out, socket_type=socket_type, description=description
        )

    socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    for name, subtype, default, minimum, description in (
        (
            NEAR,
            "DISTANCE",
            1,
            1e-6,
            "Distance of the nearest point from the camera",
        ),
        (FAR, "DISTANCE", 10, 1e-6, "Distance of the farthest point from the camera"),
        (SCALE, "NONE", 1, 1e-6, "Factor by which all distances from the camera are multiplied"),
        (
            CUT,
            "ANGLE",
            radians(0.12),
            0,
            "Cut the mesh where the depth jumps, if the gap would look wider than this when the camera moves "
            "sideways by 5 % of the median depth",
        ),
        (
            LEAST_CONFIDENCE,
            "FACTOR",
            0,
            0,
            "Hide the parts of the mesh whose depth has a lower confidence than this",
        ),
    ):
        item = socket(name, in_out="INPUT", socket_type="NodeSocketFloat", description=description)
        item.subtype, item.default_value, item.min_value = subtype, default, minimum
        if name == LEAST_CONFIDENCE:
            item.max_value = 1
    item = socket(SMOOTHING, in_out="INPUT", socket_type="NodeSocketInt")
    item.description = (
        "Number of times that depth is averaged with its neighbours. Depth of high confidence changes less"
    )
    item.min_value, item.max_value = 0, 1000
    item = socket(BACKGROUND, in_out="INPUT", socket_type="NodeSocketBool")
    item.description, item.default_value = "Show the filled-in background behind the cuts", True
    for name in (RESULT_NEAR, RESULT_FAR):
        item = socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
        item.subtype, item.hide_in_modifier = "DISTANCE", True
    item = socket(CAMERA, in_out="INPUT", socket_type="NodeSocketVector")
    item.hide_in_modifier = True


def _cut(drawing: Drawing, inputs) -> bpy.types.NodeSocket:
    """The mesh without bridges over gaps above the cut angle, without what is too unsure, and without the
    background if it is off.
    """
    gap = _attribute(drawing, "gap")
    wide = drawing.math("GREATER_THAN", gap, drawing.math("DEGREES", inputs[CUT]))
    material = drawing.add("GeometryNodeInputMaterialIndex").outputs[0]
    behind = drawing.math("GREATER_THAN", material, SURFACE + 0.5)
    unwanted = drawing.math("GREATER_THAN", behind, inputs[BACKGROUND])
    unsure = drawing.math("LESS_THAN", _attribute(drawing, "confidence"), inputs[LEAST_CONFIDENCE])
    unsure = drawing.math(
        "GREATER_THAN", unsure, behind
    )  # the background has the confidence of what hides it
    away = drawing.math("MAXIMUM", wide, drawing.math("MAXIMUM", unwanted, unsure))
    return drawing.add("GeometryNodeDeleteGeometry", inputs["Geometry"], away, domain="FACE").outputs[0]


def _moved(drawing: Drawing, inputs, ray: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """New depth of a vertex, `ray` from the camera, over its old depth.

    It is linear in dioptres, in which a lens is even; smoothed in them too, along what the cut left joined.
    """
    apart = drawing.add("ShaderNodeSeparateXYZ", ray)
    dioptres = drawing.math("DIVIDE", -1, apart.outputs["Z"])
    unsure = drawing.math("SUBTRACT", 1, _attribute(drawing, "confidence"))
    smooth = drawing.add("GeometryNodeBlurAttribute", dioptres, inputs[SMOOTHING], unsure).outputs[0]

    near, result_near = (drawing.math("DIVIDE", 1, inputs[name]) for name in (NEAR, RESULT_NEAR))
    far, result_far = (drawing.math("DIVIDE", 1, inputs[name]) for name in (FAR, RESULT_FAR))
    steps = drawing.math("SUBTRACT", near, far), drawing.math("SUBTRACT", result_near, result_far)
    slope = drawing.math("DIVIDE", *steps)
    start = drawing.math("SUBTRACT", near, drawing.math("MULTIPLY", slope, result_near))
    linear = drawing.math("MULTIPLY_ADD", smooth, slope, start)
    new = drawing.math("MAXIMUM", linear, drawing.math("DIVIDE", near, FARTHEST))
    return drawing.math("DIVIDE", dioptres, new)


def _attribute(drawing: Drawing, name: str) -> bpy.types.NodeSocket:
    return drawing.add("GeometryNodeInputNamedAttribute", name, data_type="FLOAT").outputs["Attribute"]
