"""The all-in-focus picture."""
