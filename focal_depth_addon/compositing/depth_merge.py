"""Focal Depth Merge: a render between the things in the photograph, by which is nearer, pixel by pixel."""

import bpy

from . import photograph
from .nodes import INFINITY, Group, shared_group
from .result import Result
from .scene_tree import SceneTree

KIND = "Merge"
DESCRIPTION = "The render stands between the things in the photograph, by which is nearer"
SHADOW_PASS = "Shadow Catcher"
SHADOW_REACH = 1.05  # times the photograph's depth: how far behind it a surface may stand to shade it
LEAST_BLUR = 1.5  # pixels: as much as hard comparisons need against stairs
NOTHING = 1e-6


def draw(group: Group) -> None:
    """The photograph hides the render by a matte that is blurred, but only among pixels of the render.

    At its edges a render is part transparent and its Z, which is one sample's, may be the background's.
    So the comparison is weighted with the render's alpha where its Z shows something, and divided by the
    weight after both are blurred: it carries on over the render's edges, where the alpha alone decides.
    A Gaussian has no negative lobes, so nothing rings.
    """
    image = group.colour("Image", (0, 0, 0, 0), "The render, premultiplied: Image of Render Layers")
    depth = group.depth("Depth", "The render's Z: Depth of Render Layers")
    picture = group.colour("Photograph", (0, 0, 0, 1), "The photograph")
    picture_depth = group.depth("Photograph Depth", "The photograph's depth in Blender units")
    shadow = group.colour(
        "Shadow", (1, 1, 1, 1), "What darkens the photograph: Shadow Catcher of Render Layers"
    )
    softness = group.number(
        "Softness", 2.0, "Width in pixels of the edge where the photograph hides the render", 0, 100
    )
    radius = group.math("MAXIMUM", softness, LEAST_BLUR)

    alpha = group.alpha(image)
    weight = group.math("MULTIPLY", alpha, group.math("LESS_THAN", depth, INFINITY))
    in_front = group.math("MULTIPLY", weight, group.math("LESS_THAN", depth, picture_depth))
    shares = (group.blurred(each, radius) for each in (in_front, weight))
    share = group.math("DIVIDE", next(shares), group.math("MAXIMUM", next(shares), NOTHING), clamp=True)

    reach = group.math("MULTIPLY", picture_depth, SHADOW_REACH)
    shaded = group.blurred(group.math("LESS_THAN", depth, reach), radius)
    merged = group.over(share, group.multiplied(shaded, picture, shadow), image)
    matte = group.math("MULTIPLY", share, alpha)
    hidden = group.math("LESS_THAN", matte, 0.5)
    nearest = group.math("MINIMUM", group.math("MULTIPLY_ADD", hidden, INFINITY, depth), picture_depth)

    group.give("Image", merged, "Render and photograph")
    group.give("Depth", nearest, "Depth of what is seen, in Blender units")
    group.give("Matte", matte, "Where the render is seen")


def put(scene: bpy.types.Scene, result: Result) -> SceneTree:
    """The photograph and what the scene renders, merged. Returns the scene's tree.

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
    shown = photograph.group(result)
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
