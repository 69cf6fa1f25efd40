"""Focal Depth Merge: render and photograph, of which each pixel shows the nearer."""

import bpy

from . import photograph
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Merge"
DESCRIPTION = "Render and photograph merged by depth: each pixel shows the nearer of the two"
SHADOW_PASS = "Shadow Catcher"
SHADOW_REACH = 1.05  # times the photograph's depth: up to which a surface shades it
MIN_BLUR = 1.5  # pixels: as much as hard comparisons need to be smooth
MIN_WEIGHT = 1e-6


def draw(group: Group) -> None:
    """Draw a matte by which the photograph hides the render; it is blurred only among pixels of the render.

    At its edges a render is part transparent and its Z, which is one sample's, may be the background's.
    So the comparison is weighted with the render's alpha where its Z shows something, and divided by the
    weight after both are blurred: it carries on over the render's edges, where the alpha alone decides.
    A Gaussian has no negative lobes, so nothing rings.
    """
    image = group.colour("Image", (0, 0, 0, 0), "Render, premultiplied: Image of Render Layers")
    depth = group.depth("Depth", "Depth of the render: Depth of Render Layers")
    picture = group.colour("Photograph", (0, 0, 0, 1), "Photograph")
    picture_depth = group.depth("Photograph Depth", "Depth of the photograph, in Blender units")
    shadow = group.colour(
        "Shadow", (1, 1, 1, 1), "Shadows on the photograph: Shadow Catcher of Render Layers"
    )
    softness = group.number(
        "Softness", 2.0, "Width of the soft edge where the photograph hides the render, in pixels", 0, 100
    )
    radius = group.math("MAXIMUM", softness, MIN_BLUR)

    alpha = group.alpha(image)
    weight = group.math("MULTIPLY", alpha, group.math("LESS_THAN", depth, INFINITY))
    in_front = group.math("MULTIPLY", weight, group.math("LESS_THAN", depth, picture_depth))
    shares = (group.blur(each, radius) for each in (in_front, weight))
    share = group.math("DIVIDE", next(shares), group.math("MAXIMUM", next(shares), MIN_WEIGHT), clamp=True)

    reach = group.math("MULTIPLY", picture_depth, SHADOW_REACH)
    shaded = group.blur(group.math("LESS_THAN", depth, reach), radius)
    merged = group.over(share, group.multiply(shaded, picture, shadow), image)
    matte = group.math("MULTIPLY", share, alpha)
    hidden = group.math("LESS_THAN", matte, 0.5)
    nearest = group.math("MINIMUM", group.math("MULTIPLY_ADD", hidden, INFINITY, depth), picture_depth)

    group.output("Image", merged, "Render and photograph")
    group.output("Depth", nearest, "Depth of the nearer of the two, in Blender units")
    group.output("Matte", matte, "Share of the render in each pixel, 0 to 1")


def apply(scene: bpy.types.Scene, result: Result) -> SceneTree:
    """Merge the photograph with what a scene renders; return the scene's compositor.

    A second call changes the photograph and leaves the nodes as they are.
    """
    catches_shadows = any(each.is_shadow_catcher and not each.hide_render for each in scene.objects)
    for layer in scene.view_layers:
        layer.use_pass_z = True  # before any Render Layers node is made
        if catches_shadows and hasattr(layer, "cycles"):
            layer.cycles.use_pass_shadow_catcher = True
    scene.render.film_transparent = True
    scene.render.use_compositing = True

    tree = SceneTree(scene)
    shown = photograph.update_group(result)
    source, merge = tree.find(photograph.KIND), tree.find(KIND)
    if source is not None:
        source.node_tree = shown
    if merge is None:
        merge = tree.append(shared_group(KIND, DESCRIPTION, draw))
        source = source or tree.beside(merge, shown, -1, 1)
        tree.link(tree.layers.outputs["Depth"], merge.inputs["Depth"])
        tree.link(source.outputs["Image"], merge.inputs["Photograph"])
        tree.link(source.outputs["Depth"], merge.inputs["Photograph Depth"])
    shadow = tree.layers.outputs.get(SHADOW_PASS)
    if shadow is not None and shadow.enabled and not merge.inputs["Shadow"].is_linked:
        tree.link(shadow, merge.inputs["Shadow"])
    return tree
