"""What our networks have learned; RECORD.md tells from what."""

from pathlib import Path

FOLDER = Path(__file__).parent
ALIGNMENT_MODEL, DEPTH_MODEL = FOLDER / "alignment.onnx", FOLDER / "depth.onnx"
TORCH_WEIGHTS = FOLDER / "focal_depth.safetensors"  # the same networks, for torch
