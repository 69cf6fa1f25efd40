"""What an earlier result in the same place spares: only what has changed is computed again.

Two fingerprints decide. The one of an analysis is of all that networks and fusing read; it is in cache.npz,
beside what they inferred. The one of a result is of that and of all else that makes a result; it is in
result.json. Both take in every byte of the photographs and of this package.
"""

import functools
import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..contract.errors import InputError
from ..contract.files import ALL_IN_FOCUS_PNG, CACHE, DEPTH_PNG
from ..contract.formats import locate
from ..contract.limits import MAX_FILE_BYTES
from ..contract.qualities import enlargement
from ..contract.schema import Description
from ..depth.predictor import Prediction
from ..io import result_folder
from ..io.arrays import read_arrays
from ..io.photograph_file import read_file
from ..lens.field_curvature import FieldCurvature
from ..lens.profile import AppliedCurvature, focus_span, lens_profile_files
from ..registration.motion import Motion, relative_field_of_view
from ..stack import FocalStack, describe
from .parallel import prefetch
from .versions import versions

if TYPE_CHECKING:
    from ..pipeline import Analyse, Analysis, Job
    from .timings import Stages

PACKAGE = Path(__file__).parents[1]
NO_CURVATURE = (0.0,) * 5


@dataclass(frozen=True)
class _Arrays:
    """The arrays of cache.npz: an analysis without its picture, which is in depth.exr."""

    normalised: np.ndarray  # (h, w)
    uncertainty: np.ndarray  # (h, w)
    belongs: np.ndarray  # (M,) which of the stack's frames are used; all else is of these alone
    warnings: np.ndarray  # of str
    gains: np.ndarray  # (N, 3)
    relative_fov: np.ndarray  # and the other fields of a Motion
    maps: np.ndarray
    correlation: np.ndarray
    misregistration: np.ndarray
    model: np.ndarray  # a str
    focus: np.ndarray  # (N,) the stack's dioptres, relative ones where its distances are unknown
    is_metric: np.ndarray  # a bool
    curvature: np.ndarray  # (5,) the fields of a FieldCurvature; zeros where none is applied
    engine: np.ndarray  # a str
    profile: np.ndarray  # a str, the path of the lens profile; empty where that is the stack's own

    @property
    def fit_together(self) -> bool:
        """Whether shapes and types are right: a file may hold anything."""
        count = np.count_nonzero(self.belongs)
        shapes = [(self.gains, (count, 3)), (self.relative_fov, (count,)), (self.correlation, (count - 1,))]
        shapes += [(self.focus, (count,))]
        numbers = (self.normalised, self.uncertainty, *(array for array, _ in shapes))
        shapes += [(self.maps, (count, 2, 15)), (self.misregistration, (count - 1,))]
        texts = (self.model, self.engine, self.profile, self.warnings)
        return bool(
            self.belongs.ndim == self.warnings.ndim == 1
            and all(text.dtype.kind == "U" for text in texts)
            and (self.belongs.dtype.kind, self.is_metric.dtype.kind) == ("b", "b")
            and self.curvature.shape == (5,)
            and self.curvature.dtype == np.float64
            and np.isfinite(self.curvature).all()
            and self.maps.dtype == np.float64
            and np.isfinite(self.maps).all()
            and self.misregistration.dtype == np.float32
            and self.normalised.ndim == 2
            and self.normalised.shape == self.uncertainty.shape
            and all(array.shape == shape for array, shape in shapes)
            and all(array.dtype == np.float32 and np.isfinite(array).all() for array in numbers)
            and (np.diff(self.focus) > 0).all()
            and self.focus.min() >= 0
        )


class ResultCache:
    """An earlier result in a folder, as a cache around `pipeline.analyse`.

    Parameters
    ----------
    folder
        Of the earlier result, which may be missing or another stack's.
    fingerprint
        `analysis_fingerprint` of the job that the step will be given; by default it is computed then.

    Attributes
    ----------
    was_used
        Whether the analysis came from there.
    """

    def __init__(self, folder: Path, fingerprint: str | None = None) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._arrays: dict[str, np.ndarray] = {}
        self.was_used = False

    def __call__(self, analyse: "Analyse") -> "Analyse":
        """Wrap the step: an analysis of the same is read and not made again."""

        def analyse_once(job: "Job", stages: "Stages") -> "Analysis":
            fingerprint = self._fingerprint or analysis_fingerprint(job)
            analysis = self._read(job, fingerprint)
            self.was_used = analysis is not None
            if analysis is None:
                analysis = analyse(job, stages)
            self._arrays = {"fingerprint": np.array(fingerprint), **asdict(_arrays_of(analysis, job.stack))}
            return analysis

        return analyse_once

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The last analysis, for cache.npz."""
        return self._arrays

    def is_current(self, fingerprint: str) -> Description | None:
        """Return the description of the earlier result if it has this fingerprint and all its files."""
        try:
            description = result_folder.read_description(self._folder)
            if description.get("fingerprint") != fingerprint:
                return None
            result_folder.read_depth(self._folder, before_retouch=True)
            for name in (ALL_IN_FOCUS_PNG, DEPTH_PNG):
                read_file(self._folder / name)
            self.aligned_files()
        except InputError:
            return None
        return description

    def aligned_files(self) -> list[tuple[int, Path]] | None:
        """Return number and file of the aligned frames, None where they were not saved.

        Raises
        ------
        InputError
            Where a file is missing or cut short.
        """
        description = result_folder.read_description(self._folder)
        if (paths := result_folder.aligned_paths(self._folder, description)) is None:
            return None
        for path in paths:
            read_file(path)
        return list(enumerate(paths))

    def _read(self, job: "Job", fingerprint: str) -> "Analysis | None":
        from ..pipeline import Analysis

        try:
            saved = read_arrays(self._folder / CACHE, MAX_FILE_BYTES)
            if str(saved.pop("fingerprint")) != fingerprint:
                return None
            arrays = _Arrays(**saved)
            if not arrays.fit_together or len(arrays.belongs) != len(job.stack.frames):
                return None
            picture, numbers = result_folder.read_linear_picture(self._folder, before_retouch=True)
            if numbers is None:
                return None
            self.aligned_files()
        except (InputError, OSError, KeyError, TypeError):
            return None
        stack = job.stack if arrays.belongs.all() else job.stack.without(~arrays.belongs)
        if not stack.is_metric:
            stack = stack.with_estimated_focus(arrays.focus, bool(arrays.is_metric))
        return Analysis(
            stack.with_warnings(*map(str, arrays.warnings)),
            Motion(
                arrays.relative_fov,
                arrays.maps,
                arrays.correlation,
                arrays.misregistration,
                str(arrays.model),
            ),
            arrays.gains,
            Prediction(arrays.normalised, arrays.uncertainty),
            _curvature_of(arrays, stack),
            picture,
            numbers,
            str(arrays.engine),
        )


def _curvature_of(arrays: _Arrays, stack: FocalStack) -> AppliedCurvature:
    path = Path(str(arrays.profile)) if str(arrays.profile) else None
    if not arrays.curvature.any():
        return AppliedCurvature(None, focus_span(stack), path)
    r2, r4, uncertainty, reach, planes = map(float, arrays.curvature)
    return AppliedCurvature(FieldCurvature(r2, r4, uncertainty, reach, int(planes)), focus_span(stack), path)


def _arrays_of(analysis: "Analysis", stack: FocalStack) -> _Arrays:
    applied = analysis.curvature
    names = [frame.path for frame in analysis.stack.frames]
    return _Arrays(
        analysis.prediction.normalised,
        analysis.prediction.uncertainty,
        belongs=np.array([frame.path in names for frame in stack.frames]),
        warnings=np.array(analysis.stack.warnings[len(stack.warnings) :], dtype=str),
        gains=analysis.gains,
        focus=analysis.stack.counted_dioptres,
        is_metric=np.array(analysis.stack.is_metric),
        curvature=np.array(NO_CURVATURE if applied.curvature is None else astuple(applied.curvature)),
        engine=np.array(analysis.engine),
        profile=np.array("" if applied.path is None else str(applied.path)),
        **asdict(analysis.motion) | {"model": np.array(analysis.motion.model)},
    )


def analysis_fingerprint(job: "Job") -> str:
    """Return the fingerprint of what an analysis looks at and of what looks.

    Raises
    ------
    InputError
        Where a photograph or the network cannot be read.
    """
    parts = [locate(frame.path) for frame in job.stack.frames]
    files = list(dict.fromkeys(file for file, _ in parts))
    digests = dict(zip(files, prefetch(_digest_of_file, files), strict=True))
    return _digest(
        _package(),
        [job.plan.size, enlargement(*job.plan.size, job.config.quality), job.config.alignment],
        [job.predictor.kind, *map(_digest_of_file, job.predictor.models)],
        [job.config.lens_profile, *map(_digest_of_file, lens_profile_files(job.stack))],
        [(digests[file], part) for file, part in parts],
        [astuple(frame.reading) for frame in job.stack.frames],
        relative_field_of_view(job.stack, job.config.alignment).tolist(),
        job.stack.positions.tolist(),
        versions(),
    )


def result_fingerprint(analysis: str, job: "Job", saves_aligned: bool) -> str:
    """Return the fingerprint of a whole result, by that of its analysis."""
    return _digest(analysis, describe(job.stack), asdict(job.config), saves_aligned)


def package_fingerprint() -> str:
    """Return the fingerprint of this package: two machines with the same infer the same."""
    return _digest(_package())


def _digest(*parts: object) -> str:
    """Of parts that JSON can write; it writes numbers to the last bit."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digest_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions") from None


@functools.cache
def _package() -> tuple[tuple[str, str], ...]:
    """Name and digest of all that this package is made of: another version may infer otherwise."""
    sources = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".onnx"))
    return tuple((path.relative_to(PACKAGE).as_posix(), _digest_of_file(path)) for path in sources)
