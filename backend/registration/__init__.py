"""Frames on one grid and at one exposure."""
