"""Training state as safetensors: weights, their moving average and the optimizer's moments. No pickle.

A checkpoint is a folder of pieces, each small enough to be sent and committed anywhere.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ...contract.errors import InputError

NAME, PREVIOUS = "checkpoint", "checkpoint.previous"
PIECE = 15 * 2**20  # bytes


def save(folder: Path, kind: str, step: int, network: nn.Module, average: nn.Module, optimizer) -> None:
    """Write the state whole, under another name first; `kind` says which network it is of."""
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
    unfinished, finished, previous = folder / f"{NAME}.unfinished", folder / NAME, folder / PREVIOUS
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for number, piece in enumerate(_pieces(tensors)):
        path = unfinished / f"{number:02d}.safetensors"
        save_file(piece, path, metadata={"step": str(step), "network": kind})
    shutil.rmtree(previous, ignore_errors=True)
    if finished.exists():
        os.replace(finished, previous)
    os.replace(unfinished, finished)
    shutil.rmtree(previous, ignore_errors=True)


def load(folder: Path, kind: str, network: nn.Module, average: nn.Module, optimizer) -> int:
    """Restore the state into the modules; returns the step, 0 where there is no checkpoint.

    Raises InputError for the checkpoint of another network.
    """
    paths = sorted((folder / NAME).glob("*.safetensors")) or sorted((folder / PREVIOUS).glob("*.safetensors"))
    if not paths:
        return 0
    tensors: dict[str, Tensor] = {}
    for path in paths:
        with safe_open(path, "pt") as file:
            tensors |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
            told = file.metadata()
    try:
        if told["network"] != kind:
            raise KeyError(kind)
        network.load_state_dict(_below(tensors, "network."))
        average.load_state_dict(_below(tensors, "average."))
    except (KeyError, RuntimeError):
        raise InputError(f"{paths[0].parent} is of another network; choose another --output") from None
    moments: dict[int, dict] = {}
    for name, value in _below(tensors, "optimizer.").items():
        index, key = name.split(".", 1)
        moments.setdefault(int(index), {})[key] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": groups})
    return int(told["step"])


def begin_with(path: Path, network: nn.Module) -> int:
    """Give the network the weights of an exported file, where they fit; returns how many entries did not.

    Raises InputError where the file cannot be read or nothing fits.
    """
    try:
        entries = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} cannot be read as safetensors ({error}); name exported weights") from None
    own = network.state_dict()
    fitting = {n: value for n, value in entries.items() if n in own and own[n].shape == value.shape}
    if not fitting:
        raise InputError(f"{path} holds no weights of this network; choose another --start-from")
    network.load_state_dict(own | fitting)
    return len(own) - len(fitting)


def _pieces(tensors: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The tensors in parts of at most PIECE bytes."""
    piece, size = {}, 0
    for name, value in tensors.items():
        value = value.detach().contiguous().cpu()
        if piece and size + value.nbytes > PIECE:
            yield piece
            piece, size = {}, 0
        piece[name] = value
        size += value.nbytes
    yield piece


def _below(tensors: dict, prefix: str) -> dict:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
