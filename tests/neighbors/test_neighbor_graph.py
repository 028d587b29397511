"""Neighbors among remaining rows: what a naive search finds, with few searches."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import NeighborGraph, neighbor_graph
from tests.helpers import reference_kernels as naive
from tests.helpers.distance_ties import has_ties
from tests.helpers.hypothesis_examples import examples

SOME = examples(6 if JIT_DISABLED else 60)


class Spy:
    """Records the searches: how many rows remained, and which were searched for."""

    def __init__(self, patch):
        self.n_remaining, self.queries, self.searches = [], [], []
        search = neighbor_graph.find_neighbors

        def find(pool, k, **options):
            self.n_remaining.append(pool.shape[0])
            self.queries.append(options["queries"].tolist())
            return search(pool, k, **options)

        patch.setattr(neighbor_graph, "find_neighbors", find)

    def graph(self, X, k):
        return NeighborGraph(X, k, search="exact", n_threads=1, on_search=self.searches.append)


@pytest.fixture
def spy(monkeypatch):
    return Spy(monkeypatch)


def some_rows(seed, shape, n_values, dtype=np.float64):
    """Return rows; few values make ties."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape)
    return values.astype(dtype)


@SOME
@given(
    seed=st.integers(0, 9999),
    shape=st.tuples(st.integers(4, 60), st.integers(1, 6)),
    n_values=st.sampled_from([0, 1, 2, 5]),
    dtype=st.sampled_from([np.float32, np.float64]),
    is_sparse=st.booleans(),
    most=st.integers(1, 6),
    shares=st.lists(st.floats(0, 0.6), max_size=6),
    n_threads=st.sampled_from([1, 2]),
)
def test_neighbor_graph__equals_a_naive_search_after_each_removal(
    seed, shape, n_values, dtype, is_sparse, most, shares, n_threads
):
    X, rng = some_rows(seed, shape, n_values, dtype), np.random.default_rng(seed)
    graph = NeighborGraph(
        sparse.csr_array(X) if is_sparse else X,
        most,
        search="exact",
        n_threads=n_threads,
        on_search=lambda neighbors: None,
    )
    for share in [0, *shares]:
        graph.remaining[rng.random(len(X)) < share] = False
        n_remaining = int(graph.remaining.sum())
        if n_remaining < 2:
            break
        rows = np.flatnonzero(graph.remaining & (rng.random(len(X)) < 0.7))
        k = int(rng.integers(1, min(most, n_remaining - 1) + 1))
        expected = naive.nearest_remaining(X, graph.remaining, rows, k)
        assert graph.nearest(rows, k).tolist() == expected.tolist()
        assert graph.nearest_exact(rows, k).tolist() == expected.tolist()


@pytest.mark.parametrize("form", ["dense", "csr"])
def test_neighbor_graph__replaces_removed_neighbors_without_a_search(form, spy):
    X = some_rows(0, (50, 3), 6)
    graph, rows = spy.graph(X if form == "dense" else sparse.csr_array(X), 4), np.arange(50)
    first = graph.nearest(rows, 4)
    assert first.tolist() == naive.nearest_rows(X, 4).tolist()
    graph.remaining[first[7, :3]] = False  # as many of a row's neighbors as are spare
    rows = np.flatnonzero(graph.remaining)
    found = graph.nearest(rows, 4)
    assert found.tolist() == naive.nearest_remaining(X, graph.remaining, rows, 4).tolist()
    assert (found != first[rows]).any()
    assert spy.queries == [list(range(50))]
    assert [search.method for search in spy.searches] == ["exact"]


@pytest.mark.parametrize("form", ["dense", "csr"])
def test_neighbor_graph__searches_again_only_for_rows_with_too_few_neighbors(form, spy):
    X = some_rows(0, (50, 3), 6)
    graph, rows = spy.graph(X if form == "dense" else sparse.csr_array(X), 4), np.arange(50)
    graph.nearest(rows, 4)
    known = naive.nearest_rows(X, 7)  # three to spare
    graph.remaining[known[7, :4]] = False
    rows = np.flatnonzero(graph.remaining)
    found = graph.nearest(rows, 4)
    assert found.tolist() == naive.nearest_remaining(X, graph.remaining, rows, 4).tolist()
    is_short = graph.remaining[known[rows]].sum(axis=1) < 4
    assert 0 < is_short.sum() < len(rows)
    assert spy.n_remaining == [50, 46]
    assert (
        spy.queries[1] == np.flatnonzero(is_short).tolist()
    )  # numbered among the remaining rows
    assert len(spy.searches) == 2
    assert graph.nearest(rows, 4).tolist() == found.tolist()
    assert len(spy.queries) == 2  # the second result is stored


def test_neighbor_graph__searches_for_each_row_once(spy):
    X = some_rows(1, (40, 2), 0)
    graph = spy.graph(X, 3)
    graph.nearest(np.arange(0, 40, 4), 2)
    graph.nearest(np.arange(0, 40, 2), 3)
    graph.nearest(np.arange(40), 1)
    assert [len(rows) for rows in spy.queries] == [10, 10, 20]
    assert sorted(row for rows in spy.queries for row in rows) == list(range(40))


def test_neighbor_graph__of_the_last_rows_contains_all_others(spy):
    X = some_rows(2, (12, 2), 3)
    graph = spy.graph(X, 5)
    graph.nearest(np.arange(12), 5)
    for n_remaining in (9, 6, 4, 3, 2):
        graph.remaining[np.flatnonzero(graph.remaining)[n_remaining:]] = False
        rows, k = np.arange(n_remaining), min(n_remaining - 1, 5)
        found = graph.nearest(rows, k)
        assert found.tolist() == naive.nearest_remaining(X, graph.remaining, rows, k).tolist()


def test_nearest_exact__stores_nothing(spy):
    X = some_rows(3, (40, 2), 0)
    graph, rows = spy.graph(X, 3), np.arange(0, 40, 3)
    expected = naive.nearest_rows(X, 3, rows).tolist()
    assert graph.nearest_exact(rows, 3).tolist() == expected
    assert spy.searches == []
    assert graph.nearest(rows, 3).tolist() == expected
    assert spy.queries == [rows.tolist()] * 2
    assert len(spy.searches) == 1


@SOME
@given(
    seed=st.integers(0, 9999),
    shape=st.tuples(st.integers(20, 60), st.integers(1, 6)),
    k=st.integers(1, 5),
    is_classifier=st.booleans(),
    is_sparse=st.booleans(),
)
def test_estimator__is_fitted_again_on_the_remaining_rows(
    seed, shape, k, is_classifier, is_sparse
):
    X, rng = some_rows(seed, shape, 0), np.random.default_rng(seed)
    assume(not has_ties(X))
    estimator = (KNeighborsClassifier if is_classifier else NearestNeighbors)(n_neighbors=k + 1)
    searches = []
    graph = NeighborGraph(
        sparse.csr_array(X) if is_sparse else X,
        k,
        search="exact",
        n_threads=1,
        on_search=searches.append,
        estimator=estimator,
    )
    for n_remaining in (len(X), 14, 9):
        kept = rng.permutation(np.flatnonzero(graph.remaining))
        graph.remaining[kept[n_remaining:]] = False
        rows = np.flatnonzero(graph.remaining)[::2]
        found = graph.nearest(rows, k)
        assert found.tolist() == naive.nearest_remaining(X, graph.remaining, rows, k).tolist()
        assert estimator.n_samples_fit_ == n_remaining
    assert [search.method for search in searches] == ["estimator"] * 3
