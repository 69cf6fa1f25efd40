"""`focal-depth calibrate PHOTOS... [--output FILE]`: measure a lens by a bracket of something flat."""

import argparse
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..lens.field_curvature import FieldCurvature, find_curvature, measure_texture
from ..lens.profile import (
    LensName,
    LensProfile,
    fit_against_focus,
    focus_span,
    name_lens,
    profile_path,
    write_profile,
)
from ..pipeline import observe, plan_job
from ..registration.polynomial import evaluate, lattice
from ..registration.register import Registration
from ..runtime.config import Config
from ..runtime.progress import Reporter
from ..runtime.resources import Resources
from ..runtime.timings import Stages
from ..stack import FocalStack, read_stack
from ..stack.overrides import add_stack_arguments, overrides_from
from ..stack.records import open_photograph

SAME_EXPOSURE = 0.01  # stops


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `calibrate` takes."""
    parser.add_argument(
        "photographs", nargs="*", type=Path, help="files, or one folder: a bracket of a wall, a table, a page"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="save the lens profile there, instead of where it is applied to every stack of this lens",
    )
    add_stack_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Measure the lens, and save its profile."""
    stack = read_stack(options.photographs, overrides_from(options), reporter.progress)
    folder = stack.reference.path.parent
    if (span := focus_span(stack)) is None:
        raise InputError(
            f"{folder}: without focus distances a lens cannot be measured for other stacks; type two with "
            "--focus-distance"
        )
    name = _name(stack, folder)
    job = plan_job(stack, Config(), Resources())
    stack, registration, prediction = observe(job, Stages(reporter.progress))
    texture = measure_texture(registration.pictures)
    curvature = find_curvature(prediction.normalised, prediction.uncertainty, texture, is_flat=True)
    dioptres = np.asarray(stack.dioptres)
    scale, distortion = _radial_motion(registration)
    profile = LensProfile(
        name=name,
        source=f"focal-depth calibrate, from {len(registration.stack.frames)} photographs in {folder.name}",
        field_curvature=None if curvature is None else curvature.scaled(span),
        breathing=fit_against_focus(dioptres, np.log(scale)),
        distortion=fit_against_focus(dioptres, distortion),
        brightness=_brightness(registration),
    )
    if profile.is_empty:
        raise InputError(
            f"{folder}: nothing of the lens stands out of the noise; photograph something flat with texture "
            "that fills the picture"
        )
    path = options.output or profile_path(name)
    write_profile(profile, path)
    reporter.result(path, f"{_summary(profile)}\n{path}")


def _name(stack: FocalStack, folder: Path) -> LensName:
    if (name := name_lens(stack)) is None:
        raise InputError(
            f"{folder}: the photographs do not say which camera and focal length they were taken with; use "
            "files as the camera wrote them"
        )
    return name


def _radial_motion(registration: Registration) -> tuple[np.ndarray, np.ndarray]:
    """Scale s (N,) and distortion k (N,) of frames, in which the reference's r lies at s r (1 + k r^2)."""
    points = lattice(registration.stack.size)
    bent = points * (points**2).sum(1, keepdims=True)
    design = np.stack([points.ravel(), bent.ravel()], 1)
    targets = [evaluate(coefficients, points).ravel() for coefficients in registration.motion.maps]
    scale, cubic = np.linalg.lstsq(design, np.stack(targets, 1), rcond=None)[0]
    return scale, cubic / scale


def _brightness(registration: Registration) -> tuple[float, ...] | None:
    """How bright the picture is, against focus; only where the camera exposed all frames alike."""
    stack = registration.stack
    exposures = [open_photograph(frame.path).metadata.exposure for frame in stack.frames]
    stated = [each for each in exposures if each is not None]
    if stack.dioptres is None or len(stated) < len(exposures) or np.ptp(stated) > SAME_EXPOSURE:
        return None
    return fit_against_focus(stack.dioptres, -np.log(registration.gains.mean(1)))


def _summary(profile: LensProfile) -> str:
    """A line for each thing that was measured."""
    curvature, breathing = profile.field_curvature, profile.breathing
    lines = [
        "No field curvature stands out of the noise." if curvature is None else _curvature_line(curvature)
    ]
    if breathing is not None:
        lines.append(f"Breathing: {100 * breathing[0]:+.2f} % a dioptre.")
    return "\n".join(lines)


def _curvature_line(curvature: FieldCurvature) -> str:
    offset = curvature.r2 + curvature.r4
    return (
        f"Field curvature: {offset:+.3f} dioptres at half the longer side, give or take "
        f"{curvature.uncertainty:.3f}."
    )
