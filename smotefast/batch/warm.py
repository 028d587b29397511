"""Load the kernels of a job, or of all jobs, by running them on next to nothing.

A batch job does this before it counts its memory, so that imports and compiled code are
in the count; ``smotefast warmup`` does it to fill the cache of a machine or an image.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast.engine.threads import thread_count

# From this many values on, filling uses threads, which are other code than one thread.
_MANY_VALUES = 1 << 18
_ROWS = 200


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
    from smotefast.neighbors import choose_search, load_searches

    small = clone(sampler).set_params(random_state=0)
    if not hasattr(sampler.k_neighbors, "kneighbors"):
        k, search = int(sampler.k_neighbors), sampler.search
        if search == "auto":
            search = choose_search(n_rows, n_rows, n_features, sparse=False)
        threads = thread_count(sampler.n_jobs)
        load_searches(dtype, n_features, k, search, n_threads=threads)
        small.set_params(k_neighbors=min(k, _ROWS - 1), search="exact")
    n_new = max(_MANY_VALUES // n_features + 1, 3 * _ROWS)  # all rows are asked for
    job = small._prepare(_RandomRows(_ROWS, n_features, dtype), {0: n_new})
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
