#!/usr/bin/env bash
# ONNX Runtime runs branches that a file adds up one by one all first, and those that a file has all first one by one.
#
# Version: onnxruntime 1.31.1, onnx 1.19.1, numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: a session does not run nodes in the order of the file, but begins with what the last one needs, and of its inputs
#   with the one that stands later. Six convolutions of one picture are added up. Where each Add stands in the file right
#   behind its convolution, which holds two pictures at once, the six run first, and six are held. Where the six stand
#   before all Adds, each is added as soon as it is there, and two are held. With
#   SessionOptions.execution_order = ExecutionOrder.PRIORITY_BASED it is the other way round, as the files have it.
#   The order that is best for one is worst for the other.
# Seen:
#   each Add behind its convolution: by default 6 held, by priority 2
#   convolutions first: by default 2 held, by priority 6
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


def network(branches_first):
    """The sum of convolutions of one picture."""
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
    if branches_first:
        nodes.sort(key=lambda node: node.op_type == "Add")
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, SIZES)
    output = helper.make_tensor_value_info(f"sum{BRANCHES - 1}", TensorProto.FLOAT, SIZES)
    graph = helper.make_graph(nodes, "sum", [picture], [output], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


def held_and_outcome(branches_first, order):
    """How many branches and sums wait for another at once, by the order in which they ran."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.execution_order = order
    options.enable_profiling, options.profile_file_prefix = True, order.name
    session = onnxruntime.InferenceSession(network(branches_first), options, providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(9).standard_normal((1, CHANNELS, 32, 32)).astype(np.float32)
    (outcome,) = session.run(None, {"picture": picture})
    events = json.load(open(session.end_profiling()))
    ran = [each["name"].removesuffix("_kernel_time") for each in events if each["name"].endswith("_kernel_time")]
    held = most = 0
    for node in ran:
        held += 1 if node.startswith("branch") else -1  # a sum takes two and gives one
        most = max(most, held)
    return most, outcome


ORDERS = onnxruntime.ExecutionOrder.DEFAULT, onnxruntime.ExecutionOrder.PRIORITY_BASED
(first, one), (second, two) = (held_and_outcome(False, order) for order in ORDERS)
(third, three), (fourth, four) = (held_and_outcome(True, order) for order in ORDERS)
print(f"each Add behind its convolution: by default {first} held, by priority {second}")
print(f"convolutions first: by default {third} held, by priority {fourth}")
alike = all(np.allclose(one, each, atol=1e-3) for each in (two, three, four))
print("outcomes alike:", alike)
assert (first, second, third, fourth) == (6, 2, 2, 6) and alike
PYTHON
