"""The photograph's set in a scene: the camera that took it, the mesh, and how they stand and show."""

from .photo_set import RESULT_TAG, PhotoSet, set_hidden, standing, units_per_metre

__all__ = ["RESULT_TAG", "PhotoSet", "set_hidden", "standing", "units_per_metre"]
