"""The `focal-depth` command: runs a subcommand, and turns how it ended into an exit status."""

import argparse
import contextlib
import importlib
import os
import signal
import sys
import threading
from types import ModuleType
from typing import NoReturn

from .. import __version__
from ..contract.errors import Cancelled, InputError
from ..contract.messages import CANCELLED, DONE, INPUT_AT_FAULT, OUR_FAULT
from ..runtime.allocator import keep_freed_memory
from ..runtime.faults import check_memory, explain_fault
from ..runtime.progress import JsonReporter, Reporter, TextReporter

PACKAGE = __name__.removesuffix(".cli.main")
# name: (module in this folder, help). Imported only when called, so that `inspect` needs no torch.
COMMANDS = {
    "estimate": ("estimate", "infer depth from a focal stack and write a result folder"),
    "batch": ("batch", "estimate every focal stack in trees of folders, here or on many machines"),
    "inspect": ("inspect", "print the frames of a focal stack, their focus distances and warnings"),
    "calibrate": ("calibrate", "measure a lens by a focal stack of something flat, for all its stacks"),
    "turn": ("turn", "exchange near and far of a relative result, with nothing inferred again"),
    "retouch": ("retouch", "apply what was painted over a result, with nothing inferred again"),
    "mesh": ("mesh", "make mesh arrays from a result folder"),
    "splats": ("splats", "make Gaussian splats for viewers from a result folder"),
    "view": ("view", "make pictures and clips of the photo set, flat or in stereo"),
    "share": ("share", "make one web page that shows a result: turn, refocus, before and after"),
    "preview": ("preview", "make small arrays and pictures to show from a result folder"),
    "look": ("look", "the name of preview until version 0.1"),
    "watch": ("watch", "estimate the brackets of a shoot as they arrive in a folder"),
    "draft": ("draft", "show what layers make of a result, as standard input says"),
    "standby": ("standby", "load all that takes its time, then run what standard input says"),
    "import-weights": ("import_weights", "convert the authors' checkpoint of Won & Jeon (needs torch)"),
    "simulate": ("simulate", "render focal stacks with exact depth for training (needs torch)"),
    "train": ("train", "train the networks, or go on where training stopped (needs torch)"),
    "evaluate": ("evaluate", "measure depth error on stacks with known depth"),
    "submit": ("submit", "make or check a submission to the DDFF 12-Scene benchmark"),
}
# What the extension's zip does without, and which extra brings it: heavy libraries, and our own modules that
# need them.
EXTRAS = dict.fromkeys(("torch", "onnx", "onnxscript", "safetensors", "matplotlib", PACKAGE), "train")
EXTRAS |= dict.fromkeys(("h5py", "jinja2", "skimage", "flip_evaluator"), "evaluate")
EXTRAS |= dict.fromkeys(("distributed", f"{__package__}.batch"), "farm")


def run_process() -> NoReturn:
    """Run the subcommand that this process was started for, and end it.

    At once: nothing is left to do, and taking apart what was loaded takes a twentieth of a second.
    """
    try:
        status = main()
    except SystemExit as ended:  # of --help, and of a backend that waited
        status = int(ended.code or DONE)
    for stream in filter(None, (sys.stdout, sys.stderr)):  # there is none where it was closed
        try:
            stream.flush()
        except BrokenPipeError:  # nobody reads it
            status = status or CANCELLED
        except OSError as error:  # it goes to a disk that is full, which may have been said
            if status == DONE:
                status = INPUT_AT_FAULT
                with contextlib.suppress(OSError):
                    print(f"error: {explain_fault(error)}", file=sys.stderr, flush=True)
    os._exit(status)


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand.

    Parameters
    ----------
    arguments
        The words after `focal-depth`; by default those of the process.

    Returns
    -------
    int
        0 done, 2 the input is at fault, 1 our fault, 130 cancelled.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    reporter = JsonReporter() if "--messages" in arguments else TextReporter()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "--stop-with-stdin" in arguments:  # before the imports, which take their time
        _stop_when_stdin_closes()
    try:
        check_memory()
        keep_freed_memory()
        # Before numpy is loaded: OpenBLAS's threads would spin beside ours while they wait for each other.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        options = _parser(arguments).parse_args(arguments)
        _module(options.command).run(options, reporter)
    except ModuleNotFoundError as error:
        if (extra := _extra_with(error.name or "")) is None:
            reporter.our_fault(error)
            return OUR_FAULT
        return _not_ours(f"{error.name} is not installed here: pip install 'focal-depth[{extra}]'", reporter)
    except (Cancelled, KeyboardInterrupt, BrokenPipeError):
        return CANCELLED
    except Exception as error:
        if (explanation := explain_fault(error)) is not None:
            return _not_ours(explanation, reporter)
        reporter.our_fault(error)
        return OUR_FAULT
    return DONE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one sentence, through the reporter."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    """Options are written out in full: main looks for some of them before they are parsed."""
    parser = _Parser(
        prog="focal-depth",
        description="Depth and all-in-focus pictures from focal stacks.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name, (_, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        command.add_argument("--messages", action="store_true", help="one JSON object a line on stdout")
        command.add_argument(
            "--stop-with-stdin", action="store_true", help="cancel when standard input closes"
        )
        if name == chosen:
            _module(name).add_arguments(command)
    return parser


def _module(command: str) -> ModuleType:
    return importlib.import_module(f".{COMMANDS[command][0]}", __package__)


def _extra_with(module: str) -> str | None:
    return EXTRAS.get(module, EXTRAS.get(module.partition(".")[0]))


def _stop_when_stdin_closes() -> None:
    """A parent that cancels, quits or dies closes the pipe; that works alike on every system."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        # Not imported here: that would wait for the import that is just under way.
        module = sys.modules.get(f"{PACKAGE}.contract.output_folder")
        if release_all := getattr(module, "release_all", None):
            release_all()
        os._exit(CANCELLED)

    threading.Thread(target=wait, daemon=True).start()


def _not_ours(explanation: str, reporter: Reporter) -> int:
    try:
        reporter.error(explanation)
    except OSError:  # it would go to a disk that is full
        with contextlib.suppress(OSError):
            print(f"error: {explanation}", file=sys.stderr)
    return INPUT_AT_FAULT
