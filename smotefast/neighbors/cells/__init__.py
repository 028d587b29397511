"""Nearest-neighbor search in k-means cells: exact within a bound, or approximate."""
