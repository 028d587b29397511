"""Exact search by every method: what sorting all distances gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors
from smotefast.neighbors.exact import scan, tiles
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.queries import as_points, pool_queries, work_blocks
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import (
    quiet,
    random_points,
    random_queries,
    search_by,
    searches,
)

SOME = examples(6 if JIT_DISABLED else 50)
N = 60 if JIT_DISABLED else 400
# What a method cannot serve falls to the planned ones; so does what it leaves unresolved.
METHODS_OF_NUMBERS = ["scan", "cells", "tiles", "float64_tiles", "all_pairs", "scikit_learn"]
METHODS_OF_CODES = [name for name in METHODS_OF_NUMBERS if METHODS[name].takes_codes]


def indices_of(method, pool, k, query_rows=None, n_threads=1):
    """Search rows of a pool by a method."""
    points = as_points(pool)
    rows = np.arange(pool.shape[0]) if query_rows is None else query_rows
    queries = pool_queries(points, rows)
    return search_by(method, points, queries, k, n_threads=n_threads).indices


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(2, 90), st.integers(1, 12)),
    n_values=st.sampled_from([0, 1, 2, 5]),
    offset=st.sampled_from([0.0, 0.5, 1e6]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_threads=st.sampled_from([1, 2]),
    method=st.sampled_from([*METHODS_OF_NUMBERS, "integer_keys"]),
    data=st.data(),
)
def test_methods__find_what_sorting_all_distances_finds(
    seed, shape, n_values, offset, dtype, n_threads, method, data
):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape)
    pool = (values + offset).astype(dtype)
    k = data.draw(st.integers(1, min(shape[0] - 1, 20)))
    rows = np.flatnonzero(rng.random(shape[0]) < 0.7)
    found = indices_of(method, pool, k, rows, n_threads)
    assert np.array_equal(found, naive.nearest_rows(pool, k, rows))


@SOME
@given(
    drawn=searches(),
    n_threads=st.sampled_from([1, 2]),
    method=st.sampled_from(METHODS_OF_CODES),
)
def test_methods__add_categories_and_take_queries_of_other_points(drawn, n_threads, method):
    pool, queries, k = drawn
    with quiet():
        found = search_by(method, pool, queries, k, n_threads=n_threads)
    expected = naive.nearest_points(pool, queries, k)
    assert np.array_equal(found.indices, expected)
    if METHODS[method].gives_distances:
        assert np.array_equal(found.squared(), naive.distances_at(pool, queries, expected))


@SOME
@given(drawn=searches(), n_threads=st.sampled_from([1, 2]))
def test_tiles__finished_by_float64_and_by_the_scan_give_distances_and_indices(
    drawn, n_threads
):
    pool, queries, k = drawn
    with pytest.MonkeyPatch.context() as patch, quiet():
        patch.setattr("smotefast.neighbors.rules._FEW_UNRESOLVED", 5)
        patch.setattr(tiles, "_PROBE", 2)
        found = search_by("tiles", pool, queries, k, n_threads=n_threads, needs_distances=True)
    expected = naive.nearest_points(pool, queries, k)
    assert np.array_equal(found.indices, expected)
    assert np.array_equal(found.squared(), naive.distances_at(pool, queries, expected))


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163])
@pytest.mark.parametrize("method", METHODS_OF_NUMBERS)
def test_methods__order_as_float64_does_where_its_squares_underflow(method, scale):
    pool = np.random.default_rng(0).integers(1, 60, (N, 3)) * scale
    assert np.array_equal(indices_of(method, pool, 5), naive.nearest_rows(pool, 5))


@pytest.mark.parametrize("method", METHODS_OF_NUMBERS)
@pytest.mark.parametrize("n_values", [0, 2])
def test_methods__find_the_whole_pool_for_queries_that_are_not_in_it(method, n_values):
    rng = np.random.default_rng(0)
    pool = random_points(rng, 7, 3, n_values=n_values)
    queries = random_queries(rng, pool, 30)._replace(excluded=np.full(30, -1))
    found = search_by(method, pool, queries, 7).indices
    assert np.array_equal(found, naive.nearest_points(pool, queries, 7))


@pytest.mark.parametrize("method", ["scan", "tiles"])
def test_methods__of_categories_and_other_points_give_the_same_in_blocks(method, monkeypatch):
    rng = np.random.default_rng(0)
    pool = random_points(rng, N // 2, 5, n_codes=2, weight=0.5)
    queries = random_queries(rng, pool, 3 * N)
    for module in (scan, tiles):
        monkeypatch.setattr(module, "_WORK_PER_THREAD", 1)
    found = search_by(method, pool, queries, 3).indices
    assert np.array_equal(found, naive.nearest_points(pool, queries, 3))


@pytest.mark.parametrize("d", [2, 17, 60])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 100.0])
@pytest.mark.parametrize("method", ["scan", "tiles", "cells"])
def test_methods__order_as_scikit_learn_on_data_without_ties(d, dtype, offset, method):
    n = 80 if JIT_DISABLED else 1500
    pool = (np.random.default_rng(d).normal(size=(n, d)) + offset).astype(dtype)
    index = NearestNeighbors(n_neighbors=6, algorithm="kd_tree").fit(pool)
    expected = index.kneighbors(pool, return_distance=False)[:, 1:]
    found = indices_of(method, pool, 5, n_threads=2)
    # float32 rows with an offset can tie exactly: then distances must agree
    same = found == expected
    for row in np.flatnonzero(~same.all(axis=1)):
        distances = naive.squared_distances(pool, row)
        assert np.array_equal(distances[found[row]], distances[expected[row]])
    assert same.mean() > 0.99


@pytest.mark.parametrize(
    "dtype",
    [np.bool_, np.int8, np.uint16, np.int64, np.float16, np.longdouble, ">f4", ">i2"],
)
def test_find_neighbors__takes_any_numeric_dtype(dtype):
    values = np.random.default_rng(0).integers(0, 2 if dtype == np.bool_ else 50, (N, 3))
    pool = values.astype(dtype)
    found = find_neighbors(pool, 4, search="exact", n_threads=2)
    assert found.method == "exact"
    assert found.indices.dtype == np.int32
    assert np.array_equal(found.indices, naive.nearest_rows(values, 4))


@pytest.mark.parametrize("n", [2, 3, 50])
def test_find_neighbors__gives_all_other_rows_at_the_largest_k(n):
    pool = np.random.default_rng(0).normal(size=(n, 1))
    found = find_neighbors(pool, n - 1, n_threads=1).indices
    assert np.array_equal(found, naive.nearest_rows(pool, n - 1))


def test_find_neighbors__of_identical_rows_are_the_lowest_rows_but_itself():
    pool = np.full((N, 3), 2.5, dtype=np.float32)
    found = find_neighbors(pool, 3, n_threads=2).indices
    assert found[0].tolist() == [1, 2, 3]
    assert found[2].tolist() == [0, 1, 3]
    assert found[-1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("method", METHODS_OF_NUMBERS)
def test_methods__give_a_subset_of_queries_what_they_give_all(method):
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(N, 8)).astype(np.float32)
    rows = np.sort(rng.choice(N, N // 3, replace=False))
    whole = indices_of(method, pool, 5, n_threads=2)
    assert np.array_equal(indices_of(method, pool, 5, rows), whole[rows])


@pytest.mark.parametrize(("n", "work", "least"), [(0, 5.0, 4), (10, 5.0, 4), (10, 0.0, 4)])
def test_work_blocks__cover_all_rows_once(n, work, least):
    blocks = [np.arange(n)[block] for block in work_blocks(n, work, 30.0, least)]
    assert all(0 < len(block) <= max(least, 30) for block in blocks)
    assert np.array_equal(np.concatenate([np.arange(0), *blocks]), np.arange(n))


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_tiles__stay_fast_with_many_duplicates():
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(20_000, 12))
    pool[rng.random(20_000) < 0.7] = pool[:3].mean(axis=0)
    found = indices_of("tiles", pool, 5, n_threads=2)
    some = np.arange(0, 20_000, 400)
    assert np.array_equal(found[some], naive.nearest_rows(pool, 5, some))


@pytest.mark.parametrize("method", [*METHODS_OF_NUMBERS, "integer_keys"])
def test_methods__find_nothing_for_no_queries(method):
    pool = np.arange(30, dtype=np.float32).reshape(10, 3)
    assert indices_of(method, pool, 2, np.empty(0, dtype=int)).shape == (0, 2)
