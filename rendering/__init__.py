"""Focal stacks rendered by Cycles, with exact depth: what the networks are judged on, and the sample.

Run with a Python that has bpy 4.5 or later (4.2's wheel cannot decode the models), from the project's root:
`python -m rendering.validation --output DIR`.
"""
