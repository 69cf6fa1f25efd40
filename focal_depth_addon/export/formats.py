"""What the backend writes of a result by itself: views, splats, a web page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A kind of file, and the backend's command for it.

    Attributes
    ----------
    name, description
        In the interface.
    suffix
        Of the file; none of a folder.
    command
        The backend's subcommand.
    options
        Its arguments after folder and output.
    is_stereo
        Whether there is one picture for each eye.
    """

    name: str
    description: str
    suffix: str
    command: str
    options: tuple[str, ...] = ()
    is_stereo: bool = False


FORMATS = {
    "SIDE_BY_SIDE": Format(
        "Side by Side",
        "Write a stereo picture for headsets and 3D screens: the left eye's view beside the right eye's",
        ".jpg",
        "view",
        ("--layout", "side-by-side"),
        is_stereo=True,
    ),
    "OVER_UNDER": Format(
        "Over Under",
        "Write a stereo picture for headsets: the left eye's view above the right eye's",
        ".jpg",
        "view",
        ("--layout", "over-under"),
        is_stereo=True,
    ),
    "ANAGLYPH": Format(
        "Anaglyph",
        "Write a stereo picture for red and cyan glasses",
        ".jpg",
        "view",
        ("--layout", "anaglyph"),
        is_stereo=True,
    ),
    "QUILT": Format(
        "Quilt",
        "Write many views in one picture for holographic displays. Its name tells how they are arranged",
        ".jpg",
        "view",
        ("--layout", "quilt"),
    ),
    "RGBD": Format(
        "RGB-D",
        "Write a picture for holographic displays: the photograph beside its depth, near being white",
        ".png",
        "view",
        ("--layout", "rgbd"),
    ),
    "ORBIT": Format(
        "Orbit",
        "Write a clip in which the camera moves about the middle of the set, and back",
        ".mp4",
        "view",
        ("--move", "orbit"),
    ),
    "PUSH_IN": Format(
        "Push In",
        "Write a clip in which the camera moves into the set",
        ".mp4",
        "view",
        ("--move", "push-in"),
    ),
    "SPLATS_PLY": Format(
        "PLY",
        "Write Gaussian splats as most viewers of splats read them",
        ".ply",
        "splats",
    ),
    "SPLATS_GLB": Format(
        "GLB",
        "Write Gaussian splats as a GLB file, by an extension of glTF that is young",
        ".glb",
        "splats",
    ),
    "WEB_PAGE": Format(
        "Web Page",
        "Write a page for any browser, without the internet: the set to turn, the photograph to refocus",
        "",
        "share",
    ),
}
