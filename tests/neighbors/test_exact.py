"""Exact search, whichever way it goes: what sorting all distances gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors
from smotefast.neighbors import queries as order
from smotefast.neighbors.exact import dispatch as exact
from smotefast.neighbors.exact import kdtree as tree
from smotefast.neighbors.exact import tiles as tiled
from smotefast.neighbors.exact.kdtree import search_tree
from smotefast.neighbors.exact.tiles import search_once, search_tiles
from smotefast.neighbors.queries import points_of, scan, within
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import mixed, quiet, searches, strangers

SOME = examples(6 if JIT_DISABLED else 50)
N = 60 if JIT_DISABLED else 400


def settle(search, pool, k, queries, n_threads=1):
    """Search rows of a pool one way and scan what it is not certain of."""
    points = points_of(pool)
    return settle_asked(search, points, within(points, queries), k, n_threads)


def settle_asked(search, points, asked, k, n_threads=1):
    """Do so with queries of any kind."""
    _, positions, certain = search(points, asked, k, n_threads=n_threads)
    left = np.flatnonzero(~certain)
    positions[left] = scan(points, asked.some(left), k, n_threads=n_threads)[1]
    return positions, certain


def exact_positions(pool, k, n_threads=1):
    """Search all rows of a pool among themselves, whichever way that goes."""
    points = points_of(pool)
    asked = within(points, np.arange(pool.shape[0]))
    return exact.search_exact(points, asked, k, n_threads=n_threads)


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(2, 90), st.integers(1, 12)),
    n_values=st.sampled_from([0, 1, 2, 5]),
    offset=st.sampled_from([0.0, 0.5, 1e6]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_threads=st.sampled_from([1, 2]),
    search=st.sampled_from([search_tiles, search_tree]),
    data=st.data(),
)
def test_every_way__gives_what_sorting_all_distances_gives(
    seed, shape, n_values, offset, dtype, n_threads, search, data
):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape)
    pool = (values + offset).astype(dtype)
    k = data.draw(st.integers(1, min(shape[0] - 1, 20)))
    queries = np.flatnonzero(rng.random(shape[0]) < 0.7)
    found, _ = settle(search, pool, k, queries, n_threads)
    assert np.array_equal(found, naive.nearest_rows(pool, k, queries))


def search_tiles_in_float64(points, asked, k, *, n_threads):
    return search_once(points, asked, k, np.dtype(np.float64), n_threads=n_threads)


@SOME
@given(
    drawn=searches(),
    n_threads=st.sampled_from([1, 2]),
    search=st.sampled_from([search_tiles, search_tiles_in_float64, search_tree]),
)
def test_every_way__adds_categories_and_takes_queries_from_elsewhere(drawn, n_threads, search):
    pool, asked, k = drawn
    with quiet():
        found, _ = settle_asked(search, pool, asked, k, n_threads)
    assert np.array_equal(found, naive.nearest_points(pool, asked, k))


@SOME
@given(drawn=searches(), n_threads=st.sampled_from([1, 2]), forced=st.booleans())
def test_search_exactly__gives_distances_and_positions_of_any_queries(drawn, n_threads, forced):
    pool, asked, k = drawn
    with pytest.MonkeyPatch.context() as patch, quiet():
        if forced:
            patch.setattr(exact, "_SCAN_WORK", 0)
            patch.setattr(tiled, "_FEW", 5)
            patch.setattr(tiled, "_PROBE", 2)
        distances, found = exact.search_exactly(pool, asked, k, n_threads=n_threads)
    assert np.array_equal(found, naive.nearest_points(pool, asked, k))
    assert np.array_equal(distances, naive.distances_at(pool, asked, found))


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163])
@pytest.mark.parametrize("search", [search_tiles, search_tree])
def test_every_way__orders_as_float64_does_where_its_squares_underflow(search, scale):
    pool = np.random.default_rng(0).integers(1, 60, (N, 3)) * scale
    found, _ = settle(search, pool, 5, np.arange(N))
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_search_exact__asks_the_tree_for_strangers(monkeypatch):
    monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    n = 400 if JIT_DISABLED else 3_000
    rng = np.random.default_rng(0)
    pool = mixed(rng, 3_000, 2)
    asked = strangers(rng, pool, n, reach=1)
    monkeypatch.setattr(tree, "_WORTH_A_LOOK", 0)
    monkeypatch.setattr(tree, "_VISIT", 1)
    monkeypatch.setattr(tree, "_BUILD", 1)
    calls = []

    def noted(*given, **how):
        calls.append(given)
        return search_tree(*given, **how)

    monkeypatch.setattr(exact, "search_tree", noted)
    found = exact.search_exact(pool, asked, 5, n_threads=2)
    assert calls
    assert np.array_equal(found, naive.nearest_points(pool, asked, 5))


@pytest.mark.parametrize("search", [search_tiles, search_tree])
@pytest.mark.parametrize("n_values", [0, 2])
def test_every_way__finds_the_whole_pool_for_queries_that_are_not_in_it(search, n_values):
    rng = np.random.default_rng(0)
    pool = mixed(rng, 7, 3, n_values=n_values)
    asked = strangers(rng, pool, 30)._replace(own=np.full(30, -1))
    found, _ = settle_asked(search, pool, asked, 7)
    assert np.array_equal(found, naive.nearest_points(pool, asked, 7))


@pytest.mark.parametrize("way", ["_SCAN_AT_ONCE", "_WORK_AT_ONCE"])
def test_search_exact__of_categories_and_strangers_gives_the_same_in_pieces(way, monkeypatch):
    rng = np.random.default_rng(0)
    pool = mixed(rng, N // 2, 5, n_codes=2, weight=0.5)
    asked = strangers(rng, pool, 3 * N)
    if way == "_WORK_AT_ONCE":
        monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    monkeypatch.setattr(order, "_SCAN_AT_ONCE", 1)
    monkeypatch.setattr(tiled, "_WORK_AT_ONCE", 1)
    found = exact.search_exact(pool, asked, 3, n_threads=1)
    assert np.array_equal(found, naive.nearest_points(pool, asked, 3))


@pytest.mark.parametrize("d", [2, 17, 60])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 100.0])
@pytest.mark.parametrize("forced", [False, True])
def test_search_exact__orders_as_scikit_learn_on_data_without_ties(
    d, dtype, offset, forced, monkeypatch
):
    n = 80 if JIT_DISABLED else 1500
    pool = (np.random.default_rng(d).normal(size=(n, d)) + offset).astype(dtype)
    index = NearestNeighbors(n_neighbors=6, algorithm="kd_tree").fit(pool)
    expected = index.kneighbors(pool, return_distance=False)[:, 1:]
    if forced:
        monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    found = exact_positions(pool, 5, n_threads=2)
    # float32 rows with an offset can tie exactly: distances must agree, then positions
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


def test_find_neighbors__of_identical_rows_are_the_lowest_positions_but_itself():
    pool = np.full((N, 3), 2.5, dtype=np.float32)
    found = find_neighbors(pool, 3, n_threads=2).indices
    assert found[0].tolist() == [1, 2, 3]
    assert found[2].tolist() == [0, 1, 3]
    assert found[-1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("forced", [False, True])
def test_find_neighbors__of_some_rows_are_those_of_the_full_search(forced, monkeypatch):
    if forced:
        monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(N, 8)).astype(np.float32)
    queries = np.sort(rng.choice(N, N // 3, replace=False))
    whole = find_neighbors(pool, 5, search="exact", n_threads=2).indices
    some = find_neighbors(pool, 5, queries=queries, search="exact", n_threads=1).indices
    assert np.array_equal(some, whole[queries])


@pytest.mark.parametrize("way", ["_SCAN_AT_ONCE", "_WORK_AT_ONCE"])
def test_search_exact__gives_the_same_in_pieces(way, monkeypatch):
    pool = np.random.default_rng(0).normal(size=(2 * N, 5))
    if way == "_WORK_AT_ONCE":
        monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    expected = exact_positions(pool, 3)
    monkeypatch.setattr(order, "_SCAN_AT_ONCE", 1)
    monkeypatch.setattr(tiled, "_WORK_AT_ONCE", 1)
    assert np.array_equal(exact_positions(pool, 3), expected)


@pytest.mark.parametrize(("n", "each", "least"), [(0, 5.0, 4), (10, 5.0, 4), (10, 0.0, 4)])
def test_pieces__cover_all_queries_once(n, each, least):
    cut = [np.arange(n)[piece] for piece in order.pieces(n, each, 30.0, least)]
    assert all(0 < len(piece) <= max(least, 30) for piece in cut)
    assert np.array_equal(np.concatenate([np.arange(0), *cut]), np.arange(n))


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_search_exact__stays_quick_with_many_duplicates():
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(20_000, 12))
    pool[rng.random(20_000) < 0.7] = pool[:3].mean(axis=0)
    found = exact_positions(pool, 5, n_threads=2)
    some = np.arange(0, 20_000, 400)
    assert np.array_equal(found[some], naive.nearest_rows(pool, 5, some))
