"""Looking at a result: false colour, confidence, frames, the histogram of depth, and metres at a pixel."""
