#!/usr/bin/env bash
# OpenImageIO turns a min-is-white TIFF round at 8 bits or fewer, and leaves it a negative at 16.
#
# Versions: OpenImageIO 3.0.21.0 with numpy 1.26.4 and tifffile 2026.3.3 (to write), Python 3.11, Linux x86-64.
# Behaviour: of a grey TIFF whose PhotometricInterpretation is 0 (TIFF 6.0: zero is white), read_image() returns
#   values where zero is black for samples of 8 bits, and the values as stored for samples of 16. The tag
#   (tiff:PhotometricInterpretation) is reported as 0 both times, so that a reader has to know which was done.
# Seen (stored as white, grey, black):
#   8 bits: 255 128 0, tag 0
#   16 bits: 0 32639 65535, tag 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3.11}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check OpenImageIO==3.0.21.0 numpy==1.26.4 tifffile==2026.3.3
"$folder/venv/bin/python" - "$folder/p.tif" <<'PYTHON' | tee "$folder/seen"
import sys

import numpy as np
import OpenImageIO as oiio
import tifffile

for bits, values in ((8, np.uint8([0, 127, 255])), (16, np.uint16([0, 32639, 65535]))):
    tifffile.imwrite(sys.argv[1], np.tile(values, (8, 1)), photometric="miniswhite")
    file = oiio.ImageInput.open(sys.argv[1])
    spec = file.spec()
    row = file.read_image(0, 0, 0, 1, spec.format)[0, :, 0]
    print(f"{bits} bits: {' '.join(map(str, row.tolist()))}, tag {spec.get('tiff:PhotometricInterpretation')}")
PYTHON
diff "$folder/seen" - <<'SEEN'
8 bits: 255 128 0, tag 0
16 bits: 0 32639 65535, tag 0
SEEN
echo "as described"
