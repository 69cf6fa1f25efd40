#!/usr/bin/env bash
# ONNX Runtime's wheel holds the runtime twice; Python needs one of the two.
#
# Version: onnxruntime 1.31.1, onnx 1.19.1, numpy 1.26.4, Python 3.11, Linux x86-64. The wheels of the same version for
#   Windows (onnxruntime.dll) and macOS (libonnxruntime.1.31.1.dylib) are built alike.
# Behaviour: the extension module onnxruntime_pybind11_state has the whole runtime linked into it. Beside it lies
#   libonnxruntime.so.1.31.1 for programs in C, which the module does not name: without it sessions run as before.
#   It is 29 of the wheel's 64 MB, and 11 of its 24 MB packed.
# Seen:
#   beside the module: 29 MB; the module: 31 MB, which names libonnxruntime: False
#   without it, 2 + 3 = 5.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.31.1 onnx==1.19.1 numpy==1.26.4
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.util
from pathlib import Path

capi = Path(importlib.util.find_spec("onnxruntime").origin).parent / "capi"
(beside,) = capi.glob("libonnxruntime.so.1*")
(module,) = capi.glob("onnxruntime_pybind11_state*.so")
named = b"libonnxruntime.so" in module.read_bytes()
sizes = [round(path.stat().st_size / 1e6) for path in (beside, module)]
print(f"beside the module: {sizes[0]} MB; the module: {sizes[1]} MB, which names libonnxruntime: {named}")
assert sizes == [29, 31] and not named
beside.unlink()

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

a, b, c = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "abc")
graph = helper.make_graph([helper.make_node("Add", ["a", "b"], ["c"])], "sum", [a, b], [c])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
(total,) = session.run(None, {"a": np.float32([2]), "b": np.float32([3])})
print(f"without it, 2 + 3 = {total[0]}")
assert total[0] == 5
PYTHON
