"""Where a data set can be downloaded, and the errors for when it is missing or damaged."""

from dataclasses import dataclass
from pathlib import Path

from ....contract.errors import InputError


@dataclass(frozen=True)
class DataSetSource:
    """Where a data set comes from.

    Attributes
    ----------
    data_set
        As its authors call it.
    download
        Where from, as a sentence without its full stop.
    layout
        Its files in their folders, as a noun: "FOLDER/stack.npy".
    """

    data_set: str
    download: str
    layout: str

    def missing_error(self, path: Path) -> InputError:
        """Return the error for a path with nothing of the data set."""
        return InputError(f"{path} holds no {self.data_set}. {self.download}. Lay it out as {self.layout}.")

    def damaged_error(self, path: Path) -> InputError:
        """Return the error for a file that is missing, unreadable or of a wrong shape."""
        return InputError(f"{path} is missing, damaged or not as {self.data_set} has it. {self.download}.")
