"""Focal stacks from simulated thin-lens cameras, with exact depth, for training (needs torch)."""
