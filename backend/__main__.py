"""`python -m focal_depth`: the command."""

from .cli.main import run_process

run_process()
