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
    has_eyes
        Whether a person chooses the eyes' distance and convergence.
    """

    name: str
    description: str
    suffix: str
    command: str
    options: tuple[str, ...] = ()
    has_eyes: bool = False


FORMATS = {
    "SIDE_BY_SIDE": Format(
        "Side by Side",
        "Write a stereo picture for headsets and 3D screens: the left eye's view beside the right eye's",
        ".jpg",
        "view",
        ("--layout", "side-by-side"),
        has_eyes=True,
    ),
    "OVER_UNDER": Format(
        "Over Under",
        "Write a stereo picture for headsets: the left eye's view above the right eye's",
        ".jpg",
        "view",
        ("--layout", "over-under"),
        has_eyes=True,
    ),
    "ANAGLYPH": Format(
        "Anaglyph",
        "Write a stereo picture for red and cyan glasses",
        ".jpg",
        "view",
        ("--layout", "anaglyph"),
        has_eyes=True,
    ),
    "QUILT": Format(
        "Quilt",
        "Write many views in one picture for holographic displays. The file name says how they are arranged",
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
        "Splats (.ply)",
        "Write Gaussian splats as most viewers of splats read them",
        ".ply",
        "splats",
    ),
    "SPLATS_GLB": Format(
        "Splats (.glb)",
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
