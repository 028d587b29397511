"""Each search method against a naive reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.problem import describe_search, describe_value_difference
from smotefast.neighbors.queries import (
    CategoryPoints,
    DenseRows,
    SparseRows,
    as_points,
    other_queries,
    pool_queries,
)
from smotefast.neighbors.runner import run_search
from tests.helpers import reference_kernels as naive
from tests.helpers import reference_search as naive_pool


def dense_case(name, seed):
    rng = np.random.default_rng(seed)
    method, n = METHODS[name], 60 if JIT_DISABLED else 240
    values = rng.normal(size=(n, 4))
    if name == "integer_keys" or seed % 3 == 1:
        values = np.rint(values * 2)
    if name == "distinct":
        values = values[rng.integers(0, n // 4, n)]
    codes = rng.integers(0, 3, (n, 2)) if method.takes_codes and seed % 2 else None
    points = as_points(values, codes, 0.5 if codes is not None else 0.0)
    if name == "distinct" and codes is not None:
        points = points._replace(codes=np.zeros_like(points.codes))
    return points, pool_queries(points, np.arange(0, n, 3)), 5


EXACT = [name for name, method in METHODS.items() if not method.is_approximate]
NEAREST = [name for name in EXACT if METHODS[name].task == "nearest" and name != "csr"]


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NEAREST)
def test_exact_methods__find_what_sorting_all_distances_finds(name, seed, n_threads):
    points, queries, k = dense_case(name, seed)
    assert METHODS[name].search(points, queries, k, n_threads=n_threads) is not None
    given = describe_search(points, queries, k)
    found = run_search(points, queries, k, given, n_threads=n_threads, method=name)
    expected = naive.nearest_points(points, queries, k)
    assert np.array_equal(found.indices, expected)
    assert (found.squared_distances is not None) == METHODS[name].gives_distances
    if found.squared_distances is not None:
        assert np.array_equal(found.squared(), naive.distances_at(points, queries, expected))


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("name", ["csr", "farthest_csr", "farthest_tiles", "farthest_products"])
def test_methods_on_raw_rows__find_what_sorting_all_distances_finds(name, n_threads):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(90, 4)) * (rng.random((90, 4)) < 0.7)
    wrap = DenseRows
    if METHODS[name].takes_sparse:
        rows, wrap = sparse.csr_array(rows), SparseRows
    pool, queries = rows[:60], rows[60:]
    points, others = wrap(pool), other_queries(wrap(queries))
    given = describe_search(points, others, 7, task=METHODS[name].task)
    found = run_search(points, others, 7, given, n_threads=n_threads, method=name)
    if METHODS[name].task == "nearest":
        assert np.array_equal(found.indices, naive_pool.nearest(pool, queries, 7))
    else:
        expected = naive_pool.farthest(pool, queries, 7)
        np.testing.assert_allclose(np.sqrt(found.squared()), expected, rtol=1e-12)


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("name", ["two_classes", "numpy_lookup", "lookup"])
def test_methods_on_categories__find_what_sorting_all_differences_finds(name, n_threads):
    rng = np.random.default_rng(0)
    n_classes = 2 if name == "two_classes" else 4
    codes = rng.integers(0, 5, (60, 3)).astype(np.int32)
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, 60 - n_classes)]
    shares = naive.class_shares(codes, y)
    points = CategoryPoints(codes, shares)
    queries = pool_queries(points, np.arange(0, 60, 2))
    given = describe_value_difference(points, queries, 5, search="exact")
    found = run_search(points, queries, 5, given, n_threads=n_threads, method=name)
    distances = np.array([naive.value_differences(codes, shares, row) for row in queries.rows])
    distances[np.arange(30), queries.rows] = np.inf
    closest = np.sort(distances, axis=1)[:, :5]
    mine = np.take_along_axis(distances, found.indices, axis=1)
    np.testing.assert_allclose(mine, closest, rtol=1e-9, atol=1e-12)
    if name != "two_classes":  # whose numbers are rounded differently
        expected = naive.nearest_by_value_difference(codes, shares, 5, queries.rows)
        assert np.array_equal(found.indices, expected)


@pytest.mark.skipif(JIT_DISABLED, reason="pynndescent runs compiled only")
@pytest.mark.parametrize("name", [name for name in METHODS if name not in EXACT])
def test_approximate_methods__find_most_neighbors(name):
    rng = np.random.default_rng(0)
    if METHODS[name].task == "nearest":
        points = as_points(rng.normal(size=(5_000, 4)))
        queries = pool_queries(points, np.flatnonzero(rng.random(5_000) < 0.7))
        given = describe_search(points, queries, 5, search="approximate")
    else:
        codes = rng.integers(0, 70, (5_000, 4)).astype(np.int32)
        points = CategoryPoints(codes, [rng.dirichlet(np.ones(3), 70) for _ in range(4)])
        queries = pool_queries(points, np.arange(0, 5_000, 25))
        given = describe_value_difference(points, queries, 5, search="approximate")
    found = run_search(points, queries, 5, given, n_threads=2, method=name)
    exact = given._replace(search="exact", needs_distances=True)
    true = run_search(points, queries, 5, exact, n_threads=2)
    is_found = (true.indices[:, :, np.newaxis] == found.indices[:, np.newaxis]).any(axis=2)
    assert is_found.mean() > 0.9
    assert found.recall >= 0.95
    assert (found.indices != queries.rows[:, np.newaxis]).all()
