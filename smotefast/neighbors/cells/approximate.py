"""Approximate search in cells: look through those whose centers are near enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast._phases import phase
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.estimate import CenterExcesses, search_sample
from smotefast.neighbors.cells.partition import partition
from smotefast.neighbors.cells.search import walk
from smotefast.neighbors.queries import Queries
from smotefast.neighbors.result import SearchResult, recall

# Recall that the cells of each attempt are chosen for, on a sample.
_RECALLS = (0.95, 0.975, 0.99)
# Queries of the sample that the cells are chosen by, and of another one for the recall.
_QUERIES, _SEED = 400, 3


def search_cells_approximately(
    points: Points, queries: Queries[Points], k: int, *, n_threads: int
) -> Iterator[SearchResult]:
    """Find nearly all of the k nearest rows: yield attempts, each of higher recall."""
    cells = partition(points, queries.points, n_threads=n_threads)
    if cells is None:
        return
    n_queries = len(queries.rows)
    random_state = np.random.RandomState(_SEED)
    drawn = random_state.choice(n_queries, min(2 * _QUERIES, n_queries), replace=False)
    with phase("measuring recall", len(drawn)):
        true = search_sample(points, queries.subset(drawn), k, n_threads=n_threads)
    half = slice(0, len(drawn) // 2)
    excesses = CenterExcesses(cells, queries.subset(drawn[half]), true.subset(half))
    other = slice(half.stop, None)
    for target in _RECALLS:
        reach = excesses.reach_for(target)
        detail = f"at most {reach.n_near} cells, excess {reach.share:.3g}"
        with phase("searching neighbors", n_queries, detail):
            result = walk(cells, queries, k, reach, n_threads=n_threads)
        found_share = recall(result.squared()[drawn[other]], true.squared()[other])
        result = result._replace(recall=found_share)
        yield result
        del result  # before the next attempt
