"""The `focal-depth` command: one module a subcommand, each with `add_arguments` and `run`."""

from .main import main, run_process

__all__ = ["main", "run_process"]
