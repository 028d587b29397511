"""Decisions without neighbours: what all distances, sorted, say of each row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import same_class_first as own_first
from smotefast.neighbors.planner import own_first_pays
from smotefast.neighbors.same_class_first import cells, own_come_first
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples


def made(seed, n, n_features, kind):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, n_features))
    if kind == "ties":
        values = np.rint(values)
    if kind == "copies":
        values = values[rng.integers(0, max(1, n // 3), n)]
    if kind == "far":
        values[: n // 9 + 1] *= 1e9
    return values.astype(np.float32) if kind == "float32" else values


@given(
    seed=st.integers(0, 9999),
    n=st.integers(3, 160),
    n_features=st.integers(1, 9),
    kind=st.sampled_from(["even", "ties", "copies", "far", "float32"]),
    share=st.sampled_from([0.1, 0.5, 0.9]),
    n_own=st.integers(1, 5),
    n_others=st.integers(1, 4),
    size=st.sampled_from([2, 7, 64, 100, 512]),
    n_threads=st.sampled_from([1, 2]),
)
@examples(150)
def test_own_come_first__says_what_the_sorted_distances_say(
    seed, n, n_features, kind, share, n_own, n_others, size, n_threads
):
    values = made(seed, n, n_features, kind)
    is_own = np.random.default_rng(seed + 1).random(n) < share
    own = np.flatnonzero(is_own)
    expected = naive.own_come_first(values, is_own, n_own, n_others)
    usual, own_first._CELL = own_first._CELL, size
    try:
        found = own_come_first(values, own, n_own, n_others, n_threads=n_threads)
    finally:
        own_first._CELL = usual
    np.testing.assert_array_equal(found, expected)


def test_own_come_first__is_the_same_for_cells_of_any_size(monkeypatch):
    n = 1_000 if JIT_DISABLED else 4_000
    values = made(3, n, 6, "even")
    own = np.flatnonzero(np.random.default_rng(5).random(n) < 0.8)
    answers = []
    for size in (40, 512, n):
        monkeypatch.setattr(own_first, "_CELL", size)
        answers.append(own_come_first(values, own, 3, 1, n_threads=2))
    np.testing.assert_array_equal(answers[0], answers[1])
    np.testing.assert_array_equal(answers[0], answers[2])
    assert 0.1 < answers[0].mean() < 0.9


def test_own_come_first__searches_only_for_rows_without_witnesses(monkeypatch):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2_000, 5))
    values[:1_000] += 50  # the class lies by itself
    searched = []
    search = own_first.search_exactly

    def noted(points, asked, k, *, n_threads):
        searched.append(asked.n)
        return search(points, asked, k, n_threads=n_threads)

    monkeypatch.setattr(own_first, "search_exactly", noted)
    found = own_come_first(values, np.arange(1_000), 3, 1, n_threads=1)
    assert found.all()
    assert searched == [1_000]  # the nearest rows of the other class, and no more


@given(seed=st.integers(0, 999), n=st.integers(1, 400), size=st.integers(1, 90))
@examples(60)
def test_cells__hold_each_row_once_and_not_too_many(seed, n, size):
    rng = np.random.default_rng(seed)
    values = np.rint(rng.normal(size=(n + 20, 3)))
    rows = np.sort(rng.choice(n + 20, n, replace=False))
    order, starts = cells(values, rows, size)
    np.testing.assert_array_equal(np.sort(order), rows)
    assert (starts[0], starts[-1]) == (0, n)
    sizes = np.diff(starts)
    assert sizes.min() >= 1 or n == 0
    assert sizes.max() <= size
    again = cells(values, rows, size)
    np.testing.assert_array_equal(order, again[0])


@pytest.mark.parametrize(
    ("own", "n_rows", "search", "sparse", "pays"),
    [
        ([50_000], 55_000, "auto", False, True),
        ([50_000], 55_000, "exact", False, True),
        ([50_000], 55_000, "approximate", False, False),
        ([50_000], 55_000, "auto", True, False),
        ([900], 1_000, "exact", False, False),  # little work either way
        ([50_000, 50_000], 100_000, "auto", False, False),  # NN-descent is quicker
        ([50_000, 50_000], 100_000, "exact", False, True),
        ([10_000] * 10, 100_000, "exact", False, False),  # nearly all rows are of others
        ([450_000], 500_000, "auto", False, False),
        ([450_000], 500_000, "exact", False, True),
    ],
)
def test_own_first_pays__where_most_rows_are_of_the_class(own, n_rows, search, sparse, pays):
    assert own_first_pays(own, n_rows, 20, search=search, sparse=sparse) is pays
