"""What the add-on tells the person when it cannot go on."""


class UserError(Exception):
    """One sentence that says what is wrong and what to do about it."""
