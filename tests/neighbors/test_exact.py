import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import exact, find_neighbors, order, tiled
from smotefast.neighbors.order import as_float_rows, scan
from smotefast.neighbors.tiled import search_tiles
from smotefast.neighbors.tree import search_tree, tree_pays
from tests import naive

SOME = settings(max_examples=6 if JIT_DISABLED else 50, deadline=None)
N = 60 if JIT_DISABLED else 400


def settle(search, pool, k, queries, n_threads=1):
    """Search one way and scan what it is not certain of."""
    rows = as_float_rows(pool)
    _, positions, certain = search(rows, queries, k, n_threads=n_threads)
    left = np.flatnonzero(~certain)
    positions[left] = scan(rows, queries[left], k, n_threads=n_threads)[1]
    return positions, certain


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


@pytest.mark.parametrize("scale", [1e-30, 1e-15, 1.0, 1e15, 1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles__are_certain_at_any_scale(scale, dtype):
    pool = (np.random.default_rng(0).normal(size=(N, 6)) * scale).astype(dtype)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert certain.mean() > 0.95
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163])
@pytest.mark.parametrize("search", [search_tiles, search_tree])
def test_every_way__orders_as_float64_does_where_its_squares_underflow(search, scale):
    pool = np.random.default_rng(0).integers(1, 60, (N, 3)) * scale
    found, _ = settle(search, pool, 5, np.arange(N))
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__are_certain_of_integers_however_many_ties():
    pool = np.random.default_rng(0).integers(0, 2, (N, 4)).astype(np.float64)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert certain.all()
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


def test_tiles__turn_to_float64_where_float32_cannot_tell(monkeypatch):
    # one column reaches 1e6, the order hangs on columns of size one
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(N, 5))
    pool[:, 0] = rng.integers(0, 3, N) * 1e6 + 0.25
    expected = naive.nearest_rows(pool, 5)
    found, certain = settle(search_tiles, pool, 5, np.arange(N))
    assert np.array_equal(found, expected)
    if not JIT_DISABLED:  # more rows than are left to the scan
        assert certain.mean() > 0.9
    monkeypatch.setattr("smotefast.neighbors.tiled._PROBE", 5)
    assert np.array_equal(settle(search_tiles, pool, 5, np.arange(N))[0], expected)


def test_tiles__leave_a_range_beyond_float64_to_the_scan():
    pool = np.array([[1.7e308], [1.7e308], [-1.7e308]])
    _, _, certain = search_tiles(pool, np.arange(3), 1, n_threads=1)
    assert not certain.any()


def test_tiles__are_right_beside_a_far_outlier():
    pool = np.random.default_rng(3).normal(size=(N, 4))
    pool[7] = 1e9
    found, _ = settle(search_tiles, pool, 5, np.arange(N))
    assert np.array_equal(found, naive.nearest_rows(pool, 5))


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
    found = exact.search_exact(pool, np.arange(n), 5, n_threads=2)
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
    queries = np.arange(2 * N)
    if way == "_WORK_AT_ONCE":
        monkeypatch.setattr(exact, "_SCAN_WORK", 0)
    expected = exact.search_exact(pool, queries, 3, n_threads=1)
    monkeypatch.setattr(order, "_SCAN_AT_ONCE", 1)
    monkeypatch.setattr(tiled, "_WORK_AT_ONCE", 1)
    assert np.array_equal(exact.search_exact(pool, queries, 3, n_threads=1), expected)


@pytest.mark.parametrize(("n", "each", "least"), [(0, 5.0, 4), (10, 5.0, 4), (10, 0.0, 4)])
def test_pieces__cover_all_queries_once(n, each, least):
    cut = [np.arange(n)[piece] for piece in order.pieces(n, each, 30.0, least)]
    assert all(0 < len(piece) <= max(least, 30) for piece in cut)
    assert np.array_equal(np.concatenate([np.arange(0), *cut]), np.arange(n))


def test_tree__pays_for_many_rows_of_few_columns_without_duplicates():
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(6000, 2))
    assert tree_pays(plane, 6000)
    assert not tree_pays(plane, 10)
    assert not tree_pays(plane.round(), 6000)
    assert not tree_pays(rng.normal(size=(6000, 9)), 6000)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_search_exact__stays_quick_with_many_duplicates():
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(20_000, 12))
    pool[rng.random(20_000) < 0.7] = pool[:3].mean(axis=0)
    queries = np.arange(20_000)
    found = exact.search_exact(pool, queries, 5, n_threads=2)
    some = queries[::400]
    assert np.array_equal(found[some], naive.nearest_rows(pool, 5, some))
