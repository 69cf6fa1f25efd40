"""The compositor's groups: numbers against the formulas they stand for, wiring that leaves a person's own."""

import json
import math
import shutil
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Vector

from rendering import HEIGHT, WIDTH, add_emissive_cube, read_pixels, render_image

FRAMES = ((0.0, (0.9, 0.1, 0.1)), (0.8, (0.1, 0.8, 0.2)), (1.25, (0.2, 0.1, 0.7)))  # dioptres, linear colour
BOX, WALL = (slice(90, 150), slice(60, 130)), (slice(90, 150), slice(225, 310))
DOT = 120, 260  # row and column, before the wall


@pytest.fixture
def photograph(scene, result):
    """A scene that shows the result: a box at 0.8 m before a wall at 1.6 m (left) to 2.6 m (right)."""
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene


@pytest.fixture(scope="session")
def depth(result, outside, tmp_path_factory) -> np.ndarray:
    """(H,W) metres of the result."""
    path = tmp_path_factory.mktemp("depth") / "depth.npy"
    outside("pass", result / "depth.exr", "Depth.Z", path)
    return np.load(path)


@pytest.fixture
def stack(scene, result, tmp_path) -> Path:
    """The result with aligned photographs: each of one colour, the nearest with a white dot."""
    folder = tmp_path / "stack"
    shutil.copytree(result, folder)
    (folder / "aligned").mkdir()
    description = json.loads((folder / "result.json").read_text())
    for number, (frame, (dioptres, colour)) in enumerate(zip(description["frames"], FRAMES, strict=True)):
        pixels = np.full((HEIGHT, WIDTH, 3), colour)
        if number == 2:
            pixels[DOT] = 1
        distance = 1 / dioptres if dioptres else "inf"
        frame |= {"focus_distance_m": distance, "dioptres": dioptres, "normalised_focus": dioptres / 1.25}
        frame["aligned"] = f"aligned/{number}.png"
        save_picture(folder / frame["aligned"], pixels)
    (folder / "result.json").write_text(json.dumps(description))
    bpy.ops.focal_depth.open_result(directory=str(folder))
    return folder


def refocus_at(folder: Path, positions: tuple[float, ...], **changes) -> bpy.types.Node:
    """Refocus of a result whose description was changed: its frames are at those normalised dioptres."""
    path = folder / "result.json"
    description = json.loads(path.read_text()) | changes
    for frame, position in zip(description["frames"], positions, strict=True):
        frame["normalised_focus"] = position
        frame["dioptres"] = 1.25 * position if description["metric"] else 0.25 + 0.75 * position
        if not description["metric"]:
            frame["focus_distance_m"] = None
    path.write_text(json.dumps(description))
    refocus_by_hand()
    return node_of(bpy.context.scene, "Refocus")


def save_picture(path: Path, linear: np.ndarray) -> None:
    """(H,W,3), as an 8-bit sRGB PNG."""
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    image = bpy.data.images.new(path.stem, WIDTH, HEIGHT)
    pixels = np.dstack([encoded, np.ones((HEIGHT, WIDTH))])[::-1]
    image.pixels.foreach_set(np.ascontiguousarray(pixels, dtype=np.float32).ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)


def tree_of(scene) -> bpy.types.NodeTree:
    return getattr(scene, "compositing_node_group", None) or scene.node_tree


def node_of(scene, name: str) -> bpy.types.Node:
    return tree_of(scene).nodes[f"Focal Depth {name}"]


def output_of(scene) -> bpy.types.NodeSocket:
    nodes = tree_of(scene).nodes
    return next(
        each for each in nodes if each.bl_idname in ("CompositorNodeComposite", "NodeGroupOutput")
    ).inputs[0]


def composite(scene, folder: Path, socket=None, samples: int = 16) -> np.ndarray:
    """(H,W,4) float32, scene linear, of what the compositor gives, or of one socket in it."""
    if socket is not None:
        tree_of(scene).links.new(socket, output_of(scene))
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # Blender 5.0
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", samples, False
    scene.cycles.use_adaptive_sampling = False
    scene.render.filepath = str(folder / "composite.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty((image.size[1], image.size[0], 4), dtype=np.float32)
    image.pixels.foreach_get(pixels.ravel())
    bpy.data.images.remove(image)
    return pixels[::-1].copy()


def as_it_is_merged(scene, folder: Path) -> np.ndarray:
    """(H,W,3) the photograph, scene linear. It takes part in no render, so one sample will do."""
    socket = node_of(scene, "Merge").inputs["Photograph"].links[0].from_socket
    return composite(scene, folder, socket, samples=1)[..., :3]


def blend_of_frames(dioptres: np.ndarray) -> np.ndarray:
    """(..., 3) the colour that frames focused next to `dioptres` give together."""
    places, colours = zip(*FRAMES, strict=True)
    return np.stack([np.interp(dioptres, places, channel) for channel in zip(*colours, strict=True)], axis=-1)


# Depth Merge


def test_the_photograph_alone_comes_through_unchanged(photograph, result, tmp_path):
    bpy.ops.focal_depth.depth_merge()
    photograph.render.dither_intensity = 0
    merged = render_image(photograph, tmp_path / "merged.png")
    assert np.abs(merged - read_pixels(result / "all_in_focus.png")).max() <= 1.01 / 255


@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_a_cube_stands_between_near_and_far(photograph, result, tmp_path, scale_length):
    photograph.unit_settings.scale_length = scale_length
    bpy.ops.focal_depth.build_mesh()
    add_emissive_cube(photograph, depth=1.2 / scale_length, size=0.5 / scale_length)
    bpy.ops.focal_depth.depth_merge()
    merged = render_image(photograph, tmp_path / "merged.png")
    picture = read_pixels(result / "all_in_focus.png")
    cube, behind = (slice(90, 150), slice(160, 230)), (slice(90, 150), slice(100, 140))
    beside = slice(37)  # the cube's upper edge is at 39.67
    assert np.allclose(merged[cube], (0, 1, 0), atol=0.02)
    assert np.abs(merged - picture)[behind].max() < 0.02
    assert np.abs(merged - picture)[beside].max() < 0.02


def test_merge_follows_the_render_percentage(photograph, result, tmp_path):
    add_emissive_cube(photograph, depth=1.2, size=0.5)
    bpy.ops.focal_depth.depth_merge()
    photograph.render.resolution_percentage = 50
    merged = render_image(photograph, tmp_path / "half.png")
    halved = read_pixels(result / "all_in_focus.png").reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean((1, 3))
    assert np.allclose(merged[50:70, 82:115], (0, 1, 0), atol=0.02)
    assert -10 * math.log10(np.mean((merged[:20] - halved[:20]) ** 2)) > 30


def test_edges_of_the_render_are_its_alphas(photograph, depth, tmp_path):
    """Where nothing hides it, the merge is the render over the photograph: no fringe, no stairs."""
    add_emissive_cube(photograph, depth=1.2, size=0.5)
    cube = bpy.context.object
    cube.rotation_euler = 0.3, 0.5, 0.2
    bpy.ops.focal_depth.depth_merge()
    merge = node_of(photograph, "Merge")
    picture = composite(photograph, tmp_path, merge.inputs["Photograph"].links[0].from_socket)
    render = composite(photograph, tmp_path, merge.inputs["Image"].links[0].from_socket)
    merged = composite(photograph, tmp_path, merge.outputs["Image"])
    over = render + picture * (1 - render[..., 3:])
    away = np.ones((HEIGHT, WIDTH), bool)
    away[62:198, 32:158] = False  # all but the box and what is near its edge
    edge = (render[..., 3] > 0.02) & (render[..., 3] < 0.98) & away
    assert edge.sum() > 100
    assert np.abs(merged - over)[away].max() < 0.004


@pytest.mark.parametrize("softness", [0.0, 2.0, 12.0])
def test_edges_of_the_photograph_are_soft_and_do_not_ring(photograph, tmp_path, softness):
    add_emissive_cube(photograph, depth=1.2, size=1.0)  # reaches behind the box
    bpy.ops.focal_depth.depth_merge()
    merge = node_of(photograph, "Merge")
    merge.inputs["Softness"].default_value = softness
    matte = composite(photograph, tmp_path, merge.outputs["Matte"])[120, 110:190, 0]  # the box ends at 150
    assert np.all(np.diff(matte) >= -1e-6)
    assert matte[0] == 0 and matte[-1] == 1
    assert matte[39] < 0.5 < matte[40]
    width = np.count_nonzero((matte > 0.1) & (matte < 0.9))
    assert 0.6 * softness <= width <= max(softness, 2)


def test_shadows_fall_on_the_photograph_but_not_on_what_is_nearer(photograph, result, tmp_path):
    """A catcher behind the box, a card before it, a sun from the camera's side."""
    photograph.render.engine = "CYCLES"
    for size, place, catches in ((4, 1.55, True), (0.5, 1.2, False)):
        bpy.ops.mesh.primitive_plane_add(
            size=size, location=(-0.3 * (not catches), place, 0), rotation=(math.pi / 2, 0, 0)
        )
        bpy.context.object.is_shadow_catcher = catches
    bpy.context.object.visible_camera = False
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(90), 0, math.radians(-25)))
    bpy.context.object.data.angle = 0
    bpy.ops.focal_depth.depth_merge()
    merge = node_of(photograph, "Merge")
    assert merge.inputs["Shadow"].is_linked
    picture = as_it_is_merged(photograph, tmp_path)
    shade = composite(photograph, tmp_path, merge.inputs["Shadow"].links[0].from_socket, samples=4)[..., :3]
    merged = composite(photograph, tmp_path, merge.outputs["Image"], samples=4)[..., :3]
    dark = shade.mean(axis=-1) < 0.3
    box = np.zeros_like(dark)
    box[72:188, 42:148] = True
    wall = np.zeros_like(dark)
    wall[60:200, 152:204] = True
    assert (dark & box).sum() > 200 and (dark & wall).sum() > 200
    assert np.abs(merged - picture)[dark & box].max() < 1e-4
    assert np.abs(merged - picture * shade)[dark & wall].max() < 1e-4


@pytest.mark.one_blender
def test_the_mesh_catches_the_contact_shadow_once_it_is_a_holdout(photograph, tmp_path):
    photograph.render.engine = "CYCLES"
    bpy.ops.focal_depth.build_mesh()
    bpy.ops.focal_depth.holdout()
    add_emissive_cube(photograph, depth=1.2, size=0.2)
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(90), 0, math.radians(-25)))
    bpy.ops.focal_depth.depth_merge()
    merge = node_of(photograph, "Merge")
    assert merge.inputs["Shadow"].is_linked
    picture = as_it_is_merged(photograph, tmp_path)
    merged = composite(photograph, tmp_path, merge.outputs["Image"])[..., :3]
    assert np.allclose(merged[100:126, 160:190], (0, 1, 0), atol=0.01)
    darker = (merged.sum(-1) < 0.5 * picture.sum(-1)) & (picture.sum(-1) > 0.1)
    assert darker[80:150, 205:270].sum() > 300
    assert not darker[BOX].any() and not darker[:60].any()


def test_places_of_the_depth_map_land_on_their_pixels(photograph, depth, tmp_path):
    """Cards 8 pixels wide before points of the depth map, seen through the matched camera."""
    bpy.ops.focal_depth.depth_merge()
    camera = json.loads((Path(photograph.focal_depth.result) / "result.json").read_text())["camera"]
    add_emissive_cube(photograph, depth=1, size=1)
    material = bpy.context.object.data.materials[0]
    bpy.data.objects.remove(bpy.context.object)
    places = [(30.5, 20.5), (180.5, 40.5), (280.5, 60.5), (250.5, 210.5), (60.5, 220.5)]
    for x, y in places:
        z = 0.9 * depth[int(y), int(x)]
        ray = Vector(((x - camera["cx"]) / camera["fx"], -(y - camera["cy"]) / camera["fy"], -1))
        bpy.ops.mesh.primitive_plane_add(
            size=float(z) * 8 / camera["fx"],
            location=photograph.camera.matrix_world @ (ray * float(z)),
            rotation=(math.pi / 2, 0, 0),
        )
        bpy.context.object.data.materials.append(material)
    matte = composite(photograph, tmp_path, node_of(photograph, "Merge").outputs["Matte"], samples=100)[
        ..., 0
    ]
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for x, y in places:
        near = matte * (np.hypot(columns - x, rows - y) < 12)
        assert near.sum() == pytest.approx(64, rel=0.05)
        assert (near * columns).sum() / near.sum() == pytest.approx(x, abs=0.05)
        assert (near * rows).sum() / near.sum() == pytest.approx(y, abs=0.05)


def test_a_new_result_takes_the_place_of_the_old(photograph, stack, result, tmp_path):
    bpy.ops.focal_depth.refocus()
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.depth_merge()
    for name in ("Photograph", "Refocus"):
        inside = tree_of(photograph).nodes[f"Focal Depth {name}"].node_tree.nodes
        shown = {
            Path(each.image.filepath).parent for each in inside if each.bl_idname == "CompositorNodeImage"
        }
        assert shown == {result}
    merge = node_of(photograph, "Merge")
    assert merge.inputs["Photograph"].is_linked and merge.inputs["Photograph Depth"].is_linked


# Refocus


def refocus_by_hand() -> None:
    """Refocus without following the camera."""
    bpy.ops.focal_depth.refocus()
    bpy.context.scene.focal_depth.links_focus = False


def test_refocus_follows_the_camera_until_it_is_unlinked(stack):
    scene = bpy.context.scene
    bpy.ops.focal_depth.refocus()
    inputs, lens = node_of(scene, "Refocus").inputs, scene.camera.data.dof
    origin, focus = scene.camera.parent, lens.focus_object
    assert scene.focal_depth.links_focus
    bpy.context.view_layer.update()
    assert inputs["Focus Distance"].default_value == pytest.approx(focus.location.z)
    assert inputs["F-Number"].default_value == pytest.approx(2.8, rel=1e-3)  # the photographs' own
    focus.location.z, lens.aperture_fstop = 2, lens.aperture_fstop / 2
    origin.scale = 3, 3, 3
    scene.frame_set(2)
    assert inputs["Focus Distance"].default_value == pytest.approx(6)
    assert inputs["F-Number"].default_value == pytest.approx(1.4, rel=1e-3)
    scene.focal_depth.links_focus = False
    focus.location.z = 1
    scene.frame_set(3)
    assert inputs["Focus Distance"].default_value == pytest.approx(6)


@pytest.mark.parametrize("focus", [0.3, 0.8, 1.1])
def test_refocus_is_the_lens_own_between_frames(stack, tmp_path, focus):
    scene = bpy.context.scene
    refocus_by_hand()
    node_of(scene, "Refocus").inputs["Focus Distance"].default_value = 1 / focus
    shown = composite(scene, tmp_path)[..., :3]
    shown[DOT] = shown[0, 0]
    assert np.abs(shown - blend_of_frames(np.full((HEIGHT, WIDTH), focus))).max() < 0.005


@pytest.mark.parametrize("ratio", [0.02, 0.5])
def test_a_smaller_aperture_takes_each_pixel_from_nearer_its_depth(stack, depth, tmp_path, ratio):
    scene = bpy.context.scene
    refocus_by_hand()
    inputs = node_of(scene, "Refocus").inputs
    inputs["Focus Distance"].default_value = 1 / 0.9
    inputs["F-Number"].default_value = 2.8 / ratio
    shown = composite(scene, tmp_path)[..., :3]
    expected = blend_of_frames(1 / depth + ratio * (0.9 - 1 / depth))
    for part in (BOX, WALL):
        assert np.abs(shown - expected)[part].max() < 0.01


def test_beyond_the_stack_the_rest_of_the_blur_is_a_disc(stack, depth, tmp_path):
    scene = bpy.context.scene
    refocus_by_hand()
    node_of(scene, "Refocus").inputs["Focus Distance"].default_value = 0.4
    shown = composite(scene, tmp_path)[..., 1]
    here, row, column = 1 / depth[DOT], *DOT
    diameter_per_dioptre = 0.038 / 2.8 * 1.1 * WIDTH  # c = A s |f - d|, with s in pixels
    radius = diameter_per_dioptre / 2 * math.sqrt((2.5 - here) ** 2 - (1.25 - here) ** 2)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    distance = np.hypot(rows - row, columns - column)
    shown = (shown - shown[0, 0]) * (distance < 20)  # the dot, in green
    assert shown.sum() == pytest.approx(0.9, rel=0.02)
    spread = math.sqrt((shown * distance**2).sum() / shown.sum())
    assert radius > 3
    assert spread == pytest.approx(radius / math.sqrt(2), rel=0.07)  # of an even disc


def test_a_change_of_focus_survives_estimating_again(stack):
    scene = bpy.context.scene
    refocus_by_hand()
    inputs = node_of(scene, "Refocus").inputs
    focus = scene.camera.data.dof.focus_object
    assert inputs["Focus Distance"].default_value == pytest.approx(focus.location.z)
    assert inputs["F-Number"].default_value == pytest.approx(2.8)
    inputs["Focus Distance"].default_value, inputs["F-Number"].default_value = 1.1, 8
    refocus_by_hand()
    inputs = node_of(scene, "Refocus").inputs
    assert inputs["Focus Distance"].default_value == pytest.approx(1.1)
    assert inputs["F-Number"].default_value == pytest.approx(8)
    assert node_of(scene, "Merge").inputs["Photograph"].links[0].from_node == node_of(scene, "Refocus")


def test_without_aligned_photographs_the_blur_is_synthetic_and_says_so(stack, result, tmp_path):
    scene = bpy.context.scene
    description = json.loads((stack / "result.json").read_text())
    for frame in description["frames"]:
        del frame["aligned"]
    (stack / "result.json").write_text(json.dumps(description))
    refocus_by_hand()
    node = node_of(scene, "Refocus")
    assert "synthetic" in node.node_tree["focal_depth_note"]
    node.inputs["F-Number"].default_value = 128
    shown = render_image(scene, tmp_path / "sharp.png")
    assert np.abs(shown - read_pixels(result / "all_in_focus.png"))[BOX].max() < 0.02
    node.inputs["F-Number"].default_value = 0.7
    node.inputs["Focus Distance"].default_value = 0.8
    shown = render_image(scene, tmp_path / "wide.png")
    truth = read_pixels(result / "all_in_focus.png")
    assert np.abs(shown - truth)[BOX].max() < 0.02
    assert shown[WALL].std(axis=(0, 1)).mean() < 0.7 * truth[WALL].std(axis=(0, 1)).mean()


def test_refocus_takes_frames_that_are_jpegs(stack, tmp_path):
    """As those of JPEG photographs are saved."""
    path = stack / "result.json"
    described = json.loads(path.read_text())
    for frame in described["frames"]:
        image = bpy.data.images.load(str(stack / frame["aligned"]))
        assert image.pixels[0] >= 0  # it is loaded only now
        frame["aligned"] = str(Path(frame["aligned"]).with_suffix(".jpg"))
        image.filepath_raw, image.file_format = str(stack / frame["aligned"]), "JPEG"
        image.save()
        assert (stack / frame["aligned"]).read_bytes().startswith(b"\xff\xd8")
    path.write_text(json.dumps(described))
    refocus_by_hand()
    node_of(bpy.context.scene, "Refocus").inputs["Focus Distance"].default_value = 1 / FRAMES[1][0]
    shown = composite(bpy.context.scene, tmp_path)
    assert np.allclose(shown[:60, :, :3], FRAMES[1][1], atol=0.02)


def test_relative_stacks_have_an_aperture_ratio_and_a_note_on_focus(stack, tmp_path):
    node = refocus_at(stack, (0, 0.5, 1), metric=False)
    assert [socket.name for socket in node.inputs] == ["Focus Distance", "Aperture"]
    assert "relative" in node.node_tree["focal_depth_note"]
    node.inputs["Focus Distance"].default_value = 1.6  # 0.625 dioptres, in the middle of 0.25 and 1
    shown = composite(bpy.context.scene, tmp_path)
    assert np.allclose(shown[:60, :, :3], FRAMES[1][1], atol=0.005)


def test_a_relative_stack_that_lost_frames_is_focused_where_its_depth_is(stack, tmp_path):
    """Of six frames at even steps 0, 4 and 5 are left: their steps are uneven."""
    node = refocus_at(stack, (0, 0.8, 1), metric=False)
    colours = [np.array(colour) for _, colour in FRAMES]
    for focus, expected in ((0.85, colours[1]), (0.55, (colours[0] + colours[1]) / 2)):  # dioptres
        node.inputs["Focus Distance"].default_value = 1 / focus
        shown = composite(bpy.context.scene, tmp_path)
        assert np.allclose(shown[:60, :, :3], expected, atol=0.005)


@pytest.mark.parametrize("version", [1, 2])
def test_frames_with_equal_distances_are_not_blended(stack, tmp_path, version):
    description = json.loads((stack / "result.json").read_text()) | {"format": version}
    for frame, dioptres in zip(description["frames"], (0, 0.8, 0.8), strict=True):
        frame["focus_distance_m"] = 1 / dioptres if dioptres else "inf"
        frame |= {"dioptres": dioptres, "normalised_focus": dioptres / 0.8}
        if version == 1:
            del frame["dioptres"], frame["normalised_focus"]
    (stack / "result.json").write_text(json.dumps(description))
    refocus_by_hand()
    node_of(bpy.context.scene, "Refocus").inputs["Focus Distance"].default_value = 1.25
    shown = composite(bpy.context.scene, tmp_path)
    assert np.allclose(shown[:60, :, :3], FRAMES[1][1], atol=0.005)


# Depth Fog and Depth Matte


@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_fog_hides_by_the_law_of_beer_and_lambert(photograph, depth, tmp_path, scale_length):
    photograph.unit_settings.scale_length = scale_length
    bpy.ops.focal_depth.depth_fog()
    inputs = node_of(photograph, "Fog").inputs
    near, far = (inputs[name].default_value * scale_length for name in ("Start", "End"))
    assert near == pytest.approx(0.8, rel=0.02) and far > 2
    inputs["Start"].default_value, inputs["End"].default_value = 1 / scale_length, 2 / scale_length
    inputs["Density"].default_value, inputs["Colour"].default_value = 0.6, (0.2, 0.4, 0.8, 1)
    merged = composite(photograph, tmp_path, node_of(photograph, "Merge").outputs["Image"])[..., :3]
    fogged = composite(photograph, tmp_path, node_of(photograph, "Fog").outputs["Image"])
    hidden = 1 - 0.4 ** np.maximum(depth - 1, 0)[..., None]
    expected = merged * (1 - hidden) + np.array((0.2, 0.4, 0.8)) * hidden
    for part in (BOX, WALL):
        assert np.abs(fogged[..., :3] - expected)[part].max() < 1e-3
    assert np.allclose(fogged[90:150, 208:212], (0.2, 0.4, 0.8, 1), atol=1e-3)  # infinitely far


def test_fog_lies_over_the_render_by_its_own_depth(photograph, tmp_path):
    add_emissive_cube(photograph, depth=1.2, size=0.5)
    bpy.ops.focal_depth.depth_fog()
    inputs = node_of(photograph, "Fog").inputs
    inputs["Start"].default_value, inputs["End"].default_value, inputs["Density"].default_value = 1.3, 1.4, 1
    fogged = composite(photograph, tmp_path)
    assert np.allclose(fogged[90:150, 160:230, :3], (0, 1, 0), atol=1e-3)
    assert np.allclose(fogged[:30, :, :3], tuple(inputs["Colour"].default_value)[:3], atol=1e-3)


def test_matte_is_one_between_near_and_far_and_fades_beyond(photograph, depth, tmp_path):
    bpy.ops.focal_depth.depth_matte()
    node = node_of(photograph, "Matte")
    inputs = node.inputs
    inputs["Near"].default_value, inputs["Far"].default_value = 1, 2.2
    inputs["Softness"].default_value = 0.5
    matte = composite(photograph, tmp_path, node.outputs["Matte"])[..., 0]
    expected = np.clip((depth - 1) / 0.5 + 1, 0, 1) * np.clip((2.2 - depth) / 0.5 + 1, 0, 1)
    assert expected[BOX].max() < 0.65 and expected[WALL].min() < 0.3 and expected[:60, :150].min() == 1
    for part in (BOX, WALL, (slice(60), slice(150))):
        assert np.abs(matte - expected)[part].max() < 1e-3


def test_matte_borders_are_antialiased_where_depth_jumps(photograph, depth, tmp_path):
    """A slanted edge of the box: no stairs, and no half-way depth that the matte would take for its own."""
    bpy.ops.focal_depth.depth_matte()
    inputs = node_of(photograph, "Matte").inputs
    inputs["Near"].default_value, inputs["Far"].default_value, inputs["Softness"].default_value = 1, 1.3, 0
    photograph.render.resolution_percentage = 150
    matte = composite(photograph, tmp_path, node_of(photograph, "Matte").outputs["Matte"])[..., 0]
    assert matte.max() < 0.05 or bpy.app.version < (4, 5, 0)  # nothing stands between 1 and 1.3 m


# The scene's own tree


def test_pressed_twice_they_make_nothing_more(stack):
    scene = bpy.context.scene
    names = ("depth_merge", "refocus", "depth_fog", "depth_matte")
    counts = []
    for _ in range(2):
        for name in names:
            getattr(bpy.ops.focal_depth, name)()
        nodes = tree_of(scene).nodes
        inside = {each.name: len(each.node_tree.nodes) for each in nodes if hasattr(each, "node_tree")}
        counts.append(
            (sorted(inside.items()), len(nodes), len(tree_of(scene).links), len(bpy.data.node_groups))
        )
    assert counts[0] == counts[1]
    assert {name for name, _ in counts[0][0]} == {
        f"Focal Depth {kind}" for kind in ("Photograph", "Merge", "Refocus", "Fog", "Matte")
    }


def test_a_persons_own_nodes_stay_in_the_way(photograph, tmp_path):
    add_emissive_cube(photograph, depth=1.2, size=0.5)
    if hasattr(photograph, "compositing_node_group"):  # Blender 5.0
        tree = bpy.data.node_groups.new("mine", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        tree.nodes.new("NodeGroupOutput")
        photograph.compositing_node_group = tree
    else:
        photograph.use_nodes = True
        tree = photograph.node_tree
        tree.nodes.clear()
        tree.nodes.new("CompositorNodeComposite")
    layers, invert = (tree.nodes.new(f"CompositorNode{kind}") for kind in ("RLayers", "Invert"))
    tree.links.new(layers.outputs["Image"], invert.inputs["Color"])
    tree.links.new(invert.outputs["Color"], output_of(photograph))
    bpy.ops.focal_depth.depth_fog()
    assert node_of(photograph, "Merge").inputs["Image"].links[0].from_node == invert
    assert node_of(photograph, "Fog").inputs["Image"].links[0].from_node == node_of(photograph, "Merge")
    assert output_of(photograph).links[0].from_node == node_of(photograph, "Fog")
    assert invert.inputs["Color"].links[0].from_node == layers
    places = [tuple(node.location) for node in tree.nodes if node not in (layers, invert)]
    assert len(set(places)) == len(places)  # none hides another


def test_every_socket_of_a_group_is_described(stack):
    for name in ("depth_merge", "refocus", "depth_fog", "depth_matte"):
        getattr(bpy.ops.focal_depth, name)()
    groups = [tree for tree in bpy.data.node_groups if "focal_depth_kind" in tree]
    assert len(groups) == 5
    for tree in groups:
        assert tree.description
        for item in tree.interface.items_tree:
            assert item.description, (tree.name, item.name)
            if item.socket_type == "NodeSocketFloat" and item.in_out == "INPUT" and not item.hide_value:
                assert item.min_value <= item.default_value <= item.max_value, (tree.name, item.name)
