"""What a running command writes for a program: JSON objects, one a line, and their types.

`focal-depth COMMAND --messages` writes them to standard output; lines that do not begin with a brace are
libraries' own.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import ClassVar

# Stages of an estimate, in order.
READ, ALIGN, DEPTH, FUSE, ENLARGE, WRITE = "read", "align", "depth", "fuse", "enlarge", "write"
STAGES = (READ, ALIGN, DEPTH, FUSE, ENLARGE, WRITE)
CHOOSE = "choose"  # the frames of a clip, before all else
MESH, DRAW, SPLATS = "mesh", "draw", "splats"  # of what is written of a set
# Exit statuses of the command.
DONE, OUR_FAULT, INPUT_AT_FAULT, CANCELLED = 0, 1, 2, 130
# What of an earlier result was used again: all of it; all but what its layers of retouch make of it; what the
# networks inferred.
REUSED_ALL, REUSED_ESTIMATE, REUSED_NETWORKS = "all", "estimate", "networks"


@dataclass(frozen=True)
class Progress:
    """How far a stage and the whole command have come.

    Attributes
    ----------
    stage
        One of `STAGES`, or another command's own.
    done, of
        Steps of the stage.
    overall
        Share of the whole command, 0 to 1.
    seconds_left
        An estimate of what remains, or None while it is too early for one.
    """

    type: ClassVar[str] = "progress"
    stage: str
    done: int
    of: int
    overall: float
    seconds_left: float | None = None


@dataclass(frozen=True)
class StackStarted:
    """What follows is about the stack of this name, of several."""

    type: ClassVar[str] = "stack"
    name: str


@dataclass(frozen=True)
class RoughDepth:
    """A rough picture of depth is there to look at, while the estimate goes on; `path` is its file."""

    type: ClassVar[str] = "rough_depth"
    path: str


@dataclass(frozen=True)
class Warning:
    """A sentence on a result that is whole, but less than it seems."""

    type: ClassVar[str] = "warning"
    text: str


@dataclass(frozen=True)
class Error:
    """Why there is no result, in one sentence."""

    type: ClassVar[str] = "error"
    text: str


@dataclass(frozen=True)
class Done:
    """The end of a command that went well; `details` differ from command to command."""

    type: ClassVar[str] = "result"
    path: str
    text: str
    details: dict[str, object] = field(default_factory=dict)


Message = Progress | StackStarted | RoughDepth | Warning | Error | Done
_KINDS = Progress, StackStarted, RoughDepth, Warning, Error, Done
_TYPES: dict[str, type] = {each.type: each for each in _KINDS}


def encode(message: Message) -> str:
    """Return a message as a line of JSON, ASCII whatever encoding the pipe has, without its line break."""
    fields = asdict(message)
    fields |= fields.pop("details", {})
    return json.dumps({"type": message.type, **fields})


def decode(line: bytes) -> Message | None:
    """Return the message that a line holds; None where it is something else."""
    if not line.startswith(b"{"):
        return None
    try:
        fields = json.loads(line)
        kind = _TYPES[fields.pop("type")]
        if kind is Done:
            return Done(fields.pop("path"), fields.pop("text"), fields)
        return kind(**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
