"""The networks as torch modules (needs torch); inference elsewhere runs their ONNX exports."""
