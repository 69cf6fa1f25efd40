"""A clip dragged out of another application; from there to a set."""

LISTED = "idle() and len(settings().photographs) == 8"


def test_three_clicks_from_a_clip_to_a_set(window, clip):
    window.run("bpy.data.objects.remove(bpy.data.objects['Cube'])")  # the set's camera would stand in it
    window.drag([clip], window.middle())
    window.screenshot("clip_dropped")
    window.click(window.middle())  # Blender asks whether it is for its own clip editor or a bracket
    window.wait_until(LISTED)
    window.screenshot("clip_listed")
    window.click(window.button("bpy.ops.focal_depth.estimate"))
    window.wait_until("idle() and settings().result")
    window.screenshot("clip_depth")
    window.click(window.button("bpy.ops.focal_depth.build_mesh"))
    window.wait_until(
        "idle() and [o for o in bpy.data.objects if o.type == 'MESH' and len(o.data.polygons) > 1e4]"
    )
    assert window.detail(window.screenshot("clip_set")) > 0.05


def test_other_seconds_are_taken_by_a_click(window, clip):
    window.run(f"""
bpy.ops.focal_depth.drop_photographs(
    "INVOKE_DEFAULT", directory={str(clip.parent)!r}, files=[{{"name": {clip.name!r}}}])
""")
    window.wait_until(LISTED)
    window.run("settings().clip.start, settings().clip.end = 0.5, 1.4")
    window.click(window.button("bpy.ops.focal_depth.take_frames"))
    window.wait_until("idle() and 3 <= len(settings().photographs) <= 4")
    window.screenshot("clip_seconds")
