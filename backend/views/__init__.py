"""Pictures and clips of the photo set without Blender: views, stereo pairs, quilts and camera moves."""
