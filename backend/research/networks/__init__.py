"""Networks as torch modules (needs torch); the rest of the package runs their ONNX exports."""
