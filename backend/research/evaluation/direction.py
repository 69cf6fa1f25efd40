"""Whether near and far are distinguished in stacks whose distances are not used.

`python -m focal_depth.research.evaluation.direction STACK...`. Distances only serve to judge: frames are
given far to near, and near to far.
"""

import argparse
from pathlib import Path

from ...io.photographs import read_thumbnail
from ...stack import read_stack
from ...stack.direction import CUES, judge_direction
from ...stack.order import THUMBNAIL_SIDE


def main() -> None:
    """Print a line a stack, and how many of both ways are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="+", type=Path, help="folders with distances")
    right, folders = 0, parser.parse_args().stacks
    for folder in folders:
        thumbnails = [
            read_thumbnail(frame.path, THUMBNAIL_SIDE, frame.reading) for frame in read_stack(folder).frames
        ]
        both_ways = judge_direction(thumbnails), judge_direction(thumbnails[::-1])
        right += (both_ways[0].log_odds > 0) + (both_ways[1].log_odds < 0)
        cues = ", ".join(f"{name} {cue:+.2f}" for name, cue in zip(CUES, both_ways[0].cues, strict=True))
        odds = " and ".join(f"{direction.log_odds:+.2f}" for direction in both_ways)
        print(f"{folder.name:28} log-odds {odds}: {cues}", flush=True)
    print(f"right: {right} of {2 * len(folders)}")


if __name__ == "__main__":
    main()
