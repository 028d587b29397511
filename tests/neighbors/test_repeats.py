"""Rows that stand many times: the neighbours that sorting all distances gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.neighbors import find_neighbors
from smotefast.neighbors import search as door
from smotefast.neighbors.exact import duplicates as repeats
from smotefast.neighbors.exact.duplicates import distinct_rows, in_all_places
from smotefast.neighbors.queries import points_of, within
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

KINDS = {
    "even": lambda values: values,
    "tied": lambda values: np.rint(values) + 0.25,
    "float32": lambda values: values.astype(np.float32),
    "zeros of both signs": lambda values: np.copysign(np.rint(values / 2), values),
    "squares overflow": lambda values: values * 1e160,
    "squares vanish": lambda values: np.rint(values) * 1e-170,
}


def repeated(seed, n, n_distinct, n_features, kind):
    """Make rows most of which stand several times, in no order."""
    rng = np.random.default_rng(seed)
    some = KINDS[kind](rng.normal(size=(n_distinct, n_features)))
    codes = rng.integers(0, 2, (n_distinct, 2))
    which = rng.permutation(np.r_[:n_distinct, rng.integers(0, n_distinct, n - n_distinct)])
    return some[which], codes[which]


@pytest.fixture(autouse=True)
def _looked_at(monkeypatch):
    monkeypatch.setattr(repeats, "_FEWEST", 0)
    monkeypatch.setattr(repeats, "LITTLE_WORK", 0)


@given(
    seed=st.integers(0, 9999),
    n=st.integers(20, 200),
    share=st.floats(0.05, 0.5),
    n_features=st.integers(1, 6),
    kind=st.sampled_from(sorted(KINDS)),
    weight=st.sampled_from([0.0, 0.3]),
    k=st.integers(1, 9),
    asked=st.floats(0, 1),
)
@examples(200)
def test_find_neighbors__of_rows_that_repeat_finds_what_sorting_all_distances_finds(
    seed, n, share, n_features, kind, weight, k, asked
):
    values, codes = repeated(seed, n, max(2, int(share * n)), n_features, kind)
    queries = np.flatnonzero(np.random.default_rng(seed + 1).random(n) < asked)
    kept = {"codes": codes, "weight": weight} if weight else {}
    points = points_of(values, codes, weight) if weight else points_of(values)
    with np.errstate(over="ignore", invalid="ignore"):
        expected = naive.nearest_points(points, within(points, queries), k)
        found = find_neighbors(values, k, queries=queries, search="exact", n_threads=2, **kept)
    np.testing.assert_array_equal(found.indices, expected)


@pytest.mark.parametrize("search", ["auto", "exact"])
def test_find_neighbors__searches_among_distinct_rows_only(search, monkeypatch):
    values, _ = repeated(0, 200, 50, 3, "even")
    searched = []
    exact = door._exact

    def noted(points, *rest):
        searched.append(points.values.shape[0])
        return exact(points, *rest)

    monkeypatch.setattr(door, "_exact", noted)
    assert find_neighbors(values, 3, search=search, n_threads=1).indices.shape == (200, 3)
    assert searched == [50]


def test_distinct_rows__are_told_by_their_first_positions():
    values = np.array([[3.0], [1.0], [3.0], [2.0], [1.0], [3.0], [3.0], [1.0]])
    points = points_of(values)
    distinct = distinct_rows(points, within(points, np.arange(8)), 2)
    np.testing.assert_array_equal(distinct.points.values[:, 0], [3, 1, 2])
    np.testing.assert_array_equal(distinct.of, [0, 1, 0, 2, 1, 0, 0, 1])
    np.testing.assert_array_equal(distinct.sizes, [4, 3, 1])
    near = np.array([[2, 1], [2, 0], [0, 1]])
    found = in_all_places(distinct, np.arange(3), near, np.array([3, 5]), n_threads=1)
    np.testing.assert_array_equal(found, [[0, 1], [0, 2]])


def test_distinct_rows__are_not_used_where_most_rows_stand_once():
    values = np.random.default_rng(0).normal(size=(300, 2))
    values[:140] = values[150:290]
    points = points_of(values)
    assert distinct_rows(points, within(points, np.arange(300)), 3) is None
    values[:155] = values[150]
    points = points_of(values)
    assert distinct_rows(points, within(points, np.arange(300)), 3).sizes.max() == 155


def test_distinct_rows__are_not_used_for_more_neighbors_than_they_are():
    points = points_of(np.repeat(np.arange(5.0), 20)[:, np.newaxis])
    asked = within(points, np.arange(100))
    assert distinct_rows(points, asked, 4) is not None
    assert distinct_rows(points, asked, 5) is None


def test_distinct_rows__are_not_taken_from_hashes_alone(monkeypatch):
    values, _ = repeated(0, 200, 50, 3, "even")
    hashed = repeats.hash_rows

    def poor(values, codes):
        return hashed(values, codes) % np.uint64(40)

    monkeypatch.setattr(repeats, "hash_rows", poor)
    points = points_of(values)
    assert distinct_rows(points, within(points, np.arange(200)), 3) is None


def test_find_neighbors__of_rows_that_repeat_refuses_what_is_no_number():
    values, _ = repeated(0, 200, 50, 3, "even")
    values[values[:, 0] == values[7, 0], 1] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity"):
        find_neighbors(values, 3, search="exact", n_threads=1)
