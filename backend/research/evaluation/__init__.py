"""Error of depth on stacks whose depth is known."""
