"""Names of version 0.1 that options still take, with a notice."""

from collections.abc import Mapping

from ..runtime.progress import Reporter


def current_name(option: str, name: str, former: Mapping[str, str], reporter: Reporter) -> str:
    """Return the name that replaces a former one, and warn of it; any other name stays.

    Parameters
    ----------
    option
        Where it was typed, such as "--network".
    name
        As it was typed.
    former
        Current names by former ones.
    reporter
        Receives the warning.
    """
    if name not in former:
        return name
    reporter.warning(
        f"{option} {name} is called {former[name]} now; the former name will be gone in version 0.3"
    )
    return former[name]
