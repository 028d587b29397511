"""Searches in a pool of rows that the queries are not of: what sorting all distances gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import nearest_in_pool
from smotefast.neighbors import search as pool
from smotefast.neighbors.exact import csr as sparse_search
from smotefast.neighbors.exact import dispatch as exact
from smotefast.neighbors.exact import tiles as tiled
from smotefast.neighbors.search import distances_to
from tests.helpers import reference_search as naive_pool
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, rows_and_queries

SOME = examples(8 if JIT_DISABLED else 60)
KINDS = ["float32", "float64", "int16", "uint8", "bool", "csr", "csr32"]
# By numpy and scikit-learn as before the kernels are loaded, by the scan, by tiles or a tree.
WAYS = ["small", "scan", "tiles"]


def force(patch, way):
    """Make searches go one way, whatever was loaded and however little there is to do."""
    patch.setattr(exact, "_can_wait", lambda work, n_pairs: way == "small")
    if way == "tiles":
        patch.setattr(exact, "_SCAN_WORK", 0)
        patch.setattr(tiled, "_FEW", 5)
        patch.setattr(tiled, "_PROBE", 2)
    patch.setattr(sparse_search, "_ONE_THREAD", 0)
    patch.setattr(sparse_search, "_AT_ONCE", 200)


@SOME
@given(
    seed=st.integers(0, 9999),
    n_pool=st.integers(1, 70),
    n_queries=st.integers(1, 90),
    n_features=st.integers(1, 12),
    n_values=st.sampled_from([0, 1, 2, 5]),
    kind=st.sampled_from(KINDS),
    way=st.sampled_from(WAYS),
    n_threads=st.sampled_from([1, 2]),
    data=st.data(),
)
def test_nearest_in_pool__finds_what_sorting_all_distances_finds(
    seed, n_pool, n_queries, n_features, n_values, kind, way, n_threads, data
):
    rows, queries = rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind)
    k = data.draw(st.one_of(st.integers(1, n_pool), st.just(n_pool)))
    with pytest.MonkeyPatch.context() as patch, quiet():
        force(patch, way)
        found = nearest_in_pool(rows, queries, k, n_threads=n_threads)
    expected = naive_pool.nearest(rows, queries, k)
    np.testing.assert_array_equal(found.indices, expected)
    assert found.indices.dtype == np.int32
    assert found.distances.dtype == np.float64
    lengths = naive_pool.lengths(rows, queries, expected)
    np.testing.assert_allclose(found.distances, lengths, rtol=1e-14)
    if n_values:  # sums of whole numbers are exact
        np.testing.assert_array_equal(found.distances, lengths)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_nearest_in_pool__of_one_row_finds_that_row(way, kind, monkeypatch):
    rows, queries = rows_and_queries(0, 1, 40, 3, 0, kind)
    force(monkeypatch, way)
    found = nearest_in_pool(rows, queries, 1, n_threads=2)
    assert found.indices.tolist() == [[0]] * 40
    np.testing.assert_allclose(found.distances, naive_pool.farthest(rows, queries, 1))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["float64", "int16", "csr"])
def test_nearest_in_pool__takes_rows_of_the_pool_as_queries_like_others(way, kind, monkeypatch):
    rows, _ = rows_and_queries(1, 30, 1, 6, 0, kind)
    force(monkeypatch, way)
    found = nearest_in_pool(rows, rows, 2, n_threads=1)
    assert found.indices[:, 0].tolist() == list(range(30))
    assert (found.distances[:, 0] == 0).all()
    assert (found.distances[:, 1] > 0).all()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("offset", [1e6, -1e6])
def test_nearest_in_pool__is_exact_far_from_the_origin(way, offset, monkeypatch):
    rows, queries = rows_and_queries(2, 60, 80, 5, 0, "float64", offset)
    force(monkeypatch, way)
    found = nearest_in_pool(rows, queries, 7, n_threads=1)
    np.testing.assert_array_equal(found.indices, naive_pool.nearest(rows, queries, 7))


@pytest.mark.parametrize("way", WAYS)
def test_nearest_in_pool__says_nothing_where_squares_overflow(way, monkeypatch):
    rows, queries = rows_and_queries(3, 20, 10, 2, 0, "float64")
    force(monkeypatch, way)
    with quiet():
        found = nearest_in_pool(rows * 1e200, queries, 3, n_threads=1)
    assert np.isinf(found.distances).all()
    assert found.indices.tolist() == [[0, 1, 2]] * 10


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
@pytest.mark.parametrize("n_features", [3, 40])
def test_nearest_in_pool__finds_the_same_in_thousands_of_rows(n_features):
    rows, queries = rows_and_queries(4, 2_500, 6_000, n_features, 0, "float32")
    found = nearest_in_pool(rows, queries, 4, n_threads=2)
    some = np.arange(0, 6_000, 60)
    expected = naive_pool.nearest(rows, queries[some], 4)
    np.testing.assert_array_equal(found.indices[some], expected)
    again = nearest_in_pool(sparse.csr_array(rows), sparse.csr_array(queries), 4, n_threads=2)
    np.testing.assert_array_equal(again.indices, found.indices)
    np.testing.assert_allclose(again.distances, found.distances, rtol=1e-12)


@pytest.mark.parametrize("kind", ["float64", "csr"])
@pytest.mark.parametrize("k", [0, 6, -1])
def test_nearest_in_pool__refuses_more_neighbours_than_rows_and_none(kind, k):
    rows, queries = rows_and_queries(5, 5, 3, 2, 0, kind)
    with pytest.raises(ValueError, match=f"k={k} neighbours need at least .* there are 5"):
        nearest_in_pool(rows, queries, k, n_threads=1)


@pytest.mark.parametrize("way", WAYS)
def test_nearest_in_pool__refuses_rows_that_cannot_be_compared(way, monkeypatch):
    rows, queries = rows_and_queries(6, 9, 4, 3, 0, "float64")
    force(monkeypatch, way)
    rows[4] = np.nan
    with quiet(), pytest.raises(ValueError, match="NaN or infinity"):
        nearest_in_pool(rows, queries, 9, n_threads=1)


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
def test_distances_to__are_those_of_the_positions_in_blocks_of_any_size(
    seed, n_pool, n_queries, n_features, n_values, k, kind
):
    rows, queries = rows_and_queries(seed, n_pool, n_queries, n_features, n_values, kind)
    positions = np.random.default_rng(seed).integers(0, n_pool, (n_queries, k))
    whole = distances_to(rows, queries, positions)
    expected = naive_pool.lengths(rows, queries, positions)
    np.testing.assert_allclose(whole, expected, rtol=1e-14)
    if n_values:
        np.testing.assert_array_equal(whole, expected)
    for at_once in (1, 3 * n_features):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pool, "_BLOCK", at_once)
            np.testing.assert_array_equal(distances_to(rows, queries, positions), whole)


def test_distances_to__leave_rows_and_queries_as_they_were():
    rows, queries = rows_and_queries(7, 9, 9, 3, 0, "float64")
    kept = rows.copy(), queries.copy()
    distances_to(rows, queries, np.arange(9)[:, np.newaxis])
    np.testing.assert_array_equal(rows, kept[0])
    np.testing.assert_array_equal(queries, kept[1])
