"""Focal stacks rendered by Cycles, with exact depth: what the networks are judged on, and the sample.

Run with a Python that has bpy 4.5 or later (4.2's wheel cannot decode the models), from the project's root:
`python -m rendering.validation --output DIR`.
"""

import sys
from pathlib import Path
from types import ModuleType

# The add-on and the contract in one package, as Blender has them.
_extension = ModuleType("focal_depth_extension")
_extension.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules.setdefault(_extension.__name__, _extension)
