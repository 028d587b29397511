"""How many rows a search in cells compares with a query, measured on a sample of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.cells.embedding import embed
from smotefast.neighbors.cells.partition import Assignment, partition
from smotefast.neighbors.cells.search import WHOLE, Reach
from smotefast.neighbors.exact.scan import search_scan
from smotefast.neighbors.exact.tiles import search_tiles
from smotefast.neighbors.queries import Queries, other_queries, random_rows, work_blocks
from smotefast.neighbors.result import RECALL_WANTED, SearchResult

# Queries of the sample; one row of the pool in so many, and at most so many.
SAMPLE_QUERIES, SAMPLE_STEP, _MOST_SAMPLED = 256, 4, 250_000
_SEED = 1
# Of the neighbors that a search may miss, this share is in cells that are not near enough to
# the query's own. The others are in cells whose excess is too large.
_MISSED_BY_RANK = 0.4
# Distances of queries and centers computed at a time: 2 MB.
_CENTERS_PER_BLOCK = 1 << 18


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
    drawn, ranks = draw_samples(len(points.values), len(queries.rows))
    rows = np.sort(queries.rows[ranks])
    return costs_of_samples(
        points.subset(drawn), queries.points.subset(rows), k, n_threads=n_threads
    )


def draw_samples(n_pool: int, n_queries: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows of a pool, ascending, and the numbers of some queries."""
    random_state = np.random.RandomState(_SEED)
    drawn = np.sort(random_rows(random_state, n_pool, sample_size(n_pool)))
    return drawn, random_rows(random_state, n_queries, min(SAMPLE_QUERIES, n_queries))


def sample_size(n_pool: int) -> int:
    """Return the number of rows of the pool that are in the sample."""
    return min(n_pool // SAMPLE_STEP, _MOST_SAMPLED)


def costs_of_samples(
    pool: Points, query_points: Points, k: int, *, n_threads: int
) -> WalkCosts | None:
    """Search for a sample of the queries in a sample of the pool; None as ``partition``."""
    sample, n_pool = other_queries(query_points), len(pool.values)
    cells = partition(pool, query_points, n_threads=n_threads)
    if cells is None:
        return None
    # A query that is in the sample of the pool finds itself: one row more.
    true = search_sample(pool, sample, k + 1, n_threads=n_threads)
    home = cells.home(sample, n_threads=n_threads)
    excesses = CenterExcesses(cells.assigned, sample, home, true)
    exact = excesses.rows_compared()
    approximate = excesses.rows_compared(excesses.reach_for(RECALL_WANTED))
    return WalkCosts(Compared(exact, n_pool), Compared(approximate, n_pool))


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


class _Centers(NamedTuple):
    """The centers of cells as seen from some queries, shape (n_queries, n_cells) each.

    Attributes
    ----------
    which
        The queries.
    excess
        By how much farther each center is from the query than that of its own cell, squared.
    between
        Squared distances of the centers from that of the query's own cell.
    """

    which: slice
    excess: np.ndarray
    between: np.ndarray

    def rank(self) -> np.ndarray:
        """Return the ranks of the cells by distance from the query's own."""
        return np.asarray(np.argsort(np.argsort(self.between, axis=1), axis=1))


class CenterExcesses:
    """By how much farther each center is from queries than their own, squared.

    Parameters
    ----------
    assigned
        The cells of the pool.
    queries, home
        Some queries, and the cell of each.
    true
        Their nearest neighbors.
    """

    def __init__(
        self,
        assigned: Assignment,
        queries: Queries[Points],
        home: np.ndarray,
        true: SearchResult,
    ) -> None:
        values = embed(queries.points, assigned.levels, queries.rows)
        self._values, self._home = values.astype(np.float64), home.astype(np.intp)
        self._centers, self._sizes = assigned.centers, assigned.sizes
        self._kth = kth = true.squared()[:, -1:]
        cell = assigned.cell[true.indices].astype(np.intp)
        needed, self._needed_rank = np.empty(cell.shape), np.empty(cell.shape, dtype=np.intp)
        for block in self._blocks():
            of_true = cell[block.which]
            needed[block.which] = np.take_along_axis(block.excess, of_true, axis=1)
            self._needed_rank[block.which] = np.take_along_axis(block.rank(), of_true, axis=1)
        excess = np.maximum(needed, 0)
        self._needed = np.divide(excess, kth, out=np.zeros_like(excess), where=kth > 0)

    def reach_for(self, recall: float) -> Reach:
        """Return the reach that finds a share of the neighbors of these queries."""
        missed = (1 - recall) * _MISSED_BY_RANK
        n_near = 1 + int(np.quantile(self._needed_rank, 1 - missed, method="higher"))
        needed = np.where(self._needed_rank < n_near, self._needed, np.inf)
        return Reach(n_near, float(np.quantile(needed, recall, method="higher")))

    def rows_compared(self, reach: Reach = WHOLE) -> float:
        """Return the rows compared with a query on average."""
        n_rows = np.empty(len(self._home), dtype=np.int64)
        for block in self._blocks():
            kth = self._kth[block.which]
            # The hyperplane between two centers is closer than the k-th row.
            is_compared = block.excess <= 2 * np.sqrt(block.between * kth)
            if reach.share != np.inf:
                is_compared &= block.excess <= reach.share * kth
                is_compared &= block.rank() < reach.n_near
            n_rows[block.which] = is_compared @ self._sizes
        return float(n_rows.mean())

    def _blocks(self) -> Iterator[_Centers]:
        """Yield the centers as seen from few queries at a time."""
        per_block = _CENTERS_PER_BLOCK
        for which in work_blocks(len(self._home), len(self._centers), per_block, 1):
            home = self._home[which]
            squared = np.zeros((len(home), len(self._centers)))
            between = np.zeros_like(squared)
            for column, centers in zip(self._values[which].T, self._centers.T, strict=True):
                squared += (column[:, np.newaxis] - centers) ** 2
                between += (centers[home][:, np.newaxis] - centers) ** 2
            excess = squared - np.take_along_axis(squared, home[:, np.newaxis], axis=1)
            yield _Centers(which, excess, between)
