"""Depth to surfaces, mesh, background and ground: what Blender builds a set of."""
