#!/usr/bin/env bash
# ONNX Runtime adds one convolution to another in place only where the file names the sizes of what they give alike.
#
# Version: onnxruntime 1.31.1, onnx 1.19.1, numpy 1.26.4, Python 3.11, Linux x86-64.
# Behaviour: Conv + Conv, of two pictures that Gather takes from one stack by numbers that are known when it runs, has
#   sizes that shape inference cannot prove equal. On a CPU the sum is then an Add of its own, with a tensor more in
#   memory. Once value_info names the sizes of both (the same dim_param, such as "frames"), one convolution adds to the
#   outcome of the other, and no Add is left. The outcome is the same. The names are not computed from anything: they
#   are believed, and no warning tells that they are missing.
# Seen:
#   sizes not named: 1 Add, 2 convolutions; named: 0 Add, 2 convolutions
#   outcomes alike: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.31.1 onnx==1.19.1 numpy==1.26.4
cd "$folder"
venv/bin/python - <<'PYTHON'
from collections import Counter

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CHANNELS = 16


def network(named):
    weights = [random_weights(number) for number in range(2)]
    nodes = []
    for number in range(2):
        nodes.append(helper.make_node("Gather", ["stack", f"numbers{number}"], [f"taken{number}"], axis=0))
        nodes.append(helper.make_node("Conv", [f"taken{number}", f"weights{number}"], [f"conv{number}"]))
    nodes.append(helper.make_node("Add", ["conv0", "conv1"], ["sum"]))
    stack = helper.make_tensor_value_info("stack", TensorProto.FLOAT, ["all", CHANNELS, "height", "width"])
    inputs = [stack] + [
        helper.make_tensor_value_info(f"numbers{number}", TensorProto.INT64, [f"count{number}"]) for number in range(2)
    ]
    output = helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["a", CHANNELS, "b", "c"])
    sizes = ["frames", CHANNELS, "height", "width"]
    info = [helper.make_tensor_value_info(f"conv{number}", TensorProto.FLOAT, sizes) for number in range(2)]
    graph = helper.make_graph(nodes, "sum", inputs, [output], weights, value_info=info if named else [])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


def random_weights(number):
    values = np.random.default_rng(number).standard_normal((CHANNELS, CHANNELS, 1, 1)).astype(np.float32)
    return numpy_helper.from_array(values, f"weights{number}")


def nodes_and_outcome(named):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns that an optimised file is for this computer only
    options.optimized_model_filepath = f"optimised-{named}.onnx"
    session = onnxruntime.InferenceSession(network(named), options, providers=["CPUExecutionProvider"])
    stack = np.random.default_rng(2).random((3, CHANNELS, 8, 8), np.float32)
    feed = {"stack": stack, "numbers0": np.array([0, 1, 2]), "numbers1": np.array([1, 2, 2])}
    kinds = Counter(node.op_type for node in onnx.load(f"optimised-{named}.onnx").graph.node)
    return kinds, session.run(None, feed)[0]


(unnamed, one), (named, other) = nodes_and_outcome(False), nodes_and_outcome(True)
print(
    f"sizes not named: {unnamed['Add']} Add, {unnamed['Conv']} convolutions; "
    f"named: {named['Add']} Add, {named['Conv']} convolutions"
)
alike = np.allclose(one, other, atol=1e-6)
print(f"outcomes alike: {alike}")
assert unnamed["Add"] == 1 and unnamed["Conv"] == 2, "it adds in place without names now"
assert named["Add"] == 0 and named["Conv"] == 2, "names no longer help"
assert alike
PYTHON
