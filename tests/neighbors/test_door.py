import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import (
    SearchWarning,
    choose_search,
    estimated_bytes,
    find_neighbors,
    recall_at_k,
)
from smotefast.neighbors.approximate.nn_descent import why_no_graph
from smotefast.neighbors.planner import choose_search_in_all
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import mixed, searches


@pytest.mark.parametrize(
    ("n_queries", "n_pool", "n_features", "is_sparse", "expected"),
    [
        (1_000, 1_000, 20, False, "exact"),
        (30_000, 30_000, 30, False, "exact"),
        (63_000, 100_000, 30, False, "approximate"),
        (100_000, 100_000, 30, False, "approximate"),
        (10_000, 100_000, 30, False, "exact"),
        (1_000_000, 1_000_000, 30, False, "approximate"),
        (1_000_000, 1_000_000, 2, False, "exact"),
        (1_000_000, 1_000_000, 30, True, "exact"),
    ],
)
def test_choose_search__follows_the_work(n_queries, n_pool, n_features, is_sparse, expected):
    assert choose_search(n_queries, n_pool, n_features, sparse=is_sparse) == expected


@pytest.mark.parametrize(
    ("n_queries", "n_pool", "expected"),
    [
        (40_000, 1_000_000, "exact"),
        (100_000, 300_000, "approximate"),
        (50_000, 20_000, "exact"),
        (2_000, 50_000_000, "exact"),
    ],
)
def test_choose_search_in_all__keeps_few_queries_exact(n_queries, n_pool, expected):
    assert choose_search_in_all(n_queries, n_pool, 30, sparse=False) == expected


def test_choose_search__stays_exact_for_longer_with_categories():
    assert choose_search(200_000, 200_000, 28, sparse=False, mixed=True) == "exact"
    assert choose_search(300_000, 300_000, 28, sparse=False, mixed=True) == "approximate"


@pytest.mark.parametrize("k", [0, 10, 11])
def test_find_neighbors__refuses_a_k_that_the_rows_cannot_give(k):
    with pytest.raises(ValueError, match=f"k={k} neighbours need at least {k + 1} rows"):
        find_neighbors(np.zeros((10, 2)), k, n_threads=1)


def test_find_neighbors__refuses_an_unknown_search():
    with pytest.raises(ValueError, match="search='quick' is not known"):
        find_neighbors(np.zeros((10, 2)), 3, search="quick", n_threads=1)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix])
def test_find_neighbors__refuses_approximate_search_of_sparse_rows(kind):
    with pytest.raises(ValueError, match=r"search='approximate'.*search='exact'.*densify"):
        find_neighbors(kind(np.eye(9)), 2, search="approximate", n_threads=1)


def test_find_neighbors__refuses_rows_that_have_no_order():
    pool = np.array([[0.0], [1.0], [np.nan], [2.0]])
    with pytest.raises(ValueError, match="NaN or infinity"):
        find_neighbors(pool, 3, n_threads=1)


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
    unsettled = sparse.csr_array(
        (np.array([2.0, 1.0, 1.0, 5.0, 3.0]), np.array([1, 0, 1, 0, 1]), [0, 3, 4, 5]),
        shape=(3, 2),
    )
    found = find_neighbors(unsettled, 2, n_threads=1).indices
    assert np.array_equal(found, naive.nearest_rows(unsettled.toarray(), 2))
    assert unsettled.nnz == 5  # the caller's matrix is left as it was


def test_find_neighbors__asks_an_estimator_as_imbalanced_learn_does():
    pool = np.random.default_rng(0).normal(size=(30, 3))
    estimator = NearestNeighbors(n_neighbors=4)
    queries = np.array([3, 7, 20])
    found = find_neighbors(pool, 3, queries=queries, n_threads=1, estimator=estimator)
    assert found.method == "estimator"
    assert np.array_equal(found.indices, naive.nearest_rows(pool, 3, queries))
    assert find_neighbors(pool, 3, n_threads=1, estimator=estimator).indices.shape == (30, 3)


class Found:
    """An estimator that finds what it was given."""

    def __init__(self, found):
        self.found = found

    def fit(self, X):
        return self

    def kneighbors(self, X, return_distance):
        return self.found


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (np.array([[0, 1], [1, -1], [2, 0]]), "positions from -1 to 2"),
        (np.array([[0, 1], [1, 3], [2, 0]]), "positions from 0 to 3"),
        (np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]]), "type float64"),
        (np.array([[0], [1], [2]]), r"shape \(3, 1\)"),
        (np.array([[0, 1], [1, 0]]), r"shape \(2, 2\)"),
        (np.array([1, 0, 0]), r"shape \(3,\)"),
    ],
)
def test_find_neighbors__refuses_what_an_estimator_must_not_find(found, wrong):
    with pytest.raises(ValueError, match=rf"Found\.kneighbors gave .*{wrong}"):
        find_neighbors(np.eye(3), 1, n_threads=1, estimator=Found(found))


def test_find_neighbors__of_no_queries_are_none():
    for pool in (np.eye(9), sparse.eye_array(9, format="csr")):
        found = find_neighbors(pool, 2, queries=np.empty(0, int), n_threads=1)
        assert found.indices.shape == (0, 2)


def test_find_neighbors__searches_exactly_and_says_so_where_no_graph_can_be_built(monkeypatch):
    monkeypatch.setattr(
        "smotefast.neighbors.approximate.nn_descent.why_no_graph", lambda: "there is a reason"
    )
    pool = np.random.default_rng(0).normal(size=(300, 3))
    with pytest.warns(SearchWarning, match="The search is exact: there is a reason"):
        found = find_neighbors(pool, 3, search="approximate", n_threads=1)
    assert found.method == "exact"
    assert np.array_equal(found.indices, naive.nearest_rows(pool, 3))


@pytest.mark.skipif(not JIT_DISABLED, reason="compiled, a graph can be built")
def test_why_no_graph__names_the_missing_compiler():
    assert "NUMBA_DISABLE_JIT" in str(why_no_graph())


@pytest.mark.parametrize("scale", [1e-150, 1e-158, 1e-161, 1e-163])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_find_neighbors__orders_as_float64_does_where_its_squares_underflow(scale, kind):
    rng = np.random.default_rng(0)
    pool = rng.integers(1, 60, (200, 3)) * scale
    found = find_neighbors(kind(pool), 4, n_threads=1).indices
    assert np.array_equal(found, naive.nearest_rows(pool, 4))


def test_recall_at_k__counts_equally_near_rows_and_misses_farther_ones():
    pool = np.array([[0.0], [1.0], [-1.0], [5.0], [6.0]])
    assert recall_at_k(pool, np.array([[2], [0], [0], [4], [3]])) == 1.0
    assert recall_at_k(pool, np.array([[3], [0], [0], [4], [3]])) == pytest.approx(0.8)
    queries = np.array([0, 3])
    assert recall_at_k(pool, np.array([[1], [0]]), queries=queries) == pytest.approx(0.5)


def test_recall_at_k__agrees_with_counting():
    rng = np.random.default_rng(0)
    pool = rng.integers(0, 3, (50, 3)).astype(np.float64)
    queries = np.arange(0, 50, 2)
    found = np.array([rng.permutation(np.delete(np.arange(50), row))[:4] for row in queries])
    expected = naive.recall(pool, found, queries, 4)
    assert recall_at_k(pool, found, queries=queries) == pytest.approx(expected)
    sampled = recall_at_k(pool, found, queries=queries, sample=5)
    assert sampled == recall_at_k(pool, found, queries=queries, sample=5)


def test_recall_at_k__of_points_counts_categories():
    rng = np.random.default_rng(0)
    points = mixed(rng, 50, 3, n_values=3, n_codes=2, weight=2.5)
    queries = np.arange(0, 50, 2)
    found = np.array([rng.permutation(np.delete(np.arange(50), row))[:4] for row in queries])
    others = {"codes": points.codes, "weight": points.weight}
    expected = naive.recall(points.values, found, queries, 4, **others)
    assert recall_at_k(points, found, queries=queries) == pytest.approx(expected)
    assert expected != naive.recall(points.values, found, queries, 4)
    true = naive.nearest_rows(points.values, 4, queries, **others)
    assert recall_at_k(points, true, queries=queries, n_threads=2) == 1.0


@examples(6 if JIT_DISABLED else 40)
@given(
    search=searches(least_codes=1),
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
    points = mixed(np.random.default_rng(0), 60, 3, n_values=3, n_codes=4)
    found = find_neighbors(points.values, 5, n_threads=2, codes=points.codes, weight=0.0)
    assert np.array_equal(found.indices, find_neighbors(points.values, 5, n_threads=2).indices)


def test_estimated_bytes__grow_with_rows_and_columns():
    for search in ("exact", "approximate"):
        small = estimated_bytes(100_000, 10, 5, search)
        assert small < estimated_bytes(100_000, 30, 5, search)
        assert small < estimated_bytes(200_000, 10, 5, search)
