"""`focal-depth estimate PHOTOS... --output DIR`: the main job."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.messages import READ
from ..contract.qualities import ALIGNMENTS, FOCAL_UNET, FORMER_PREDICTOR_NAMES, NETWORK, QUALITIES, STANDARD
from ..runtime.config import Config
from ..runtime.devices import AUTO, DEVICES, check_device
from ..runtime.progress import Reporter
from ..runtime.resources import Resources
from ..stack.overrides import add_stack_arguments, overrides_from
from .former_names import current_name

if TYPE_CHECKING:
    from ..batch.single import Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `estimate` takes."""
    parser.add_argument("photographs", nargs="*", type=Path, help="files, one folder, or a clip")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the result folder")
    parser.add_argument(
        "--rough-depth",
        type=Path,
        metavar="FILE.png",
        help="write a rough picture of depth there first, to look at until the result is there",
    )
    add_estimate_arguments(parser)
    add_stack_arguments(parser)


def add_estimate_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that `estimate`, `batch` and `watch` share."""
    parser.add_argument(
        "--quality",
        choices=QUALITIES,
        default=STANDARD,
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
    add_network_argument(parser)
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default=AUTO,
        help="processor of the networks; auto takes a graphics processor where ONNX Runtime has CUDA, ROCm "
        "or DirectML and they give what the CPU gives",
    )
    parser.add_argument(
        "--max-memory", type=float, metavar="GB", help="stay within so much; depth may become coarser"
    )
    parser.add_argument(
        "--no-lens-profile",
        action="store_true",
        help="leave the lens's field curvature in the depth: neither its saved profile nor what the stack's "
        "own planes show is applied",
    )
    parser.add_argument("--save-aligned", action="store_true", help="save the aligned photographs too")


def add_network_argument(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the network that infers depth."""
    parser.add_argument(
        "--network",
        default=FOCAL_UNET,
        metavar="NAME",
        help="focal_unet, won_jeon (see import-weights), or an imported .onnx file (default %(default)s)",
    )


def network_from(options: argparse.Namespace, reporter: Reporter) -> str:
    """Return the network's name, its present one where it was called by a former one.

    Raises
    ------
    InputError
        Where there is no such network.
    """
    from ..depth.predictor import predictor_named

    name = current_name("--network", options.network, FORMER_PREDICTOR_NAMES, reporter)
    predictor_named(name)
    path = Path(name)
    return str(path.resolve()) if path.is_file() else name


def request_from(options: argparse.Namespace, reporter: Reporter) -> "Request":
    """Return what `add_estimate_arguments` added. Raises InputError where there is no such network."""
    from ..batch.single import Request

    network = network_from(options, reporter)
    config = Config(options.quality, options.alignment, network, not options.no_lens_profile)
    max_memory = None if options.max_memory is None else options.max_memory * 1e9
    resources = Resources(max_memory=max_memory, device=options.device)
    return Request(config, resources, options.save_aligned)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Estimate one stack."""
    # Before what takes its time to load, and long before all photographs' metadata are read.
    reporter.progress(READ, 0, max(1, len(options.photographs)))
    from ..batch.single import estimate_to_folder
    from ..stack import read_stack

    request = replace(request_from(options, reporter), rough_depth=options.rough_depth)
    check_device(options.device)
    stack = read_stack(options.photographs, overrides_from(options), reporter.progress)
    estimate_to_folder(stack, options.output, request, reporter)
