#!/usr/bin/env bash
# OpenCV resamples in steps of 1/32 pixel, and its cubic kernel moves a ramp by another amount than asked.
#
# Versions: opencv-python-headless 4.11.0.86 with numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: warpAffine and remap, linear and cubic, round every coordinate to 1/32 pixel before they
#   interpolate, also where pixels and coordinates are float32. A shift by 0.01 px returns the picture to the
#   bit; one by 0.02 px is carried out as one by 0.03125 px. So registration that iterates by resampling cannot
#   see, nor undo, less than 0.016 px, and a derivative taken by small shifts is 0 or much too large.
#   INTER_CUBIC (Keys' kernel with a = -0.75) does not reproduce a ramp either: there the same step comes out as
#   0.045 px, as no kernel with a = -0.5 would.
# Seen:
#   warpAffine linear: 0.01 px moves by 0.00000, 0.02 px by 0.03125
#   warpAffine cubic: 0.01 px moves by 0.00000, 0.02 px by 0.04544
#   remap linear: 0.01 px moves by 0.00000, 0.02 px by 0.03125
#   remap cubic: 0.01 px moves by 0.00000, 0.02 px by 0.04544
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3.11}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opencv-python-headless==4.11.0.86 numpy==1.26.4
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import cv2
import numpy as np

ramp = np.tile(np.arange(64, dtype=np.float32), (16, 1))  # a value is its own x
x, y = np.meshgrid(np.arange(64, dtype=np.float32), np.arange(16, dtype=np.float32))


def by_warp(shift, how):
    matrix = np.float32([[1, 0, shift], [0, 1, 0]])
    return cv2.warpAffine(ramp, matrix, (64, 16), flags=how | cv2.WARP_INVERSE_MAP)


def by_remap(shift, how):
    return cv2.remap(ramp, x + np.float32(shift), y, how)


for name, move in (("warpAffine", by_warp), ("remap", by_remap)):
    for kind, how in (("linear", cv2.INTER_LINEAR), ("cubic", cv2.INTER_CUBIC)):
        moved = [float((move(shift, how) - ramp)[8, 8:56].mean()) for shift in (0.01, 0.02)]
        print(f"{name} {kind}: 0.01 px moves by {moved[0]:.5f}, 0.02 px by {moved[1]:.5f}")
PYTHON
sed -n 's/^#   \(.*moves by.*\)/\1/p' "$0" | diff - "$folder/seen"
