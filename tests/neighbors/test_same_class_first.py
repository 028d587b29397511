"""Whether the same class comes first: what sorting all distances of each row gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import runner, same_class_comes_first
from smotefast.neighbors.same_class_first import cells
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples


def random_rows(seed, n, n_features, kind):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, n_features))
    if kind == "ties":
        values = np.rint(values)
    if kind == "duplicates":
        values = values[rng.integers(0, max(1, n // 3), n)]
    if kind == "far":
        values[: n // 9 + 1] *= 1e9
    return values.astype(np.float32) if kind == "float32" else values


@given(
    seed=st.integers(0, 9999),
    n=st.integers(3, 160),
    n_features=st.integers(1, 9),
    kind=st.sampled_from(["even", "ties", "duplicates", "far", "float32"]),
    share=st.sampled_from([0.1, 0.5, 0.9]),
    n_same=st.integers(1, 5),
    n_other=st.integers(1, 4),
    cell_rows=st.sampled_from([2, 7, 64, 100, 512]),
    n_threads=st.sampled_from([1, 2]),
)
@examples(150)
def test_same_class_comes_first__agrees_with_sorted_distances(
    seed, n, n_features, kind, share, n_same, n_other, cell_rows, n_threads
):
    values = random_rows(seed, n, n_features, kind)
    is_same = np.random.default_rng(seed + 1).random(n) < share
    expected = naive.same_class_comes_first(values, is_same, n_same, n_other)
    found = same_class_comes_first(
        values,
        np.flatnonzero(is_same),
        n_same,
        n_other,
        n_threads=n_threads,
        cell_rows=cell_rows,
    )
    np.testing.assert_array_equal(found, expected)


def test_same_class_comes_first__is_the_same_for_cells_of_any_size():
    n = 1_000 if JIT_DISABLED else 4_000
    values = random_rows(3, n, 6, "even")
    rows = np.flatnonzero(np.random.default_rng(5).random(n) < 0.8)
    answers = [
        same_class_comes_first(values, rows, 3, 1, n_threads=2, cell_rows=cell_rows)
        for cell_rows in (40, 512, n)
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    np.testing.assert_array_equal(answers[0], answers[2])
    assert 0.1 < answers[0].mean() < 0.9


def test_same_class_comes_first__searches_only_for_rows_that_their_cells_leave_open(
    monkeypatch,
):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2_000, 5))
    values[:1_000] += 50  # the class is far from the others
    searched = []

    def noted(points, queries, *rest, **options):
        searched.append(len(queries.rows))
        return runner.run_search(points, queries, *rest, **options)

    monkeypatch.setattr("smotefast.neighbors.same_class_first.run_search", noted)
    found = same_class_comes_first(values, np.arange(1_000), 3, 1, n_threads=1)
    assert found.all()
    assert searched == [1_000]  # the nearest rows of the other class, and no more


@given(seed=st.integers(0, 999), n=st.integers(1, 400), size=st.integers(1, 90))
@examples(60)
def test_cells__contain_each_row_once_and_are_not_too_large(seed, n, size):
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
