"""Searches to try: numbers with ties, categories beside them, queries from elsewhere."""

from __future__ import annotations

import contextlib

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.queries import Asked, points_of, within

# Against numbers of about one: nothing, lost in rounding, as large, and past float32.
WEIGHTS = [0.0, 1e-300, 1e-16, 1e-7, 0.3, 1.0, 1e9, 1e60]


def mixed(rng, n, n_features, *, n_values=0, n_codes=0, weight=0.0, dtype=np.float64):
    """Make rows of numbers and of three categories a column; few values make ties."""
    shape = (n, n_features)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape)
    return points_of(values.astype(dtype), rng.integers(0, 3, (n, n_codes)), weight)


def strangers(rng, pool, n, *, reach=1.0):
    """Ask rows of other points, in no order: some copies of the pool's rows, some far off.

    Some have categories that the pool has not; about half leave a row of the pool out.
    """
    origin = rng.integers(0, pool.values.shape[0], n + 3)
    values, codes = pool.values[origin], pool.codes[origin]
    new = rng.random(n + 3) < 0.7
    values[new] = rng.permuted(values[new], axis=0)
    codes[new] = rng.integers(0, 5, codes[new].shape)
    values[new & (rng.random(n + 3) < 0.5)] *= values.dtype.type(reach)
    rows = rng.permutation(n + 3)[:n]
    own = np.where(rng.random(n) < 0.5, origin[rows], -1)
    return Asked(points_of(values, codes, pool.weight), rows, own)


@st.composite
def searches(draw, *, least_codes=0, weights=WEIGHTS, reaches=(1.0, 7.0, 3e3, 1e9, 1e30)):
    """Draw points, queries within them or from elsewhere, and how many rows to find."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    pool = mixed(
        rng,
        draw(st.integers(2, 90)),
        draw(st.integers(1, 12)),
        n_values=draw(st.sampled_from([0, 1, 2, 5])),
        n_codes=draw(st.integers(least_codes, 9)),
        weight=draw(st.sampled_from(weights)),
        dtype=draw(st.sampled_from([np.float32, np.float64])),
    )
    n_pool = pool.values.shape[0]
    if draw(st.booleans()):
        n_asked = draw(st.integers(1, 40 if JIT_DISABLED else 150))
        asked = strangers(rng, pool, n_asked, reach=draw(st.sampled_from(reaches)))
    else:
        asked = within(pool, np.flatnonzero(rng.random(n_pool) < 0.7))
    return pool, asked, draw(st.integers(1, min(n_pool - 1, 20)))


def rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind, offset=0):
    """Make rows of a kind; few whole numbers make ties, some queries are copies of rows."""
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


def quiet():
    """Silence what numpy says where kernels run without a compiler and meet infinity."""
    if JIT_DISABLED:
        return np.errstate(over="ignore", invalid="ignore")
    return contextlib.nullcontext()
