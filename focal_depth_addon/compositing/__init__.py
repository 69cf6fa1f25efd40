"""Effects on the photograph and its depth, as node groups in the compositor: a module for each group.

`draw` in each module fills the group, `put` stands an instance of it, wired, in a scene's compositor and
leaves one that is there already. `nodes` draws groups, `scene_tree` knows the scene's own nodes.
"""
