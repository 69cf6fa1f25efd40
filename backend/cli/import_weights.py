"""`focal-depth import-weights`: the checkpoint of Won & Jeon's authors as safetensors and ONNX."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from zipfile import is_zipfile

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ..contract.errors import InputError
from ..contract.limits import MAX_WEIGHTS_BYTES, check_archive, check_file
from ..contract.qualities import WON_JEON
from ..depth.won_jeon import ALIGNMENT_FILE, DEPTH_FILE, TORCH_FILE, imported_folder
from ..research.networks.export import export_won_jeon_alignment, export_won_jeon_depth, write_files
from ..research.networks.won_jeon import DepthNetwork, EndToEnd
from ..runtime.progress import Reporter

PARTS = ("DFF_net.", "optical_flow_aggregation.")  # of an End_to_End checkpoint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `import-weights` takes."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the authors' check_point.pth, or a .safetensors file"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="default: where `estimate --network won_jeon` finds it"
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Convert a checkpoint."""
    network = load_network(options.file)
    folder = options.output or imported_folder()
    reporter.plan({"weights": 1, "depth network": 5, "alignment network": 5})
    whole = isinstance(network, EndToEnd)
    reporter.progress("weights", 0, 1)
    files = {TORCH_FILE: save(network.state_dict())}
    reporter.progress("depth network", 0, 1)
    files[DEPTH_FILE] = export_won_jeon_depth(network.DFF_net if whole else network)
    reporter.progress("alignment network", 0, 1)
    if whole:
        files[ALIGNMENT_FILE] = export_won_jeon_alignment(network.optical_flow_aggregation)
    write_files(folder, files)
    reporter.progress("alignment network", 1, 1)
    kind = "alignment and depth" if whole else "depth"
    reporter.result(folder, f"{folder}: {kind}; use it with `estimate --network {_how(folder)}`")


def load_network(path: Path) -> EndToEnd | DepthNetwork:
    """The network a checkpoint is of, in eval mode and float32.

    Nothing in the file is executed. Raises InputError for a file that is no checkpoint, and for the
    first entry that is missing or of another shape.
    """
    entries = {name.removeprefix("module."): value for name, value in _read(path).items()}
    whole = any(name.startswith(PARTS) for name in entries)
    network = EndToEnd() if whole else DepthNetwork()
    for name, expected in network.state_dict().items():
        if name not in entries:
            raise InputError(f"{path} has no entry {name}: name the authors' check_point.pth")
        if entries[name].shape != expected.shape:
            raise InputError(
                f"{path}: {name} has shape {tuple(entries[name].shape)} where Won & Jeon's network has "
                f"{tuple(expected.shape)}: name the authors' check_point.pth"
            )
    network.load_state_dict(entries, strict=False)
    return network.eval()


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise InputError(f"{path} does not exist: name the authors' check_point.pth")
    try:
        return _entries(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its permissions") from None
    except InputError:
        raise
    except Exception:  # neither library has one exception for all that can be wrong
        pass  # and what claims more memory than there is shall not look like a want of it
    raise InputError(
        f"{path} is not a checkpoint that can be read without running code in it: "
        "name the authors' check_point.pth"
    )


def _entries(path: Path) -> dict[str, Tensor]:
    """Sizes are checked before: what a header claims beyond them, the libraries refuse."""
    if path.suffix == ".safetensors":
        check_file(path, MAX_WEIGHTS_BYTES)
        return load_file(path)
    (check_archive if is_zipfile(path) else check_file)(path, MAX_WEIGHTS_BYTES)
    entries = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(entries, Mapping) and isinstance(entries.get("state_dict"), Mapping):
        entries = entries["state_dict"]
    if not isinstance(entries, Mapping):
        raise InputError(f"{path} holds no state dict: name the authors' check_point.pth")
    return {str(name): value for name, value in entries.items() if isinstance(value, Tensor)}


def _how(folder: Path) -> str:
    return WON_JEON if folder == imported_folder() else str(folder / DEPTH_FILE)
