"""What both halves of Focal Depth agree on: needs nothing but the standard library."""
