"""Exact search by other metrics than the Euclidean one, and among rows with missing values.

Cosine and Mahalanobis distances are Euclidean ones of other rows, which ``euclidean_rows``
returns: every method can search these. Manhattan distances, and Euclidean ones over the columns
that both rows have, are computed for all pairs, in blocks of queries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smotefast._typing import Matrix
from smotefast.neighbors.queries import counted_blocks

# Distances of pairs at a time. With missing values columns are compared one by one, and 256 kB
# stay in the cache: 1,000 queries among 4,000 rows x 20 take 0.21 s of CPU time, and 0.57 s
# with 4 MB. A call of scikit-learn checks its rows: 10,000 rows x 20 take 2.2 s with 4 MB, and
# 3.5 s with 256 kB.
_PAIRS_PER_BLOCK = {"manhattan": 1 << 19, "nan_euclidean": 1 << 15}
# Eigenvalues of a correlation matrix below this share of the largest one are rounding errors.
_RANK_TOLERANCE = 1e-10

ALL_PAIRS = ("manhattan", "nan_euclidean")

# Takes the queries of a block, as rows of the pool; returns their distances to all rows.
BlockDistances = Callable[[np.ndarray], np.ndarray]


def euclidean_rows(rows: Matrix, metric: str) -> Matrix:
    """Return rows whose Euclidean distances have the order of "cosine" or "mahalanobis".

    They are float64, and an array or a CSR matrix as ``rows`` are.

    Raises
    ------
    ValueError
        If "mahalanobis" gets sparse rows, or fewer than two more rows than independent columns.
    """
    return _directions(rows) if metric == "cosine" else _whitened(rows)


def _directions(rows: Matrix) -> Matrix:
    """Return the rows at length 1, so that |a - b|^2 is twice their cosine distance.

    A row of zeros has no direction. Another column sets it apart at distance 1 from all others.
    """
    from scipy import sparse

    is_dense = isinstance(rows, np.ndarray)
    copied: Any = rows.astype(np.float64)
    csr: Any = sparse.csr_array(copied)
    csr.eliminate_zeros()
    n_stored = np.diff(csr.indptr)
    largest = abs(csr).max(axis=1).toarray().reshape(-1)
    is_zero = largest == 0
    csr.data /= np.repeat(largest, n_stored)  # first, so that no square overflows
    lengths = np.sqrt(csr.power(2).sum(axis=1))
    csr.data /= np.repeat(lengths, n_stored)
    if is_zero.any():
        column = sparse.csr_array(is_zero[:, np.newaxis].astype(np.float64))
        csr = sparse.hstack([csr, column], format="csr")
    unit: Matrix = csr.toarray() if is_dense else csr
    return unit


def _whitened(rows: Matrix) -> np.ndarray:
    """Return rows whose columns are uncorrelated with variance 1.

    Columns and directions without variance are left out: all rows are equal in them. Columns
    are scaled first, so that their units do not decide which eigenvalues are rounding errors.
    """
    if not isinstance(rows, np.ndarray):
        raise ValueError(
            "metric='mahalanobis' needs dense rows and X is sparse. Densify X (X.toarray()), "
            "or use metric='cosine', which takes sparse rows."
        )
    centered = rows.astype(np.float64)
    centered -= centered.mean(axis=0)
    deviations = centered.std(axis=0)
    varies = deviations > 0
    scaled = centered[:, varies] / deviations[varies]
    values, vectors = np.linalg.eigh(scaled.T @ scaled / len(rows))
    is_kept = values > _RANK_TOLERANCE * max(values.max(initial=0.0), 1.0)
    n_rows, rank = len(rows), int(is_kept.sum())
    if n_rows > 2 and rank >= n_rows - 1:
        raise ValueError(
            "metric='mahalanobis' needs at least two more rows in a class than independent "
            f"columns: of {n_rows} rows with {rank} such columns all pairs are equally far "
            "apart. Choose fewer columns with distance_columns, or use metric='euclidean' with "
            "scaled columns."
        )
    return np.ascontiguousarray(scaled @ (vectors[:, is_kept] / np.sqrt(values[is_kept])))


def search_all_pairs(
    pool: Matrix,
    k: int,
    *,
    metric: str,
    queries: np.ndarray,
    codes: np.ndarray | None = None,
    weight: float = 0.0,
) -> np.ndarray:
    """Find the k nearest other rows by a metric of ``ALL_PAIRS``, equal distances by index.

    Parameters
    ----------
    pool
        Shape (n_pool, n_features). For "nan_euclidean" an array; NaN is a missing value.
    k
        Neighbors per query.
    metric
        "manhattan" or "nan_euclidean".
    queries
        Rows of the pool to search for, shape (n_queries,).
    codes, weight
        For "nan_euclidean", categories beside the numbers, shape (n_pool, n_codes), and what
        each that differs adds to a squared distance.

    Returns
    -------
    ndarray of shape (n_queries, k), int64
        Rows of the pool.
    """
    if metric == "manhattan":
        distances = _manhattan(pool)
    else:
        assert isinstance(pool, np.ndarray)
        distances = _over_common_columns(pool, codes, weight)
    n_pool = pool.shape[0]
    indices = np.empty((len(queries), k), dtype=np.int64)
    for block in counted_blocks(len(queries), n_pool, _PAIRS_PER_BLOCK[metric], 1):
        rows = queries[block]
        found = distances(rows)
        found[np.arange(len(rows)), rows] = np.nan  # a query is not its own neighbor
        indices[block] = _nearest(found, k)
    return indices


def _manhattan(pool: Matrix) -> BlockDistances:
    from sklearn.metrics.pairwise import manhattan_distances

    wide = pool.astype(np.float64, copy=False)

    def distances(queries: np.ndarray) -> np.ndarray:
        return np.asarray(manhattan_distances(wide[queries], wide))

    return distances


def _over_common_columns(
    pool: np.ndarray, codes: np.ndarray | None, weight: float
) -> BlockDistances:
    """Return a function for squared Euclidean distances over the columns that both rows have.

    They are divided by the number of common columns, which gives the order of
    ``sklearn.metrics.pairwise.nan_euclidean_distances``: its other factor, the number of all
    columns, is the same for all pairs. Rows without a common column are infinitely far apart.
    Categories are never missing: each counts as a common column.
    """
    columns = np.array(pool.T, dtype=np.float64, order="C")  # a copy
    is_missing = np.isnan(columns)
    has_missing = np.asarray(is_missing.any(axis=1))
    columns[is_missing] = 0
    present = (~is_missing).astype(np.float32)  # counts up to 2**24 are exact
    n_codes = 0 if codes is None else codes.shape[1]

    def distances(queries: np.ndarray) -> np.ndarray:
        squared = np.zeros((len(queries), columns.shape[1]))
        for j, column in enumerate(columns):
            difference = column - column[queries, np.newaxis]
            difference *= difference
            if has_missing[j]:
                difference *= present[j]
                difference *= present[j, queries, np.newaxis]
            squared += difference
        for of_column in () if codes is None else codes.T:
            squared += weight * (of_column != of_column[queries, np.newaxis])
        n_common = (present[:, queries].T @ present).astype(np.float64) + n_codes
        squared[n_common == 0] = np.inf
        squared /= np.maximum(n_common, 1)
        return squared

    return distances


def _nearest(distances: np.ndarray, k: int) -> np.ndarray:
    """Return the k smallest values of each row by column, equal ones by index; never NaN."""
    kth = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    rows, columns = np.nonzero(distances <= kth)
    order = np.lexsort((distances[rows, columns], rows))  # stable: equal distances by index
    first = np.searchsorted(rows, np.arange(len(distances)))
    nearest: np.ndarray = columns[order[first[:, np.newaxis] + np.arange(k)]]
    return nearest
