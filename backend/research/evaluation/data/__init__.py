"""Data sets of focal stacks, each as its authors lay it out."""
