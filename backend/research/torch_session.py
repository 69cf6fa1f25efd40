"""Focal Depth's networks under torch, called as ONNX Runtime's sessions are (needs torch and safetensors).

The entry point "torch" of the group "focal_depth.sessions": where it is installed, networks run on graphics
processors for which ONNX Runtime has no provider.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

# In half precision on a graphics processor: depth moves by 0.1 thousandths of the focus range, less than
# 1 % of its error. The alignment network's sums overflow it.
IN_HALF_PRECISION = ("depth",)


class TorchSession:
    """One network of an exported weights file, on one device.

    Parameters
    ----------
    weights
        The .safetensors file.
    name
        "alignment" or "depth".
    device
        Where it runs, as torch names it.

    Attributes
    ----------
    in_half_precision
        Whether it runs in float16, where torch deems that safe.
    """

    def __init__(self, weights: Path, name: str, device: str) -> None:
        from safetensors.torch import load_file

        from .networks.focal_unet import FocalUnet

        networks = FocalUnet()
        networks.load_state_dict(load_file(weights))
        self._network = getattr(networks, name).eval().to(device)
        self._device = device
        self.in_half_precision = device != "cpu" and name in IN_HALF_PRECISION

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Run the network.

        Parameters
        ----------
        outputs
            Not used: all outputs are returned.
        feed
            Arrays with the names, the order and the shapes of the .onnx file's inputs.

        Returns
        -------
        list of numpy.ndarray
            The outputs of the .onnx file, float32.
        """
        import torch

        inputs = [torch.from_numpy(values)[None].to(self._device) for values in feed.values()]
        kind = torch.device(self._device).type
        with torch.inference_mode(), torch.autocast(kind, torch.float16, enabled=self.in_half_precision):
            return [output[0].float().cpu().numpy() for output in self._network(*inputs)]
