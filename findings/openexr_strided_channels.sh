#!/usr/bin/env bash
# OpenEXR's Python module writes an array that is not contiguous in memory as if it were: other pixels, no word.
#
# Versions: openexr 3.5.3 with numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: OpenEXR.File(header, channels).write() reads a channel's memory from its first value on and passes
#   over the array's strides. A channel sliced out of a picture (picture[..., 0]) or a transposed picture is
#   written scrambled; shape and type are right, and nothing is raised. np.ascontiguousarray() first is right.
# Seen:
#   a slice of a picture: differs
#   a transposed picture: differs
#   a contiguous copy of the slice: equal
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3.11}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openexr==3.5.3 numpy==1.26.4
"$folder/venv/bin/python" - "$folder/p.exr" <<'PYTHON' | tee "$folder/seen"
import sys

import numpy as np
import OpenEXR

picture = np.arange(2 * 4 * 3, dtype=np.float32).reshape(2, 4, 3)
cases = {
    "a slice of a picture": ("Y", picture[..., 0]),
    "a transposed picture": ("RGB", picture.transpose(1, 0, 2)),
    "a contiguous copy of the slice": ("Y", np.ascontiguousarray(picture[..., 0])),
}
for name, (channel, values) in cases.items():
    OpenEXR.File({}, {channel: values}).write(sys.argv[1])
    with OpenEXR.File(sys.argv[1]) as file:
        read = file.channels()[channel].pixels
    print(f"{name}: {'equal' if np.array_equal(read, values) else 'differs'}")
PYTHON
diff "$folder/seen" - <<'SEEN'
a slice of a picture: differs
a transposed picture: differs
a contiguous copy of the slice: equal
SEEN
echo "as described"
