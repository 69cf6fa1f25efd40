"""Training state as safetensors: weights, their moving average and the optimizer's moments. No pickle."""

import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

NAME = "checkpoint.safetensors"


def save(folder: Path, step: int, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer):
    """Write the state whole, under another name first."""
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{NAME}.unfinished"
    tensors = {name: value.detach().contiguous().cpu() for name, value in tensors.items()}
    save_file(tensors, unfinished, metadata={"step": str(step)})
    os.replace(unfinished, folder / NAME)


def load(folder: Path, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Restore the state into the modules; returns the step, 0 where there is no checkpoint."""
    if not (folder / NAME).exists():
        return 0
    with safe_open(folder / NAME, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        step = int(file.metadata()["step"])
    network.load_state_dict(_below(tensors, "network."))
    average.load_state_dict(_below(tensors, "average."))
    moments: dict[int, dict] = {}
    for name, value in _below(tensors, "optimizer.").items():
        index, key = name.split(".", 1)
        moments.setdefault(int(index), {})[key] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": groups})
    return step


def _below(tensors: dict, prefix: str) -> dict:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
