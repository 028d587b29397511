"""Hashes of rows, and counts of duplicates."""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.neighborhoods import DuplicateCounter, row_hashes


def test_row_hashes__differ_for_different_rows_and_columns():
    numbers = np.array([[0.0, 1.0], [1.0, 0.0], [-0.0, 1.0], [np.nan, 1.0], [-np.nan, 1.0]])
    hashes = row_hashes(numbers, np.zeros((5, 1), dtype=np.int32))
    assert hashes[0] == hashes[2]
    assert hashes[3] == hashes[4]
    assert len(set(hashes.tolist())) == 3
    grid = np.array([[i, j] for i in range(100) for j in range(100)], dtype=float)
    assert len(np.unique(row_hashes(grid, np.empty((10_000, 0), dtype=np.int32)))) == 10_000


def test_duplicates__of_no_rows_are_none():
    counter = DuplicateCounter(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int8))
    counter.add(np.array([1, 2], dtype=np.uint64), np.array([0, 1]))
    assert [counts.tolist() for counts in counter.counts()] == [[], []]
