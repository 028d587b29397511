"""What property tests draw: the same examples in each usual run, and data without ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.datasets import classes, mixed
from tests.helpers.distance_ties import (
    categories_are_tied,
    has_ties,
    mixed_has_ties,
    sums_are_tied,
    without_ties,
)


def drawn():
    seen = []

    @settings(max_examples=30)
    @given(st.integers(0, 2**31), st.lists(st.integers(7, 90), min_size=2, max_size=5))
    def note(number, sizes):
        seen.append((number, sizes))

    note()
    return seen


def test_examples__are_the_same_each_time_unless_fresh_ones_are_asked_for():
    assert (drawn() == drawn()) == settings().derandomize


def test_examples__are_kept_in_no_database():
    assert settings().database is None


def test_equal_rows__are_ties_and_are_left_out():
    X, _ = classes(385, [71, 77, 80, 75], 1, np.float32)  # two of 303 values are the same
    assert has_ties(X)
    X, _ = without_ties(classes, 385, [71, 77, 80, 75], 1, np.float32)
    assert X.shape == (303, 1)
    assert not has_ties(X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_two_rows_equally_far_from_a_third__are_ties(dtype, offset):
    X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0], [9.0, 5.0]]) + offset
    assert has_ties(X.astype(dtype))
    X[1, 0] += 0.01
    assert not has_ties(X.astype(dtype))


def test_rows_between_the_same_others__have_tied_sums_of_distances():
    X, y = classes(0, [6, 9], 1, np.float32)
    how = {"farthest": True}
    assert sums_are_tied(X[y == 1], X[y == 0], 4, **how)
    assert not sums_are_tied(X[y == 1], X[y == 0], 3, **how)


def test_equal_numbers_with_as_many_other_categories__are_ties():
    X, y = mixed(0, (9, 7), n_numeric=2)
    assert not mixed_has_ties(X, y, 2)
    rows = np.flatnonzero(y == 1)[:3]
    X[rows] = [[1, 1, 0, 0], [2, 2, 1, 1], [2, 2, 2, 2]]
    assert mixed_has_ties(X, y, 2)


def test_categories__tie_only_if_the_last_neighbor_could_be_another():
    X, y = np.array([[0, 0], [0, 1], [0, 2], [1, 2]] * 2), np.repeat([0, 1], 4)
    assert categories_are_tied(X, y, 1)
    assert not categories_are_tied(X, y, 3)
