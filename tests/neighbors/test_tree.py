"""The k-d tree: where it is taken, and that it finds what sorting all distances gives."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import find_neighbors, found_soon
from smotefast.neighbors.exact import kdtree as tree
from smotefast.neighbors.exact.kdtree import search_tree, tree_pays
from smotefast.neighbors.queries import points_of, within
from tests.helpers import reference_kernels as naive


def _pays(rows, n_queries=20_000, k=5):
    points = points_of(rows)
    return tree_pays(points, within(points, np.arange(n_queries)), k)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
def test_tree__pays_where_few_columns_tell_many_rows_apart():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30_000, 12))
    assert _pays(rows[:, :2])
    assert _pays(rows[:, :2].astype(np.float32))
    assert not _pays(rows)
    assert _pays(rows * np.array([1e3, 1e4, *[1] * 10]))  # as incomes beside ages
    assert not _pays(rows[:, :2], n_queries=10)
    assert not _pays(rows[:, :2].round())  # duplicates cannot be split
    assert not _pays(rows[:, :2], k=300)
    assert not _pays(np.zeros((30_000, 2)))
    clusters = rng.normal(scale=50, size=(300, 12))[rng.integers(0, 300, 30_000)]
    assert not _pays(clusters + rows)  # a sample has seven rows of each


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can compare")
@pytest.mark.parametrize("value", [1e30, 1e160, 1e308])
def test_tree__is_looked_for_in_silence_where_squares_overflow(value):
    rows = np.random.default_rng(0).normal(size=(30_000, 2))
    rows[7], rows[8] = value, -value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _pays(rows)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_tree__takes_no_infinite_numbers(value):
    rows = np.random.default_rng(0).normal(size=(30_000, 2))
    rows[7, 1] = value
    assert not _pays(rows)


@pytest.mark.skipif(JIT_DISABLED, reason="needs more rows than plain Python can search")
def test_search_auto__is_exact_where_the_tree_serves():
    rows = np.random.default_rng(0).normal(size=(60_000, 15))
    assert find_neighbors(rows, 5, n_threads=2).method == "approximate"
    assert not found_soon(rows, 5)
    rows[:, :2] *= 1e4
    assert find_neighbors(rows, 5, n_threads=2).method == "exact"
    assert found_soon(rows, 5)
    some = find_neighbors(rows, 5, search="approximate", n_threads=2)
    assert some.method == "approximate"


@pytest.mark.parametrize("at_once", [1, 1 << 20])
@pytest.mark.parametrize(
    ("n_copies", "k", "is_sure"), [(1, 5, True), (8, 9, True), (50, 5, False)]
)
def test_tree__settles_what_more_candidates_can(n_copies, k, is_sure, at_once, monkeypatch):
    monkeypatch.setattr(tree, "_VALUES_AT_ONCE", at_once)
    rows = np.repeat(np.random.default_rng(0).integers(0, 10**6, (60, 2)), n_copies, axis=0)
    rows = points_of(rows.astype(float))
    asked = within(rows, np.arange(0, 60 * n_copies, 7))
    _, found, certain = search_tree(rows, asked, k, n_threads=2)
    expected = naive.nearest_points(rows, asked, k)
    assert np.array_equal(found[certain], expected[certain])
    assert certain.all() == is_sure
