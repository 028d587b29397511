"""Exact nearest-neighbor search: one method a file, with the same results bit for bit."""
