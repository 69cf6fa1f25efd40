"""The photograph's set in a scene: the camera that took it, the mesh, and how they stand and show."""
