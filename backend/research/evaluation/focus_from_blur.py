"""Focus by blur beside distances that are written: `python -m ...evaluation.focus_from_blur STACK...`.

Each stack is registered as in an estimate. Where the lens is unknown, only frames' places in the range are
compared.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...lens.blur_distances import check_distances
from ...lens.focus_from_blur import measure_focus_positions, pixels_per_dioptre, weigh_against_prior
from ...lens.patch_spectra import measure_spectra
from ...stack import FocalStack
from .estimate_steps import register_as_estimate


@dataclass(frozen=True)
class BlurComparison:
    """One stack's line of the table.

    Attributes
    ----------
    name, frame_count
        Of the stack.
    written_range, range_by_blur, range_uncertainty
        Dioptres; the last two None where the lens is unknown.
    largest_deviation
        Of a frame's place in the range, in parts of the range.
    warning
        What `check_distances` says.
    """

    name: str
    frame_count: int
    written_range: float
    range_by_blur: float | None
    range_uncertainty: float | None
    largest_deviation: float
    warning: str | None

    def __str__(self) -> str:
        """Return the line."""
        measured = "lens unknown"
        if self.range_by_blur is not None:
            ratio = self.range_by_blur / self.written_range
            measured = f"{self.range_by_blur:7.3f} ± {self.range_uncertainty:.3f} 1/m, ratio {ratio:.2f}"
        written = f"{self.name:28} {self.frame_count:3} frames, range {self.written_range:7.3f} 1/m"
        line = f"{written}, by blur {measured}, frames within {self.largest_deviation:.3f}"
        return f"{line} [{self.warning}]" if self.warning else line


def compare_with_blur(stack: FocalStack, pictures: np.ndarray) -> BlurComparison | None:
    """Compare a metric stack's distances with blur; None where nothing has texture.

    Parameters
    ----------
    stack
        With distances.
    pictures
        (N, h, w, 3) sRGB 0 to 1, aligned.
    """
    blur = measure_focus_positions(measure_spectra(pictures))
    if blur is None or stack.dioptres is None:
        return None
    written = stack.dioptres.astype(np.float64)
    scale = None
    if stack.focal_length and stack.f_number and stack.sensor_width:
        scale = pixels_per_dioptre(
            stack.focal_length, stack.f_number, stack.sensor_width, pictures.shape[2], float(written[-1])
        )
    names = [frame.path.name for frame in stack.frames]
    likeliest = weigh_against_prior(blur, np.linspace(0, 1, len(names)))
    return BlurComparison(
        name=stack.reference.path.parent.name,
        frame_count=len(names),
        written_range=float(written[-1] - written[0]),
        range_by_blur=scale and float(blur.positions[-1] / scale),
        range_uncertainty=scale and blur.range_uncertainty / scale,
        largest_deviation=float(np.abs(likeliest.normalised - stack.positions).max()),
        warning=check_distances(written, blur, names, scale),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="+", type=Path, help="folders with distances")
    for folder in parser.parse_args().stacks:
        registration = register_as_estimate(folder)
        comparison = compare_with_blur(registration.stack, registration.pictures)
        print(comparison or f"{folder.name:28} has too little texture, or no distances", flush=True)


if __name__ == "__main__":
    main()
