"""The differences between Blender versions, and nothing else; the rest of the add-on asks here."""

import bpy

NEW_COMPOSITOR = bpy.app.version >= (5, 0, 0)  # a node group of its own, sharing the shaders' nodes

# What a folder's property is told so that it may be relative to the .blend; older ones always may.
RELATIVE_PATH = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


def use_nodes(material: bpy.types.Material) -> None:
    """Every material of 5.0 has nodes, and says so when asked for them."""
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True


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


def output_type() -> str:
    """The node whose first input is what the compositor gives."""
    return "NodeGroupOutput" if NEW_COMPOSITOR else "CompositorNodeComposite"


def math_type() -> str:
    return "ShaderNodeMath" if NEW_COMPOSITOR else "CompositorNodeMath"


def alpha_over_sockets(node: bpy.types.Node) -> tuple[bpy.types.NodeSocket, ...]:
    """(factor, background, foreground) of an Alpha Over node."""
    factor, background, foreground = (2, 0, 1) if NEW_COMPOSITOR else (0, 1, 2)
    return node.inputs[factor], node.inputs[background], node.inputs[foreground]


def fit_to_render(scale: bpy.types.Node) -> None:
    """Make a Scale node fill the render size, which may be a percentage."""
    if NEW_COMPOSITOR:
        scale.inputs["Type"].default_value = "Render Size"
    else:
        scale.space = "RENDER_SIZE"
