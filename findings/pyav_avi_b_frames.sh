#!/usr/bin/env bash
# Frames of H.264 with B-frames in an AVI are decoded in the right order, with time stamps that run to and fro.
#
# Version: PyAV 18.1.0 (its wheel's FFmpeg 8: libavformat 62.12.102) with numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: AVI keeps no presentation times; every packet's pts is when it is decoded, unique and rising, so that
#   nothing looks amiss. The decoder hands frames out as they are shown, each with the pts of its packet: who sorts
#   frames by pts, or seeks by it, shows them in another order. The same packets in MP4 have rising time stamps.
# Seen (numbers of the frames, and their pts in frames, as they come):
#   avi frames 1 2 3 4 5 6 7 8 9 10 11 12 pts 1 3 4 2 6 7 5 9 10 8 12 11
#   mp4 frames 1 2 3 4 5 6 7 8 9 10 11 12 pts 0 1 2 3 4 5 6 7 8 9 10 11
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==1.26.4
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import av
import numpy as np

COUNT = 12
stamps = {}
for kind in ("avi", "mp4"):
    path = f"{sys.argv[1]}/film.{kind}"
    with av.open(path, "w") as film:
        stream = film.add_stream("libx264", rate=30, options={"g": "12", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(1, COUNT + 1):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 20 * number, np.uint8), "rgb24")
            frame.pts = number - 1
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    with av.open(path) as film:
        stream = film.streams.video[0]
        frames = list(film.decode(stream))
        step = float(1 / stream.average_rate / stream.time_base)
        numbers = [round(frame.to_ndarray(format="rgb24").mean() / 20) for frame in frames]
        stamps[kind] = [round(frame.pts / step) for frame in frames]
    print(kind, "frames", *numbers, "pts", *stamps[kind])
    assert numbers == list(range(1, COUNT + 1)), "the behaviour has changed: frames come in another order"
assert stamps["mp4"] == sorted(stamps["mp4"]), "the behaviour has changed: MP4"
assert stamps["avi"] != sorted(stamps["avi"]), "the behaviour has changed: AVI"
PYTHON
