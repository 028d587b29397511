import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.kernels import heaps
from smotefast.kernels.compile import JIT_DISABLED, inner
from smotefast.kernels.distances import rank_candidates, scan_rows
from smotefast.kernels.distances_csr import search_sparse_rows
from smotefast.kernels.heaps import NO_ROW
from smotefast.kernels.points import CsrRows
from smotefast.neighbors.queries import as_points, pool_queries
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import random_points, random_queries, searches

SOME = examples(8 if JIT_DISABLED else 60)


def whole(pool, queries=None):
    """Return rows of numbers, and queries of them, as the kernels take them."""
    points = as_points(pool)
    rows = np.arange(pool.shape[0]) if queries is None else queries
    return points, *pool_queries(points, rows)


def outputs(n_queries, k):
    return np.empty((n_queries, k)), np.empty((n_queries, k), np.int64)


def rows(seed, n, d, n_values, dtype):
    """Make rows; few values make ties and duplicates."""
    rng = np.random.default_rng(seed)
    if n_values:
        return rng.integers(0, n_values, (n, d)).astype(dtype)
    return rng.normal(size=(n, d)).astype(dtype)


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(2, 40), st.integers(1, 9)),
    n_values=st.sampled_from([0, 1, 2, 4]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_scan_rows__finds_what_sorting_all_distances_finds(
    seed, shape, n_values, dtype, n_threads, data
):
    pool = rows(seed, *shape, n_values, dtype)
    k = data.draw(st.integers(1, shape[0] - 1))
    distances, indices = outputs(shape[0], k)
    scan_rows(*whole(pool), distances, indices, n_threads=n_threads)
    assert np.array_equal(indices, naive.nearest_rows(pool, k))
    for row in range(shape[0]):
        assert np.array_equal(distances[row], naive.squared_distances(pool, row)[indices[row]])


def test_scan_rows__is_right_at_the_edges_of_blocks_and_tasks():
    pool = rows(1, 600, 3, 5, np.float32)
    queries = np.arange(0, 600, 1 if not JIT_DISABLED else 97)
    distances, indices = outputs(queries.shape[0], 4)
    scan_rows(*whole(pool, queries), distances, indices, n_threads=2)
    assert np.array_equal(indices, naive.nearest_rows(pool, 4, queries))


def test_scan_rows__keeps_infinite_distances_in_order_of_index():
    pool = np.array([[0.0], [1e200], [-1e200], [1.0]])
    distances, indices = outputs(4, 3)
    with np.errstate(over="ignore"):
        scan_rows(*whole(pool), distances, indices, n_threads=1)
    assert indices[0].tolist() == [3, 1, 2]


def test_scan_rows__returns_no_row_where_only_nan_remains():
    pool = np.array([[0.0], [np.nan], [1.0]])
    distances, indices = outputs(3, 2)
    scan_rows(*whole(pool), distances, indices, n_threads=1)
    assert indices[0].tolist() == [2, NO_ROW]
    assert indices[1].tolist() == [NO_ROW, NO_ROW]


@SOME
@given(search=searches(), n_threads=st.sampled_from([1, 2]))
def test_scan_rows__adds_categories_and_takes_queries_of_other_points(search, n_threads):
    pool, queries, k = search
    distances, indices = outputs(len(queries.rows), k)
    scan_rows(pool, *queries, distances, indices, n_threads=n_threads)
    assert np.array_equal(indices, naive.nearest_points(pool, queries, k))
    assert np.array_equal(distances, naive.distances_at(pool, queries, indices))


@pytest.mark.parametrize("n_threads", [1, 2])
def test_scan_rows__is_right_at_the_edges_of_blocks_of_categories(n_threads):
    rng = np.random.default_rng(1)
    pool = random_points(rng, 600, 3, n_values=5, n_codes=2, weight=0.7, dtype=np.float32)
    queries = random_queries(rng, pool, 10 if JIT_DISABLED else 150)
    distances, indices = outputs(len(queries.rows), 4)
    scan_rows(pool, *queries, distances, indices, n_threads=n_threads)
    assert np.array_equal(indices, naive.nearest_points(pool, queries, 4))


def test_scan_rows__finds_the_whole_pool_for_queries_that_are_not_in_it():
    rng = np.random.default_rng(2)
    pool = random_points(rng, 5, 2, n_codes=1, weight=1.0)
    queries = random_queries(rng, pool, 30)._replace(excluded=np.full(30, -1))
    distances, indices = outputs(30, 6)
    scan_rows(pool, *queries, distances, indices, n_threads=2)
    assert np.array_equal(indices[:, :5], naive.nearest_points(pool, queries, 5))
    assert (indices[:, 5] == NO_ROW).all()


def test_scan_rows__stops_only_where_no_category_differs_either():
    # row 600 and all rows of the first blocks differ by next to nothing, 650 is its twin
    pool = as_points(np.zeros((700, 2)), np.ones((700, 1)), 1e-300)
    pool.codes[[600, 650]] = 0
    queries = pool_queries(pool, np.array([0, 600]))
    distances, indices = outputs(2, 2)
    scan_rows(pool, *queries, distances, indices, n_threads=1)
    assert indices.tolist() == [[1, 2], [650, 0]]
    assert distances.tolist() == [[0.0, 0.0], [0.0, 1e-300]]


@SOME
@given(search=searches(), n_threads=st.sampled_from([1, 2]), n_candidates=st.integers(0, 12))
def test_rank_candidates__adds_categories_and_takes_queries_of_other_points(
    search, n_threads, n_candidates
):
    pool, queries, k = search
    n_pool = pool.values.shape[0]
    rng = np.random.default_rng(n_candidates)
    everyone = np.tile(np.arange(-1, n_pool + 1), (len(queries.rows), 1))
    candidates = rng.permuted(everyone, axis=1)[:, :n_candidates].copy()
    distances, indices = outputs(len(queries.rows), k)
    rank_candidates(pool, *queries, candidates, distances, indices, n_threads=n_threads)
    others = naive.between(pool, queries)
    for i, (row, itself) in enumerate(zip(queries.rows, queries.excluded, strict=True)):
        valid = np.array([c for c in candidates[i] if 0 <= c < n_pool and c != itself], int)
        totals = naive.squared_distances(pool.values, row, **others)[valid]
        order = np.lexsort((valid, totals))
        expected = [*valid[order][:k].tolist(), *[NO_ROW] * k][:k]
        assert indices[i].tolist() == expected
        assert np.array_equal(distances[i, : len(valid)], totals[order][:k])


@SOME
@given(
    seed=st.integers(0, 999),
    n_values=st.sampled_from([0, 2]),
    n_threads=st.sampled_from([1, 2]),
    n_candidates=st.integers(0, 12),
)
def test_rank_candidates__sorts_and_skips_what_is_no_candidate(
    seed, n_values, n_threads, n_candidates
):
    pool = rows(seed, 30, 4, n_values, np.float32)
    rng = np.random.default_rng(seed)
    queries = np.arange(0, 30, 3)
    candidates = np.array([rng.permutation(32)[:n_candidates] - 1 for _ in queries])
    distances, indices = outputs(10, 5)
    rank_candidates(
        *whole(pool, queries),
        candidates.reshape(10, n_candidates).astype(np.int32),
        distances,
        indices,
        n_threads=n_threads,
    )
    for i, row in enumerate(queries):
        valid = np.array([c for c in candidates[i] if 0 <= c < 30 and c != row], int)
        order = np.lexsort((valid, naive.squared_distances(pool, row)[valid]))
        expected = [*valid[order][:5].tolist(), *[NO_ROW] * 5][:5]
        assert indices[i].tolist() == expected


@SOME
@given(
    seed=st.integers(0, 999),
    density=st.floats(0, 1),
    n_outside=st.sampled_from([0, 6]),
    whole_numbers=st.booleans(),
    n_threads=st.sampled_from([1, 2]),
)
def test_search_sparse_rows__gives_the_bits_of_the_dense_rows(
    seed, density, n_outside, whole_numbers, n_threads
):
    rng = np.random.default_rng(seed)
    dense = rng.normal(scale=3, size=(20 + n_outside, 7))
    dense *= rng.random(dense.shape) < density
    dense = np.rint(dense) if whole_numbers else dense
    csr = sparse.csr_array(dense)
    queries = np.arange(20, 26) if n_outside else np.arange(20)
    everyone = np.tile(np.arange(20), (len(queries), 1))
    expected = outputs(len(queries), 6)
    rank_candidates(*whole(dense, queries), everyone, *expected, n_threads=n_threads)
    norms = (dense * dense).sum(axis=1)
    errors = np.zeros(len(dense)) if whole_numbers else 1e-12 * norms + 1e-290
    rows, by_column = (
        CsrRows(one.indptr, one.indices, one.data) for one in (csr, csr[:20].T.tocsr())
    )
    how = rows, by_column, norms, errors, 20, whole_numbers
    found = outputs(len(queries), 6)
    search_sparse_rows(*how, 1.0, queries, *found, n_threads=n_threads)
    farthest = outputs(len(queries), 3)
    search_sparse_rows(*how, -1.0, queries, *farthest, n_threads=n_threads)
    for i, row in enumerate(queries):
        squares = naive.squared_distances(dense, row)[np.setdiff1d(np.arange(20), [row])]
        assert np.array_equal(-farthest[0][i], np.sort(squares)[::-1][:3])
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])


@inner
def _keep_smallest(values, distances, indices):
    for i in range(values.shape[0]):
        heaps.offer(values[i], i, distances, indices)
    heaps.heap_to_sorted(distances, indices)


@pytest.mark.parametrize("size", [1, 2, 5, 16])
def test_heap__keeps_the_smallest_pairs_and_lower_indices_of_equal_ones(size):
    values = np.random.default_rng(size).integers(0, 6, 50).astype(float)
    distances = np.full(size, np.inf)
    indices = np.full(size, NO_ROW)
    _keep_smallest(values, distances, indices)
    assert indices.tolist() == np.argsort(values, kind="stable")[:size].tolist()
