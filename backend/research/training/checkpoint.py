"""Training state as safetensors: weights, their moving average and the optimizer's moments. No pickle.

A checkpoint is a folder of pieces, each small enough for any host of files. Entries are named "network.",
"average." and "optimizer.INDEX." with the name in the state dict; the metadata are "step" and "network".
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ...contract.errors import InputError
from ...contract.qualities import FORMER_PREDICTOR_NAMES

NAME, PREVIOUS = "checkpoint", "checkpoint.previous"
MAX_PIECE = 15 * 2**20  # bytes


def save(
    folder: Path,
    network_name: str,
    step: int,
    network: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    """Write the state of a run at a step; it replaces the one before only when it is whole.

    Parameters
    ----------
    folder
        Of the run.
    network_name
        A name in `objectives.OBJECTIVES`.
    step
        Steps done.
    network, average, optimizer
        The state: the network, its moving average and the optimizer of its parameters.
    """
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
    unfinished, finished, previous = folder / f"{NAME}.unfinished", folder / NAME, folder / PREVIOUS
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for number, piece in enumerate(_split(tensors)):
        path = unfinished / f"{number:02d}.safetensors"
        save_file(piece, path, metadata={"step": str(step), "network": network_name})
    shutil.rmtree(previous, ignore_errors=True)
    if finished.exists():
        os.replace(finished, previous)
    os.replace(unfinished, finished)
    shutil.rmtree(previous, ignore_errors=True)


def load(
    folder: Path,
    network_name: str,
    network: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> int:
    """Restore the state of a run.

    Parameters
    ----------
    folder, network_name
        As in `save`.
    network, average, optimizer
        They receive the state.

    Returns
    -------
    int
        The steps done; 0 where there is no checkpoint.

    Raises
    ------
    InputError
        For the checkpoint of another network.
    """
    paths = sorted((folder / NAME).glob("*.safetensors")) or sorted((folder / PREVIOUS).glob("*.safetensors"))
    if not paths:
        return 0
    tensors: dict[str, Tensor] = {}
    metadata: dict[str, str] = {}
    for path in paths:
        with safe_open(path, "pt") as file:
            tensors |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
            metadata = file.metadata()
    try:
        if FORMER_PREDICTOR_NAMES.get(metadata["network"], metadata["network"]) != network_name:
            raise KeyError(network_name)
        network.load_state_dict(_with_prefix(tensors, "network."))
        average.load_state_dict(_with_prefix(tensors, "average."))
    except (KeyError, RuntimeError):
        raise InputError(f"{paths[0].parent} is of another network; choose another --output") from None
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _with_prefix(tensors, "optimizer.").items():
        index, key = name.split(".", 1)
        moments.setdefault(int(index), {})[key] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": groups})
    return int(metadata["step"])


def load_exported_weights(path: Path, network: nn.Module) -> int:
    """Copy the entries of an exported .safetensors file that fit into a network.

    Returns
    -------
    int
        How many of the network's entries are not in the file, and stay as they are.

    Raises
    ------
    InputError
        Where the file cannot be read or nothing fits.
    """
    try:
        entries = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} cannot be read as safetensors ({error}); name exported weights") from None
    state = network.state_dict()
    fitting = {n: value for n, value in entries.items() if n in state and state[n].shape == value.shape}
    if not fitting:
        raise InputError(f"{path} holds no weights of this network; choose another --start-from")
    network.load_state_dict(state | fitting)
    return len(state) - len(fitting)


def _split(tensors: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Split tensors into parts of at most MAX_PIECE bytes."""
    piece: dict[str, Tensor] = {}
    size = 0
    for name, value in tensors.items():
        value = value.detach().contiguous().cpu()
        if piece and size + value.nbytes > MAX_PIECE:
            yield piece
            piece, size = {}, 0
        piece[name] = value
        size += value.nbytes
    yield piece


def _with_prefix(tensors: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the entries whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
