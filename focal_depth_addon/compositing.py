"""The depth pass: renders and the photograph merged by which is nearer, pixel by pixel."""

from pathlib import Path

import bpy

from . import result_folder, versions

PHOTOGRAPH, UNITS = "Focal Depth Photograph", "Focal Depth Metres to Units"
INFINITY = 1e9  # Blender units, below the 1e10 of a render's empty background
COLUMN, ROW = 220, 260  # steps between nodes


def merge_by_depth(scene: bpy.types.Scene, folder: Path) -> None:
    """Put what the scene renders between the things in the photograph of `folder`.

    A second call changes the photograph and leaves the person's nodes as they are.
    """
    for layer in scene.view_layers:
        layer.use_pass_z = True  # before any Render Layers node is made
    scene.render.film_transparent = True
    scene.render.use_compositing = True
    image = result_folder.load_image(folder / result_folder.DEPTH)
    tree = versions.compositor_tree(scene)
    if PHOTOGRAPH in tree.nodes:
        tree.nodes[PHOTOGRAPH].image = image
    else:
        _Merge(scene, tree, image)
    tree.nodes[UNITS].inputs[1].default_value = 1 / scene.unit_settings.scale_length


class _Merge:
    """The nodes: the render lies over the photograph wherever its depth is smaller."""

    def __init__(self, scene, tree, image) -> None:
        self._tree = tree
        output = self._first(versions.output_type()) or tree.nodes.new(versions.output_type())
        render, render_depth = self._render(scene, output)
        self._frame = tree.nodes.new("NodeFrame")
        self._frame.label = "Focal Depth: the render between the things in the photograph"
        self._corner = output.location.x, output.location.y - 2 * ROW

        photograph = self._node("CompositorNodeImage", PHOTOGRAPH, 0, 0)
        photograph.image = image  # gives it the sockets of the file's passes
        picture = self._fitted(photograph.outputs["Combined"], "Focal Depth Picture", 3, 0)
        units = self._node(versions.math_type(), UNITS, 1, 1)
        units.operation = "MULTIPLY"
        finite = self._node(versions.math_type(), "Focal Depth Finite", 2, 1)
        finite.operation = "MINIMUM"  # infinity does not survive being resampled
        finite.inputs[1].default_value = INFINITY
        depth = self._fitted(finite.outputs[0], "Focal Depth Depth", 3, 1)
        nearer = self._node(versions.math_type(), "Focal Depth Render Is Nearer", 4, 1)
        nearer.operation = "LESS_THAN"
        smooth = self._node("CompositorNodeAntiAliasing", "Focal Depth Smooth Edges", 5, 1)
        over = self._node("CompositorNodeAlphaOver", "Focal Depth Merge", 6, 0)
        output.location.x = self._corner[0] + 7 * COLUMN + 60

        factor, background, foreground = versions.alpha_over_sockets(over)
        link = tree.links.new
        link(photograph.outputs["Depth"], units.inputs[0])
        link(units.outputs[0], finite.inputs[0])
        link(render_depth, nearer.inputs[0])
        link(depth, nearer.inputs[1])
        link(nearer.outputs[0], smooth.inputs[0])
        link(smooth.outputs[0], factor)
        link(picture, background)
        link(render, foreground)
        link(over.outputs[0], output.inputs[0])

    def _render(self, scene, output):
        """What the tree gave so far, and the render's depth: a person's own nodes stay in the way."""
        layers = self._first("CompositorNodeRLayers")
        if layers is None:
            layers = self._tree.nodes.new("CompositorNodeRLayers")
            layers.scene = scene
            layers.location = output.location.x - 2 * COLUMN, output.location.y
        given = output.inputs[0].links
        return given[0].from_socket if given else layers.outputs["Image"], layers.outputs["Depth"]

    def _first(self, node_type: str):
        return next((node for node in self._tree.nodes if node.bl_idname == node_type), None)

    def _fitted(self, socket, name: str, column: int, row: int):
        """The photograph's pass at the render's size, which a percentage may change."""
        scale = self._node("CompositorNodeScale", name, column, row)
        versions.fit_to_render(scale)
        self._tree.links.new(socket, scale.inputs[0])
        return scale.outputs[0]

    def _node(self, node_type: str, name: str, column: int, row: int):
        node = self._tree.nodes.new(node_type)
        node.name = name
        node.label = name.removeprefix("Focal Depth ")
        node.parent = self._frame
        node.location = self._corner[0] + column * COLUMN, self._corner[1] - row * ROW
        return node
