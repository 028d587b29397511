"""Bins of the target: where they end, how many rows they get, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from smotefast.regression import SMOTER, RelevanceFunction
from smotefast.regression.bins import rows_after, split_into_bins
from tests.helpers.reference_regression import bins_of


@given(
    y=hnp.arrays(float, st.integers(2, 40), elements=st.integers(-9, 9).map(float)),
    threshold=st.sampled_from([0.2, 0.5, 1.0]),
)
def test_bins__are_those_of_the_paper(y, threshold):
    relevance = np.abs(np.sin(y))
    is_rare = relevance >= threshold
    if is_rare.all() or not is_rare.any():
        with pytest.raises(ValueError, match="nothing to balance"):
            split_into_bins(y, relevance, threshold)
        return
    found = split_into_bins(y, relevance, threshold)
    expected = bins_of(y, relevance, threshold)
    assert [each.positions.tolist() for each in found] == [sorted(rows) for rows in expected]
    assert all(
        each.is_rare == is_rare[rows[0]] for each, rows in zip(found, expected, strict=True)
    )
    ends = [(each.lowest, each.highest) for each in found]
    assert ends == [(y[rows[0]], y[rows[-1]]) for rows in expected]


def split(sizes):
    y = np.repeat(np.arange(len(sizes)), sizes).astype(float)
    return split_into_bins(y, y % 2, 0.5)


def test_balance__gives_all_bins_the_mean_size():
    assert rows_after("balance", split([10, 80, 12])) == [34, 34, 34]


def test_extreme__inverts_the_sizes_and_keeps_their_sum():
    after = rows_after("extreme", split([10, 80, 30]))
    shares = np.array([1 / 10, 1 / 80, 1 / 30]) / (1 / 10 + 1 / 80 + 1 / 30)
    assert after == np.rint(120 * shares).astype(int).tolist()


def test_factors__multiply_the_sizes():
    assert rows_after([2.5, 0.29, 1], split([10, 100, 12])) == [25, 29, 12]


@pytest.mark.parametrize(
    "strategy",
    [
        *([1, 2], [1, 2, -1], [1, 2, np.inf], [[1, 2, 3]], [0, 0, 0]),
        *({0: 20, 1: 30, 2: 20}, {1, 2, 3}, ["a", "b", "c"], [[1], [1, 2]]),
    ],
)
def test_factors__are_one_for_each_bin(strategy):
    with pytest.raises(
        ValueError, match=r"factor of 0 or more, .* for each of the 3 bins.*rare"
    ):
        rows_after(strategy, split([10, 80, 12]))


def test_factors__that_leave_no_rows_are_refused():
    with pytest.raises(ValueError, match=r"\[0.001, 0, 0.01\] leaves no rows.*10, 80, 12"):
        rows_after([0.001, 0, 0.01], split([10, 80, 12]))


def data(n=200):
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, np.exp(X[:, 0])


@pytest.mark.parametrize(
    "relevance",
    [
        [[1, 0], [3, 1]],
        RelevanceFunction(control_points=[[1, 0], [3, 1]]),
        lambda y: np.clip((y - 1) / 2, 0, 1),
    ],
    ids=["points", "function", "callable"],
)
def test_relevance__is_given_in_three_ways(relevance):
    X, y = data()
    sampler = SMOTER(relevance=relevance, random_state=0).fit(X, y)
    assert sampler.bins_[0, 1] < 2 <= sampler.bins_[1, 0]
    assert sampler.sampling_strategy_ == {0: 100, 1: 100}


def test_auto__is_the_box_plot_and_is_fitted_in_each_call():
    X, y = data()
    sampler = SMOTER(relevance=RelevanceFunction(extremes="high"))
    for target in (y, 10 * y):
        expected = RelevanceFunction().fit(target).control_points_
        found = sampler.fit(X, target).relevance_.control_points_
        np.testing.assert_array_equal(found[-1], expected[-1])
        assert not hasattr(sampler.relevance, "control_points_")
    found = SMOTER().fit(X, y).relevance_.control_points_
    np.testing.assert_array_equal(found, RelevanceFunction().fit(y).control_points_)


def test_the_highest_threshold__finds_the_rows_beyond_all_points():
    y = np.random.default_rng(4).standard_t(3, size=500)
    bins = [SMOTER(threshold=each).fit(y[:, np.newaxis], y).bins_ for each in (1, 0.9999)]
    np.testing.assert_array_equal(*bins)
    assert len(bins[0]) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"relevance": lambda y: y}, "not between 0 and 1"),
        ({"relevance": lambda y: y * np.nan}, "not between 0 and 1"),
        ({"relevance": lambda y: 1}, r"returned shape \(\) for y of shape \(200,\)"),
        ({"relevance": [[100, 0], [200, 1]]}, r"is below threshold=0.5.*Lower the threshold"),
        ({"relevance": [[-9, 0], [-5, 1]]}, r"is not below threshold=0.5.*Raise the threshold"),
        ({"relevance": RelevanceFunction}, r"is a class.*RelevanceFunction\(\)"),
        ({"relevance": [["a", "b"], ["c", "d"]]}, "control points.*not numbers"),
        ({"relevance": [[1, 0], [2]]}, "not equally many for each point"),
        ({"threshold": 0}, "'threshold' parameter"),
        ({"relevance": "extremes"}, "'relevance' parameter"),
        ({"sampling_strategy": "balanced"}, "Did you mean 'balance'"),
        ({"k_neighbors": 0}, "'k_neighbors' parameter"),
    ],
)
def test_parameters__are_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        SMOTER(**change).fit_resample(*data())
