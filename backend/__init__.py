"""Focal stacks to metric depth: everything that does not touch Blender.

Conventions: metres, dioptres (1/m), float32, row 0 at the top, pixel centres at +0.5.
Frames run far to near; the last one, focused nearest, is the reference frame.
"""

__version__ = "0.1.0"
