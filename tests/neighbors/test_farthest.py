"""Distances to the farthest rows: the last of all sorted distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast._threads import one_blas_thread
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_farthest, pair_distances
from smotefast.neighbors.exact import farthest
from smotefast.neighbors.planner import METHODS
from smotefast.neighbors.queries import as_rows, other_queries
from tests.helpers import reference_search as naive_pool
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, resolved, rows_and_queries, search_by

SOME = examples(8 if JIT_DISABLED else 60)
DENSE = ["farthest_products", "farthest_tiles"]


def find_by(method, pool, queries, k, n_threads=1):
    """Search by a method; tiles need as many rows as they keep candidates."""
    if method == "farthest_tiles" and not (pool.shape[0] >= k + 6 and k <= 256):
        method = "farthest_products"
    points, others = as_rows(pool), other_queries(as_rows(queries))
    found = search_by(method, points, others, k, n_threads=n_threads, task="farthest")
    return np.sqrt(found.squared())


def by_tiles(pool, queries, k):
    """Search by tiles alone; return the distances and which are certain."""
    points, others = as_rows(pool), other_queries(as_rows(queries))
    found = METHODS["farthest_tiles"].search(points, others, k, n_threads=2)
    return np.sqrt(found.squared()), resolved(found, others)


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(1, 70),
    n_queries=st.integers(1, 60),
    n_features=st.integers(1, 12),
    n_values=st.sampled_from([0, 1, 2, 5]),
    offset=st.sampled_from([0, 1000, -100_000]),
    kind=st.sampled_from(["float32", "float64", "int32", "bool", "csr", "csr32"]),
    method=st.sampled_from(DENSE),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_find_farthest__gives_the_last_of_all_distances(
    seed, n_pool, n_queries, n_features, n_values, offset, kind, method, n_threads, data
):
    rows, queries = rows_and_queries(
        seed, n_pool, n_queries, n_features, n_values, kind, 0 if "csr" in kind else offset
    )
    k = data.draw(st.one_of(st.integers(1, n_pool), st.just(n_pool)))
    method = "farthest_csr" if "csr" in kind else method
    whole = find_by(method, rows, queries, k, n_threads)
    expected = naive_pool.farthest(rows, queries, k)
    assert whole.dtype == np.float64
    np.testing.assert_allclose(whole, expected, rtol=1e-12)
    if n_values:
        np.testing.assert_array_equal(whole, expected)
    planned = find_farthest(rows, k, queries=queries, n_threads=n_threads)
    np.testing.assert_allclose(planned, expected, rtol=1e-12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(farthest, "_PAIRS_PER_BLOCK", 3 * n_pool)
        patch.setattr(farthest, "_PACKED_QUERIES", 7)
        patch.setattr(pair_distances, "_VALUES_PER_BLOCK", 1)
        in_blocks = find_by(method, rows, queries, k, 3 - n_threads)
    np.testing.assert_allclose(in_blocks, whole, rtol=1e-12)
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
    """Float32 cannot certify rows with columns that outweigh others, and far queries."""
    rows, queries = rows_and_queries(seed, n_pool, 60, n_features, 0, "float64")
    spread = np.array(spreads[:n_features])
    rows, queries = (rows * spread).astype(kind), (queries * spread).astype(kind)
    queries[::3] *= np.array(reach, dtype=kind)
    found, is_certain = by_tiles(rows, queries, 3)
    expected = naive_pool.farthest(rows, queries, 3)
    np.testing.assert_array_equal(found[is_certain], expected[is_certain])
    whole = find_by("farthest_tiles", rows, queries, 3)
    np.testing.assert_allclose(whole, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["float32", "int16"])
def test_tiles__are_certain_of_usual_rows(kind):
    rows, queries = rows_and_queries(2, 300, 80, 8, 0 if kind == "float32" else 9, kind)
    assert by_tiles(rows, queries, 3)[1].all()


@pytest.mark.parametrize("kind", ["float32", "csr"])
def test_find_farthest__of_thousands_is_ascending(kind):
    rows, queries = rows_and_queries(9, 3_000, 40, 5, 0, kind)
    found = find_farthest(rows, 300, queries=queries, n_threads=2)
    np.testing.assert_allclose(found, naive_pool.farthest(rows, queries, 300), rtol=1e-12)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_find_farthest__is_right_for_work_that_takes_tiles():
    rows, queries = rows_and_queries(3, 2_000, 20_000, 15, 0, "float64")
    found = find_farthest(rows, 3, queries=queries, n_threads=2)
    some = np.arange(0, 20_000, 500)
    np.testing.assert_array_equal(found[some], naive_pool.farthest(rows, queries[some], 3))


@pytest.mark.parametrize("method", DENSE)
@pytest.mark.parametrize("scale", [1e200, 1e306])
def test_find_farthest__does_not_warn_where_squares_overflow(scale, method):
    rows, queries = rows_and_queries(8, 20, 10, 2, 0, "float64")
    with quiet():
        found = find_by(method, rows * scale, queries, 3, 2)
    assert np.isinf(found).all()


def test_one_blas_thread__ends_with_its_last_user_in_any_order():
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
