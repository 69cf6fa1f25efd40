"""A scene's compositor nodes: where the groups of this extension are, and where the next one goes."""

import bpy

from .. import compat
from ..scene.nodes import KIND_TAG

WIDTH = 200  # of a group's node
STEP, DROP = WIDTH + 60, 320  # to the node at the right, and to the one below


class SceneTree:
    """The scene's compositor, with an output and a Render Layers node, which are added where missing."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._tree = compat.compositor_tree(scene)
        self._output = self.first(compat.output_type()) or self._tree.nodes.new(compat.output_type())
        self.layers = self.first("CompositorNodeRLayers") or self._new_layers(scene)

    @property
    def picture(self) -> bpy.types.NodeSocket:
        """What is linked to the output: a person's own nodes stay before it."""
        links = self._output.inputs[0].links
        return links[0].from_socket if links else self.layers.outputs["Image"]

    def find(self, kind: str) -> bpy.types.Node | None:
        """Return the first node with the group of this kind, or None."""
        return _find(self._tree, kind)

    def get(self, kind: str) -> bpy.types.Node:
        """Return the first node with the group of this kind, which must be there."""
        if (node := self.find(kind)) is None:
            raise KeyError(kind)
        return node

    def first(self, node_type: str) -> bpy.types.Node | None:
        """Return the first node of a type, or None."""
        return next((node for node in self._tree.nodes if node.bl_idname == node_type), None)

    def append(self, group: bpy.types.NodeTree) -> bpy.types.Node:
        """Add a group between what is linked to the output and the output; return its node."""
        x, y = self._output.location
        for each in self._tree.nodes:
            if each.parent is None and each.location.x >= x:
                each.location.x += STEP
        node = self._instance(group, (x, y))
        self.link(self.picture, node.inputs["Image"])
        self.link(node.outputs["Image"], self._output.inputs[0])
        return node

    def beside(self, neighbour: bpy.types.Node, group: bpy.types.NodeTree, right: int, down: int):
        """Add a group, without links, so many steps from a neighbour; return its node."""
        x, y = neighbour.location
        return self._instance(group, (x + right * STEP, y - down * DROP))

    def link(self, source: bpy.types.NodeSocket, sink: bpy.types.NodeSocket) -> None:
        """Link two sockets."""
        self._tree.links.new(source, sink)

    def view(self, socket: bpy.types.NodeSocket) -> None:
        """Show a socket in a viewer, unless there is one."""
        if self.first("CompositorNodeViewer") is None:
            viewer = self._tree.nodes.new("CompositorNodeViewer")
            viewer.location = socket.node.location.x + STEP, socket.node.location.y
            self.link(socket, viewer.inputs[0])

    def _instance(self, group: bpy.types.NodeTree, location) -> bpy.types.Node:
        node = self._tree.nodes.new("CompositorNodeGroup")
        node.node_tree = group
        node.name = node.label = group.name
        node.width = WIDTH
        node.location = location
        return node

    def _new_layers(self, scene: bpy.types.Scene) -> bpy.types.Node:
        layers = self._tree.nodes.new("CompositorNodeRLayers")
        layers.scene = scene
        layers.location = self._output.location.x - 2 * STEP, self._output.location.y
        return layers


def find(scene: bpy.types.Scene, kind: str) -> bpy.types.Node | None:
    """Return the node with the group of this kind in a scene's compositor, or None; adds nothing."""
    tree = compat.find_compositor_tree(scene)
    return _find(tree, kind) if tree else None


def _find(tree: bpy.types.NodeTree, kind: str) -> bpy.types.Node | None:
    groups = (node for node in tree.nodes if node.bl_idname == "CompositorNodeGroup" and node.node_tree)
    return next((node for node in groups if node.node_tree.get(KIND_TAG) == kind), None)
