"""The networks under ONNX Runtime: arrays in, arrays out."""
