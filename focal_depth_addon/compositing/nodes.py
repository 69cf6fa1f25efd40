"""Compositor node groups drawn by code: operations take sockets or numbers and return sockets."""

from collections.abc import Callable
from pathlib import Path

import bpy

from .. import compat, result_folder
from ..scene.nodes import KIND_TAG, Drawing, find_group, new_group
from ..scene.photo_set import RESULT_TAG

TREE = "CompositorNodeTree"
INFINITY = 1e9  # Blender units, below the 1e10 of a render's empty background


class Group(Drawing):
    """The inside of a node group while it is drawn. Links to its sockets stay."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        super().__init__(tree)
        self._interface = tree.interface
        self._former = {(item.in_out, item.name): item for item in tree.interface.items_tree}
        self._inputs = self.add("NodeGroupInput")
        self._results = []

    def number(
        self,
        name: str,
        default: float,
        description: str,
        minimum: float,
        maximum: float,
        subtype: str = "NONE",
    ):
        """Add an input for a number; "DISTANCE" is in Blender units, "FACTOR" has a slider."""
        item = self._item(name, "INPUT", "NodeSocketFloat", description)
        item.subtype = subtype
        item.min_value, item.max_value, item.default_value = minimum, maximum, default
        return self._inputs.outputs[name]

    def depth(self, name: str, description: str):
        """Add an input for a depth pass; without one everything is far away."""
        item = self._item(name, "INPUT", "NodeSocketFloat", description)
        item.default_value, item.hide_value = INFINITY, True
        return self._inputs.outputs[name]

    def colour(self, name: str, default: tuple, description: str, is_picture: bool = True):
        """Add an input for a picture, or for one colour."""
        item = self._item(name, "INPUT", "NodeSocketColor", description)
        item.default_value, item.hide_value = default, is_picture
        return self._inputs.outputs[name]

    def output(self, name: str, socket, description: str) -> None:
        """Add an output."""
        socket_type = "NodeSocketColor" if socket.type == "RGBA" else "NodeSocketFloat"
        self._item(name, "OUTPUT", socket_type, description)
        self._results.append(socket)

    def finish(self) -> None:
        """Remove the inputs and outputs that were not drawn again."""
        for item in self._former.values():
            self._interface.remove(item)
        self.add("NodeGroupOutput", *self._results)

    def math(self, operation: str, *operands, clamp: bool = False):
        """Add a Math node; return its result."""
        node = self.add(compat.MATH, *operands, operation=operation, use_clamp=clamp)
        return node.outputs[0]

    def alpha(self, picture):
        """Return the alpha channel of a picture."""
        return self.add("CompositorNodeSeparateColor", picture).outputs["Alpha"]

    def over(self, factor, background, foreground):
        """Lay premultiplied `foreground` over `background`; opaque pictures are blended."""
        operands = compat.alpha_over_operands(factor, background, foreground)
        return self.add("CompositorNodeAlphaOver", *operands).outputs[0]

    def multiply(self, factor, picture, by):
        """Multiply a picture by another one, as far as `factor` goes."""
        operands = compat.mix_operands(factor, picture, by)
        node = self.add(compat.MIX, *operands, **compat.MIX_COLOURS, blend_type="MULTIPLY")
        return compat.mix_result(node)

    def blur(self, picture, radius):
        """Blur by a Gaussian that ends at `radius` pixels, three times its standard deviation."""
        size = self.math("DIVIDE", radius, compat.BLUR_STEP)
        return self.add("CompositorNodeBlur", picture, size, **compat.BLUR_SIZES).outputs[0]

    def antialias(self, picture):
        """Antialias hard edges along their shape."""
        return self.add("CompositorNodeAntiAliasing", picture, **compat.ANTIALIASING).outputs[0]

    def fit(self, picture, nearest: bool = False):
        """Resize to the render's size, which a percentage may change; `nearest` does not interpolate."""
        node = self.add("CompositorNodeScale", picture)
        compat.fit_to_render(node, nearest)
        return node.outputs[0]

    def defocus(self, picture, radius, size: tuple[int, int], max_radius: float):
        """Blur each pixel by a disc of its own radius. Sharp pixels do not spread into blurred ones.

        Parameters
        ----------
        picture, radius
            Sockets; radii are in pixels.
        size
            (width, height) of the picture in pixels.
        max_radius
            In pixels; the time grows with its square.
        """
        disc = self.add("CompositorNodeBokehImage")
        compat.make_round(disc)
        unit, settings = compat.bokeh_size(max(size), max_radius)
        scaled = self.math("MULTIPLY", self.math("MINIMUM", radius, max_radius), unit)
        return self.add("CompositorNodeBokehBlur", picture, disc.outputs[0], scaled, **settings).outputs[0]

    def image(self, image: bpy.types.Image) -> bpy.types.bpy_prop_collection:
        """Add an image; return its passes."""
        return self.add("CompositorNodeImage", image=image).outputs

    def _item(self, name: str, in_out: str, socket_type: str, description: str):
        item = self._former.pop((in_out, name), None) or self._interface.new_socket(
            name, in_out=in_out, socket_type=socket_type
        )
        item.description = description
        return item


Draw = Callable[[Group], None]


def shared_group(kind: str, description: str, draw: Draw) -> bpy.types.NodeTree:
    """Return the group of this kind, which is drawn the first time."""
    return find_group(kind) or _draw(new_group(kind, TREE), description, draw)


def result_group(kind: str, description: str, folder: Path, draw: Draw) -> bpy.types.NodeTree:
    """Return the group of this kind for a result, drawn anew: the files may have changed."""
    tags = kind, result_folder.to_stored(folder)
    local = (tree for tree in bpy.data.node_groups if tree.library is None)
    tree = next((tree for tree in local if (tree.get(KIND_TAG), tree.get(RESULT_TAG)) == tags), None)
    tree = tree or new_group(kind, TREE)
    tree[RESULT_TAG] = tags[1]
    return _draw(tree, description, draw)


def _draw(tree: bpy.types.NodeTree, description: str, draw: Draw) -> bpy.types.NodeTree:
    tree.description = description
    group = Group(tree)
    draw(group)
    group.finish()
    return tree
