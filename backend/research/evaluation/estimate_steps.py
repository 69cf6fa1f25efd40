"""The first steps of `focal-depth estimate`, for measuring what each of them leaves."""

from pathlib import Path

import numpy as np

from ...contract.qualities import FOCAL_UNET
from ...depth.predictor import Prediction
from ...io.photographs import read_photograph_at
from ...lens.profile import choose_curvature
from ...pipeline import flatten, plan_job, predict
from ...registration.register import Registration, register
from ...runtime.config import Config
from ...runtime.resources import Resources
from ...runtime.sessions import sessions_for
from ...stack import read_stack


def register_as_estimate(folder: Path) -> Registration:
    """Read a stack's photographs at the working size and register them.

    Raises
    ------
    InputError
        As `read_stack` and `register` do.
    """
    stack = read_stack([folder])
    job = plan_job(stack, Config(), Resources())
    photographs = np.stack(
        [read_photograph_at(frame.path, job.plan.size, frame.reading) for frame in stack.frames]
    )
    return register(photographs, stack, sessions_for(job.resources), job.config.alignment)


def predict_as_estimate(registration: Registration, network: str = FOCAL_UNET) -> Prediction:
    """Infer depth of registered frames, without field curvature, and its uncertainty with what moved."""
    job = plan_job(registration.stack, Config(predictor=network), Resources())
    stack, seen = predict(job, registration, sessions_for(job.resources), lambda done, of: None)
    applied = choose_curvature(stack, registration.pictures, seen.normalised, seen.uncertainty)
    return Prediction(flatten(seen.normalised, applied), seen.uncertainty)
