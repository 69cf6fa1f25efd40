"""What operators work on: photographs that a person or a script chose, and the scene's result."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import bpy
from bpy.props import CollectionProperty, StringProperty

from ...backend.contract.formats import EXTENSIONS, photographs_among
from ..jobs.operator import OperatorMixin
from ..translations import translate


class ChosenFiles(OperatorMixin):
    """The photographs an operator works on: chosen files, or a whole folder."""

    directory: StringProperty(
        name="Folder", description="Folder of the photographs", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    files: CollectionProperty(
        name="Files",
        description="Names of photographs in the folder. If empty, all photographs in it are used",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE"},
    )

    def chosen_paths(self, expand: bool = False) -> list[str]:
        """Return the chosen paths, without raw files beside pictures of their names.

        A folder stands for itself, unless `expand` lists its photographs.
        """
        folder = Path(bpy.path.abspath(self.directory))
        paths = [folder / file.name for file in self.files if file.name]
        if expand and not paths and self.directory:
            with contextlib.suppress(OSError):  # the backend says what is wrong with the folder
                paths = photographs_among(sorted(folder.iterdir()))
        if not paths:
            return [str(folder)] if self.directory else []
        return list(map(str, _without_raw_twins(paths)))


class NeedsResult(OperatorMixin):
    """An operator on the scene's result folder."""

    @classmethod
    def poll(cls, context):
        if not context.scene.focal_depth.result:
            cls.poll_message_set(translate("There is no result yet: press Estimate Depth, or open a result"))
            return False
        return super().poll(context)


def _without_raw_twins(paths: Iterable[Path]) -> list[Path]:
    """Leave out raw files beside a picture of the same shot; what is no photograph stays, to be refused."""
    paths = list(paths)
    photographs = set(photographs_among(paths))
    return [path for path in paths if path in photographs or path.suffix.lower() not in EXTENSIONS]
