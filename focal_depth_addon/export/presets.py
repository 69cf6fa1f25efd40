"""Presets for viewers."""

from dataclasses import dataclass

TEXTURE = 2048  # pixels, of the one square texture; with it no file comes near to 10 MB


@dataclass(frozen=True)
class Preset:
    """A viewer and the limits of its files.

    Attributes
    ----------
    name, description
        In the interface.
    suffix
        Of a file.
    triangles, vertices
        At most.
    draco
        Whether meshes are compressed.
    """

    name: str
    description: str
    suffix: str
    triangles: int
    vertices: int
    draco: bool = False


PRESETS = {
    "QUICK_LOOK": Preset(
        "Quick Look",
        "Write a USDZ file for iPhone, iPad and Vision Pro, of at most 100,000 triangles",
        ".usdz",
        triangles=100_000,
        vertices=100_000,
    ),
    "SCENE_VIEWER": Preset(
        "Scene Viewer",
        "Write a GLB file for Android, of at most 30,000 vertices and 10 MB",
        ".glb",
        triangles=45_000,  # each brings 0.5 to 0.6 vertices, more where depth jumps often
        vertices=30_000,
    ),
    "WEB": Preset(
        "Web",
        "Write a GLB file for web pages and other programs, of at most 100,000 triangles, compressed by "
        "Draco if this Blender has it",
        ".glb",
        triangles=100_000,
        vertices=100_000,
        draco=True,
    ),
}
