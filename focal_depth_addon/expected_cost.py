"""What an estimate will take on this computer: the backend's model, set right by what earlier ones took."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..backend.contract import cost
from .preferences import extension_folder, preferences
from .properties import Settings

FILE = "speed.json"  # in the extension's folder
SLOWEST, FASTEST = 20.0, 0.05  # times as long as in the model: what else is told was no estimate


@dataclass(frozen=True)
class ExpectedCost:
    """Of an estimate.

    Attributes
    ----------
    memory
        Bytes, at most.
    seconds
        As the backend's model has it.
    """

    memory: float
    seconds: float

    @property
    def seconds_here(self) -> float:
        """As far as this computer is known."""
        return self.seconds * (_read() or 1)


def expect(settings: Settings) -> ExpectedCost | None:
    """Return what estimating the chosen photographs takes; None where their size is not known.

    Raises
    ------
    InputError
        Where the memory allowed does not suffice.
    """
    used = [each for each in settings.photographs if each.used]
    if not used or not used[-1].width:
        return None
    load = cost.Load(len(used), (used[-1].width, used[-1].height))
    limit = preferences().memory * 1e9 or None
    plan = cost.plan_for(load, settings.quality, settings.network, limit)
    threads = preferences().threads or os.cpu_count() or 1
    return ExpectedCost(cost.peak_memory(load, plan), cost.seconds(load, plan, threads))


def learn(expected: ExpectedCost, seconds: float) -> None:
    """Note how long an estimate took; the last ones count most."""
    times = seconds / expected.seconds
    if not FASTEST < times < SLOWEST:
        return
    before = _read()
    with suppress(OSError):  # then it is not noted
        _file().write_text(json.dumps({"times": times if before is None else (before * times) ** 0.5}))


def _read() -> float | None:
    """How many times as long as in the model estimates take here."""
    try:
        return min(max(float(json.loads(_file().read_text())["times"]), FASTEST), SLOWEST)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _file() -> Path:
    return extension_folder() / FILE
