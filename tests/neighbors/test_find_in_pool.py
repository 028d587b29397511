"""Nearest rows of a pool for other rows: what sorting all distances gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors_in_pool, pair_distances, search
from smotefast.neighbors.exact import csr
from smotefast.neighbors.pair_distances import squared_distances_to
from smotefast.neighbors.runner import run_search
from tests.helpers import reference_search as naive_pool
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, rows_and_queries

SOME = examples(8 if JIT_DISABLED else 60)
KINDS = ["float32", "float64", "int16", "uint8", "bool", "csr", "csr32"]
METHODS = ["all_pairs", "scikit_learn", "scan", "tiles", "float64_tiles", "cells"]


def force(patch, method):
    """Make ``find_neighbors_in_pool`` use a method for dense rows, and CSR rows in blocks."""

    def run(points, queries, k, problem, *, n_threads):
        forced = None if problem.is_sparse else method
        return run_search(points, queries, k, problem, n_threads=n_threads, method=forced)

    patch.setattr(search, "run_search", run)
    patch.setattr(csr, "_ONE_THREAD_WORK", 0)
    patch.setattr(csr, "_WORK_PER_THREAD", 200)


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(1, 70),
    n_queries=st.integers(1, 90),
    n_features=st.integers(1, 12),
    n_values=st.sampled_from([0, 1, 2, 5]),
    kind=st.sampled_from(KINDS),
    method=st.sampled_from(METHODS),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_find_in_pool__finds_what_sorting_all_distances_finds(
    seed, n_pool, n_queries, n_features, n_values, kind, method, n_threads, data
):
    rows, queries = rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind)
    k = data.draw(st.one_of(st.integers(1, n_pool), st.just(n_pool)))
    with pytest.MonkeyPatch.context() as patch, quiet():
        force(patch, method)
        found = find_neighbors_in_pool(rows, k, queries=queries, n_threads=n_threads)
    expected = naive_pool.nearest(rows, queries, k)
    np.testing.assert_array_equal(found.indices, expected)
    assert found.indices.dtype == np.int32
    assert found.distances.dtype == np.float64
    lengths = naive_pool.lengths(rows, queries, expected)
    np.testing.assert_allclose(found.distances, lengths, rtol=1e-14)
    if n_values:  # sums of whole numbers are exact
        np.testing.assert_array_equal(found.distances, lengths)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_find_in_pool__of_one_row_finds_that_row(method, kind, monkeypatch):
    rows, queries = rows_and_queries(0, 1, 40, 3, 0, kind)
    force(monkeypatch, method)
    found = find_neighbors_in_pool(rows, 1, queries=queries, n_threads=2)
    assert found.indices.tolist() == [[0]] * 40
    np.testing.assert_allclose(found.distances, naive_pool.farthest(rows, queries, 1))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["float64", "int16", "csr"])
def test_find_in_pool__treats_queries_equal_to_pool_rows_like_others(method, kind, monkeypatch):
    rows, _ = rows_and_queries(1, 30, 1, 6, 0, kind)
    force(monkeypatch, method)
    found = find_neighbors_in_pool(rows, 2, queries=rows, n_threads=1)
    assert found.indices[:, 0].tolist() == list(range(30))
    assert (found.distances[:, 0] == 0).all()
    assert (found.distances[:, 1] > 0).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("offset", [1e6, -1e6])
def test_find_in_pool__is_exact_far_from_the_origin(method, offset, monkeypatch):
    rows, queries = rows_and_queries(2, 60, 80, 5, 0, "float64", offset)
    force(monkeypatch, method)
    found = find_neighbors_in_pool(rows, 7, queries=queries, n_threads=1)
    np.testing.assert_array_equal(found.indices, naive_pool.nearest(rows, queries, 7))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("scale", "message"), [(1e200, "10 of 10 rows have no comparable"), (1e-200, "vanish")]
)
def test_find_in_pool__refuses_squares_that_overflow_or_vanish(
    method, scale, message, monkeypatch
):
    rows, queries = rows_and_queries(3, 20, 10, 2, 0, "float64")
    force(monkeypatch, method)
    with quiet(), pytest.raises(ValueError, match=message):
        find_neighbors_in_pool(rows * scale, 3, queries=queries * scale, n_threads=1)
    one_far = np.concatenate([rows, np.full_like(rows[:1], 1e200)])
    with quiet():
        found = find_neighbors_in_pool(one_far, 3, queries=queries, n_threads=1)
    np.testing.assert_array_equal(found.indices, naive_pool.nearest(rows, queries, 3))
    with quiet(), pytest.raises(ValueError, match="1 of 21 rows"):
        find_neighbors_in_pool(rows, 3, queries=one_far, n_threads=1)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
@pytest.mark.parametrize("n_features", [3, 40])
def test_find_in_pool__finds_the_same_in_thousands_of_rows(n_features):
    rows, queries = rows_and_queries(4, 2_500, 6_000, n_features, 0, "float32")
    found = find_neighbors_in_pool(rows, 4, queries=queries, n_threads=2)
    some = np.arange(0, 6_000, 60)
    expected = naive_pool.nearest(rows, queries[some], 4)
    np.testing.assert_array_equal(found.indices[some], expected)
    again = find_neighbors_in_pool(
        sparse.csr_array(rows), 4, queries=sparse.csr_array(queries), n_threads=2
    )
    np.testing.assert_array_equal(again.indices, found.indices)
    np.testing.assert_allclose(again.distances, found.distances, rtol=1e-12)


@pytest.mark.parametrize("kind", ["float64", "csr"])
@pytest.mark.parametrize("k", [0, 6, -1])
def test_find_in_pool__refuses_more_neighbors_than_rows_and_none(kind, k):
    rows, queries = rows_and_queries(5, 5, 3, 2, 0, kind)
    with pytest.raises(ValueError, match=f"k={k} neighbors need at least .* there are 5"):
        find_neighbors_in_pool(rows, k, queries=queries, n_threads=1)


@pytest.mark.parametrize("method", METHODS[:-1])  # no tree is built on such rows
def test_find_in_pool__refuses_rows_that_cannot_be_compared(method, monkeypatch):
    rows, queries = rows_and_queries(6, 9, 4, 3, 0, "float64")
    force(monkeypatch, method)
    rows[4] = np.nan
    with quiet(), pytest.raises(ValueError, match="NaN or infinity"):
        find_neighbors_in_pool(rows, 9, queries=queries, n_threads=1)


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(1, 40),
    n_queries=st.integers(0, 50),
    n_features=st.integers(1, 9),
    n_values=st.sampled_from([0, 3]),
    k=st.integers(1, 6),
    kind=st.sampled_from(KINDS),
)
def test_squared_distances_to__are_the_same_in_blocks_of_any_size(
    seed, n_pool, n_queries, n_features, n_values, k, kind
):
    rows, queries = rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind)
    indices = np.random.default_rng(seed).integers(0, n_pool, (n_queries, k))
    whole = squared_distances_to(rows, queries, indices)
    expected = np.take_along_axis(naive_pool.squares(rows, queries), indices, axis=1)
    np.testing.assert_allclose(whole, expected, rtol=1e-14)
    if n_values:
        np.testing.assert_array_equal(whole, expected)
    for at_once in (1, 3 * n_features):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pair_distances, "_VALUES_PER_BLOCK", at_once)
            np.testing.assert_array_equal(squared_distances_to(rows, queries, indices), whole)


def test_squared_distances_to__do_not_change_rows_and_queries():
    rows, queries = rows_and_queries(7, 9, 9, 3, 0, "float64")
    kept = rows.copy(), queries.copy()
    squared_distances_to(rows, queries, np.arange(9)[:, np.newaxis])
    np.testing.assert_array_equal(rows, kept[0])
    np.testing.assert_array_equal(queries, kept[1])
