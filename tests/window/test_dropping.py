"""Photographs dragged out of another application; from there to a mesh."""

import pytest
from window import SAMPLE

PHOTOGRAPHS = sorted(SAMPLE.glob("*.jpg"))
LISTED = f"idle() and len(settings().photographs) == {len(PHOTOGRAPHS)}"


@pytest.mark.parametrize("editor", ["VIEW_3D", "IMAGE_EDITOR"])
def test_the_file_handler_takes_photographs(window, editor):
    window.run(f"""
area = areas("VIEW_3D")[0]
area.type = "{editor}"
handler = next(each for each in bpy.types.FileHandler.__subclasses__() if OURS in each.__name__)
with bpy.context.temp_override(area=area):
    accepted = handler.poll_drop(bpy.context)
package, name = handler.bl_import_operator.split(".")
dropped = getattr(getattr(bpy.ops, package), name)
with bpy.context.temp_override(area=area, region=region(area)):
    dropped("INVOKE_DEFAULT", directory={str(SAMPLE)!r}, files={[{"name": p.name} for p in PHOTOGRAPHS]!r})
""")
    assert window.run("accepted")
    window.wait_until(LISTED)
    assert window.run("[each.source for each in settings().photographs]") == ["EXIF"] * len(PHOTOGRAPHS)
    window.screenshot(f"handled_{editor.lower()}")


def test_dropped_into_the_image_editor(window):
    window.run("areas('VIEW_3D')[0].type = 'IMAGE_EDITOR'")
    place = window.middle()
    window.drag(PHOTOGRAPHS, place)
    window.screenshot("dropped_image_editor")
    window.click(place)
    window.wait_until(LISTED, 30)
    window.screenshot("listed_image_editor")


def test_three_clicks_from_drop_to_mesh(window):
    window.run("bpy.data.objects.remove(bpy.data.objects['Cube'])")  # the set's camera would stand in it
    place = window.middle()
    window.drag(PHOTOGRAPHS, place)
    window.screenshot("dropped")
    window.click(place)  # Blender asks whether it is a picture to stand in the scene or a bracket
    window.wait_until(LISTED)
    window.screenshot("listed")
    window.click(window.button("bpy.ops.focal_depth.estimate"))
    window.wait_until("idle() and settings().result")
    window.click(window.button("bpy.ops.focal_depth.build_mesh"))
    window.wait_until(
        "idle() and [o for o in bpy.data.objects if o.type == 'MESH' and len(o.data.polygons) > 1e4]"
    )
    assert window.detail(window.screenshot("three_clicks")) > 0.05
