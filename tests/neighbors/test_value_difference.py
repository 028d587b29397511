"""Nearest rows by the value difference metric, by every search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.metrics.pairwise import ValueDifferenceMetric

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import (
    RecallWarning,
    find_neighbors_by_value_difference,
    problem,
    value_difference,
)
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

SOME = examples(10 if JIT_DISABLED else 60)
compiled = pytest.mark.skipif(JIT_DISABLED, reason="plain Python is slow on so many rows")


def find(codes, shares, k, **options):
    return find_neighbors_by_value_difference(codes, k, shares=shares, **options)


def categories(seed, n_rows, n_columns, n_values, n_classes):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_values, (n_rows, n_columns)).astype(np.int32)
    y = rng.integers(0, n_classes, n_rows)
    y[:n_classes] = np.arange(n_classes)
    return codes, y, naive.class_shares(codes, y)


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(5, 60), st.integers(1, 5)),
    n_values=st.integers(1, 8),
    n_classes=st.integers(3, 5),
    is_loaded=st.booleans(),
    data=st.data(),
)
def test_value_difference__finds_what_sorting_all_distances_finds(
    seed, shape, n_values, n_classes, is_loaded, data
):
    codes, _, shares = categories(seed, *shape, n_values, n_classes)
    k = data.draw(st.integers(1, shape[0] - 1))
    queries = np.flatnonzero(np.random.default_rng(seed).random(shape[0]) < 0.7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problem, "kernels_are_loaded", lambda: is_loaded)
        found = find(codes, shares, k, queries=queries, n_threads=2)
        everyone = find(codes, shares, k, n_threads=1)
    assert found.method == "exact"
    assert found.indices.dtype == np.int32
    assert np.array_equal(
        found.indices, naive.nearest_by_value_difference(codes, shares, k, queries)
    )
    assert np.array_equal(everyone.indices[queries], found.indices)


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(5, 60), st.integers(1, 5)),
    n_values=st.integers(2, 8),
    data=st.data(),
)
def test_value_difference__of_two_classes_finds_rows_as_close_as_the_metric_says(
    seed, shape, n_values, data
):
    codes, y, shares = categories(seed, *shape, n_values, 2)
    k = data.draw(st.integers(1, shape[0] - 1))
    found = find(codes, shares, k, n_threads=1).indices
    metric = ValueDifferenceMetric(n_categories=[int(c.max()) + 1 for c in codes.T])
    distances = metric.fit(codes, y).pairwise(codes)
    np.fill_diagonal(distances, np.inf)
    mine = np.take_along_axis(distances, found, axis=1)
    np.testing.assert_allclose(mine, np.sort(distances, axis=1)[:, :k], rtol=1e-9, atol=1e-12)
    assert (found != np.arange(len(codes))[:, None]).all()
    assert all(len(set(row)) == k for row in found.tolist())


def test_value_difference__is_the_metric_of_imbalanced_learn():
    codes, y, shares = categories(0, 60, 4, 5, 4)
    metric = ValueDifferenceMetric(n_categories=[int(c.max()) + 1 for c in codes.T])
    expected = metric.fit(codes, y).pairwise(codes)
    for row in range(60):
        np.testing.assert_allclose(
            naive.value_differences(codes, shares, row), expected[row], rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize("n_classes", [2, 3])
def test_value_difference__is_the_same_in_blocks(n_classes, monkeypatch):
    codes, _, shares = categories(0, 200, 3, 6, n_classes)
    whole = find(codes, shares, 5, n_threads=2).indices
    monkeypatch.setattr(problem, "kernels_are_loaded", lambda: True)
    monkeypatch.setattr(value_difference, "_LOOKUPS_PER_THREAD", 1)
    assert np.array_equal(find(codes, shares, 5, n_threads=1).indices, whole)


def many(seed=0, n=6_000, n_classes=3):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    codes = (rng.integers(0, 60, (n, 5)) + 15 * y[:, None]) % 80
    return codes.astype(np.int32), _shares(codes, y, n_classes)


def _shares(codes, y, n_classes):
    tables = []
    for column in codes.T:
        table = np.zeros((column.max() + 1, n_classes))
        np.add.at(table, (column, y), 1.0)
        tables.append(table / np.maximum(table.sum(axis=1, keepdims=True), 1))
    return tables


@compiled
@pytest.mark.parametrize("n_classes", [2, 3])
def test_value_difference__by_approximate_search_finds_most_and_reports_the_recall(n_classes):
    codes, shares = many(n_classes=n_classes)
    queries = np.arange(0, 6_000, 3)
    found = find(codes, shares, 5, queries=queries, search="approximate", n_threads=2)
    assert found.method == "approximate"
    assert found.recall >= 0.95
    assert (found.indices != queries[:, None]).all()
    assert all(len(set(row)) == 5 for row in found.indices.tolist())
    again = find(codes, shares, 5, queries=queries, search="approximate", n_threads=1)
    assert np.array_equal(found.indices, again.indices)


@compiled
def test_value_difference__warns_of_a_low_recall(monkeypatch):
    codes, shares = many()
    monkeypatch.setattr("smotefast.neighbors.value_difference.recall", lambda *_: 0.5)
    with pytest.warns(RecallWarning, match=r"found 0\.50 of the true neighbors"):
        found = find(codes, shares, 5, search="approximate", n_threads=2)
    assert found.recall == 0.5


@compiled
@pytest.mark.parametrize("n_classes", [2, 3])
def test_value_difference__of_identical_rows_finds_others(n_classes):
    codes = np.zeros((6_000, 3), np.int32)
    shares = [np.full((1, n_classes), 1 / n_classes)] * 3
    for search in ("exact", "approximate"):
        found = find(codes, shares, 4, search=search, n_threads=2).indices
        assert (found != np.arange(6_000)[:, None]).all()
        assert all(len(set(row)) == 4 for row in found[::100].tolist())
