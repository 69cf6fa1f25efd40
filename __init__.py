"""Blender's way in: hands on to focal_depth_addon."""

from .focal_depth_addon import register, unregister

__all__ = ["register", "unregister"]
