"""Edited nearest neighbors, once and repeatedly, compared with naive loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast.engine import majority_vote
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.rows import MatrixRows
from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import neighbor_graph
from smotefast.under_sampling import AllKNN, RepeatedEditedNearestNeighbours
from smotefast.under_sampling import _editing as passes
from smotefast.under_sampling._editing import (
    RepeatedEditing,
    agree_with_neighbors,
    majority_became_minority,
    majority_class,
    positions_by_class,
)
from tests.helpers import reference_kernels as naive
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

SOME = examples(10 if JIT_DISABLED else 60)


@st.composite
def votes_of_neighbors(draw):
    """Draw the classes of rows, a subset of the rows, and their neighbors."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    codes = rng.integers(0, draw(st.integers(1, 6)), draw(st.integers(1, 40))).astype(np.int32)
    rows = np.flatnonzero(rng.random(len(codes)) < 0.7)
    kind = draw(st.sampled_from([np.int32, np.int64]))
    neighbors = rng.integers(0, len(codes), (len(rows), draw(st.integers(1, 8))))
    return codes, rows, neighbors.astype(kind)


def with_and_without_kernels(call):
    """Count votes with kernels and with numpy; the results must be equal."""
    found = []
    for by_numpy in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                majority_vote, "numpy_counts_votes", lambda *given, answer=by_numpy: answer
            )
            found.append(call().tolist())
    assert found[0] == found[1]
    return found[0]


@SOME
@given(votes_of_neighbors(), st.sampled_from(["all", "mode"]), st.sampled_from([1, 2]))
def test_agree_with_neighbors__equals_a_loop_over_rows(drawn, kind_sel, n_threads):
    codes, rows, neighbors = drawn
    found = with_and_without_kernels(
        lambda: agree_with_neighbors(codes, rows, neighbors, kind_sel, n_threads=n_threads)
    )
    expected = [
        naive.agrees(codes, row, places, kind_sel)
        for row, places in zip(rows, neighbors, strict=True)
    ]
    assert found == expected


@SOME
@given(votes_of_neighbors(), st.sampled_from([1, 2]))
def test_majority_class__is_the_lowest_of_several(drawn, n_threads):
    codes, _, neighbors = drawn
    found = with_and_without_kernels(
        lambda: majority_class(codes, neighbors, n_threads=n_threads)
    )
    assert found == [naive.choice_of(codes[places].tolist()) for places in neighbors]


def test_agree_with_neighbors__by_majority_or_by_all():
    codes, rows = np.array([0, 0, 0, 1, 1, 2], np.int32), np.array([0, 3])
    neighbors = np.array([[1, 2, 3], [0, 4, 5]])  # two of three; one each
    assert agree_with_neighbors(codes, rows, neighbors, "all", n_threads=1).tolist() == [
        False,
        False,
    ]
    assert agree_with_neighbors(codes, rows, neighbors, "mode", n_threads=1).tolist() == [
        True,
        False,
    ]
    assert agree_with_neighbors(codes, rows, neighbors[:, :2], "all", n_threads=1).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({0: 60, 1: 30, 2: 25}, False),
        ({0: 25, 1: 25, 2: 25}, False),
        ({0: 60, 1: 24, 2: 25}, True),
        ({0: 60, 1: 30, 2: 3}, False),  # the smallest class itself may shrink
        ({0: 24, 1: 30, 2: 20}, True),  # compared with 25, not with 20
        ({0: 60, 1: 0, 2: 25}, True),
        ({0: 60, 1: 30, 2: 0}, True),
    ],
)
def test_majority_became_minority__compares_with_the_smallest_class_before(after, expected):
    assert majority_became_minority({0: 60, 1: 40, 2: 25}, after, 2) is expected


def test_positions_by_class__are_ascending_in_each_class():
    codes = np.array([2, 0, 1, 0, 2, 1])
    kept = np.array([True, True, True, True, False, True])
    assert positions_by_class(kept, codes).tolist() == [1, 3, 2, 5, 0]


def naive_pass(X, y, kept, strategy, k, kind_sel):
    """Edit the remaining rows, which are in ascending order."""
    labels, sizes = np.unique(y[kept], return_counts=True)
    cleaned = [0, 2] if isinstance(strategy, list) else np.delete(labels, sizes.argmin())
    return np.sort(kept[naive.edited(X[kept], y[kept], cleaned, k, kind_sel)])


@SOME
@given(
    seed=st.integers(0, 9999),
    sizes=st.lists(st.integers(3, 25), min_size=3, max_size=5),
    n_values=st.integers(2, 9),
    ks=st.lists(st.integers(1, 4), min_size=1, max_size=6).map(sorted),
    kind_sel=st.sampled_from(["all", "mode"]),
    strategy=st.sampled_from(["auto", [0, 2]]),
    is_sparse=st.booleans(),
)
def test_repeated_editing__equals_naive_passes_over_the_remaining_rows(
    seed, sizes, n_values, ks, kind_sel, strategy, is_sparse
):
    X, y = classes(seed, sizes, 2)
    X = np.floor(X / X.max() * n_values) + 3 * y[:, np.newaxis]
    rows = MatrixRows(sparse.csr_array(X) if is_sparse else X, y)
    editing = RepeatedEditing(rows, strategy, kind_sel, max(ks), NeighborSearch("exact", 1))
    kept = np.arange(len(y))
    for k in ks:
        if len(kept) <= k or len(set(y[kept])) < len(sizes):
            break
        n_before, kept = len(kept), naive_pass(X, y, kept, strategy, k, kind_sel)
        assert editing.edit(k) == n_before - len(kept)
        assert editing.positions().tolist() == sorted(kept, key=lambda row: (y[row], row))
        remaining_sizes = np.bincount(y[kept], minlength=len(sizes)).tolist()
        assert editing.counts() == dict(enumerate(remaining_sizes))


@pytest.mark.parametrize("estimator", [None, NearestNeighbors(n_neighbors=4)])
def test_repeated_editing__checks_only_rows_that_lost_a_neighbor(estimator, monkeypatch):
    X, y = classes(1, (60, 40), 2)
    X += 3 * y[:, np.newaxis]
    asked, answers = [], []
    search = neighbor_graph.NeighborGraph.nearest

    def nearest(self, rows, k):
        asked.append(rows)
        answers.append(search(self, rows, k))
        return answers[-1]

    monkeypatch.setattr(passes.NeighborGraph, "nearest", nearest)
    job = RepeatedEditing(
        MatrixRows(X, y), [0, 1], "mode", 3, NeighborSearch("exact", 1), estimator
    )
    n_removed = job.edit(3)
    assert n_removed
    remaining = np.sort(job.positions())
    job.edit(3)
    gone = np.setdiff1d(np.arange(len(y)), remaining)
    hit = np.isin(answers[0][remaining], gone).any(axis=1)
    assert 0 < hit.sum() < len(hit)
    assert asked[0].tolist() == list(range(len(y)))
    expected = remaining[hit] if estimator is None else remaining  # which is fitted again
    assert asked[1].tolist() == expected.tolist()


def test_repeated_editing__refuses_more_neighbors_than_remaining_rows():
    X, y = np.arange(8.0)[:, np.newaxis], np.array([0, 0, 0, 0, 1, 1, 0, 1])
    job = RepeatedEditing(MatrixRows(X, y), "all", "all", 7, NeighborSearch("exact", 1))
    assert job.edit(1) == 3
    with pytest.raises(ValueError, match=r"n_neighbors = 6, n_samples_fit = 5: n_neighbors=5"):
        job.edit(5)


@pytest.mark.parametrize("is_spoiled", [False, True])
@pytest.mark.parametrize(
    "sampler", [RepeatedEditedNearestNeighbours(max_iter=1), AllKNN(n_neighbors=1)], ids=str
)
def test_disagreement__is_the_share_of_rows_that_exact_search_decides_differently(
    sampler, is_spoiled, monkeypatch
):
    X, y = classes(5, (50, 40, 30), 2)
    sampler.set_params(search="exact").fit_resample(X, y)
    exact = sampler.sample_indices_
    search = neighbor_graph.find_neighbors

    def find(pool, k, **how):
        found = search(pool, k, **{**how, "search": "exact"})
        if how["search"] == "exact":
            return found
        if is_spoiled:
            found.indices[how["queries"] % 5 == 0] = 3
        return found._replace(method="approximate", recall=0.8)

    monkeypatch.setattr(neighbor_graph, "find_neighbors", find)
    sampler.set_params(search="approximate").fit_resample(X, y)
    n_differ = len(np.setxor1d(sampler.sample_indices_, exact))
    assert (n_differ > 0) == is_spoiled
    assert sampler.disagreement_ == n_differ / 90
    assert (sampler.search_, sampler.recall_) == ("approximate", 0.8)
