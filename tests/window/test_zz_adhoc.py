def test_preview_is_drawn(window, estimated):
    before = len(window.console)
    window.run(f"bpy.ops.focal_depth.open_result('INVOKE_DEFAULT', directory={str(estimated)!r})")
    window.run("bpy.ops.focal_depth.build_mesh('INVOKE_DEFAULT', True, level='preview')")
    window.wait_until("idle()")
    for show in ("DEPTH", "CONFIDENCE", "ALIGNED", "PHOTOGRAPHED", "ALL_IN_FOCUS"):
        window.run(f"bpy.ops.focal_depth.preview('INVOKE_DEFAULT', True, show={show!r})")
        window.wait_until("idle()")
        window.run("bpy.ops.focal_depth.overlay()")
        window.screenshot(f"zz_{show}")
    window.run("bpy.ops.focal_depth.look('INVOKE_DEFAULT', True, show='DEPTH')")
    window.wait_until("idle()")
    window.run("main_area().ui_type = 'IMAGE_EDITOR'")
    window.run("""
def opened():
    area = main_area()
    area.spaces.active.show_region_ui = True
    sidebar = region(area, "UI")
    if sidebar.active_panel_category == "UNSUPPORTED":
        return False
    sidebar.active_panel_category = "Focal Depth"
    return True
""")
    window.wait_until("opened()")
    window.run("bpy.ops.focal_depth.preview('INVOKE_DEFAULT', True, show='ALIGNED')")
    window.wait_until("idle()")
    window.screenshot("zz_image")
    window.run("bpy.ops.focal_depth.pick('INVOKE_DEFAULT', True)")
    window.wait_until("idle()")
    window.move(window.middle())
    window.screenshot("zz_pick")
    window.key("Escape")
    window.run("bpy.ops.focal_depth.play('INVOKE_DEFAULT')")
    import time
    time.sleep(2)
    window.screenshot("zz_play")
    window.key("Escape")
    window.run("bpy.ops.focal_depth.preview_window()")
    time.sleep(1)
    window.screenshot("zz_window")
    print(window.console[before:])
    assert "Traceback" not in window.console[before:]
