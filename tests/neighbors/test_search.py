"""``find_neighbors``: what it refuses, takes and returns."""

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import SearchWarning, estimated_bytes, find_neighbors
from smotefast.neighbors.cells.nn_descent import why_no_descent
from smotefast.neighbors.result import (
    recall,
    regular_sample,
)
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import quiet, random_points, searches


@pytest.mark.parametrize("k", [0, 10, 11])
def test_find_neighbors__refuses_more_neighbors_than_there_are_rows(k):
    with pytest.raises(ValueError, match=f"k={k} neighbors need at least {k + 1} rows"):
        find_neighbors(np.zeros((10, 2)), k, n_threads=1)


def test_find_neighbors__refuses_an_unknown_search():
    with pytest.raises(ValueError, match="search='quick' is not known"):
        find_neighbors(np.zeros((10, 2)), 3, search="quick", n_threads=1)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
def test_find_neighbors__refuses_approximate_search_of_sparse_rows(kind):
    with pytest.raises(ValueError, match=r"search='approximate'.*search='exact'.*densify"):
        find_neighbors(kind(np.eye(9)), 2, search="approximate", n_threads=1)


def test_find_neighbors__refuses_rows_without_comparable_distances():
    pool = np.array([[0.0], [1.0], [np.nan], [2.0]])
    with pytest.raises(ValueError, match="NaN or infinity"):
        find_neighbors(pool, 3, n_threads=1)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (
            1e160,
            r"200 of 200 rows have no comparable.*beyond 1e\+150.*Scale or remove",
        ),
        (1e-170, r"No row has a comparable distance.*vanish in float64. Multiply the columns"),
    ],
)
def test_find_neighbors__refuses_numbers_whose_squares_overflow_or_vanish(kind, scale, message):
    pool = np.random.default_rng(0).uniform(1, 2, (200, 3)) * scale
    with pytest.raises(ValueError, match=message), quiet():
        find_neighbors(kind(pool), 4, n_threads=1)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_find_neighbors__takes_a_huge_number_in_a_row_that_is_no_neighbor(kind):
    pool = np.random.default_rng(0).uniform(1, 2, (60, 3))
    pool[7] = 1e200
    others = np.delete(np.arange(60), 7)
    with quiet():
        found = find_neighbors(kind(pool), 4, queries=others, n_threads=1)
    assert np.array_equal(found.indices, others[naive.nearest_rows(pool[others], 4)])
    with pytest.raises(ValueError, match="1 of 60 rows have no comparable distance"), quiet():
        find_neighbors(kind(pool), 4, n_threads=1)


@examples(6 if JIT_DISABLED else 40)
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(8, 40), st.integers(1, 8)),
    density=st.sampled_from([0.0, 0.2, 0.7]),
    n_values=st.sampled_from([0, 2]),
    dtype=st.sampled_from([np.float32, np.float64, np.int64]),
    n_threads=st.sampled_from([1, 2]),
)
def test_find_neighbors__of_sparse_rows_are_those_of_the_dense_rows(
    seed, shape, density, n_values, dtype, n_threads
):
    rng = np.random.default_rng(seed)
    values = rng.integers(1, n_values + 1, shape) if n_values else rng.normal(size=shape) * 9
    dense = (values * (rng.random(shape) < density)).astype(dtype)
    found = find_neighbors(sparse.csr_array(dense), 4, n_threads=n_threads)
    assert found.method == "exact"
    assert np.array_equal(found.indices, naive.nearest_rows(dense, 4))


def test_find_neighbors__takes_sparse_rows_with_repeated_and_unsorted_columns():
    matrix = sparse.csr_array(
        (np.array([2.0, 1.0, 1.0, 5.0, 3.0]), np.array([1, 0, 1, 0, 1]), [0, 3, 4, 5]),
        shape=(3, 2),
    )
    found = find_neighbors(matrix, 2, n_threads=1).indices
    assert np.array_equal(found, naive.nearest_rows(matrix.toarray(), 2))
    assert matrix.nnz == 5  # the caller's matrix has not changed


def test_find_neighbors__uses_an_estimator_as_imbalanced_learn_does():
    pool = np.random.default_rng(0).normal(size=(30, 3))
    estimator = NearestNeighbors(n_neighbors=4)
    queries = np.array([3, 7, 20])
    found = find_neighbors(pool, 3, queries=queries, n_threads=1, estimator=estimator)
    assert found.method == "estimator"
    assert np.array_equal(found.indices, naive.nearest_rows(pool, 3, queries))
    assert find_neighbors(pool, 3, n_threads=1, estimator=estimator).indices.shape == (30, 3)


class Found:
    """An estimator that returns a given result."""

    def __init__(self, found):
        self.found = found

    def fit(self, X):
        return self

    def kneighbors(self, X, return_distance):
        return self.found


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (np.array([[0, 1], [1, -1], [2, 0]]), "indices from -1 to 2"),
        (np.array([[0, 1], [1, 3], [2, 0]]), "indices from 0 to 3"),
        (np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]]), "type float64"),
        (np.array([[0], [1], [2]]), r"shape \(3, 1\)"),
        (np.array([[0, 1], [1, 0]]), r"shape \(2, 2\)"),
        (np.array([1, 0, 0]), r"shape \(3,\)"),
    ],
)
def test_find_neighbors__refuses_invalid_results_of_an_estimator(found, wrong):
    with pytest.raises(ValueError, match=rf"Found\.kneighbors returned .*{wrong}"):
        find_neighbors(np.eye(3), 1, n_threads=1, estimator=Found(found))


def test_find_neighbors__of_no_queries_are_none():
    for pool in (np.eye(9), sparse.eye_array(9, format="csr")):
        found = find_neighbors(pool, 2, queries=np.empty(0, int), n_threads=1)
        assert found.indices.shape == (0, 2)


def test_approximate_search__warns_where_pynndescent_does_not_run(monkeypatch):
    import_module("smotefast.kernels.cells")  # with the compiler, whatever ran before
    monkeypatch.setattr("smotefast.kernels.compile.JIT_DISABLED", True)
    monkeypatch.setattr("smotefast.neighbors.rules._FEWEST_ROWS", 0)
    pool = np.random.default_rng(0).normal(size=(900, 3))
    with pytest.warns(SearchWarning, match="without NN-descent: NUMBA_DISABLE_JIT is set"):
        found = find_neighbors(pool, 3, search="approximate", n_threads=1)
    assert found.method == "approximate"
    assert found.recall >= 0.95


@pytest.mark.skipif(not JIT_DISABLED, reason="compiled, pynndescent runs")
def test_why_no_descent__names_the_missing_compiler():
    assert "NUMBA_DISABLE_JIT" in str(why_no_descent())


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_find_neighbors__orders_as_float64_does_where_its_squares_underflow(scale, kind):
    rng = np.random.default_rng(0)
    pool = rng.integers(1, 60, (200, 3)) * scale
    found = find_neighbors(kind(pool), 4, n_threads=1).indices
    assert np.array_equal(found, naive.nearest_rows(pool, 4))


def test_recall__counts_equally_distant_rows_and_misses_farther_ones():
    true = np.array([[0.0, 1.0], [1.0, 4.0]])
    assert recall(true, true) == 1.0
    assert recall(np.array([[1.0, 1.0], [1.0, 9.0]]), true) == 0.75
    assert recall(np.array([[2.0, 2.0], [9.0, 9.0]]), true) == 0.0


def test_samples_of_the_recall__are_all_queries_or_about_400():
    assert np.array_equal(regular_sample(300), np.arange(300))
    for n in (401, 1_000, 90_000):
        found = regular_sample(n)
        assert 400 <= len(found) < 800
        assert (np.diff(found) > 0).all()
        assert found.max() < n


@examples(6 if JIT_DISABLED else 40)
@given(
    search=searches(min_codes=1),
    kind=st.sampled_from([np.uint8, np.int32, np.int64]),
    is_turned=st.booleans(),
    n_threads=st.sampled_from([1, 2]),
)
def test_find_neighbors__of_categories_are_what_sorting_all_distances_gives(
    search, kind, is_turned, n_threads
):
    points, _, k = search
    codes = points.codes.astype(kind, order="F" if is_turned else "C")
    queries = np.arange(0, points.values.shape[0], 2)
    found = find_neighbors(
        points.values, k, queries=queries, n_threads=n_threads, codes=codes,
        weight=points.weight,
    )  # fmt: skip
    expected = naive.nearest_rows(
        points.values, k, queries, codes=points.codes, weight=points.weight
    )
    assert found.method == "exact"
    assert np.array_equal(found.indices, expected)


def test_find_neighbors__of_categories_without_weight_are_those_of_the_numbers():
    points = random_points(np.random.default_rng(0), 60, 3, n_values=3, n_codes=4)
    found = find_neighbors(points.values, 5, n_threads=2, codes=points.codes, weight=0.0)
    assert np.array_equal(found.indices, find_neighbors(points.values, 5, n_threads=2).indices)


def test_estimated_bytes__grow_with_rows_and_columns():
    for search in ("exact", "approximate"):
        small = estimated_bytes(100_000, 10, 5, search)
        assert small < estimated_bytes(100_000, 30, 5, search)
        assert small < estimated_bytes(200_000, 10, 5, search)
