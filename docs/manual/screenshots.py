"""The pictures of the manual, taken from a real Blender window: `make manual`.

Does the steps of the pages, in their order, on the sample; BLENDER names the program, FOCAL_DEPTH_ZIP the
zip. The screen and the window are those of tests/window.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "window"))

from window import HEIGHT, SAMPLE, Place, Screen, Window, held, write_film  # noqa: E402

PICTURES = HERE / "pictures"
SCRATCH = Path(tempfile.gettempdir()) / "focal_depth_manual"  # always the same: pictures show it
PHOTOGRAPHS = sorted(SAMPLE.glob("*.jpg"))
LARGER = 1.25  # times the usual size of the interface, to be read on a page
DELAY = 1.2  # seconds after which menus have opened, views have glided and thumbnails are there
TABS = 40  # pixels of the sidebar's right, where its tabs are
DROPS = 6  # tries, and checks after each
PATIENCE = 1800  # seconds for what runs beside Blender
COLOURS, QUALITY, WIDEST = 128, 85, 1100  # of a panel's PNG, of a photograph's JPEG, pixels of a picture
BELOW_ESTIMATE, BELOW_MATTE = (46, 125, 153), 51  # pixels from a button to what is folded below it
Box = tuple[int, int, int, int]  # left, top, width, height in pixels of the screen

# The first project, as on its page.
TABLE = (0.319, 0.742)  # where the monkey is put: in the view, of its width and height from the upper left
MONKEY = "size=0.16, location=(*bpy.context.scene.cursor.location[:2], 0.05), rotation=(radians(-35), 0, 0)"
LIGHT = """
light = bpy.context.view_layer.objects.active = bpy.data.objects["Light"]
light.location.x, light.data.energy, light.data.shadow_soft_size = -4, 2500, 1
bpy.context.scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = 4
"""
SAMPLES, SIZE = 24, 75  # of Cycles, for a page; per cent of the photograph


class Manual:
    """A window, and the pictures taken of it."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def take(self, name: str, box: Box, mouse: Place | None = None) -> None:
        """A part of the screen as pictures/`name`; the mouse is where it marks nothing, or at a place."""
        self.window.move(mouse or self.window.middle())
        self.window.run("draw()")  # a tooltip goes with that
        time.sleep(DELAY)
        screenshot = self.window.screenshot(f"manual_{Path(name).stem}")
        left, top, width, height = box
        small = ["-strip", "-resize", f"{WIDEST}x>"]
        small += ["-quality", str(QUALITY)] if name.endswith("jpg") else ["+dither", "-colors", str(COLOURS)]
        crop = ["-crop", f"{width}x{height}+{left}+{top}", "+repage"]
        subprocess.run(["convert", screenshot, *crop, *small, PICTURES / name], check=True)

    def checksum(self, box: Box) -> str:
        """A text that differs once a part of the screen has changed."""
        screenshot = SCRATCH / "part.png"
        crop = ("-crop", "{2}x{3}+{0}+{1}".format(*box))
        self.window.screen.call("import", "-window", "root", *crop, str(screenshot))
        return self.window.screen.call("convert", str(screenshot), "-format", "%#", "info:")

    def drop(self, paths: list[Path], place: Place, menu: Box) -> None:
        """Photographs from another application, until Blender shows its menu: a busy one may miss a drop."""
        self.window.run("draw()")
        before = self.checksum(menu)
        for _ in range(DROPS):
            self.window.drag(paths, place)
            for _ in range(DROPS):
                time.sleep(2 * DELAY)
                if self.checksum(menu) != before:
                    return
        raise TimeoutError("Blender takes no drop")

    def box(self, kind: str = "WINDOW", editor: str = "main_area()") -> Box:
        """Of a region of an editor, as a rule the largest: WINDOW is the editor's, UI its sidebar's."""
        return self.window.run(f"""
found, shown = region({editor}, "{kind}"), bpy.context.window_manager.windows[0]
shown.x + found.x, {HEIGHT} - shown.y - found.y - found.height, found.width, found.height
""")

    def button(self, call: str) -> Place:
        """Of the sidebar; the mouse comes from elsewhere, lest Blender tell where it was before."""
        self.window.move(self.window.middle())
        self.window.run("draw()")
        self.window.wait_until(f"not under_mouse().startswith({call!r})")
        return self.window.button(call)

    def sidebar(self, name: str, call: str, above: int, below: int) -> None:
        """The sidebar, from so many pixels above a button to so many below it."""
        _, down = self.button(call)
        left, top, width, height = self.box("UI")
        upper = max(down - above, top)
        self.take(name, (left, upper, width - TABS, min(down + below, top + height) - upper))

    def scroll(self, steps: int) -> None:
        """The sidebar, down."""
        left, top, width, height = self.box("UI")
        self.window.move((left + width // 2, top + height // 2))
        for _ in range(abs(steps)):
            self.window.screen.call("xdotool", "click", "5" if steps > 0 else "4")
        time.sleep(DELAY)

    def unfold(self, call: str, below: int) -> None:
        """What is folded so many pixels below a button of the sidebar: headings are no buttons."""
        left, top = self.button(call)
        self.window.click((left, top + below))
        time.sleep(DELAY)

    def press(self, call: str) -> None:
        """A button of the sidebar, and wait for what it starts."""
        self.window.click(self.button(call))
        time.sleep(DELAY)
        self.window.wait_until("idle()", PATIENCE)

    def call(self, operator: str, **arguments) -> None:
        """An operator of ours, and wait for what it starts."""
        self.window.run(f"bpy.ops.focal_depth.{operator}('INVOKE_DEFAULT', True, **{arguments!r})")
        self.window.wait_until("idle()", PATIENCE)


def install(manual: Manual) -> None:
    window = manual.window
    window.run(f"""
view = bpy.context.preferences.view
view.ui_scale, view.smooth_view = {LARGER}, 0  # views jump rather than glide
""")
    window.run("bpy.ops.screen.userpref_show(section='EXTENSIONS')")
    time.sleep(DELAY)
    preferences = preferences_box(window)
    left, top, width, _ = preferences
    window.click((left + width - 24, top + 22))  # the menu in the corner
    time.sleep(DELAY)
    manual.take("install.png", (left, top - 18, width, 230), (left + width - 120, top + 171))
    window.screen.call("xdotool", "key", "Escape")
    window.run(f"""
bpy.ops.extensions.package_install_files(
    filepath={os.environ["FOCAL_DEPTH_ZIP"]!r}, repo="user_default", enable_on_install=True)
bpy.context.preferences.active_section = "ADDONS"
bpy.context.window_manager.addon_search = "Focal"
bpy.ops.preferences.addon_expand(module=PACKAGE)
""")
    manual.take("preferences.png", (left, top - 18, width, 510))
    window.run("""
with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):
    bpy.ops.wm.window_close()
bpy.ops.wm.save_userpref()
""")


def preferences_box(window: Window) -> Box:
    return window.run(f"""
shown = bpy.context.window_manager.windows[-1]
shown.x, {HEIGHT} - shown.y - shown.height, shown.width, shown.height
""")


def photographs_to_mesh(manual: Manual) -> None:
    window = manual.window
    window.run("bpy.data.objects.remove(bpy.data.objects['Cube'])")
    place = window.middle()
    left, top, *_ = manual.box()
    menu = (left, top + 230, 920, 420)
    manual.drop(PHOTOGRAPHS, place, menu)
    manual.take("drop.png", menu, place)
    window.click(place)
    window.wait_until(f"idle() and len(settings().photographs) == {len(PHOTOGRAPHS)}", PATIENCE)
    manual.sidebar("listed.png", "bpy.ops.focal_depth.estimate", 1000, 68)
    window.click(manual.button("bpy.ops.focal_depth.estimate"))
    window.wait_until("stage() in ('align', 'depth')", PATIENCE)
    with held(SCRATCH / "blender"):
        manual.sidebar("estimating.png", "bpy.ops.focal_depth.cancel", 10, 44)
    window.wait_until("idle()", PATIENCE)
    manual.sidebar("estimated.png", "bpy.ops.focal_depth.estimate", 10, 140)
    manual.scroll(20)
    manual.press("bpy.ops.focal_depth.build_mesh")
    window.run("areas('VIEW_3D')[0].spaces.active.show_region_ui = False")
    window.key("Home")
    manual.take("mesh.jpg", manual.box())


def place_and_render(manual: Manual) -> None:
    window, screen = manual.window, manual.window.screen
    left, top, width, height = manual.box()
    window.move((left + int(TABLE[0] * width), top + int(TABLE[1] * height)))
    screen.call("xdotool", "keydown", "shift", "click", "3", "keyup", "shift")
    time.sleep(DELAY)
    window.run("from math import radians")
    window.run(f"bpy.ops.mesh.primitive_monkey_add('EXEC_REGION_WIN', True, {MONKEY})")
    time.sleep(DELAY)
    manual.take("monkey.jpg", manual.box())
    window.click((left + 95, top + height - 35))  # opens the box of what was done last
    manual.take("add_monkey.png", (left + 70, top + height - 310, 390, 305))
    window.run("""
bpy.ops.object.shade_smooth()
bpy.ops.object.subdivision_set(level=2)
orange = bpy.data.materials.new("Orange")
orange.use_nodes = True
orange.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.8, 0.16, 0.02, 1)
orange.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.3
bpy.context.object.data.materials.append(orange)
""")
    window.run(LIGHT)
    properties = "areas('PROPERTIES')[0]"
    window.run(f"{properties}.spaces.active.context = 'DATA'")
    left, top, width, _ = manual.box(editor=properties)
    manual.take("light.png", (left, top, width, 440))
    window.run("""
scene = bpy.context.scene
scene.render.engine = "CYCLES"
areas("VIEW_3D")[0].spaces.active.show_region_ui = True
""")
    manual.scroll(30)
    manual.press("bpy.ops.focal_depth.holdout(enable=True)")
    manual.sidebar("holdout.png", "bpy.ops.focal_depth.holdout", 240, 120)
    rendered = SCRATCH / "rendered.png"
    window.run(f"""
scene.cycles.samples, scene.cycles.use_denoising = {SAMPLES}, False  # Debian's Blender has no denoiser
scene.render.filepath = {str(rendered)!r}
scene.render.resolution_percentage, before = {SIZE}, scene.render.resolution_percentage
bpy.context.preferences.view.render_display_type = "NONE"
bpy.ops.render.render("INVOKE_DEFAULT", write_still=True)
""")
    window.wait_until("not bpy.app.is_job_running('RENDER')", PATIENCE)
    window.run("scene.render.resolution_percentage = before")
    subprocess.run(
        ["convert", rendered, "-strip", "-quality", str(QUALITY), PICTURES / "rendered.jpg"], check=True
    )


def preview(manual: Manual) -> None:
    window = manual.window
    manual.call("preview", show="DEPTH")
    manual.call("overlay", enable=True)
    manual.scroll(-40)
    manual.scroll(6)
    manual.take("overlay.jpg", manual.box())
    manual.call("overlay", enable=False)
    window.run("main_area().ui_type = 'IMAGE_EDITOR'")
    window.wait_until("image_sidebar_is_open()")
    for shown in ("DEPTH", "CONFIDENCE", "ALIGNED"):
        manual.call("preview", show=shown)
        window.run("view_whole_picture()")
        manual.take(f"look_{shown.lower()}.jpg", manual.box())
    manual.call("preview", show="ALL_IN_FOCUS")
    window.run("view_whole_picture()")
    manual.call("pick")
    left, top, width, height = manual.box()
    manual.take("pick.jpg", (left, top, width, height), (left + width // 4, top + int(0.7 * height)))
    window.screen.call("xdotool", "key", "Escape")
    window.run("main_area().ui_type = 'VIEW_3D'")


IMAGE_EDITOR = """
def image_sidebar_is_open():
    area = main_area()
    area.spaces.active.show_region_ui = True
    sidebar = region(area, "UI")
    if sidebar.active_panel_category == "UNSUPPORTED":
        return False
    sidebar.active_panel_category = "Focal Depth"
    return True

def view_whole_picture():
    with bpy.context.temp_override(area=main_area(), region=region(main_area())):
        bpy.ops.image.view_all(fit_view=True)
"""


def build_and_composite(manual: Manual) -> None:
    window = manual.window
    window.wait_until("sidebar_is_open()")
    manual.scroll(40)
    manual.sidebar("set.png", "bpy.ops.focal_depth.holdout", 240, 330)
    for effect in ("depth_merge", "refocus"):
        manual.call(effect)
    manual.scroll(40)
    manual.sidebar("compositing.png", "bpy.ops.focal_depth.depth_merge", 50, 270)
    manual.unfold("bpy.ops.focal_depth.depth_matte", BELOW_MATTE)
    manual.scroll(40)
    manual.sidebar("export.png", "bpy.ops.focal_depth.export", 55, 330)
    window.run("bpy.context.window.workspace = bpy.data.workspaces['Compositing']")
    window.wait_until("areas('NODE_EDITOR')")
    time.sleep(DELAY)
    window.run("""
nodes = areas("NODE_EDITOR")[0]
with bpy.context.temp_override(area=nodes, region=region(nodes)):
    bpy.ops.screen.screen_full_area(use_hide_panels=True)
""")
    time.sleep(DELAY)
    window.run("""
nodes = areas("NODE_EDITOR")[0]
with bpy.context.temp_override(area=nodes, region=region(nodes)):
    bpy.ops.node.view_all()
""")
    left, top, width, height = manual.box()
    manual.take("nodes.png", (left + width // 4, top, width // 2, height))
    window.run("""
with bpy.context.temp_override(area=areas("NODE_EDITOR")[0]):
    bpy.ops.screen.screen_full_area(use_hide_panels=True)
""")
    window.run("bpy.context.window.workspace = bpy.data.workspaces['Layout']")
    time.sleep(DELAY)


def list_and_lens(manual: Manual) -> None:
    """Of a bracket of which one photograph does not belong."""
    window = manual.window
    bracket = SCRATCH / "bracket"
    shutil.copytree(SAMPLE, bracket)
    subprocess.run(["mogrify", "-resize", "50%", bracket / "04.jpg"], check=True)
    window.open()
    files = [{"name": path.name} for path in PHOTOGRAPHS]
    manual.call("drop_photographs", directory=str(bracket), files=files)
    window.run("settings().active_photograph = settings().photographs.find('04.jpg')")
    manual.sidebar("photographs.png", "bpy.ops.focal_depth.estimate", 1000, -16)
    manual.unfold("bpy.ops.focal_depth.estimate", BELOW_ESTIMATE[1])
    manual.scroll(10)
    manual.sidebar("lens.png", "bpy.ops.focal_depth.estimate", -105, 305)
    manual.unfold("bpy.ops.focal_depth.estimate", BELOW_ESTIMATE[0])
    manual.sidebar("estimate.png", "bpy.ops.focal_depth.estimate", 10, 172)


def clip(manual: Manual) -> None:
    """A film of the sample, and a part of it."""
    window = manual.window
    window.open()
    film = write_film(SCRATCH / "blender", SCRATCH / "pull.mp4")
    manual.call("drop_photographs", directory=str(SCRATCH), files=[{"name": film.name}])
    window.run("settings().clip.start = 0.5")
    time.sleep(DELAY)  # thumbnails
    manual.sidebar("clip.png", "bpy.ops.focal_depth.estimate", 1000, -16)


def follow(manual: Manual) -> None:
    """A shoot, while its first bracket is estimated."""
    window, shoot = manual.window, SCRATCH / "shoot"
    shoot.mkdir()
    window.open()
    window.run(f"settings().follow_folder, settings().output = {str(shoot)!r}, {str(SCRATCH / 'results')!r}")
    manual.unfold("bpy.ops.focal_depth.estimate", BELOW_ESTIMATE[2])
    window.click(manual.button("bpy.ops.focal_depth.follow"))
    shutil.copytree(SAMPLE, shoot / "table")
    window.wait_until("addon('jobs').manager.shoot.status()[1]", PATIENCE)
    with held(SCRATCH / "blender"):
        manual.sidebar("on_set.png", "bpy.ops.focal_depth.follow", 108, 72)
    window.run("bpy.ops.focal_depth.follow(enable=False)")


def work(manual: Manual) -> None:
    manual.window.open()
    manual.window.run(IMAGE_EDITOR)
    photographs_to_mesh(manual)
    place_and_render(manual)
    preview(manual)
    build_and_composite(manual)
    list_and_lens(manual)
    clip(manual)
    follow(manual)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    screen = Screen()
    try:
        for chapter in (install, work):
            window = Window(screen, SCRATCH / "blender")
            try:
                chapter(Manual(window))
            finally:
                window.close()
    finally:
        screen.close()
        shutil.rmtree(SCRATCH)
    total = sum(path.stat().st_size for path in PICTURES.iterdir())
    print(f"{len(list(PICTURES.iterdir()))} pictures, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
