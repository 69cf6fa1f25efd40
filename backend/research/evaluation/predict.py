"""Depth of aligned pictures by a network, outside of an estimate."""

import numpy as np

from ...contract.qualities import FOCAL_UNET
from ...depth.predictor import Prediction, predictor_named
from ...runtime.resources import Resources
from ...runtime.sessions import sessions_for


def predict(pictures: np.ndarray, positions: np.ndarray, network: str = FOCAL_UNET) -> Prediction:
    """Infer depth with all threads of the machine; the network stays open for the next call.

    Parameters
    ----------
    pictures
        (N, H, W, 3) float32, sRGB, aligned, far to near.
    positions
        (N,) normalised dioptres.
    network
        As `predictor_named` takes it.

    Raises
    ------
    InputError
        Where there is no such network.
    """
    sessions = sessions_for(Resources())
    return predictor_named(network).predict(pictures, positions, sessions, lambda done, of: None)
