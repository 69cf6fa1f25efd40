"""What both halves of Focal Depth agree on. Needs nothing but the standard library.

The backend and the add-on run in two processes; each name, number and rule that both must know stands here
once.
"""
