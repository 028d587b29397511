"""Distances to the farthest rows: the last of all, whatever proposed the rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast._threads import one_blas_thread
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import farthest, farthest_in_pool
from smotefast.neighbors import search as pool
from smotefast.neighbors.farthest import farthest_by_tiles
from tests.helpers import reference_search as naive_pool
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, rows_and_queries

SOME = examples(8 if JIT_DISABLED else 60)
WAYS = ["products", "tiles"]


def force(patch, way):
    """Make the search go one way, however little there is to do."""
    patch.setattr(farthest, "LITTLE_WORK", 0 if way == "tiles" else np.inf)


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(1, 70),
    n_queries=st.integers(1, 60),
    n_features=st.integers(1, 12),
    n_values=st.sampled_from([0, 1, 2, 5]),
    offset=st.sampled_from([0, 1000, -100_000]),
    kind=st.sampled_from(["float32", "float64", "int32", "bool", "csr", "csr32"]),
    way=st.sampled_from(WAYS),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_farthest_in_pool__gives_the_last_of_all_distances(
    seed, n_pool, n_queries, n_features, n_values, offset, kind, way, n_threads, data
):
    rows, queries = rows_and_queries(
        seed, n_pool, n_queries, n_features, n_values, kind, 0 if "csr" in kind else offset
    )
    k = data.draw(st.one_of(st.integers(1, n_pool), st.just(n_pool)))
    with pytest.MonkeyPatch.context() as patch:
        force(patch, way)
        whole = farthest_in_pool(rows, queries, k, n_threads=n_threads)
        expected = naive_pool.farthest(rows, queries, k)
        assert whole.dtype == np.float64
        np.testing.assert_allclose(whole, expected, rtol=1e-12)
        if n_values:
            np.testing.assert_array_equal(whole, expected)
        patch.setattr(farthest, "_BLOCK_PAIRS", 3 * n_pool)
        patch.setattr(farthest, "_TILED_QUERIES", 7)
        patch.setattr(pool, "_BLOCK", 1)
        pieces = farthest_in_pool(rows, queries, k, n_threads=3 - n_threads)
    np.testing.assert_allclose(pieces, whole, rtol=1e-12)
    assert (np.diff(whole, axis=1) >= 0).all()


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(12, 70),
    n_features=st.integers(1, 8),
    kind=st.sampled_from(["float32", "float64"]),
    spreads=st.lists(st.sampled_from([1e-9, 1.0, 1.0, 3e3, 1e8]), min_size=8, max_size=8),
    reach=st.sampled_from([1, 1e3, 1e7]),
)
def test_tiles__are_certain_only_of_what_is_right(
    seed, n_pool, n_features, kind, spreads, reach
):
    """Columns that outweigh others and queries far off are what float32 loses itself in."""
    rows, queries = rows_and_queries(seed, n_pool, 60, n_features, 0, "float64")
    spread = np.array(spreads[:n_features])
    rows, queries = (rows * spread).astype(kind), (queries * spread).astype(kind)
    queries[::3] *= np.array(reach, dtype=kind)
    found, is_certain = farthest_by_tiles(rows, queries, 3, n_threads=2)
    expected = naive_pool.farthest(rows, queries, 3)
    np.testing.assert_array_equal(found[is_certain], expected[is_certain])
    with pytest.MonkeyPatch.context() as patch:
        force(patch, "tiles")
        whole = farthest_in_pool(rows, queries, 3, n_threads=1)
    np.testing.assert_allclose(whole, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["float32", "int16"])
def test_tiles__are_certain_of_usual_rows(kind):
    rows, queries = rows_and_queries(2, 300, 80, 8, 0 if kind == "float32" else 9, kind)
    assert farthest_by_tiles(rows, queries, 3, n_threads=2)[1].all()


@pytest.mark.parametrize("kind", ["float32", "csr"])
def test_farthest_in_pool__of_thousands_comes_in_order(kind):
    rows, queries = rows_and_queries(9, 3_000, 40, 5, 0, kind)
    found = farthest_in_pool(rows, queries, 300, n_threads=2)
    np.testing.assert_allclose(found, naive_pool.farthest(rows, queries, 300), rtol=1e-12)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_farthest_in_pool__by_itself_takes_tiles_for_much_work(monkeypatch):
    rows, queries = rows_and_queries(3, 2_000, 20_000, 15, 0, "float64")
    monkeypatch.setattr(farthest, "_by_products", None)
    found = farthest_in_pool(rows, queries, 3, n_threads=2)
    some = np.arange(0, 20_000, 500)
    np.testing.assert_array_equal(found[some], naive_pool.farthest(rows, queries[some], 3))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scale", [1e200, 1e306])
def test_farthest_in_pool__says_nothing_where_squares_overflow(scale, way, monkeypatch):
    rows, queries = rows_and_queries(8, 20, 10, 2, 0, "float64")
    force(monkeypatch, way)
    with quiet():
        found = farthest_in_pool(rows * scale, queries, 3, n_threads=2)
    assert np.isinf(found).all()


def test_one_blas_thread__is_lifted_by_the_last_whoever_came_first():
    from threadpoolctl import threadpool_info, threadpool_limits

    def limits():
        found = threadpool_info()
        return {each["num_threads"] for each in found if each["user_api"] == "blas"}

    with threadpool_limits(3, user_api="blas"):
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert limits() == {1}
        second.__exit__(None, None, None)
        assert limits() == {3}
        with pytest.raises(KeyError), one_blas_thread():
            raise KeyError
        assert limits() == {3}
