"""`focal-depth estimate PHOTOS... --output DIR`: the main job."""

import argparse
from pathlib import Path

from ..depth.predictors import OURS
from ..pipeline import QUALITIES, Choices, estimate
from ..registration.motion import ALIGNMENTS, NETWORK
from ..runtime.devices import AUTO, DEVICES, use
from ..runtime.progress import Reporter
from ..stack import read_stack
from ..stack.overrides import add_stack_arguments, typed_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photographs", nargs="*", type=Path, help="files, or one folder")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the result folder")
    add_choices(parser)
    add_stack_arguments(parser)


def add_choices(parser: argparse.ArgumentParser) -> None:
    """The options that `estimate` and `batch` share."""
    parser.add_argument(
        "--quality",
        choices=QUALITIES,
        default=Choices.quality,
        help="infer depth at about 640 or 960 pixels of the longer side, or at the photographs' own size; "
        "results are of full size in any case (default %(default)s)",
    )
    parser.add_argument(
        "--alignment",
        choices=ALIGNMENTS,
        default=NETWORK,
        help="bring frames onto one grid by the thin lens and then the alignment network, by the thin lens "
        "alone, or take them as they are (default %(default)s)",
    )
    parser.add_argument(
        "--network",
        default=OURS,
        metavar="NAME",
        help='"ours", "paper" (see import-weights), or an imported .onnx file (default ours)',
    )
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default=AUTO,
        help="processor of the networks; auto takes a graphics processor that ONNX Runtime is built for",
    )
    parser.add_argument(
        "--max-memory", type=float, metavar="GB", help="stay within so much; depth may become coarser"
    )
    parser.add_argument("--save-aligned", action="store_true", help="keep the aligned photographs too")


def choices_from(options: argparse.Namespace) -> Choices:
    """What `add_choices` added, but for the device."""
    return Choices(
        options.quality,
        options.alignment,
        options.network,
        options.save_aligned,
        None if options.max_memory is None else options.max_memory * 1e9,
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    use(options.device)
    stack = read_stack(options.photographs, typed_from(options))
    estimate(stack, options.output, reporter, choices_from(options))
