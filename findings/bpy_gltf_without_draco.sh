#!/usr/bin/env bash
# glTF export by the wheels of bpy 5.2 and 5.3 takes Draco compression, reports success, and does not compress.
#
# Versions: bpy 5.2.3 and 5.3.0 with numpy 2.5.5, Python 3.13, Linux x86-64.
# Behaviour: `export_scene.gltf(export_draco_mesh_compression_enable=True)` returns FINISHED and raises nothing,
#   and the GLB names no KHR_draco_mesh_compression. Both wheels come with libdraco.so.9 and without the library
#   bf_intern_draco_bridge that the exporter loads; only a line on the console says so. The wheel of 4.5.15
#   compresses. Whoever promises a compressed file has to look into it.
# Seen:
#   5.2.3 FINISHED extensions: none
#   5.3.0 FINISHED extensions: none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-env PYENV_VERSION=3.13.0 python3.13}

extensions() {
    $python -m venv "$folder/$1"
    "$folder/$1/bin/pip" install --quiet "bpy==$1" numpy==2.5.5
    "$folder/$1/bin/python" - "$folder/$1.glb" <<'PYTHON' | tail -n 1
import json
import os
import sys

import bpy

bpy.ops.wm.read_homefile(use_empty=True)
bpy.ops.mesh.primitive_uv_sphere_add()
done = bpy.ops.export_scene.gltf(filepath=sys.argv[1], export_draco_mesh_compression_enable=True)
with open(sys.argv[1], "rb") as file:
    header = file.read(20)
    used = json.loads(file.read(int.from_bytes(header[12:16], "little"))).get("extensionsUsed", [])
print(*done, "extensions:", ", ".join(used) or "none", flush=True)
os._exit(0)
PYTHON
}

for expected in "5.2.3 FINISHED extensions: none" "5.3.0 FINISHED extensions: none"; do
    version=${expected%% *}
    seen="$version $(extensions "$version")"
    echo "$seen"
    [[ $seen == "$expected" ]] || { echo "expected: $expected"; exit 1; }
done
