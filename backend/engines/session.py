"""One way to open a network under ONNX Runtime."""

import os
from pathlib import Path

from .devices import providers


def open_session(model: Path):
    """An InferenceSession on the device in use. Raises OSError, or ONNX Runtime's own for a bad model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or 0)  # 0: one for every core
    options.enable_mem_pattern = False  # it would keep memory for every size of a tile
    # Bytes, since ONNX Runtime does not open every path that Python does.
    return onnxruntime.InferenceSession(model.read_bytes(), options, providers=providers())
