"""Where a data set comes from, and the sentences for when it is not as it should be."""

from dataclasses import dataclass
from pathlib import Path

from ....contract.errors import InputError


@dataclass(frozen=True)
class Source:
    """What a person is told who lacks a data set."""

    data_set: str  # as its authors call it
    get: str  # where from, as a sentence without its full stop
    lay_out: str  # what lies where, as a noun: "FOLDER/stack.npy"

    def missing(self, path: Path) -> InputError:
        """Nothing of the data set is at `path`."""
        return InputError(f"{path} holds no {self.data_set}. {self.get}. Lay it out as {self.lay_out}.")

    def damaged(self, path: Path) -> InputError:
        """A file of the data set is missing, cannot be read, or is of another shape than it should be."""
        return InputError(f"{path} is missing, damaged or not as {self.data_set} has it. {self.get}.")
