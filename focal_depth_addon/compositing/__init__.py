"""Effects on the photograph and its depth, as node groups in the compositor: a module for each group.

`draw` in each module fills the group; `apply` adds it, linked, to a scene's compositor, or updates the one
that is there. `nodes` draws groups, `scene_tree` knows the scene's own nodes.
"""
