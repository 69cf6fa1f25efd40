"""The result as pictures: false colour, confidence, frames, a histogram of depth, distances at a pixel."""
