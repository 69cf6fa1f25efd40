"""The differences between Blender versions, and nothing else; the rest of the add-on asks here."""

import bpy

NEW_COMPOSITOR = bpy.app.version >= (5, 0, 0)  # a node group of its own, sharing the shaders' nodes

# What a folder's property is told so that it may be relative to the .blend; older ones always may.
RELATIVE_PATH = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()

# The compositor's nodes, and what they are told to do the same in every version.
MATH = "ShaderNodeMath" if NEW_COMPOSITOR else "CompositorNodeMath"
MIX = "ShaderNodeMix" if NEW_COMPOSITOR else "CompositorNodeMixRGB"
MIX_COLOURS = {"data_type": "RGBA"} if NEW_COMPOSITOR else {}
if bpy.app.version >= (4, 5, 0):
    BLUR_STEP, BLUR_SIZES, FAINT_EDGES = 1, {}, {}
else:  # the blur's sizes are whole pixels, which its input multiplies
    BLUR_STEP, BLUR_SIZES, FAINT_EDGES = 100, {"size_x": 100, "size_y": 100}, {"threshold": 0.2}

EEVEE = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"


def use_nodes(owner: bpy.types.Material | bpy.types.World) -> None:
    """Every material and world of 5.0 has nodes, and says so when asked for them."""
    if bpy.app.version < (5, 0, 0):
        owner.use_nodes = True


def compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """The scene's compositor nodes, made where there are none."""
    if not NEW_COMPOSITOR:
        scene.use_nodes = True
        return scene.node_tree
    if scene.compositing_node_group is None:
        tree = bpy.data.node_groups.new(f"{scene.name} Compositing", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
    return scene.compositing_node_group


def existing_compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree | None:
    """The scene's compositor nodes, if there are any."""
    return scene.compositing_node_group if NEW_COMPOSITOR else scene.node_tree


def output_type() -> str:
    """The node whose first input is what the compositor gives."""
    return "NodeGroupOutput" if NEW_COMPOSITOR else "CompositorNodeComposite"


def alpha_over_operands(factor, background, foreground) -> tuple:
    """In the order of an Alpha Over node's inputs."""
    return (background, foreground, factor) if NEW_COMPOSITOR else (factor, background, foreground)


def mix_operands(factor, first, second) -> tuple:
    """In the order of a Mix node's inputs, for colours; None for those in between."""
    return (factor, *[None] * 5, first, second) if NEW_COMPOSITOR else (factor, first, second)


def mix_result(node: bpy.types.Node) -> bpy.types.NodeSocket:
    return node.outputs[2 if NEW_COMPOSITOR else 0]


def make_round(bokeh: bpy.types.Node) -> None:
    """Let a Bokeh Image node give a disc."""
    if bpy.app.version >= (4, 5, 0):
        bokeh.inputs["Roundness"].default_value = 1
    else:
        bokeh.rounding = 1


def bokeh_size(longest: int, most: float) -> tuple[float, dict]:
    """What to multiply pixels by for a Bokeh Blur node's size, in a picture of that longest side, and what
    to tell the node so that each pixel has its own, up to `most` pixels."""
    return (1, {}) if NEW_COMPOSITOR else (100 / longest, {"use_variable_size": True, "blur_max": most})


def fit_to_render(scale: bpy.types.Node, nearest: bool) -> None:
    """Make a Scale node fill the render size, which may be a percentage.

    `nearest` invents no values between those of neighbours, where the version has a say in that.
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
    """Where the value of a Geometry Nodes input lies: what has it, and its path there."""
    sockets = modifier.node_group.interface.items_tree
    named = (item for item in sockets if item.item_type == "SOCKET" and item.in_out == "INPUT")
    identifier = next(item.identifier for item in named if item.name == name)
    if hasattr(modifier, "properties"):  # Blender 5.2
        return getattr(modifier.properties.inputs, identifier), "value"
    return modifier, f'["{identifier}"]'


def modifier_input(modifier: bpy.types.NodesModifier, name: str) -> float | int | bool:
    owner, path = modifier_property(modifier, name)
    return owner.path_resolve(path)


def set_modifier_input(modifier: bpy.types.NodesModifier, name: str, value: float | int | bool) -> None:
    owner, path = modifier_property(modifier, name)
    if path == "value":
        owner.value = value
    else:
        owner[path[2:-2]] = value
    modifier.id_data.update_tag()  # older versions do not see it


def mend_edge_selection(mesh: bpy.types.Mesh) -> None:
    """5.0 gives new edges a selection of the wrong type; what selects them then crashes Blender."""
    selection = mesh.attributes.get(".select_edge")
    if selection is not None and selection.data_type != "BOOLEAN":
        mesh.attributes.remove(selection)
