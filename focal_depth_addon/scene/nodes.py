"""Node trees drawn by code, for geometry and for shaders."""

from collections import Counter

import bpy

KIND_TAG = "focal_depth_kind"  # on a node group or material of this extension: which it is
COLUMN, ROW = 200, 220  # steps between nodes


class Drawing:
    """A node tree while it is drawn, from sources to sinks. What it held before is removed."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self._tree = tree
        self._rows = Counter()
        tree.nodes.clear()

    def add(self, node_type: str, *operands, **properties) -> bpy.types.Node:
        """Add a node, a column right of what feeds it.

        Parameters
        ----------
        node_type
            As Blender names it.
        operands
            For the node's inputs, in their order: sockets, values, or None to leave an input as it is.
        properties
            Of the node.
        """
        node = self._tree.nodes.new(node_type)
        for name, value in properties.items():
            setattr(node, name, value)
        column = 0
        for socket, operand in zip(node.inputs, operands, strict=False):
            if isinstance(operand, bpy.types.NodeSocket):
                self._tree.links.new(operand, socket)
                column = max(column, round(operand.node.location.x / COLUMN) + 1)
            elif operand is not None:
                socket.default_value = operand
        node.location = column * COLUMN, -self._rows[column] * ROW
        self._rows[column] += 1
        return node

    def math(self, operation: str, *operands) -> bpy.types.NodeSocket:
        """Add a Math node; return its result."""
        return self.add("ShaderNodeMath", *operands, operation=operation).outputs[0]

    def vector_math(self, operation: str, *operands) -> bpy.types.NodeSocket:
        """Add a Vector Math node; return its result."""
        return self.add("ShaderNodeVectorMath", *operands, operation=operation).outputs[0]


def find_group(kind: str) -> bpy.types.NodeTree | None:
    """Return the node group of this kind, if the file has one."""
    local = (tree for tree in bpy.data.node_groups if tree.library is None)
    return next((tree for tree in local if tree.get(KIND_TAG) == kind), None)


def new_group(kind: str, tree_type: str) -> bpy.types.NodeTree:
    """Return a new, empty node group of this kind."""
    tree = bpy.data.node_groups.new(f"Focal Depth {kind}", tree_type)
    tree[KIND_TAG] = kind
    return tree
