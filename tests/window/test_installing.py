"""From the zip to the panel."""


def test_preferences_install_it_without_a_word(installed):
    assert "Traceback" not in installed.console
    assert "focal_depth" not in installed.console


def test_the_panel_is_in_the_sidebar(window):
    window.screenshot("panel")
    assert window.button("bpy.ops.focal_depth.estimate")
