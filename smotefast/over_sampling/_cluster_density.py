"""The mean distance between the rows of a cluster, without a table of all pairs.

Few rows, wide rows and sparse ones are left to scikit-learn, the rest to a kernel. Which of
them works is told by the shape alone, so that the result does not depend on what ran before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.neighbors.planner import LITTLE_WORK
from smotefast.neighbors.queries import as_float_rows, pieces

# Megabytes of distances at a time. Up to 2,048 rows that is all of them, added up as
# imbalanced-learn does: bit for bit, which in float32 decides about single rows.
_DISTANCES_AT_ONCE = 32
_ONE_BLOCK = 2048
# Above this many columns scikit-learn's matrix products are as quick as the kernel: 10,000
# rows of 100 take them 0.49 s and the kernel 0.24 s (2 cores), 0.46 s on one.
_WIDE = 100
# Pairs times columns of one call of the kernel: about two seconds on 2 cores.
_AT_ONCE = 2e10
_LOADED_ROWS = 200


def mean_distance(matrix: Any, *, n_threads: int) -> Any:
    """Return the mean euclidean distance between two rows.

    Parameters
    ----------
    matrix : array or CSR matrix of shape (n_rows, n_features), n_rows at least 2
    n_threads : threads of the kernel; the result does not depend on it

    Returns
    -------
    float32 for float32 rows, else float64
        The type that imbalanced-learn goes on computing in.
    """
    n_rows = matrix.shape[0]
    if isinstance(matrix, np.ndarray) and kernel_pays(*matrix.shape):
        total = sum_by_kernel(matrix, n_threads)
    else:
        total = _sum_by_products(matrix)
    kind = np.float32 if matrix.dtype == np.float32 else np.float64
    return kind(total) / (n_rows * n_rows - n_rows)


def kernel_pays(n_rows: int, n_features: int) -> bool:
    """Whether the kernel is quicker than products of rows, loading it included."""
    is_little = n_rows <= _ONE_BLOCK or float(n_rows) * n_rows * n_features <= LITTLE_WORK
    return not is_little and n_features <= _WIDE


def _sum_by_products(matrix: Any) -> float:
    from sklearn.metrics import pairwise_distances_chunked

    chunks = pairwise_distances_chunked(
        matrix, metric="euclidean", working_memory=_DISTANCES_AT_ONCE
    )
    return sum(float(chunk.sum()) for chunk in chunks)


def sum_by_kernel(matrix: np.ndarray, n_threads: int) -> float:
    """Return the sum of all distances, both ways."""
    from smotefast.kernels.distance_sums import sum_distances

    rows = as_float_rows(matrix)
    sums = np.empty(len(rows))
    for some in pieces(len(rows), float(rows.size), _AT_ONCE, 128 * n_threads):
        sum_distances(rows, some.start, sums[some], n_threads=n_threads)
    return 2 * float(sums.sum())


def load_mean_distance(dtype: np.dtype[Any], n_features: int, n_threads: int) -> None:
    """Run the kernel on a few random rows."""
    values = np.random.default_rng(0).normal(scale=30, size=(_LOADED_ROWS, n_features))
    sum_by_kernel(values.astype(dtype), n_threads)
