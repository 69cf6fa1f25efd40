"""The differences between Blender versions; no other module asks for the version."""

import bpy
from mathutils import Vector

NEW_COMPOSITOR = bpy.app.version >= (5, 0, 0)  # a node group of its own, sharing the shaders' nodes

# Options of a property for paths that may be relative to the .blend file; in older versions all may.
RELATIVE_PATH = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()

# The compositor's nodes, and settings with which they do the same in every version.
MATH = "ShaderNodeMath" if NEW_COMPOSITOR else "CompositorNodeMath"
MIX = "ShaderNodeMix" if NEW_COMPOSITOR else "CompositorNodeMixRGB"
MIX_COLOURS = {"data_type": "RGBA"} if NEW_COMPOSITOR else {}
if bpy.app.version >= (4, 5, 0):
    BLUR_STEP, BLUR_SIZES, ANTIALIASING = 1, {}, {}
else:  # the blur's sizes are whole pixels, which its input multiplies
    BLUR_STEP, BLUR_SIZES, ANTIALIASING = 100, {"size_x": 100, "size_y": 100}, {"threshold": 0.2}

EEVEE = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"


def use_nodes(owner: bpy.types.Material | bpy.types.World) -> None:
    """Give a material or world nodes; from 5.0 on all have them, and warn about being asked."""
    if bpy.app.version < (5, 0, 0):
        owner.use_nodes = True


def compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """Return the scene's compositor nodes, which are added where there are none."""
    if not NEW_COMPOSITOR:
        scene.use_nodes = True
        return scene.node_tree
    if scene.compositing_node_group is None:
        tree = bpy.data.node_groups.new(f"{scene.name} Compositing", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
    return scene.compositing_node_group


def find_compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree | None:
    """Return the scene's compositor nodes, or None."""
    return scene.compositing_node_group if NEW_COMPOSITOR else scene.node_tree


def output_type() -> str:
    """Return the type of the node whose first input is the compositor's output."""
    return "NodeGroupOutput" if NEW_COMPOSITOR else "CompositorNodeComposite"


def alpha_over_operands(factor, background, foreground) -> tuple:
    """Return operands in the order of an Alpha Over node's inputs."""
    return (background, foreground, factor) if NEW_COMPOSITOR else (factor, background, foreground)


def mix_operands(factor, first, second) -> tuple:
    """Return operands in the order of a Mix node's inputs for colours, with None for those in between."""
    return (factor, *[None] * 5, first, second) if NEW_COMPOSITOR else (factor, first, second)


def mix_result(node: bpy.types.Node) -> bpy.types.NodeSocket:
    """Return the output of a Mix node for colours."""
    return node.outputs[2 if NEW_COMPOSITOR else 0]


def make_round(bokeh: bpy.types.Node) -> None:
    """Let a Bokeh Image node show a disc."""
    if bpy.app.version >= (4, 5, 0):
        bokeh.inputs["Roundness"].default_value = 1
    else:
        bokeh.rounding = 1


def bokeh_size(longest: int, max_radius: float) -> tuple[float, dict]:
    """Return the unit of a Bokeh Blur node's size, and settings with which each pixel has its own size.

    Parameters
    ----------
    longest
        Side of the picture in pixels.
    max_radius
        In pixels.
    """
    if NEW_COMPOSITOR:
        return 1, {}
    return 100 / longest, {"use_variable_size": True, "blur_max": max_radius}


def fit_to_render(scale: bpy.types.Node, nearest: bool) -> None:
    """Let a Scale node resize to the render size, which a percentage may change.

    `nearest` does not interpolate, in versions that have that choice.
    """
    interpolation = "Nearest" if nearest else "Bilinear"
    if NEW_COMPOSITOR:
        scale.inputs["Type"].default_value = "Render Size"
        scale.inputs["Interpolation"].default_value = interpolation
        return
    scale.space = "RENDER_SIZE"
    if bpy.app.version >= (4, 5, 0):
        scale.interpolation = interpolation.upper()


def modifier_property(modifier: bpy.types.NodesModifier, name: str) -> tuple[bpy.types.bpy_struct, str]:
    """Return what holds the value of a Geometry Nodes input, and the path of the value in there."""
    sockets = modifier.node_group.interface.items_tree
    named = (item for item in sockets if item.item_type == "SOCKET" and item.in_out == "INPUT")
    identifier = next(item.identifier for item in named if item.name == name)
    if hasattr(modifier, "properties"):  # Blender 5.2
        return getattr(modifier.properties.inputs, identifier), "value"
    return modifier, f'["{identifier}"]'


def modifier_input(modifier: bpy.types.NodesModifier, name: str) -> float | int | bool:
    """Return the value of a Geometry Nodes input."""
    owner, path = modifier_property(modifier, name)
    return owner.path_resolve(path)


def set_modifier_input(
    modifier: bpy.types.NodesModifier, name: str, value: float | int | bool | Vector
) -> None:
    """Set the value of a Geometry Nodes input."""
    owner, path = modifier_property(modifier, name)
    if path == "value":
        owner.value = value
    else:
        owner[path[2:-2]] = value
    modifier.id_data.update_tag()  # older versions do not see it


def repair_edge_selection(mesh: bpy.types.Mesh) -> None:
    """Remove a selection of new edges of the wrong type, as 5.0 adds it: selecting would crash Blender."""
    selection = mesh.attributes.get(".select_edge")
    if selection is not None and selection.data_type != "BOOLEAN":
        mesh.attributes.remove(selection)
