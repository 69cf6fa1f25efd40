"""What a person painted over a result: layers read, and applied to its depth and its picture."""
