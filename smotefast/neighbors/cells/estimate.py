"""How many rows a search in cells compares with a query, measured on a sample of the data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.embedding import embed
from smotefast.neighbors.cells.partition import Partition, nearest_cells, partition
from smotefast.neighbors.cells.search import WHOLE, Reach
from smotefast.neighbors.exact.scan import search_scan
from smotefast.neighbors.exact.tiles import search_tiles
from smotefast.neighbors.queries import Queries, other_queries
from smotefast.neighbors.result import RECALL_WANTED, SearchResult

# Queries of the sample, and one row of the pool in so many.
SAMPLE_QUERIES, SAMPLE_STEP = 256, 4
_SEED = 1
# Of the neighbors that a search may miss, this share is in cells that are not near enough to
# the query's own. The others are in cells whose excess is too large.
_MISSED_BY_RANK = 0.4


class Compared(NamedTuple):
    """Rows compared with a query on average, in a pool of so many."""

    n_rows: float
    n_pool: int


class WalkCosts(NamedTuple):
    """Rows compared by an exact search in cells, and by one with a recall of 0.95."""

    exact: Compared
    approximate: Compared


def walk_costs(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> WalkCosts | None:
    """Search for a sample of the queries in a sample of the pool; None as ``partition``."""
    random_state = np.random.RandomState(_SEED)
    n_pool = len(points.values)
    drawn = np.sort(random_state.choice(n_pool, n_pool // SAMPLE_STEP, replace=False))
    pool = points.subset(drawn)
    n_queries = min(SAMPLE_QUERIES, len(queries.rows))
    rows = np.sort(random_state.choice(queries.rows, n_queries, replace=False))
    sample = other_queries(queries.points.subset(rows))
    cells = partition(pool, sample.points, n_threads=n_threads)
    if cells is None:
        return None
    # A query that is in the sample of the pool finds itself: one row more.
    true = search_sample(pool, sample, k + 1, n_threads=n_threads)
    excesses = CenterExcesses(cells, sample, true, n_threads=n_threads)
    exact = excesses.rows_compared()
    approximate = excesses.rows_compared(excesses.reach_for(RECALL_WANTED))
    return WalkCosts(Compared(exact, len(drawn)), Compared(approximate, len(drawn)))


def search_sample(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> SearchResult:
    """Search exactly for a few queries, by tiles: they have no cells in common."""
    result = search_tiles(points, queries, k, n_threads=n_threads)
    assert result is not None  # for so few queries
    rest = result.unresolved
    if len(rest):
        scanned = search_scan(points, queries.subset(rest), k, n_threads=n_threads)
        result.indices[rest], result.squared()[rest] = scanned.indices, scanned.squared()
    return result


class CenterExcesses:
    """By how much farther each center is from queries than their own, squared.

    Parameters
    ----------
    cells
        The pool.
    queries, true
        Some queries and their nearest neighbors.
    n_threads
        Threads to use; the result does not depend on it.
    """

    def __init__(
        self, cells: Partition, queries: Queries[Points], true: SearchResult, *, n_threads: int
    ) -> None:
        home = nearest_cells(cells, queries, n_threads=n_threads)
        values = embed(queries.points, cells.levels, queries.rows).astype(np.float64)
        squared = np.zeros((len(home), len(cells.sizes)))
        between = np.zeros_like(squared)
        for column, centers in zip(values.T, cells.packed.centers.T, strict=True):
            squared += (column[:, np.newaxis] - centers) ** 2
            between += (centers[home][:, np.newaxis] - centers) ** 2
        self._sizes = cells.sizes
        self._kth = true.squared()[:, -1:]
        self._excess = squared - np.take_along_axis(squared, home[:, np.newaxis], axis=1)
        # The hyperplane between two centers is closer than the k-th row.
        self._is_within = self._excess <= 2 * np.sqrt(between * self._kth)
        cell = cells.cell_of_rows()[true.indices]
        excess = np.maximum(np.take_along_axis(self._excess, cell.astype(np.intp), axis=1), 0)
        self._needed = np.divide(
            excess, self._kth, out=np.zeros_like(excess), where=self._kth > 0
        )
        # Cells by distance of their centers from that of the query's own.
        self._rank = np.argsort(np.argsort(between, axis=1), axis=1)
        self._needed_rank = np.take_along_axis(self._rank, cell.astype(np.intp), axis=1)

    def reach_for(self, recall: float) -> Reach:
        """Return the reach that finds a share of the neighbors of these queries."""
        missed = (1 - recall) * _MISSED_BY_RANK
        n_near = 1 + int(np.quantile(self._needed_rank, 1 - missed, method="higher"))
        needed = np.where(self._needed_rank < n_near, self._needed, np.inf)
        return Reach(n_near, float(np.quantile(needed, recall, method="higher")))

    def rows_compared(self, reach: Reach = WHOLE) -> float:
        """Return the rows compared with a query on average."""
        is_compared = self._is_within
        if reach.share != np.inf:
            is_compared = is_compared & (self._excess <= reach.share * self._kth)
            is_compared &= self._rank < reach.n_near
        return float((is_compared @ self._sizes).mean())
