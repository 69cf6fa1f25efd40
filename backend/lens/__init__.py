"""The thin lens, and the camera of the reference frame."""
