#!/usr/bin/env bash
# OpenEXR's Python module takes a level of ZIP compression, writes it into the header, and compresses as ever.
#
# Version: OpenEXR 3.5.3, numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: File(header, ...) with "zipCompressionLevel" in the header gives the same bytes of pixels for every level:
#   the file only claims the level. "dwaCompressionLevel", given the same way, does set how much DWAA compresses.
# Seen:
#   ZIP, levels 0, 1 and 9: each claims its level; sizes alike: True
#   DWAA, levels 10 and 500: the second is smaller: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==1.26.4
cd "$folder"
venv/bin/python - <<'PYTHON'
import os

import numpy as np
import OpenEXR

rows = np.cumsum(np.random.default_rng(0).integers(0, 3, (256, 256)), axis=1)


def size_of(compression, name, level, channels):
    header = {"compression": compression, "type": OpenEXR.scanlineimage, name: level}
    OpenEXR.File(header, channels).write("a.exr")
    with OpenEXR.File("a.exr", header_only=True) as file:
        assert file.header()[name] == level
    return os.path.getsize("a.exr")


depth = {"Z": rows.astype(np.float32)}
zipped = {size_of(OpenEXR.ZIP_COMPRESSION, "zipCompressionLevel", level, depth) for level in (0, 1, 9)}
print(f"ZIP, levels 0, 1 and 9: each claims its level; sizes alike: {len(zipped) == 1}")
assert len(zipped) == 1
colour = dict.fromkeys("RGB", (rows / 300).astype(np.float16))
little, much = (size_of(OpenEXR.DWAA_COMPRESSION, "dwaCompressionLevel", level, colour) for level in (10.0, 500.0))
print(f"DWAA, levels 10 and 500: the second is smaller: {much < little}")
assert much < little
PYTHON
