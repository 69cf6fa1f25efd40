"""The `focal-depth` command: one module a subcommand, each with `add_arguments` and `run`."""

from .main import main

__all__ = ["main"]
