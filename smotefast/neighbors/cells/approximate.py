"""Approximate search in cells: look through those whose centers are near enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast._phases import phase
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.estimate import CenterExcesses, search_sample
from smotefast.neighbors.cells.partition import Partition, partition
from smotefast.neighbors.cells.search import walk
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.exact.tiles import INT16
from smotefast.neighbors.queries import Queries, random_rows
from smotefast.neighbors.result import RECALL_WANTED, SearchResult, recall

# Recall that the cells of each attempt are chosen for, on a sample.
RECALLS = (0.95, 0.975, 0.99)
# Queries of the sample that the cells are chosen by, and of another one for the recall.
RECALL_QUERIES, RECALL_SEED = 400, 3


def search_cells_approximately(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> Iterator[SearchResult]:
    """Find nearly all of the k nearest rows: yield attempts, each of higher recall.

    Each is tried on the sample that measures the recall first. What finds too few rows there is
    not searched for all queries, but for the last attempt.
    """
    cells = partition(points, queries.points, n_threads=n_threads, dtype=INT16)
    if cells is None:
        return
    sampled = SampledSearch(cells, queries, k, n_threads=n_threads)
    for target in RECALLS:
        if target != RECALLS[-1] and sampled.expected_recall(target, k) < RECALL_WANTED:
            continue
        result = sampled.walk(target)
        yield result._replace(recall=sampled.recall(result, k))
        del result  # before the next attempt


class SampledSearch:
    """A search in cells that are chosen on a sample of the queries, searched for exactly.

    The arguments are those of ``walk``.
    """

    def __init__(
        self, cells: Partition, queries: Queries[Points], k: int, *, n_threads: int
    ) -> None:
        self._cells, self._queries, self._k = cells, queries, k
        self._n_threads = n_threads
        n_queries = len(queries.rows)
        random_state = np.random.RandomState(RECALL_SEED)
        drawn = random_rows(random_state, n_queries, min(2 * RECALL_QUERIES, n_queries))
        with phase("measuring recall", len(drawn)):
            true = search_sample(cells.points, queries.subset(drawn), k, n_threads=n_threads)
        half = slice(0, len(drawn) // 2)
        part = queries.subset(drawn[half])
        home = cells.home(part, n_threads=n_threads)
        self._excesses = CenterExcesses(cells.assigned, part, home, true.subset(half))
        self._others, self._true = drawn[half.stop :], true.squared()[half.stop :]

    def walk(self, target: float) -> SearchResult:
        """Search in the cells that hold this share of the neighbors of the sample."""
        reach = self._excesses.reach_for(target)
        detail = f"at most {reach.n_near} cells, excess {reach.share:.3g}"
        with phase("searching neighbors", len(self._queries.rows), detail):
            return self._walk(self._queries, target)

    def recall(self, result: SearchResult, k: int) -> float:
        """Return the share of the k nearest rows found, on queries of another sample."""
        return self._recall(result.indices[self._others, :k])

    def expected_recall(self, target: float, k: int) -> float:
        """Return what ``recall`` will be, from a walk for the queries of that sample alone."""
        part = self._queries.subset(self._others)
        with phase("measuring recall", len(self._others)):
            return self._recall(self._walk(part, target).indices[:, :k])

    def _walk(self, queries: Queries[Points], target: float) -> SearchResult:
        return walk(
            self._cells,
            queries,
            self._k,
            self._excesses.reach_for(target),
            n_threads=self._n_threads,
            with_distances=False,
        )

    def _recall(self, found: np.ndarray) -> float:
        queries, k = self._queries.subset(self._others), found.shape[1]
        ranked = rank_candidates(
            self._cells.points, queries, found.astype(np.int64), k, n_threads=self._n_threads
        )
        return recall(ranked.squared(), self._true[:, :k])
