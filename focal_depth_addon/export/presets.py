"""What each viewer asks of its files."""

from dataclasses import dataclass

TEXTURE = 2048  # pixels, of the one square texture; with it no file comes near to 10 MB


@dataclass(frozen=True)
class Preset:
    """A viewer: how its files end, and what they may hold at most."""

    name: str
    description: str
    suffix: str
    triangles: int
    vertices: int
    draco: bool = False


PRESETS = {
    "QUICK_LOOK": Preset(
        "Quick Look",
        "USDZ for iPhone, iPad and Vision Pro: at most 100 thousand triangles",
        ".usdz",
        triangles=100_000,
        vertices=100_000,
    ),
    "SCENE_VIEWER": Preset(
        "Scene Viewer",
        "GLB for Android: at most 30 thousand vertices and 10 MB",
        ".glb",
        triangles=45_000,  # each brings 0.5 to 0.6 vertices, more where depth jumps often
        vertices=30_000,
    ),
    "WEB": Preset(
        "Web",
        "GLB for web pages and other programs: at most 100 thousand triangles, compressed by Draco "
        "where this Blender has it",
        ".glb",
        triangles=100_000,
        vertices=100_000,
        draco=True,
    ),
}
