#!/usr/bin/env bash
# FFmpeg hands on tags that are in a MOV's own list, and passes over those in the list of a track.
#
# Version: PyAV 18.1.0 (its wheel's FFmpeg 8: libavformat 62.12.102) with numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: QuickTime keeps tags (an atom `meta` with `keys` and `ilst`) in the file's `moov` or in a track's `trak`.
#   iPhones write make and model into the former and lens and focal length into the latter. Of the same atom, PyAV's
#   container.metadata has the tag where it is in `moov`; where it is in `trak`, neither it nor stream.metadata has.
# Seen:
#   in moov: {'lens': 'A'}
#   in trak: {}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==1.26.4
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import struct
import sys

import av
import numpy as np


def atom(name, content):
    return struct.pack(">I4s", len(content) + 8, name) + content


handler = atom(b"hdlr", bytes(8) + b"mdta" + bytes(13))
keys = atom(b"keys", struct.pack(">II", 0, 1) + atom(b"mdta", b"lens"))
item = atom(struct.pack(">I", 1), atom(b"data", struct.pack(">II", 1, 0) + b"A"))
meta = atom(b"meta", handler + keys + atom(b"ilst", item))

plain = f"{sys.argv[1]}/plain.mov"
with av.open(plain, "w") as film:
    stream = film.add_stream("libx264", rate=30)
    stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
    for _ in range(2):
        film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 96, 3), np.uint8), "rgb24")))
    film.mux(stream.encode())
data = open(plain, "rb").read()


def tags_with_meta_in(*parents):
    """Of the file with the atom at the end of the last of these, which grow by it; frames lie before them."""
    starts = [data.rindex(name) - 4 for name in parents]
    end = starts[-1] + int.from_bytes(data[starts[-1] : starts[-1] + 4], "big")
    grown = bytearray(data[:end] + meta + data[end:])
    for start in starts:
        size = int.from_bytes(data[start : start + 4], "big")
        grown[start : start + 4] = struct.pack(">I", size + len(meta))
    path = f"{sys.argv[1]}/{parents[-1].decode()}.mov"
    open(path, "wb").write(grown)
    with av.open(path) as film:
        stream = film.streams.video[0]
        assert len(list(film.decode(stream))) == 2
        return {name: value for name, value in (film.metadata | stream.metadata).items() if name == "lens"}


in_moov, in_trak = tags_with_meta_in(b"moov"), tags_with_meta_in(b"moov", b"trak")
print("in moov:", in_moov)
print("in trak:", in_trak)
assert in_moov == {"lens": "A"} and in_trak == {}, "the behaviour has changed"
PYTHON
