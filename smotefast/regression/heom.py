"""Distances between rows of numbers and categories (HEOM), and the rows of a bin.

The heterogeneous Euclidean-overlap metric of D. R. Wilson and T. R. Martinez, "Improved
Heterogeneous Distance Functions", Journal of Artificial Intelligence Research 6, 1-34, 1997:
squared differences of numbers in units of the range of their column, plus 1 for each category
that differs.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from smotefast._phases import advance, phase
from smotefast._threads import run_in_threads
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.neighbors import find_neighbors, squared_distances_to

# Rows of a bin to which the median distance of a row is measured: all up to this many, then a
# regular sample. For 10,000 rows the error of the quantile is about 0.5 percent points.
_MOST_MEASURED = 10_000
# Distances that are held at a time and thread: 8 MB.
_DISTANCES = 1 << 20


class BinRows:
    """The rows of a bin.

    Parameters
    ----------
    numbers
        Numeric columns, shape (n_rows, n_numeric).
    codes
        Codes of the categorical columns, shape (n_rows, n_categorical), int32.
    y
        Targets, shape (n_rows,).
    positions
        Positions of the rows in X.
    """

    def __init__(
        self, numbers: np.ndarray, codes: np.ndarray, y: np.ndarray, positions: np.ndarray
    ) -> None:
        self.numbers = np.asarray(numbers, dtype=np.float64)
        self.codes, self.y, self.positions = codes, y, positions

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def scaled(self) -> np.ndarray:
        """Numbers in units of the range of their column; one of zeros if there are none."""
        if not self.numbers.shape[1]:
            return np.zeros((len(self), 1))
        numbers = self.numbers
        with np.errstate(over="ignore"):
            ranges = np.ptp(numbers, axis=0)
        if np.isinf(ranges).any():
            numbers = numbers / 2
            ranges = np.ptp(numbers, axis=0)
        return np.ascontiguousarray(numbers / np.where(ranges > 0, ranges, 1))

    def neighbors(self, k: int, search: NeighborSearch) -> np.ndarray:
        """Return the k nearest other rows of each row, shape (n_rows, k)."""
        found = find_neighbors(
            self.scaled,
            k,
            search=search.search,
            n_threads=search.n_threads,
            codes=self.codes if self.codes.shape[1] else None,
            weight=1.0 if self.codes.shape[1] else 0.0,
        )
        search.record(found)
        return np.asarray(found.indices)

    def squared_to(self, neighbors: np.ndarray) -> np.ndarray:
        """Return squared distances of the numbers alone to rows by index, (n_rows, k)."""
        return squared_distances_to(self.scaled, self.scaled, neighbors)

    def mismatches(self, rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return in how many columns other codes differ from those of rows, shape (n,)."""
        return np.asarray(np.count_nonzero(self.codes[rows] != codes, axis=1))

    def median_distances(self, n_threads: int) -> np.ndarray:
        """Return the median distance of each row to the rows of the bin, shape (n_rows,)."""
        from scipy.spatial.distance import cdist

        step = -(-len(self) // _MOST_MEASURED)
        numbers, codes = self.scaled[::step], self.codes[::step]
        medians = np.empty(len(self))

        def measure(block: slice) -> None:
            squared = cdist(self.scaled[block], numbers, "sqeuclidean")
            for column, others in zip(self.codes.T, codes.T, strict=True):
                squared += column[block, np.newaxis] != others
            medians[block] = np.median(np.sqrt(squared), axis=1, overwrite_input=True)
            advance(block.stop - block.start)

        per_block = max(1, _DISTANCES // len(numbers))
        with phase("measuring distances", len(self)):
            run_in_threads(measure, len(self), per_block, n_threads)
        return medians
