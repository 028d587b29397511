"""Exact nearest-neighbor search: NumPy, full scan, k-d tree, tiles, CSR, distinct rows."""
