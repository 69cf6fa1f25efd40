"""F3, and the panel in Korean."""

import pytest

TRANSLATED = "bpy.app.translations.pgettext_iface('Estimate Depth', 'Operator')"


@pytest.fixture
def korean(window):
    window.run("bpy.context.preferences.view.language = 'ko_KR'")
    yield window
    window.run("bpy.context.preferences.view.language = 'en_US'")


def test_f3_finds_and_runs(window):
    window.key("F3")
    window.screen.call("xdotool", "type", "--delay", "50", "estimate depth")
    window.screen.call("xdotool", "key", "Return")
    window.wait_until("manager().notice")
    assert window.run("manager().notice.text").startswith("There are no photographs")
    window.screenshot("f3")


def test_the_panel_is_korean(korean):
    korean.screenshot("korean")
    assert korean.run(TRANSLATED) == "깊이 추정"
    assert korean.run("addon('translations').translate('{count} triangles', count=5)") == "삼각형 5개"
    assert korean.run("addon('translations').translate('Set')") == "세트"  # Blender's own "Set" is another
    told = korean.run("""
try:
    bpy.ops.focal_depth.build_mesh()
except RuntimeError as error:
    told = str(error)
told
""")
    assert "아직 결과가 없습니다" in told  # why the button is grey
    korean.run("bpy.ops.preferences.addon_disable(module=PACKAGE)")
    try:
        assert korean.run(TRANSLATED) == "Estimate Depth"
    finally:
        korean.run("bpy.ops.preferences.addon_enable(module=PACKAGE)")
