"""The k-d tree: when it is chosen, and that it finds what sorting all distances gives."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors, same_class_first_pays
from smotefast.neighbors.exact import kdtree
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import as_points, pool_queries
from smotefast.neighbors.rules import kdtree_pays
from tests.helpers import reference_kernels as naive
from tests.helpers.search_problems import resolved, search_only_by


def pays(rows, n_queries=20_000, k=5):
    points = as_points(rows)
    return kdtree_pays(describe_search(points, pool_queries(points, np.arange(n_queries)), k))


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_kdtree__pays_where_few_columns_dominate_the_distance():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30_000, 12))
    assert pays(rows[:, :2])
    assert pays(rows[:, :2].astype(np.float32))
    assert not pays(rows)
    assert pays(rows * np.array([1e3, 1e4, *[1] * 10]))  # as incomes next to ages
    assert not pays(rows[:, :2], n_queries=10)
    assert not pays(rows[:, :2].round())  # duplicates cannot be split
    assert not pays(rows[:, :2], k=300)
    assert not pays(np.zeros((30_000, 2)))
    clusters = rng.normal(scale=50, size=(300, 12))[rng.integers(0, 300, 30_000)]
    assert not pays(clusters + rows)  # a sample has seven rows of each


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
@pytest.mark.parametrize("value", [1e30, 1e160, 1e308])
def test_kdtree__is_planned_without_warnings_where_squares_overflow(value):
    rows = np.random.default_rng(0).normal(size=(30_000, 2))
    rows[7], rows[8] = value, -value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pays(rows)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_kdtree__is_not_used_for_infinite_numbers(value):
    rows = np.random.default_rng(0).normal(size=(30_000, 2))
    rows[7, 1] = value
    assert not pays(rows)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can search")
def test_search_auto__is_exact_where_a_kdtree_pays():
    rows = np.random.default_rng(0).normal(size=(60_000, 15))
    assert find_neighbors(rows, 5, n_threads=2).method == "approximate"
    assert same_class_first_pays(rows, [54_000], 5, search="auto")
    rows[:, :2] *= 1e4
    assert find_neighbors(rows, 5, n_threads=2).method == "exact"
    assert not same_class_first_pays(rows, [54_000], 5, search="auto")
    some = find_neighbors(rows, 5, search="approximate", n_threads=2)
    assert some.method == "approximate"


@pytest.mark.parametrize("values_per_call", [1, 1 << 20])
@pytest.mark.parametrize(
    ("n_copies", "k", "is_certain"), [(1, 5, True), (8, 9, True), (50, 5, False)]
)
def test_kdtree__resolves_ties_with_more_candidates(
    n_copies, k, is_certain, values_per_call, monkeypatch
):
    monkeypatch.setattr(kdtree, "_VALUES_PER_CALL", values_per_call)
    values = np.random.default_rng(0).integers(0, 10**6, (60, 2))
    points = as_points(np.repeat(values, n_copies, axis=0).astype(float))
    queries = pool_queries(points, np.arange(0, 60 * n_copies, 7))
    found = search_only_by("kdtree", points, queries, k, n_threads=2)
    certain = resolved(found, queries)
    expected = naive.nearest_points(points, queries, k)
    assert np.array_equal(found.indices[certain], expected[certain])
    assert certain.all() == is_certain
