#!/usr/bin/env bash
# OpenEXR's PIZ compresses a part of half colours and float depth far worse than each of them by itself.
#
# Version: OpenEXR 3.5.3 (Python wheel) with numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: a picture of 8-bit colours as half floats takes little space with PIZ alone, and so does smooth float
#   depth; with both in one part (which Blender 4.2 needs to show all layers) the file is larger than the two files
#   together. ZIP's file of both is about as large as its two.
# Seen (bytes a pixel of colours, of depth, of both):
#   PIZ 1.54 2.83 6.33 both over the sum 1.45
#   ZIP 3.50 3.28 7.16 both over the sum 1.05
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==1.26.4
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os
import sys

import numpy as np
import OpenEXR

HEIGHT, WIDTH = 600, 800
random = np.random.default_rng(0)
y, x = np.mgrid[:HEIGHT, :WIDTH] / WIDTH
waves = 128 + 60 * np.sin(9 * x + 5 * y) + random.normal(0, 3, (3, HEIGHT, WIDTH))
colours = ((waves.clip(0, 255).round() / 255) ** 2.2).astype(np.float16)
colours = dict(zip("RGB", colours, strict=True))
depth = {"Z": (1 / (0.5 + 0.3 * x - 0.2 * y + 0.02 * np.sin(20 * y * x))).astype(np.float32)}


def size(channels, compression):
    path = f"{sys.argv[1]}/file.exr"
    OpenEXR.File({"compression": compression, "type": OpenEXR.scanlineimage}, channels).write(path)
    return os.path.getsize(path) / (HEIGHT * WIDTH)


ratios = {}
for name in ("PIZ", "ZIP"):
    kind = getattr(OpenEXR, f"{name}_COMPRESSION")
    sizes = [size(each, kind) for each in (colours, depth, colours | depth)]
    ratios[name] = sizes[2] / (sizes[0] + sizes[1])
    print(name, *(f"{each:.2f}" for each in sizes), f"both over the sum {ratios[name]:.2f}")
assert ratios["PIZ"] > 1.3 and ratios["ZIP"] < 1.15, "the behaviour has changed"
PYTHON
