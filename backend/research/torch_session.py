"""Our networks under torch, called as ONNX Runtime's sessions are. Needs torch and safetensors."""

from pathlib import Path

import numpy as np


class TorchSession:
    """One of the networks of exported weights."""

    def __init__(self, weights: Path, name: str, device: str) -> None:
        """`name` is "alignment" or "depth"."""
        from safetensors.torch import load_file

        from .networks.focal_depth import FocalDepthNetwork

        network = FocalDepthNetwork()
        network.load_state_dict(load_file(weights))
        self._network = getattr(network, name).eval().to(device)
        self._device = device

    def run(self, _outputs: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        """What the network makes of its inputs, by the names and shapes that the .onnx files have."""
        import torch

        inputs = [torch.from_numpy(values)[None].to(self._device) for values in feed.values()]
        with torch.inference_mode():
            return [output[0].float().cpu().numpy() for output in self._network(*inputs)]
