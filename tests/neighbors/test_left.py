"""Neighbours among the rows left: what a naive search of those finds, with few searches."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import NeighborsLeft
from smotefast.neighbors import neighbor_graph as left
from tests.helpers import reference_kernels as naive
from tests.helpers.distance_ties import has_ties
from tests.helpers.hypothesis_examples import examples

SOME = examples(6 if JIT_DISABLED else 60)


class Spy:
    """Watch the searches: how many rows were left, and which were searched for."""

    def __init__(self, patch):
        self.n_left, self.asked, self.notes = [], [], []
        search = left.find_neighbors

        def find(pool, k, **how):
            self.n_left.append(pool.shape[0])
            self.asked.append(how["queries"].tolist())
            return search(pool, k, **how)

        patch.setattr(left, "find_neighbors", find)

    def over(self, X, k, **how):
        how = {"search": "exact", "n_threads": 1, "note": self.notes.append, **how}
        return NeighborsLeft(X, k, **how)


@pytest.fixture
def spy(monkeypatch):
    return Spy(monkeypatch)


def some_rows(seed, shape, n_values, dtype=np.float64):
    """Make rows, at a few places if they are to tie."""
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
def test_neighbors_left__are_those_of_a_naive_search_after_each_batch(
    seed, shape, n_values, dtype, is_sparse, most, shares, n_threads
):
    X, rng = some_rows(seed, shape, n_values, dtype), np.random.default_rng(seed)
    graph = NeighborsLeft(
        sparse.csr_array(X) if is_sparse else X,
        most,
        search="exact",
        n_threads=n_threads,
        note=lambda found: None,
    )
    for share in [0, *shares]:
        graph.left[rng.random(len(X)) < share] = False
        n_left = int(graph.left.sum())
        if n_left < 2:
            break
        rows = np.flatnonzero(graph.left & (rng.random(len(X)) < 0.7))
        k = int(rng.integers(1, min(most, n_left - 1) + 1))
        expected = naive.nearest_left(X, graph.left, rows, k)
        assert graph.nearest(rows, k).tolist() == expected.tolist()
        assert graph.exact(rows, k).tolist() == expected.tolist()


@pytest.mark.parametrize("form", ["dense", "csr"])
def test_neighbors_left__moves_the_next_ones_up_without_a_search(form, spy):
    X = some_rows(0, (50, 3), 6)
    graph, rows = spy.over(X if form == "dense" else sparse.csr_array(X), 4), np.arange(50)
    first = graph.nearest(rows, 4)
    assert first.tolist() == naive.nearest_rows(X, 4).tolist()
    graph.left[first[7, :3]] = False  # as many of a row's neighbours as are looked for to spare
    rows = np.flatnonzero(graph.left)
    found = graph.nearest(rows, 4)
    assert found.tolist() == naive.nearest_left(X, graph.left, rows, 4).tolist()
    assert (found != first[rows]).any()
    assert spy.asked == [list(range(50))]
    assert [note.method for note in spy.notes] == ["exact"]


@pytest.mark.parametrize("form", ["dense", "csr"])
def test_neighbors_left__searches_again_only_for_rows_with_too_few_left(form, spy):
    X = some_rows(0, (50, 3), 6)
    graph, rows = spy.over(X if form == "dense" else sparse.csr_array(X), 4), np.arange(50)
    graph.nearest(rows, 4)
    known = naive.nearest_rows(X, 7)  # three to spare
    graph.left[known[7, :4]] = False
    rows = np.flatnonzero(graph.left)
    found = graph.nearest(rows, 4)
    assert found.tolist() == naive.nearest_left(X, graph.left, rows, 4).tolist()
    is_short = graph.left[known[rows]].sum(axis=1) < 4
    assert 0 < is_short.sum() < len(rows)
    assert spy.n_left == [50, 46]
    assert spy.asked[1] == np.flatnonzero(is_short).tolist()  # by place among those left
    assert len(spy.notes) == 2
    assert graph.nearest(rows, 4).tolist() == found.tolist()
    assert len(spy.asked) == 2  # what was found again is known


def test_neighbors_left__searches_for_each_row_once(spy):
    X = some_rows(1, (40, 2), 0)
    graph = spy.over(X, 3)
    graph.nearest(np.arange(0, 40, 4), 2)
    graph.nearest(np.arange(0, 40, 2), 3)
    graph.nearest(np.arange(40), 1)
    assert [len(rows) for rows in spy.asked] == [10, 10, 20]
    assert sorted(row for rows in spy.asked for row in rows) == list(range(40))


def test_neighbors_left__of_the_last_rows_are_all_the_others(spy):
    X = some_rows(2, (12, 2), 3)
    graph = spy.over(X, 5)
    graph.nearest(np.arange(12), 5)
    for n_left in (9, 6, 4, 3, 2):
        graph.left[np.flatnonzero(graph.left)[n_left:]] = False
        rows, k = np.arange(n_left), min(n_left - 1, 5)
        found = graph.nearest(rows, k)
        assert found.tolist() == naive.nearest_left(X, graph.left, rows, k).tolist()


def test_exact__keeps_nothing_of_what_it_finds(spy):
    X = some_rows(3, (40, 2), 0)
    graph, rows = spy.over(X, 3), np.arange(0, 40, 3)
    expected = naive.nearest_rows(X, 3, rows).tolist()
    assert graph.exact(rows, 3).tolist() == expected
    assert spy.notes == []
    assert graph.nearest(rows, 3).tolist() == expected
    assert spy.asked == [rows.tolist()] * 2
    assert len(spy.notes) == 1


@SOME
@given(
    seed=st.integers(0, 9999),
    shape=st.tuples(st.integers(20, 60), st.integers(1, 6)),
    k=st.integers(1, 5),
    is_classifier=st.booleans(),
    is_sparse=st.booleans(),
)
def test_estimator__searches_anew_among_the_rows_left(seed, shape, k, is_classifier, is_sparse):
    X, rng = some_rows(seed, shape, 0), np.random.default_rng(seed)
    assume(not has_ties(X))
    estimator = (KNeighborsClassifier if is_classifier else NearestNeighbors)(n_neighbors=k + 1)
    notes = []
    how = {"search": "exact", "n_threads": 1, "note": notes.append, "estimator": estimator}
    graph = NeighborsLeft(sparse.csr_array(X) if is_sparse else X, k, **how)
    for n_left in (len(X), 14, 9):
        graph.left[rng.permutation(np.flatnonzero(graph.left))[n_left:]] = False
        rows = np.flatnonzero(graph.left)[::2]
        found = graph.nearest(rows, k)
        assert found.tolist() == naive.nearest_left(X, graph.left, rows, k).tolist()
        assert estimator.n_samples_fit_ == n_left
    assert [note.method for note in notes] == ["estimator"] * 3
