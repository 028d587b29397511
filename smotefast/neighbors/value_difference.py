"""Searches by the value difference metric, for rows of categories.

With two classes the metric is a plain distance of numbers, one for each category. With more
classes the distances are looked up, or a search by class shares proposes candidates that are
ranked by the metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from smotefast._phases import advance, phase
from smotefast.neighbors.cells.approximate import SampledSearch
from smotefast.neighbors.cells.partition import partition
from smotefast.neighbors.exact.tiles import INT16
from smotefast.neighbors.queries import (
    CategoryPoints,
    Queries,
    as_points,
    counted_blocks,
    pool_queries,
    work_blocks,
)
from smotefast.neighbors.result import (
    RECALL_WANTED,
    SearchResult,
    SmallerSearch,
    recall,
    regular_sample,
)

if TYPE_CHECKING:
    from smotefast.kernels.value_differences import Shares

# Lookups of one kernel call and thread: about 0.3 s. A signal is handled after a call.
_LOOKUPS_PER_THREAD = 4e8
# The same for candidates, which are read in any order and compared class by class.
_RANKED_PER_THREAD = 1e8
# Candidates by class shares of each attempt, for each neighbor.
CANDIDATES = (2, 4, 8)
# Distances that NumPy adds up at a time.
_PAIRS_PER_BLOCK = 1 << 17


def search_two_classes(
    points: CategoryPoints, queries: Queries[CategoryPoints], k: int, *, n_threads: int
) -> SmallerSearch:
    """Return the search on numbers that has the same distances, for two classes."""
    columns = [2 * of[points.codes[:, j], 1] for j, of in enumerate(points.shares)]
    numbers = as_points(np.column_stack(columns))
    return SmallerSearch(numbers, pool_queries(numbers, queries.rows), lambda indices: indices)


def search_lookup_numpy(
    points: CategoryPoints, queries: Queries[CategoryPoints], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows by looking up every distance, in NumPy."""
    squared = np.empty((len(queries.rows), k))
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    n_categories = max(of.shape[0] for of in points.shares)
    step = max(1, _PAIRS_PER_BLOCK // (len(points.codes) + n_categories))
    for start in range(0, len(queries.rows), step):
        block = slice(start, start + step)
        totals = _distances_to_all(points, queries.rows[block])
        indices[block] = np.argsort(totals, axis=1, kind="stable")[:, :k]
        squared[block] = np.take_along_axis(totals, indices[block], axis=1)
        advance(len(totals))
    return SearchResult(indices, squared)


def _distances_to_all(points: CategoryPoints, query_rows: np.ndarray) -> np.ndarray:
    """Return the distances of queries to all rows; that to itself is infinite."""
    codes = points.codes
    totals = np.zeros((len(query_rows), len(codes)))
    for j, of in enumerate(points.shares):
        categories, category = np.unique(codes[query_rows, j], return_inverse=True)
        differences = np.abs(of.T[:, categories, np.newaxis] - of.T[:, np.newaxis])
        # Summed first to last, as in the kernel.
        sums = np.add.accumulate(differences, axis=0, out=differences)[-1]
        totals += (sums * sums)[category][:, codes[:, j]]
    totals[np.arange(len(query_rows)), query_rows] = np.inf
    return totals


def search_lookup_kernel(
    points: CategoryPoints, queries: Queries[CategoryPoints], k: int, *, n_threads: int
) -> SearchResult:
    """Find the k nearest rows by looking up every distance, in a compiled kernel."""
    from smotefast.kernels.value_differences import scan_codes

    squared = np.empty((len(queries.rows), k))
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    codes, shares = points.codes, _kernel_shares(points)
    per_call = _LOOKUPS_PER_THREAD * n_threads
    for block in counted_blocks(len(queries.rows), float(codes.size), per_call, 16 * n_threads):
        rows = queries.rows[block]
        scan_codes(codes, shares, rows, squared[block], indices[block], n_threads=n_threads)
    return SearchResult(indices, squared)


def search_share_cells(
    points: CategoryPoints,
    queries: Queries[CategoryPoints],
    k: int,
    *,
    n_threads: int,
) -> Iterator[SearchResult]:
    """Find nearly all of the k nearest rows among those of similar class shares.

    Yields attempts of ever more candidates.
    """
    columns = [of[points.codes[:, j]] for j, of in enumerate(points.shares)]
    numbers = as_points(np.hstack(columns))
    cells = partition(numbers, numbers, n_threads=n_threads, dtype=INT16)
    assert cells is not None  # shares are finite
    rows = pool_queries(numbers, queries.rows)
    sample = regular_sample(len(queries.rows))
    with phase("measuring recall", len(sample)):
        true = search_lookup_kernel(points, queries.subset(sample), k, n_threads=n_threads)
    for factor in CANDIDATES:
        n_candidates = min(factor * (k + 1), len(points.codes) - 1)
        sampled = SampledSearch(cells, rows, n_candidates, n_threads=n_threads)
        candidates = sampled.walk(RECALL_WANTED).indices
        result = _rank_candidates(points, queries, candidates, k, n_threads)
        del candidates
        share = recall(result.squared()[sample], true.squared())
        yield result._replace(recall=share)
        del result  # before the next attempt


def _rank_candidates(
    points: CategoryPoints, queries: Queries[CategoryPoints], candidates: np.ndarray, k: int,
    n_threads: int,
) -> SearchResult:  # fmt: skip
    """Order the candidates of each query by the metric and keep the k nearest."""
    from smotefast.kernels.value_differences import rank_codes

    squared = np.empty((len(queries.rows), k))
    indices = np.empty((len(queries.rows), k), dtype=np.int64)
    codes, shares = points.codes, _kernel_shares(points)
    work = candidates.shape[1] * codes.shape[1] * shares.table.shape[1]
    for block in work_blocks(len(queries.rows), work, _RANKED_PER_THREAD * n_threads, 1024):
        rank_codes(
            codes, shares, queries.rows[block], candidates[block], squared[block],
            indices[block], n_threads=n_threads,
        )  # fmt: skip
    return SearchResult(indices, squared, np.flatnonzero(indices[:, -1] >= len(points.codes)))


def occurring_categories(points: CategoryPoints) -> CategoryPoints:
    """Remove categories that no row has: a column may have very many."""
    codes = np.empty_like(points.codes)
    shares = []
    for j, of in enumerate(points.shares):
        occurs = np.bincount(points.codes[:, j], minlength=len(of)) > 0
        codes[:, j] = (np.cumsum(occurs) - 1)[points.codes[:, j]]
        shares.append(of[occurs])
    return CategoryPoints(codes, shares)


def _kernel_shares(points: CategoryPoints) -> Shares:
    from smotefast.kernels.value_differences import Shares

    starts = np.cumsum([0, *(len(of) for of in points.shares)], dtype=np.int64)
    table = np.ascontiguousarray(np.vstack(points.shares), dtype=np.float64)
    return Shares(table, starts)
