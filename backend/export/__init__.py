"""The photo set for other programs: its mesh, made of a result folder, and files that viewers open."""
