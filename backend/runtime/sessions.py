"""Networks under ONNX Runtime: one way to open them."""

import os
import re
from pathlib import Path

from ..contract.errors import InputError
from ..contract.limits import MOST_WEIGHTS, read_whole
from .devices import providers

# A tensor kept in another file has this key (onnx.proto, TensorProto.external_data), whatever the length of
# the number of its letters. Nothing but the network is read.
ELSEWHERE = re.compile(rb"(?:\x08|\x88\x80*\x00)location")


def open_session(model: Path):
    """An InferenceSession on the device in use. Raises InputError for one that is too large or
    names other files, OSError, or ONNX Runtime's own for a bad model."""
    import onnxruntime

    network = read_whole(model, MOST_WEIGHTS)
    if ELSEWHERE.search(network):
        raise InputError(f"{model} keeps its weights in another file: use one that `import-weights` exported")

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or 0)  # 0: one for every core
    options.enable_mem_pattern = False  # it would keep memory for every size of a tile
    # Bytes, since ONNX Runtime does not open every path that Python does.
    return onnxruntime.InferenceSession(network, options, providers=providers())
