"""Load the kernels of a job, or of all jobs, by running them on next to nothing.

A batch job does this before it counts its memory, so that imports and compiled code are
in the count; ``smotefast warmup`` does it to fill the cache of a machine or an image.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast._threads import thread_count
from smotefast.engine.mixed_recipes import MixedMatrix
from smotefast.engine.rows import MatrixRows

# From this many values on, filling uses threads, which are other code than one thread.
_MANY_VALUES = 1 << 18
_ROWS = 200

RUN_AGAIN = (
    "Kernels were compiled in this process, which takes 60 to 270 MiB; the next process "
    "loads them from the cache and needs less: run again in a new process."
)


class JustCompiledError(MemoryError):
    """The limit is not enough for a process that has compiled; it may be for the next one."""


def load_kernels(
    sampler: Any, n_rows: int, n_features: int, n_codes: int, dtype: np.dtype[Any]
) -> None:
    """Run what a job of this shape will run.

    Parameters
    ----------
    sampler
        The sampler of the job; a copy of it is used.
    n_rows
        Rows of the largest class that gets new ones.
    n_features, n_codes
        Columns of numbers and of categories.
    dtype
        Of the numbers.
    """
    name = sampler.needs().neighbors_parameter
    if name is None:  # copies with noise: NumPy's work
        return
    from smotefast.neighbors import choose_search, load_searches
    from smotefast.neighbors.planner import CODE_WORK

    small = clone(sampler).set_params(random_state=0, sampling_strategy="auto")
    given = getattr(sampler, name)
    if not hasattr(given, "kneighbors"):
        k, search = int(given), sampler.search
        width = n_features + CODE_WORK * n_codes
        if search == "auto":
            search = choose_search(n_rows, n_rows, width, sparse=False)
        threads = thread_count(sampler.n_jobs)
        load_searches(dtype, max(n_features, 1), k, search, n_codes=n_codes, n_threads=threads)
        small.set_params(**{name: min(k, _ROWS // 8), "search": "exact"})
    # What the user's own estimators would say of random rows is nobody's concern.
    usual = {"m_neighbors": 10, "svm_estimator": None, "kmeans_estimator": 1}
    small.set_params(**{key: usual[key] for key in usual if hasattr(small, key)})
    _fill(small, n_features, n_codes, dtype)
    sampler.load_kernels(dtype, n_features, n_codes, thread_count(sampler.n_jobs))


def load_links(n_features: int, dtype: np.dtype[Any], n_jobs: int | None) -> None:
    """Run the searches for Tomek links, which are exact and for one neighbour."""
    from smotefast.neighbors import load_searches

    load_searches(dtype, n_features, 1, "exact", n_threads=thread_count(n_jobs))


def _fill(sampler: Any, n_features: int, n_codes: int, dtype: np.dtype[Any]) -> None:
    """Make rows of random data, enough of them for threads, and a single one."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(scale=30, size=(2 * _ROWS, n_features)).astype(dtype)
    codes = rng.integers(0, 3, (2 * _ROWS, n_codes)).astype(np.int32)
    matrix: Any = numbers
    if n_codes:
        matrix = MixedMatrix(numbers, codes) if n_features else codes
    y = rng.permutation(np.repeat([0, 1], _ROWS))
    n_new = max(_MANY_VALUES // max(n_features, 1) + 1, 3 * _ROWS)  # all rows are asked for
    job = sampler.prepare(MatrixRows(matrix, y), {0: n_new})
    for stop in (1, job.n_rows):
        if n_codes:
            job.mixed_rows(0, stop, n_features, n_codes, dtype)
        else:
            job.fill(0, stop, np.empty((stop, n_features), dtype))


def compile_all(report: Callable[[str, int, int], object] | None = None) -> None:
    """Compile every kernel of every sampler, for float32, float64 and integers.

    Parameters
    ----------
    report
        Called before each step with what is compiled, the number of the step, and how
        many steps there are.

    Raises
    ------
    OSError
        If numba can write its cache nowhere, so that the next process compiles again.
    """
    from smotefast.kernels.compile_cache import cache_is_possible

    if not cache_is_possible():
        raise OSError(
            "numba can write its cache nowhere, so compiled kernels would be lost with this "
            "process. Set NUMBA_CACHE_DIR to a folder that can be written."
        )
    steps = _warmup_steps()
    for number, (name, compile_step) in enumerate(steps, start=1):
        if report is not None:
            report(name, number, len(steps))
        compile_step()


def _warmup_steps() -> list[tuple[str, Callable[[], None]]]:
    """Return what ``compile_all`` compiles: names and functions."""
    from smotefast import over_sampling as samplers

    def step(
        name: str, sampler: Any, dtype: Any, n_features: int = 20, n_codes: int = 0
    ) -> None:
        dtype = np.dtype(dtype)
        run = functools.partial(load_kernels, sampler, 10_000, n_features, n_codes, dtype)
        steps.append((f"{name}, {dtype}" if n_features else name, run))

    steps: list[tuple[str, Callable[[], None]]] = []
    for dtype in (np.float32, np.float64, np.int64):
        step("exact search", samplers.SMOTE(search="exact"), dtype)
    for dtype in (np.float32, np.float64):
        run = functools.partial(_compile_cleaning_and_sparse, np.dtype(dtype))
        steps.append((f"cleaning and sparse data, {np.dtype(dtype)}", run))
    for dtype in (np.float32, np.float64, np.int64):
        step("approximate search", samplers.SMOTE(search="approximate"), dtype)
    for dtype in (np.float32, np.float64, np.int64):
        step("SMOTENC", samplers.SMOTENC([0]), dtype, n_codes=3)
        step("KMeansSMOTE", samplers.KMeansSMOTE(), dtype)
    step("SMOTEN", samplers.SMOTEN(), np.float64, 0, 5)
    return steps


def _compile_cleaning_and_sparse(dtype: np.dtype[Any]) -> None:
    """Run the kernels of cleaners, and of SMOTE on a sparse matrix."""
    from scipy import sparse

    from smotefast.neighbors.load_kernels import load_decisions
    from smotefast.over_sampling import SMOTE

    load_decisions(dtype, 20, n_threads=thread_count(None))
    values = np.random.default_rng(0).normal(scale=30, size=(900, 20)).astype(dtype)
    y = np.repeat([0, 1], [600, 300])
    SMOTE(random_state=0, search="exact").fit_resample(sparse.csr_array(values), y)
