"""The two ways a command ends early that are nobody's bug."""


class InputError(Exception):
    """The input is at fault. The message is one sentence that names the file and the remedy."""


class Cancelled(Exception):
    """The person asked to stop."""
