"""What people read where the add-on cannot go on."""

from pathlib import Path

from .translations import translate


class UserError(Exception):
    """One sentence that says what is wrong and what to do about it.

    Parameters
    ----------
    text
        The sentence.
    log
        A file with the details, where there is one.
    """

    def __init__(self, text: str, log: Path | None = None) -> None:
        super().__init__(text)
        self.log = log


def describe_error(error: UserError | OSError) -> str:
    """Return the sentence about an error that is not a fault of the add-on: a full disk, a lost folder."""
    if isinstance(error, UserError):
        return str(error)
    return translate(
        "{file} cannot be read or written ({reason}): check the disk and its permissions",
        file=error.filename or translate("A file"),
        reason=error.strerror or error,
    )
