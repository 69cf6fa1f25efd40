"""How far off depth is, on stacks whose depth is known."""
