#!/usr/bin/env bash
# ONNX Runtime runs all branches of a sum before it adds the first two, whatever order the file has them in.
#
# Version: onnxruntime 1.31.1, onnx 1.19.1, numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: of six convolutions of one picture that are added up one by one, each Add standing in the file right behind its
#   convolution, a session runs the six first, the last one before the others, so that six pictures are held at once; the
#   file's own order holds two. So it is at the levels ORT_DISABLE_ALL and ORT_ENABLE_BASIC. With
#   SessionOptions.execution_order = ExecutionOrder.PRIORITY_BASED it runs them as the file has them. How much memory a
#   network takes thus hangs on an order that the file does not tell.
# Seen:
#   held at most: by default 6, by priority 2
#   outcomes alike: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.31.1 onnx==1.19.1 numpy==1.26.4
cd "$folder"
venv/bin/python - <<'PYTHON'
import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

BRANCHES, CHANNELS = 6, 16
SIZES = ["n", CHANNELS, "h", "w"]


def network():
    """The sum of convolutions of one picture, each added as soon as it is there."""
    nodes, weights = [], []
    for number in range(BRANCHES):
        values = np.random.default_rng(number).standard_normal((CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"weights{number}"))
        inputs = ["picture", f"weights{number}"]
        nodes.append(helper.make_node("Conv", inputs, [f"branch{number}"], f"branch{number}", pads=[1, 1, 1, 1]))
        if number > 0:
            before = "branch0" if number == 1 else f"sum{number - 1}"
            inputs = [before, f"branch{number}"]
            nodes.append(helper.make_node("Add", inputs, [f"sum{number}"], f"sum{number}"))
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, SIZES)
    output = helper.make_tensor_value_info(f"sum{BRANCHES - 1}", TensorProto.FLOAT, SIZES)
    graph = helper.make_graph(nodes, "sum", [picture], [output], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


def held_and_outcome(order):
    """How many branches and sums wait for another at once, by the order in which they ran."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.execution_order = order
    options.enable_profiling, options.profile_file_prefix = True, order.name
    session = onnxruntime.InferenceSession(network(), options, providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(9).standard_normal((1, CHANNELS, 32, 32)).astype(np.float32)
    (outcome,) = session.run(None, {"picture": picture})
    events = json.load(open(session.end_profiling()))
    ran = [each["name"].removesuffix("_kernel_time") for each in events if each["name"].endswith("_kernel_time")]
    held = most = 0
    for node in ran:
        held += 1 if node.startswith("branch") else -1  # a sum takes two and gives one
        most = max(most, held)
    return most, outcome


first, before = held_and_outcome(onnxruntime.ExecutionOrder.DEFAULT)
second, after = held_and_outcome(onnxruntime.ExecutionOrder.PRIORITY_BASED)
print(f"held at most: by default {first}, by priority {second}")
print("outcomes alike:", np.allclose(before, after, atol=1e-3))
assert (first, second) == (6, 2)
assert np.allclose(before, after, atol=1e-3)
PYTHON
