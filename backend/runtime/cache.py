"""What an earlier result in the same place spares: only what has changed is computed again.

Two fingerprints tell. `seen` is of all that the networks and the fusing of frames look at; it lies beside
what the networks found, in the result's found.npz. `asked` is of that and of all else that makes a result;
it lies in its result.json. Both take in every byte of the photographs and of this package.
"""

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import MOST_BYTES, read_arrays
from ..depth.predictors import OURS, paper_model
from ..io import results
from ..io.photographs import read_file
from ..registration.motion import Alignment, relative_field_of_view
from ..stack import FocalStack, describe

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Found:
    """What the networks found in a stack, at the size (h, w) at which they looked at it."""

    normalised: np.ndarray  # (h, w) depth in normalised dioptres
    spread: np.ndarray  # (h, w) its expected error
    kept: np.ndarray  # (N,) which frames belong to the stack; all else is of these alone
    warnings: np.ndarray  # of str
    gains: np.ndarray  # (N, 3)
    relative_fov: np.ndarray  # and the other fields of an Alignment
    residual: np.ndarray
    match: np.ndarray

    @property
    def fits(self) -> bool:
        """Whether the arrays belong together: a file may say anything."""
        count = np.count_nonzero(self.kept)
        shapes = [(self.gains, (count, 3)), (self.relative_fov, (count,)), (self.residual, (count, 3))]
        shapes += [(self.match, (count - 1,))]
        numbers = (self.normalised, self.spread, *(array for array, _ in shapes))
        return (
            self.kept.ndim == self.warnings.ndim == 1
            and (self.kept.dtype.kind, self.warnings.dtype.kind) == ("b", "U")
            and self.normalised.ndim == 2
            and self.normalised.shape == self.spread.shape
            and all(array.shape == shape for array, shape in shapes)
            and all(array.dtype == np.float32 and np.isfinite(array).all() for array in numbers)
        )

    @property
    def maps(self) -> tuple[np.ndarray, np.ndarray]:
        return self.normalised, self.spread

    @property
    def alignment(self) -> Alignment:
        return Alignment(self.relative_fov, self.residual, self.match)

    def of(self, stack: FocalStack) -> FocalStack:
        """The stack less the frames that do not belong, with the warnings that say so."""
        if not self.kept.all():
            stack = stack.without(~self.kept)
        return stack.with_warnings(*map(str, self.warnings))


@dataclass(frozen=True)
class Known:
    """What the networks found and the pictures that depend on nothing else."""

    found: Found
    picture: np.ndarray  # (H, W, 3) all in focus, scene linear
    aligned: list[tuple[int, Path]] | None = None  # number and file of the frames, where they were saved


def seen(stack: FocalStack, alignment: str, network: str, besides: object) -> str:
    """The fingerprint of what is looked at, of what looks, and of `besides`, which JSON can write.

    Raises InputError where a photograph or the network cannot be read.
    """
    return _digest(
        _package(),
        besides,
        None if network == OURS else _of_file(paper_model(network)),
        [_of_file(frame.path) for frame in stack.frames],
        alignment,
        relative_field_of_view(stack, alignment).tolist(),
        stack.positions.tolist(),
    )


def asked(seen: str, stack: FocalStack, choices: dict[str, object]) -> str:
    """The fingerprint of a whole result."""
    return _digest(seen, describe(stack), choices)


def unchanged(folder: Path, asked: str) -> dict | None:
    """The result.json of a result at `folder` that is what is asked for, if every part of it is whole."""
    try:
        description = results.read_description(folder)
        if description.get("fingerprint") != asked:
            return None
        results.read_depth(folder)
        for name in (results.ALL_IN_FOCUS, results.FALSE_COLOUR):
            read_file(folder / name)
        _aligned(folder)
    except InputError:
        return None
    return description


def known(folder: Path, seen: str) -> Known | None:
    """What the result at `folder` knows, if it was made by looking at the same."""
    try:
        arrays = read_arrays(folder / results.FOUND, MOST_BYTES)
        if str(arrays.pop("seen")) != seen:
            return None
        found = Found(**arrays)
        if not found.fits:
            return None
        return Known(found, results.read_linear_picture(folder), _aligned(folder))
    except (InputError, OSError, KeyError, TypeError):
        return None


def to_keep(found: Found, seen: str) -> dict[str, np.ndarray]:
    """The arrays of found.npz."""
    return {"seen": np.array(seen), **asdict(found)}


def version() -> str:
    """The fingerprint of this package: two machines with the same find the same."""
    return _digest(_package())


def _aligned(folder: Path) -> list[tuple[int, Path]] | None:
    """Raises InputError where a file is missing or cut short."""
    frames = results.read_description(folder)["frames"]
    if (paths := results.aligned_paths(folder, frames)) is None:
        return None
    for path in paths:
        read_file(path)
    return list(enumerate(paths))


def _digest(*parts: object) -> str:
    """Of parts that JSON can write; it writes numbers to the last bit."""
    return hashlib.sha256(
        json.dumps(
            parts,
            sort_keys=True,
        ).encode()
    ).hexdigest()


def _of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions") from None


@functools.cache
def _package() -> list[tuple[str, str]]:
    """Name and digest of all that this package is made of: another version may find otherwise."""
    made_of = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".onnx"))
    return [(path.relative_to(PACKAGE).as_posix(), _of_file(path)) for path in made_of]
