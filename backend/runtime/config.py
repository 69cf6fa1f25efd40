"""How a stack is estimated, where there is a choice."""

from dataclasses import dataclass

from ..contract.qualities import FOCAL_UNET, NETWORK, STANDARD


@dataclass(frozen=True)
class Config:
    """How a stack is estimated, where there is a choice.

    Attributes
    ----------
    quality
        Of `qualities.QUALITIES`: how finely depth is inferred.
    alignment
        Of `qualities.ALIGNMENTS`: how frames are brought onto the reference's grid.
    predictor
        Of `qualities.PREDICTORS`, or the path of an imported .onnx file: the network that infers depth.
    lens_profile
        Whether depth is corrected for the lens's field curvature: as its saved profile has it, or as the
        stack's own planes show it.
    """

    quality: str = STANDARD
    alignment: str = NETWORK
    predictor: str = FOCAL_UNET
    lens_profile: bool = True
