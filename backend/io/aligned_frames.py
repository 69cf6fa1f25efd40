"""The aligned frames of a result, written while the picture is fused of them: no frame is read twice."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from ..contract.files import ALIGNED
from ..contract.output_folder import OutputFolder
from ..runtime.chunks import chunks
from ..stack import Frame
from .colour import to_integers
from .result_folder import ROWS, aligned_name, aligned_suffix, write_rgb, writing_into

AT_ONCE = 2  # frames: packing keeps up with resampling, and each is held meanwhile


class AlignedFrames:
    """Writes aligned frames on other threads for as long as a block lasts; at its end all are written.

    Attributes
    ----------
    files
        Number and file of those written, or under way.
    """

    def __init__(self, output: OutputFolder, is_deep: bool, threads: int) -> None:
        """Make a folder for them in a new result.

        Parameters
        ----------
        output
            Where the result grows.
        is_deep
            Whether PNGs have 16 bits a channel.
        threads
            That may compress.

        Raises
        ------
        InputError
            Where the folder cannot be written.
        """
        self.files: list[tuple[int, Path]] = []
        self._output, self._folder, self._is_deep = output, output.new / ALIGNED, is_deep
        with writing_into(output):
            self._folder.mkdir()
        self._threads = min(AT_ONCE, threads)
        self._pool = ThreadPoolExecutor(self._threads)
        self._under_way: list[Future[None]] = []

    def __enter__(self) -> "AlignedFrames":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self._wait_for_all_but(0)

    def save(self, index: int, frame: Frame, pixels: np.ndarray, gain: np.ndarray) -> None:
        """Write a frame, when fewer are under way than there are threads.

        Parameters
        ----------
        index
            The frame's number.
        frame
            What it was taken as.
        pixels
            (H, W, 3), which nobody changes any more.
        gain
            (3,) what to multiply them by for sRGB 0 to 1.

        Raises
        ------
        InputError
            Where an earlier one could not be written.
        """
        self._wait_for_all_but(self._threads - 1)
        name = frame.path.name
        path = self._folder / aligned_name(index, name, aligned_suffix(name, self._is_deep))
        self.files.append((index, path))
        self._under_way.append(self._pool.submit(self._write, path, pixels, gain))

    def _wait_for_all_but(self, count: int) -> None:
        with writing_into(self._output):
            while len(self._under_way) > count:
                self._under_way.pop(0).result()

    def _write(self, path: Path, pixels: np.ndarray, gain: np.ndarray) -> None:
        if self._is_deep:
            picture = np.empty(pixels.shape, np.uint16)
            for rows in chunks(len(pixels), ROWS):
                picture[rows] = to_integers(pixels[rows] * gain)
        else:
            table = to_integers(np.arange(256, dtype=np.uint8)[:, None] * gain, np.uint8)
            picture = cv2.LUT(pixels, table[:, None])
        write_rgb(path, picture)
