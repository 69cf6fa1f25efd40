"""Everything that is built of a result: there at once, undone, redone, and there after saving and opening."""

import time

import pytest

LOOK = """
def standing():
    photo_set, result_folder = addon("scene.photo_set"), addon("result_folder")
    folder = settings().result
    return photo_set.find_objects(bpy.context.scene, result_folder.from_stored(folder)) if folder else {}

def mesh():
    return "mesh" in standing()

def held_out():
    return mesh() and addon("scene.holdout").is_enabled(standing()["mesh"])

def node(module):
    kind = addon("compositing." + module).KIND
    return addon("compositing.scene_tree").find(bpy.context.scene, kind) is not None
"""


SEEN = 0.05  # of detail, where the photograph shows


@pytest.fixture
def window(window, estimated):
    """In a new file without its cube, in which the set's camera would stand; with the result."""
    window.run(LOOK)
    window.run(f"""
bpy.data.objects.remove(bpy.data.objects["Cube"])
bpy.ops.focal_depth.open_result("EXEC_DEFAULT", True, directory={str(estimated)!r})
""")
    return window


def build_mesh(window) -> None:
    window.run("bpy.ops.focal_depth.build_mesh('INVOKE_DEFAULT', True, level='preview')")
    window.wait_until("idle()")


def show_nodes(window) -> None:
    window.run("bpy.context.window.workspace = bpy.data.workspaces['Compositing']")
    window.wait_until("areas('NODE_EDITOR')")
    window.run("draw()")
    window.run("""
nodes = areas("NODE_EDITOR")[0]
with bpy.context.temp_override(area=nodes, region=region(nodes)):
    bpy.ops.node.view_all()
""")
    time.sleep(0.5)  # the view glides there


@pytest.mark.parametrize(
    "operator, present",
    [
        ("build_mesh", "mesh()"),
        ("holdout", "held_out()"),
        ("depth_merge", "node('depth_merge')"),
        ("refocus", "node('refocus')"),
        ("depth_fog", "node('depth_fog')"),
        ("depth_matte", "node('depth_matte')"),
    ],
)
def test_it_is_undone_redone_and_saved(window, tmp_path, operator, present):
    if operator == "holdout":
        window.run("bpy.context.scene.render.engine = 'CYCLES'")  # EEVEE takes long without a graphics card
        build_mesh(window)
    assert not window.run(present)
    if operator == "build_mesh":
        build_mesh(window)
    else:
        window.run(f"bpy.ops.focal_depth.{operator}('INVOKE_DEFAULT', True)")
    assert window.run(present)
    seen = window.screenshot(operator)
    if operator == "build_mesh":
        assert window.detail(seen) > SEEN
    window.key("ctrl+z")
    window.wait_until(f"not {present}", 10)
    window.key("ctrl+shift+z")
    window.wait_until(present, 10)
    blend = tmp_path / "saved.blend"
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(blend)!r})")
    window.open()
    assert not window.run(present)
    window.open(blend)
    assert window.run(present)
    if "node" in present:
        show_nodes(window)
    window.screenshot(f"{operator}_reopened")


def test_what_hides_the_set_is_named(window):
    window.run("bpy.ops.mesh.primitive_cube_add()")
    build_mesh(window)
    assert window.detail(window.screenshot("in_cube")) < SEEN
    assert window.run("manager().notice.text").startswith("Cube is in the way of the set")
    window.run("bpy.data.objects['Cube'].hide_set(True)")
    build_mesh(window)
    assert window.run("manager().notice") is None
    assert window.detail(window.screenshot("cube_hidden")) > SEEN


def test_a_file_for_the_web(window, tmp_path):
    path = tmp_path / "set.glb"
    window.run(f"bpy.ops.focal_depth.export('INVOKE_DEFAULT', preset='SCENE_VIEWER', filepath={str(path)!r})")
    window.wait_until("idle()")
    assert path.read_bytes()[:4] == b"glTF"


def test_what_the_file_browser_names_is_written(window, tmp_path):
    window.run("bpy.ops.focal_depth.share('INVOKE_DEFAULT', format='RGBD', eye_distance=0.05)")
    window.wait_until("areas('FILE_BROWSER')")
    window.run(f"""
browser = areas("FILE_BROWSER")[0]
browser.spaces.active.params.directory = {str(tmp_path).encode()!r}
browser.spaces.active.params.filename = "set"
holder = next(each for each in bpy.context.window_manager.windows if browser in each.screen.areas[:])
with bpy.context.temp_override(window=holder, area=browser, region=region(browser)):
    bpy.ops.file.execute("INVOKE_DEFAULT")
""")
    window.wait_until("idle()")
    assert (tmp_path / "set.png").read_bytes().startswith(b"\x89PNG")
