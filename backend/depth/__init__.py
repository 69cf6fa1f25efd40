"""Depth from aligned pictures: predictors, tiles, scales, edges, full size, units."""
