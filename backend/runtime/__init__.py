"""What runs the steps: threads and memory, processors, sessions, progress, faults, the cache."""

import os

# ONNX Runtime 1.31 tells its makers how it is used, and keeps a database for that in the person's home. It
# looks here once, while it is imported; what its Python interface offers comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
