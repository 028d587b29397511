"""Intervals of differences: by hand, in special cases, and their error rate by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from smotefast.evaluation.intervals import corrected_error, critical_value, intervals


def test_corrected_error__is_the_formula_of_nadeau_and_bengio():
    differences = [0.1, 0.3, 0.2, 0.0]
    mean = sum(differences) / 4
    variance = sum((each - mean) ** 2 for each in differences) / 3
    expected = math.sqrt((1 / 4 + 0.25) * variance)
    assert corrected_error(np.array(differences), 0.25) == pytest.approx(expected)


def test_one_option__has_the_t_interval():
    differences = np.random.default_rng(0).normal(0.02, 0.05, 15)
    (found,) = intervals(differences[:, np.newaxis], 0.25, 0.01)
    error = math.sqrt((1 / 15 + 0.25) * differences.var(ddof=1))
    width = stats.t.ppf(0.975, 14) * error
    assert found.mean == pytest.approx(differences.mean())
    assert found.low == pytest.approx(differences.mean() - width, abs=0.05 * width)
    assert found.high == pytest.approx(differences.mean() + width, abs=0.05 * width)


def test_width__is_between_that_of_one_option_and_that_of_bonferroni():
    rng = np.random.default_rng(0)
    common = rng.normal(size=(15, 1))
    for share in (0.0, 0.5, 0.9):
        differences = share * common + (1 - share) * rng.normal(size=(15, 20))
        width = critical_value(differences)
        assert stats.t.ppf(0.975, 14) < width
        assert width < 1.05 * stats.t.ppf(1 - 0.025 / 20, 14)


def test_options_that_agree__count_once():
    column = np.random.default_rng(0).normal(size=(15, 1))
    assert critical_value(np.repeat(column, 10, axis=1)) == critical_value(column)


@pytest.mark.parametrize(
    ("column", "expected"),
    [([0.0] * 5, (0.0, 0.0, 0.0)), ([np.nan] * 5, (None, None, None))],
)
def test_no_difference_and_no_values(column, expected):
    differences = np.column_stack([column, np.arange(5.0)])
    found = intervals(differences, 0.25, 0.1)[0]
    assert (found.mean, found.low, found.high) == expected
    assert not found.better


def test_no_difference__is_uncertain_unless_it_is_0_by_construction():
    differences = np.column_stack([np.zeros(5), np.zeros(5), np.arange(5.0)])
    exact, chance, varies = intervals(differences, 0.25, 0.02, uncertain=[1, 2])
    assert exact.is_zero
    assert chance.low < 0 < chance.high == -chance.low
    assert not chance.better
    assert varies == intervals(differences, 0.25, 0.02)[2]


def test_equal_differences__have_the_error_of_half_a_row():
    found = intervals(np.full((5, 1), 0.5), 0.25, 0.02)[0]
    assert found.mean == 0.5
    assert found.low < 0.5 < found.high
    assert found.better


def test_folds_without_a_value__are_left_out():
    column = np.array([0.1, 0.2, 0.4, 0.2, np.nan])
    found = intervals(np.column_stack([column, np.arange(5.0)]), 0.25, 0.1)[0]
    assert found.mean == pytest.approx(0.225)
    assert found.low < 0.225 < found.high


def test_one_fold__has_no_interval():
    found = intervals(np.array([[0.3, -0.1]]), 0.25, 0.1)
    assert [each.mean for each in found] == [0.3, -0.1]
    assert not any(each.better or each.low is not None for each in found)


@pytest.mark.parametrize("share", [0.0, 0.7])
def test_without_a_difference__few_families_claim_one(share):
    # Folds are independent here, so that the correction for overlap is 0.
    rng = np.random.default_rng(1)
    n_claimed = 0
    for _ in range(300):
        common = rng.normal(size=(15, 1))
        differences = share * common + (1 - share) * rng.normal(size=(15, 12))
        n_claimed += any(each.better for each in intervals(differences, 0.0, 0.1))
    assert n_claimed <= 0.045 * 300  # one-sided: 2.5% expected
