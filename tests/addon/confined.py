"""confined.py CACHE PHOTOGRAPHS PLACE: all that the add-on does, in a Blender of its own."""

import os
import sys

import bpy

cache, photographs, place = sys.argv[1:]
sys.audit("focal_depth.begin")  # what Blender does as it starts, from 5.2 on look for IPv6, is its own
del os.environ["PYTHONDONTWRITEBYTECODE"]  # which was for Blender: the backend compiles into the cache folder
bpy.ops.preferences.addon_enable(module="bl_ext.user_default.focal_depth")
bpy.context.preferences.addons["bl_ext.user_default.focal_depth"].preferences.cache_folder = cache
bpy.ops.wm.read_homefile(use_empty=True)
press = bpy.ops.focal_depth
press.add_photographs(directory=photographs)
press.estimate(output=f"{place}/result")
for show in ("DEPTH", "ALIGNED"):
    press.preview(show=show)
press.build_mesh(level="preview")
for name in ("depth_merge", "refocus", "depth_fog", "depth_matte"):
    getattr(press, name)()
for preset in ("WEB", "QUICK_LOOK"):
    press.export(preset=preset, filepath=f"{place}/{preset}")
bpy.ops.wm.save_as_mainfile(filepath=f"{place}/set.blend")
bpy.ops.wm.open_mainfile(filepath=f"{place}/set.blend")
press.estimate(output=f"{place}/result")
press.open_result(directory=f"{place}/result")
print("done", flush=True)
os._exit(0)  # see tests/conftest.py
