"""Many focal stacks: found in trees of folders, estimated here or on many machines, told on one page."""
