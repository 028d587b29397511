"""Random searches: numbers with ties, categories beside them, queries of the pool or not."""

from __future__ import annotations

import contextlib

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import Queries, as_points, pool_queries
from smotefast.neighbors.runner import run_search

# Beside numbers of about one: nothing, lost in rounding, as large, and beyond float32.
WEIGHTS = [0.0, 1e-300, 1e-16, 1e-7, 0.3, 1.0, 1e9, 1e60]


def random_points(rng, n, n_features, *, n_values=0, n_codes=0, weight=0.0, dtype=np.float64):
    """Return rows of numbers and of three categories a column; few values make ties."""
    shape = (n, n_features)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape)
    return as_points(values.astype(dtype), rng.integers(0, 3, (n, n_codes)), weight)


def random_queries(rng, pool, n, *, reach=1.0):
    """Return rows of other points as queries, in no order: some equal pool rows, some are far.

    Some have categories that the pool lacks; about half exclude a row of the pool.
    """
    origin = rng.integers(0, pool.values.shape[0], n + 3)
    values, codes = pool.values[origin], pool.codes[origin]
    is_new = rng.random(n + 3) < 0.7
    values[is_new] = rng.permuted(values[is_new], axis=0)
    codes[is_new] = rng.integers(0, 5, codes[is_new].shape)
    values[is_new & (rng.random(n + 3) < 0.5)] *= values.dtype.type(reach)
    rows = rng.permutation(n + 3)[:n]
    excluded = np.where(rng.random(n) < 0.5, origin[rows], -1)
    return Queries(as_points(values, codes, pool.weight), rows, excluded)


@st.composite
def searches(draw, *, min_codes=0, weights=WEIGHTS, reaches=(1.0, 7.0, 3e3, 1e9, 1e30)):
    """Draw points, queries of the pool or of other points, and k."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    pool = random_points(
        rng,
        draw(st.integers(2, 90)),
        draw(st.integers(1, 12)),
        n_values=draw(st.sampled_from([0, 1, 2, 5])),
        n_codes=draw(st.integers(min_codes, 9)),
        weight=draw(st.sampled_from(weights)),
        dtype=draw(st.sampled_from([np.float32, np.float64])),
    )
    n_pool = pool.values.shape[0]
    if draw(st.booleans()):
        n_queries = draw(st.integers(1, 40 if JIT_DISABLED else 150))
        reach = draw(st.sampled_from(reaches))
        queries = random_queries(rng, pool, n_queries, reach=reach)
    else:
        queries = pool_queries(pool, np.flatnonzero(rng.random(n_pool) < 0.7))
    return pool, queries, draw(st.integers(1, min(n_pool - 1, 20)))


def rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind, offset=0):
    """Return rows of a type; few whole numbers make ties, some queries equal a row."""
    rng = np.random.default_rng(seed)
    shape = (n_pool + n_queries, n_features)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape) * 30
    values[n_pool:][rng.random(n_queries) < 0.2] = values[rng.integers(n_pool)]
    values = values + offset if kind != "bool" else values > 0
    if kind.startswith("csr"):
        values[rng.random(shape) < 0.5] = 0
        values = values.astype(np.float32 if kind == "csr32" else np.float64)
        return sparse.csr_array(values[:n_pool]), sparse.csr_array(values[n_pool:])
    values = np.abs(values) if kind == "uint8" else values
    return values[:n_pool].astype(kind), values[n_pool:].astype(kind)


def search_by(method, points, queries, k, *, n_threads=1, **options):
    """Search by a method, and by others for what it leaves unresolved or cannot serve."""
    problem = describe_search(points, queries, k, **options)
    return run_search(points, queries, k, problem, n_threads=n_threads, method=method)


def search_only_by(method, points, queries, k, *, n_threads=1):
    """Search by a method, without finishing what it leaves unresolved."""
    return METHODS[method].search(points, queries, k, n_threads=n_threads)


def resolved(result, queries):
    """Tell which queries a method has certified."""
    is_resolved = np.ones(len(queries.rows), dtype=bool)
    is_resolved[result.unresolved] = False
    return is_resolved


def quiet():
    """Silence NumPy where kernels run without a compiler and meet infinity."""
    if JIT_DISABLED:
        return np.errstate(over="ignore", invalid="ignore")
    return contextlib.nullcontext()
