"""Readers of data sets of focal stacks, each in its authors' layout."""
