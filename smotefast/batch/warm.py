"""Load the kernels of a job, or of all jobs, by running them on next to nothing.

A batch job does this before it counts its memory, so that imports and compiled code are
in the count; ``smotefast warmup`` does it to fill the cache of a machine or an image.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone

# From this many values on, filling uses threads, which are other code than one thread.
_MANY_VALUES = 1 << 18
# Multiply-adds from which the exact search leaves its simplest way, and a little more.
_SEARCH_WORK = 6e7
# Below so many rows the approximate search is an exact one.
_GRAPH_ROWS = 5000
_LEAST_ROWS, _MOST_NEIGHBORS = 200, 100


class _RandomRows:
    """A class of random rows."""

    def __init__(self, n_rows: int, n_features: int, dtype: np.dtype[Any]) -> None:
        values = np.random.default_rng(0).normal(scale=30, size=(n_rows, n_features))
        self.n_samples = n_rows
        self._values = values.astype(dtype)

    def matrix(self, label: Any) -> np.ndarray:
        return self._values

    def positions(self, label: Any) -> np.ndarray:
        return np.arange(self.n_samples)


def load_kernels(sampler: Any, n_rows: int, n_features: int, dtype: np.dtype[Any]) -> None:
    """Run what a job of this shape will run.

    Parameters
    ----------
    sampler
        The sampler of the job; a copy of it is used.
    n_rows
        Rows of the largest class that gets new ones.
    n_features, dtype
        Of its matrix.
    """
    if not hasattr(sampler, "k_neighbors"):  # copies with noise: NumPy's work
        return
    from smotefast.neighbors import choose_search

    small = clone(sampler).set_params(random_state=0)
    most = int((_SEARCH_WORK / n_features) ** 0.5) + 1
    if not hasattr(sampler.k_neighbors, "kneighbors"):
        if sampler.search == "auto":
            how = choose_search(n_rows, n_rows, n_features, sparse=False)
            small.set_params(search=how)
        if small.search == "approximate":
            most = max(most, _GRAPH_ROWS)
        small.set_params(k_neighbors=min(int(sampler.k_neighbors), _MOST_NEIGHBORS))
    n_few = max(_LEAST_ROWS, min(n_rows, most))
    n_new = max(_MANY_VALUES // n_features + 1, 3 * n_few)  # all rows are asked for
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about recall: nobody wants these neighbours
        job = small._prepare(_RandomRows(n_few, n_features, dtype), {0: n_new})
    out = np.empty((n_new, n_features), dtype)
    job.fill(0, 1, out[:1])
    job.fill(0, n_new, out)


def compile_all() -> None:
    """Compile every kernel of every sampler, for float32, float64 and integers."""
    from scipy import sparse

    from smotefast.over_sampling import SMOTE

    shape = (900, 20)
    values = np.random.default_rng(0).normal(scale=30, size=shape)
    y = np.repeat([0, 1], [600, 300])
    for search in ("exact", "approximate"):
        sampler = SMOTE(random_state=0, search=search)
        for dtype in (np.float32, np.float64, np.int64):
            load_kernels(sampler, 10_000, shape[1], np.dtype(dtype))
        if search == "exact":
            for dtype in (np.float32, np.float64):
                sampler.fit_resample(sparse.csr_array(values.astype(dtype)), y)
