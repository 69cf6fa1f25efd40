"""What an estimate gives: arrays in memory, which can be written as a result folder."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..contract.output_folder import OutputFolder
from ..contract.schema import CONFIDENCE_UNIT
from ..depth import units
from ..depth.scales import resize
from ..lens.camera import Camera, reference_camera
from ..lens.profile import AppliedCurvature
from ..registration.frames import aligned_frames
from ..registration.motion import Motion
from ..runtime.config import Config
from ..runtime.versions import versions
from ..stack import FocalStack
from ..stack.description import describe_frames
from .result_folder import open_result, write_result


@dataclass(frozen=True)
class Result:
    """Depth of a focal stack and what came with it, on the reference frame's grid of H x W pixels.

    Attributes
    ----------
    stack
        The frames that belong, far to near; its warnings are the result's.
    config
        How it was estimated.
    depth
        (H, W) float32: planar depth in metres, or relative.
    inferred_uncertainty
        (h, w) float32, of the size at which depth was inferred: the expected absolute error of `normalised`,
        0 where the predictor has none.
    all_in_focus
        (H, W, 3) float16 or float32: scene linear, Rec.709.
    frame_numbers
        (H, W) float16: the frame that `all_in_focus` shows, 1 for the farthest.
    motion
        Of the frames.
    gains
        (N, 3) float32: what made red, green and blue of the frames alike.
    engine
        What ran the networks.
    seconds
        By stage.
    curvature
        The lens's, which was taken out of the depth.
    """

    stack: FocalStack
    config: Config
    depth: np.ndarray
    inferred_uncertainty: np.ndarray
    all_in_focus: np.ndarray
    frame_numbers: np.ndarray
    motion: Motion
    gains: np.ndarray
    engine: str
    seconds: dict[str, float]
    curvature: AppliedCurvature = field(default_factory=AppliedCurvature)

    @property
    def is_metric(self) -> bool:
        """Whether depth is in metres; else it is relative."""
        return self.stack.is_metric

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the result, in sentences."""
        return self.stack.warnings

    @property
    def camera(self) -> Camera:
        """The pinhole camera of the reference frame."""
        return reference_camera(self.stack)

    @property
    def dioptres(self) -> np.ndarray:
        """(H, W) float32: one over depth."""
        return 1 / self.depth

    @property
    def normalised(self) -> np.ndarray:
        """(H, W) float32: `dioptres` with 0 at the farthest frame's focus and 1 at the nearest one's."""
        return units.to_normalised(self.dioptres, self.stack)

    @property
    def normalised_uncertainty(self) -> np.ndarray:
        """(H, W) float32: the expected absolute error of `normalised`; 0 where the predictor has none."""
        return resize(self.inferred_uncertainty, self.stack.size, cv2.INTER_LINEAR)

    @property
    def uncertainty(self) -> np.ndarray:
        """(H, W) float32: the expected absolute error of `dioptres`."""
        far, near = units.focus_range(self.stack)
        return self.normalised_uncertainty * np.float32(near - far)

    @property
    def confidence(self) -> np.ndarray:
        """(H, W) float32: 1 where no error is expected, 1/e where it is a tenth of the focus range."""
        return units.to_confidence(self.normalised_uncertainty)

    def aligned_frames(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield number and picture (H, W, 3), float32 sRGB, of every frame on the grid, from near to far.

        The photographs are read again.
        """
        for index, pixels, gain in aligned_frames(self.stack, self.motion, self.gains):
            yield index, pixels * gain

    def write(
        self,
        folder: Path | str | OutputFolder,
        aligned: Iterable[tuple[int, np.ndarray | Path]] | None = None,
        extra: dict[str, Any] | None = None,
        cache: dict[str, np.ndarray] | None = None,
        threads: int = 1,
    ) -> None:
        """Write a result folder: depth.exr, pictures and result.json, whole or not at all.

        Parameters
        ----------
        folder
            A new or empty folder, or an earlier result, which is replaced; or one that is held already.
        aligned
            Frames to save besides, such as `aligned_frames()`.
        extra
            More entries of result.json.
        cache
            Arrays of cache.npz.
        threads
            That may compress.

        Raises
        ------
        InputError
            Where the folder cannot be written, holds somebody's other files, or another run writes it.
        """
        with ExitStack() as block:
            output = (
                folder if isinstance(folder, OutputFolder) else block.enter_context(open_result(Path(folder)))
            )
            write_result(
                output,
                self.depth,
                self.confidence.astype(np.float16),  # as it is written: less to hold
                self.all_in_focus,
                self.describe() | (extra or {}),
                frame_numbers=self.frame_numbers,
                aligned=aligned,
                is_deep=is_deep(self.stack),
                cache=cache,
                threads=threads,
            )

    def describe(self) -> dict[str, Any]:
        """Return what result.json says of it, but for what `result_folder.write_result` fills in."""
        return {
            "metric": self.is_metric,
            "confidence_unit": CONFIDENCE_UNIT,
            "order_source": self.stack.order_source,
            "order_certainty": self.stack.order_certainty,
            "camera": self.camera.describe(),
            "frames": list(self._describe_frames()),
            "alignment": {
                "method": self.config.alignment,
                "neighbour_correlation": [round(float(value), 4) for value in self.motion.correlation],
                **self._describe_refinement(),
            },
            "lens_profile": self.curvature.describe(),
            "quality": self.config.quality,
            "network": self.config.predictor,
            "engine": self.engine,
            "warnings": list(self.warnings),
            "timings": self.seconds,
            "versions": versions(),
        }

    def _describe_refinement(self) -> dict[str, Any]:
        if np.isnan(self.motion.misregistration).any():
            return {}
        left = [round(float(value), 3) for value in self.motion.misregistration]
        return {"model": self.motion.model, "misregistration_px": left}

    def _describe_frames(self) -> Iterator[dict[str, Any]]:
        half = max(self.stack.size) / 2
        positions = [float(value) for value in self.stack.positions]
        for frame, position, dioptre, (scale, x, y), gain in zip(
            describe_frames(self.stack),
            positions,
            self.stack.counted_dioptres,
            self.motion.residual,
            self.gains,
            strict=True,
        ):
            yield {
                **frame,
                "normalised_focus": position,
                "dioptres": float(dioptre),
                "scale": round(float(scale), 6),
                "shift_x": round(float(x) * half, 3),
                "shift_y": round(float(y) * half, 3),
                "gain": [round(float(value), 4) for value in gain],
            }


def is_deep(stack: FocalStack) -> bool:
    """Whether a photograph has more than 8 bits a channel."""
    return any(frame.bits_per_channel > 8 for frame in stack.frames)
