#!/usr/bin/env bash
# ONNX Runtime takes time that grows with the square of a network's size to open it, planning which tensors share memory.
#
# Version: onnxruntime 1.31.1, onnx 1.19.1, numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: where a network's tensors have sizes that are known only when it runs, InferenceSession(...) looks among all
#   tensors that are free for one to use again, node by node. Twice as many nodes take about three and a half times as long.
#   With SessionOptions.enable_mem_reuse = False opening takes a tenth or less; the outcome is the same to the bit, and
#   memory for what a network made is given back in the same way while it runs.
# Seen (two cores):
#   600 nodes: 0.23 s, 1200 nodes: 0.73 s, 2400 nodes: 2.52 s; without: 0.03, 0.06, 0.12 s
#   outcomes alike: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.31.1 onnx==1.19.1 numpy==1.26.4
cd "$folder"
venv/bin/python - <<'PYTHON'
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

SIZES = 600, 1200, 2400


def network(count):
    """A chain of nodes, in threes: each gives what the one before gave, of a size that the file does not tell."""
    nodes, last = [], "x"
    for step in range(count // 3):
        nodes.append(helper.make_node("Shape", [last], [f"shape{step}"]))
        nodes.append(helper.make_node("Expand", [last, f"shape{step}"], [f"wide{step}"]))
        nodes.append(helper.make_node("Sin", [f"wide{step}"], [f"sine{step}"]))
        last = f"sine{step}"
    nodes.append(helper.make_node("Identity", [last], ["y"]))
    ends = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["a", "b"]), helper.make_tensor_value_info(
        "y", TensorProto.FLOAT, ["c", "d"]
    )
    graph = helper.make_graph(nodes, "chain", [ends[0]], [ends[1]])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


def seconds_and_outcome(model, reuses):
    options = onnxruntime.SessionOptions()
    options.enable_mem_reuse = reuses
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    began = time.process_time()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    took = time.process_time() - began
    return took, session.run(None, {"x": np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)})[0]


models = [network(size) for size in SIZES]
seconds_and_outcome(models[0], True)
with_reuse, without = ([seconds_and_outcome(model, reuses) for model in models] for reuses in (True, False))
times = ", ".join(f"{size} nodes: {took:.2f} s" for size, (took, _) in zip(SIZES, with_reuse))
print(f"{times}; without: {', '.join(f'{took:.2f}' for took, _ in without)} s")
alike = all(np.array_equal(one[1], other[1]) for one, other in zip(with_reuse, without))
print(f"outcomes alike: {alike}")
assert alike
assert with_reuse[2][0] > 2.5 * with_reuse[1][0] > 0, "it no longer grows with the square"
assert with_reuse[2][0] > 10 * without[2][0], "planning no longer takes most of the time"
PYTHON
