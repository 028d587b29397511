"""Search among distinct rows: what sorting all distances gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.neighbors.exact import duplicates
from smotefast.neighbors.exact.duplicates import (
    distinct_rows,
    distinct_share,
    search_distinct,
)
from smotefast.neighbors.planner import plan_search
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import as_points, pool_queries
from smotefast.neighbors.result import as_indices
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples
from tests.helpers.search_problems import search_by

KINDS = {
    "even": lambda values: values,
    "tied": lambda values: np.rint(values) + 0.25,
    "float32": lambda values: values.astype(np.float32),
    "zeros of both signs": lambda values: np.copysign(np.rint(values / 2), values),
    "squares overflow": lambda values: values * 1e160,
    "squares vanish": lambda values: np.rint(values) * 1e-170,
}


def rows_with_duplicates(seed, n, n_distinct, n_features, kind):
    """Return rows most of which have duplicates, in no order."""
    rng = np.random.default_rng(seed)
    distinct = KINDS[kind](rng.normal(size=(n_distinct, n_features)))
    codes = rng.integers(0, 2, (n_distinct, 2))
    which = rng.permutation(np.r_[:n_distinct, rng.integers(0, n_distinct, n - n_distinct)])
    return distinct[which], codes[which]


@given(
    seed=st.integers(0, 9999),
    n=st.integers(20, 200),
    share=st.floats(0.05, 0.5),
    n_features=st.integers(1, 6),
    kind=st.sampled_from(sorted(KINDS)),
    weight=st.sampled_from([0.0, 0.3]),
    k=st.integers(1, 9),
    query_share=st.floats(0, 1),
)
@examples(200)
def test_search_distinct__finds_what_sorting_all_distances_finds(
    seed, n, share, n_features, kind, weight, k, query_share
):
    n_distinct = max(2, int(share * n))
    values, codes = rows_with_duplicates(seed, n, n_distinct, n_features, kind)
    rows = np.flatnonzero(np.random.default_rng(seed + 1).random(n) < query_share)
    points = as_points(values, codes, weight) if weight else as_points(values)
    queries = pool_queries(points, rows)
    with np.errstate(over="ignore", invalid="ignore"):
        expected = naive.nearest_points(points, queries, k)
        found = search_by("distinct", points, queries, k, n_threads=2)
    np.testing.assert_array_equal(found.indices, expected)


def test_search_distinct__is_a_search_among_distinct_rows():
    values, _ = rows_with_duplicates(0, 200, 50, 3, "even")
    points = as_points(values)
    smaller = search_distinct(points, pool_queries(points, np.arange(200)), 3, n_threads=1)
    assert smaller.points.values.shape == (50, 3)
    assert len(smaller.queries.rows) == 50
    others = (np.arange(50)[:, np.newaxis] + [1, 2, 3]) % 50
    assert smaller.expand(others).shape == (200, 3)


@pytest.mark.parametrize(("n_distinct", "is_chosen"), [(300, True), (9_000, False)])
def test_search_distinct__is_chosen_for_data_with_duplicates(n_distinct, is_chosen):
    values, _ = rows_with_duplicates(0, 9_000, n_distinct, 10, "even")
    points = as_points(values)
    given = describe_search(points, pool_queries(points, np.arange(9_000)), 3)
    assert (plan_search(given).method == "distinct") is is_chosen


def test_distinct_rows__are_numbered_by_their_first_row():
    points = as_points(np.array([[3.0], [1.0], [3.0], [2.0], [1.0], [3.0], [3.0], [1.0]]))
    distinct = distinct_rows(points, 2)
    np.testing.assert_array_equal(distinct.points.values[:, 0], [3, 1, 2])
    np.testing.assert_array_equal(distinct.number, [0, 1, 0, 2, 1, 0, 0, 1])
    np.testing.assert_array_equal(distinct.counts, [4, 3, 1])
    smaller = search_distinct(points, pool_queries(points, np.array([3, 5])), 2, n_threads=1)
    np.testing.assert_array_equal(smaller.queries.rows, [0, 2])
    found = smaller.expand(np.array([[2, 1], [0, 1]]))
    np.testing.assert_array_equal(found, [[0, 1], [0, 2]])


def test_distinct_rows__are_none_if_more_than_half_are_distinct():
    values = np.random.default_rng(0).normal(size=(300, 2))
    values[:140] = values[150:290]
    assert distinct_rows(as_points(values), 3) is None
    assert distinct_share(as_points(values)) == 160 / 300
    values[:155] = values[150]
    assert distinct_rows(as_points(values), 3).counts.max() == 155


def test_distinct_rows__are_none_if_they_are_no_more_than_k():
    points = as_points(np.repeat(np.arange(5.0), 20)[:, np.newaxis])
    assert distinct_rows(points, 4) is not None
    assert distinct_rows(points, 5) is None


def test_distinct_rows__are_compared_by_more_than_their_hashes(monkeypatch):
    values, _ = rows_with_duplicates(0, 200, 50, 3, "even")
    hash_rows = duplicates.hash_rows

    def hash_poorly(values, codes):
        return hash_rows(values, codes) % np.uint64(40)

    monkeypatch.setattr(duplicates, "hash_rows", hash_poorly)
    assert distinct_rows(as_points(values), 3) is None


def test_search_distinct__refuses_nan():
    values, _ = rows_with_duplicates(0, 200, 50, 3, "even")
    values[values[:, 0] == values[7, 0], 1] = np.nan
    points = as_points(values)
    found = search_by("distinct", points, pool_queries(points, np.arange(200)), 3).indices
    with pytest.raises(ValueError, match="NaN or infinity"):
        as_indices(found, 200)
