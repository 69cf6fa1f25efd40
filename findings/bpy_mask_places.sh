#!/usr/bin/env bash
# Places in Blender's masks are shares of the picture's longer side along both axes, about its middle, not of its sides.
#
# Version: bpy 4.5.15 (Blender 4.5), numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: MaskSplinePoint.co is documented as coordinates of the control point, without a unit. In a picture that is
#   wider than high, x runs from 0 to 1 of its width, and y counts widths, too: the picture's lower edge lies at
#   0.5 - height / width / 2. In a picture higher than wide it is x that does so. Besides, MaskSplines.new() returns a
#   spline that has a point already, at (0, 0): points.add(n) makes n + 1 of it.
# Seen:
#   300 x 200: a square of 0.4 to 0.6 covers 0.40 to 0.60 of the width, 0.35 to 0.65 of the height
#   200 x 300: a square of 0.4 to 0.6 covers 0.35 to 0.65 of the width, 0.40 to 0.60 of the height
#   points of a new spline: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet bpy==4.5.15 numpy==1.26.4
cd "$folder"
venv/bin/python - <<'PYTHON' 2>&1 | grep -v '^Saved\|^Time\|^$\|^Fra:\|^ *File\|EGL'
import bpy
import numpy as np

CORNERS = (0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)


def covered(width, height):
    """Shares of the width and the height between which Blender draws the square, white on black."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.view_settings.view_transform = "Standard"
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    mask = bpy.data.masks.new("Square")
    spline = mask.layers.new(name="Square").splines.new()
    before = len(spline.points)
    spline.use_cyclic = True
    spline.points.add(len(CORNERS) - before)
    for point, place in zip(spline.points, CORNERS):
        point.handle_type = "VECTOR"
        point.co = point.handle_left = point.handle_right = place
    scene.use_nodes = True
    nodes = scene.node_tree.nodes
    nodes.clear()
    drawn, output = nodes.new("CompositorNodeMask"), nodes.new("CompositorNodeComposite")
    drawn.mask, drawn.size_source = mask, "SCENE"
    scene.node_tree.links.new(drawn.outputs[0], output.inputs[0])
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = f"{bpy.app.tempdir}{width}.png"
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(scene.render.filepath)
    white = np.array(picture.pixels[:]).reshape(height, width, 4)[..., 0] > 0.5
    rows, columns = np.nonzero(white)
    return before, [(v.min() / n, (v.max() + 1) / n) for v, n in ((columns, width), (rows, height))]


for size, expected in (((300, 200), (0.4, 0.6, 0.35, 0.65)), ((200, 300), (0.35, 0.65, 0.4, 0.6))):
    points, (across, along) = covered(*size)
    print(f"{size[0]} x {size[1]}: a square of 0.4 to 0.6 covers {across[0]:.2f} to {across[1]:.2f} of the width, "
          f"{along[0]:.2f} to {along[1]:.2f} of the height")
    assert np.allclose([*across, *along], expected, atol=0.02), "places are counted otherwise now"
print(f"points of a new spline: {points}")
assert points == 1, "a new spline is empty now"
PYTHON
