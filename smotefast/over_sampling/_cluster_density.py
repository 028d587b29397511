"""Density of clusters for KMeansSMOTE: mean distances, and each cluster's share of samples.

The mean distance is computed without a table of all pairs: by scikit-learn for few rows, wide
rows and sparse ones, by a kernel for others. The shape alone decides, so that the result does
not depend on what ran before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from smotefast._typing import Matrix
from smotefast.neighbors.queries import as_float_rows, work_blocks
from smotefast.neighbors.rules import LITTLE_WORK

# Megabytes of distances at a time. Up to 2,048 rows that is one block, summed bit for bit as in
# imbalanced-learn: in float32 another sum changes single samples.
_DISTANCES_AT_ONCE = 32
_ONE_BLOCK = 2048
# Above this many columns scikit-learn's matrix products are as fast as the kernel: 10,000
# rows of 100 take them 0.49 s and the kernel 0.24 s (2 cores), 0.46 s on one.
_MANY_COLUMNS = 100
# Pairs times columns of one call of the kernel and thread, about 0.4 s: a signal is handled
# after a call.
_WORK_PER_THREAD = 2e9
_ROWS_TO_LOAD = 200


def cluster_shares(
    matrices: Sequence[Matrix], density_exponent: float | str, *, n_threads: int
) -> np.ndarray:
    """Return the share of the samples that each cluster gets, by its sparsity.

    Parameters
    ----------
    matrices
        The rows of the class in each cluster.
    density_exponent, n_threads
        Parameters of KMeansSMOTE; the exponent is a number or "auto".
    """
    if len(matrices) == 1:
        return np.ones(1)
    means = [mean_distance(matrix, n_threads=n_threads) for matrix in matrices]
    sizes = [matrix.shape[0] for matrix in matrices]
    if isinstance(density_exponent, str):
        exponents = [math.log(size, 1.6) ** 1.8 * 0.16 for size in sizes]
    else:
        exponents = [density_exponent] * len(sizes)
    return sparsity_shares(means, sizes, exponents)


def mean_distance(matrix: Matrix, *, n_threads: int) -> np.floating[Any]:
    """Return the mean euclidean distance between two rows.

    Parameters
    ----------
    matrix
        Array or CSR matrix of shape (n_rows, n_features), at least 2 rows.
    n_threads
        Threads of the kernel; the result does not depend on it.

    Returns
    -------
    float32 for float32 rows, else float64
        The dtype that imbalanced-learn continues with.
    """
    n_rows = matrix.shape[0]
    if isinstance(matrix, np.ndarray) and kernel_pays(*matrix.shape):
        total = sum_by_kernel(matrix, n_threads)
    else:
        total = _sum_by_products(matrix)
    dtype = np.float32 if matrix.dtype == np.float32 else np.float64
    mean: np.floating[Any] = dtype(total) / (n_rows * n_rows - n_rows)
    return mean


def kernel_pays(n_rows: int, n_features: int) -> bool:
    """Return whether the kernel is faster than matrix products, loading it included."""
    is_small = n_rows <= _ONE_BLOCK or float(n_rows) * n_rows * n_features <= LITTLE_WORK
    return not is_small and n_features <= _MANY_COLUMNS


def _sum_by_products(matrix: Matrix) -> float:
    from sklearn.metrics import pairwise_distances_chunked

    chunks = pairwise_distances_chunked(
        matrix, metric="euclidean", working_memory=_DISTANCES_AT_ONCE
    )
    return sum(float(chunk.sum()) for chunk in chunks)


def sum_by_kernel(matrix: np.ndarray, n_threads: int) -> float:
    """Return the sum of the distances of all ordered pairs."""
    from smotefast.kernels.distance_sums import sum_distances

    rows = as_float_rows(matrix)
    sums = np.empty(len(rows))
    per_call = _WORK_PER_THREAD * n_threads
    for piece in work_blocks(len(rows), float(rows.size), per_call, 128 * n_threads):
        sum_distances(rows, piece.start, sums[piece], n_threads=n_threads)
    return 2 * float(sums.sum())


def load_mean_distance(dtype: np.dtype[Any], n_features: int, n_threads: int) -> None:
    """Run the kernel on a few random rows, so that it is compiled and loaded."""
    values = np.random.default_rng(0).normal(scale=30, size=(_ROWS_TO_LOAD, n_features))
    sum_by_kernel(values.astype(dtype), n_threads)


def sparsity_shares(
    means: Sequence[Any], sizes: Sequence[int], exponents: Sequence[float]
) -> np.ndarray:
    """Return shares in proportion to mean distance ** exponent / size.

    If that overflows or underflows, as the exponent is about 50 for 100,000 rows, the shares
    are computed from logarithms; imbalanced-learn fails.
    """
    with np.errstate(all="ignore"):
        sparsities = np.array(
            [mean**e / size for mean, size, e in zip(means, sizes, exponents, strict=True)]
        )
        total = sparsities.sum()
        if np.isfinite(total) and total > 0:
            return np.asarray(sparsities / total)
        logs = np.array(exponents) * np.log(np.array(means, np.float64)) - np.log(sizes)
        highest = logs.max()
        shares = np.exp(logs - highest) if np.isfinite(highest) else logs == highest
    return np.asarray(shares / shares.sum())
