"""The networks under ONNX Runtime: arrays in, arrays out."""

import os

# ONNX Runtime 1.31 tells its makers how it is used, and keeps a database for that in the person's home. It
# looks here once, while it is imported; what its Python interface offers comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
