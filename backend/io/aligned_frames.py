"""The aligned frames of a result, written while the picture is fused of them: no frame is read twice."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from ..contract.files import ALIGNED
from .result_folder import aligned_name, to_integers, write_png


class AlignedFrames:
    """Writes aligned frames on other threads for as long as a block lasts; at its end all are written.

    Attributes
    ----------
    files
        Number and file of those written, or under way.
    """

    def __init__(self, folder: Path, is_deep: bool, threads: int) -> None:
        """Make a folder for them in the new `folder` of a result.

        Parameters
        ----------
        folder
            Where the result grows.
        is_deep
            Whether PNGs have 16 bits a channel.
        threads
            That compress. As many frames are held at most.
        """
        self.files: list[tuple[int, Path]] = []
        self._folder, self._is_deep, self._threads = folder / ALIGNED, is_deep, threads
        self._folder.mkdir()
        self._pool = ThreadPoolExecutor(threads)
        self._under_way: list[Future[None]] = []

    def __enter__(self) -> "AlignedFrames":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self._wait_for_all_but(0)

    def save(self, index: int, photograph: Path, pixels: np.ndarray, gain: np.ndarray) -> None:
        """Write a frame, when fewer are under way than there are threads.

        Parameters
        ----------
        index
            The frame's number.
        photograph
            It was taken as.
        pixels
            (H, W, 3), which nobody changes any more.
        gain
            (3,) what to multiply them by for sRGB 0 to 1.

        Raises
        ------
        OSError
            Where an earlier one could not be written.
        """
        self._wait_for_all_but(self._threads - 1)
        path = self._folder / aligned_name(index, photograph.name)
        self.files.append((index, path))
        self._under_way.append(self._pool.submit(self._write, path, pixels, gain))

    def _wait_for_all_but(self, count: int) -> None:
        while len(self._under_way) > count:
            self._under_way.pop(0).result()

    def _write(self, path: Path, pixels: np.ndarray, gain: np.ndarray) -> None:
        if self._is_deep:
            picture = to_integers(pixels * gain)
        else:
            table = to_integers(np.arange(256, dtype=np.uint8)[:, None] * gain, np.uint8)
            picture = cv2.LUT(pixels, table[:, None])
        write_png(path, picture[..., ::-1])
