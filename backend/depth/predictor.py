"""What infers depth: one protocol for every network, and the choice of one by its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ..contract.cost import MAX_TILE
from ..contract.errors import InputError
from ..contract.qualities import FOCAL_UNET, FORMER_PREDICTOR_NAMES, PREDICTORS, STANDARD, WON_JEON
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress


@dataclass(frozen=True)
class Prediction:
    """Depth as a network sees it.

    Attributes
    ----------
    normalised
        (h, w) float32, normalised dioptres: 0 at the farthest frame's focus, 1 at the nearest one's.
    uncertainty
        (h, w) float32, the expected absolute error in the same unit; 0 where the predictor has none.
    moving
        (h, w) 0 to 1, how certainly something moved between frames; None where none have been compared.
    """

    normalised: np.ndarray
    uncertainty: np.ndarray
    moving: np.ndarray | None = None


class DepthPredictor(Protocol):
    """A network that infers depth from aligned frames.

    Attributes
    ----------
    kind
        Of `qualities.PREDICTORS`: which network it is, and by that what it costs (`cost.PREDICTED`).
    has_uncertainty
        Whether its predictions have an uncertainty.
    models
        The files it runs, which its digest is made of.
    """

    kind: str
    has_uncertainty: bool

    @property
    def models(self) -> Sequence[Path]:
        """The files it runs."""
        ...

    def predict(
        self,
        pictures: np.ndarray,
        positions: np.ndarray,
        sessions: Sessions,
        progress: StageProgress,
        quality: str = STANDARD,
        max_tile: int = MAX_TILE,
    ) -> Prediction:
        """Infer depth.

        Parameters
        ----------
        pictures
            (N, h, w, 3) float32, sRGB, aligned, far to near.
        positions
            (N,) float32, normalised dioptres of the frames.
        sessions
            Where its networks are open, or opened; they are released when they have run.
        progress
            Hears of every tile.
        quality
            Of `qualities.QUALITIES`; drafts may be coarser.
        max_tile
            Pixels times frames that are looked at in one go.

        Raises
        ------
        InputError
            Where the network's file is missing or another network's.
        """
        ...


def predictor_named(name: str) -> DepthPredictor:
    """Return the predictor of a name, or of an .onnx file of Won & Jeon's network.

    Parameters
    ----------
    name
        One of `qualities.PREDICTORS`, or the path of a file that `import-weights` wrote.

    Raises
    ------
    InputError
        Where there is none.
    """
    from .focal_unet import FocalUnet
    from .won_jeon import WonJeon, find_imported_model

    name = FORMER_PREDICTOR_NAMES.get(name, name)
    if name == FOCAL_UNET:
        return FocalUnet()
    if name == WON_JEON:
        return WonJeon(find_imported_model())
    if not Path(name).is_file():
        choices = ", ".join(f'"{each}"' for each in PREDICTORS)
        raise InputError(f"{name} does not exist: name {choices} or an imported .onnx file")
    return WonJeon(Path(name))
