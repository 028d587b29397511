"""RelevanceFunction: control points of the box plot, the cubic between points, errors."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone

from smotefast.regression import RelevanceFunction
from tests.helpers.reference_regression import relevance

SKEWED = np.r_[-30.0, 1:11, 50.0, 70.0]


@pytest.mark.parametrize(
    ("extremes", "expected"),
    [
        # fivenum() of R: -30, 3, 6, 9, 70, and whiskers at 1 and 10
        ("both", [[1, 1], [6, 0], [10, 1]]),
        ("high", [[-30, 0], [6, 0], [10, 1]]),
        ("low", [[1, 1], [6, 0], [70, 0]]),
    ],
)
def test_extremes__are_beyond_the_whiskers_of_the_box_plot_of_r(extremes, expected):
    points = RelevanceFunction(extremes=extremes).fit(SKEWED).control_points_
    np.testing.assert_array_equal(points[:, :2], expected)
    np.testing.assert_array_equal(points[:, 2], 0)


@pytest.mark.parametrize("n", range(12, 16))
def test_hinges__are_tukeys_for_any_number_of_values(n):
    y = np.r_[np.arange(n - 1.0), 1e3]
    lower, upper = np.split(y, [(n + 1) // 2])[0], y[n // 2 :]
    reach = 1.5 * (np.median(upper) - np.median(lower))
    (_, *_, high) = RelevanceFunction(extremes="high").fit(y).control_points_[:, 0]
    assert high == y[y <= np.median(upper) + reach].max()


def test_coef__moves_the_whiskers():
    points = RelevanceFunction(extremes="high", coef=8).fit(SKEWED).control_points_
    assert points[-1].tolist() == [50, 1, 0]


def test_a_side_without_extremes__is_not_rare():
    y = np.r_[1:11, 60.0]
    function = RelevanceFunction().fit(y)
    np.testing.assert_array_equal(function([-5, 1, 6]), 0)
    assert function([60])[0] == 1


def test_values__are_those_of_the_cubic_between_control_points():
    points = [[0, 1, 0], [4, 0, 0], [6, 0.2, 0.1], [10, 1, 0]]
    function = RelevanceFunction(control_points=points).fit([])
    y = np.linspace(-3, 13, 100)
    expected = [relevance(points, value) for value in y]
    np.testing.assert_allclose(function(y), expected, atol=1e-12)


def test_points_without_slopes__get_the_mean_slope_of_the_lines():
    points = (
        RelevanceFunction(control_points=[[0, 0], [2, 0.4], [4, 1]]).fit([]).control_points_
    )
    np.testing.assert_allclose(points[:, 2], [0, 0.25, 0])


@given(
    values=hnp.arrays(float, st.integers(2, 6), elements=st.floats(-50, 50), unique=True),
    data=st.data(),
)
def test_relevance__stays_between_the_relevance_of_two_points(values, data):
    values = np.sort(np.round(values, 2))
    values += np.arange(len(values))
    shape = len(values), 2
    drawn = data.draw(hnp.arrays(float, shape, elements=st.floats(0, 1)))
    points = np.column_stack([values, drawn[:, 0], 20 * drawn[:, 1] - 10])
    function = RelevanceFunction(control_points=points).fit([])
    for (x0, p0), (x1, p1) in zip(points[:-1, :2], points[1:, :2], strict=True):
        found = function(np.linspace(x0, x1, 30))
        assert (np.diff(found) * np.sign(p1 - p0) >= -1e-9).all()
        np.testing.assert_allclose(found[[0, -1]], [p0, p1], atol=1e-9)


def test_relevance__is_that_of_imbreg():
    reason = "imbreg is not installed; the papers are compared in other tests"
    imbreg = pytest.importorskip("imbreg.stratification", reason=reason)
    rng = np.random.default_rng(0)
    for y in (
        np.exp(rng.normal(size=301)),
        rng.standard_t(2, 500),
        -np.exp(rng.normal(size=78)),
    ):
        theirs = imbreg.phi(np.sort(y), imbreg.phi_control(y, method="extremes"))
        np.testing.assert_allclose(RelevanceFunction().fit(y)(np.sort(y)), theirs, atol=1e-12)
    # Slopes within the region of monotone cubics, and beyond it.
    points = np.array([[0, 0.1, 0.7], [1, 0.8, 2.0], [3, 0.9, 0.05], [5, 1, 0.4]])
    values = np.linspace(0, 5, 200)
    theirs = imbreg.phi(values, imbreg.phi_control(values, method="range", control_pts=points))
    ours = RelevanceFunction(control_points=points).fit([])(values)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize(
    ("parameters", "y", "message"),
    [
        ({}, np.arange(20.0), r"No value of y is an extreme.*Lower coef"),
        ({"extremes": "low"}, np.r_[1:11, 60.0], r"beyond the low whisker"),
        ({}, np.r_[np.zeros(20), 1.0, 2.0], r"whisker of the box plot of y is the median, 0"),
        ({"control_points": [[1, 0], [1, 1]]}, [], r"finite and ascending.*Sort"),
        ({"control_points": [[1, 0], [2, 1.5]]}, [], r"relevance of control_points must be"),
        ({"control_points": [1, 2]}, [], r"control_points has shape \(2,\)"),
        ({"extremes": "hi"}, [], r"'extremes' parameter.*Did you mean 'high'"),
    ],
)
def test_what_cannot_be_a_function__is_refused_with_advice(parameters, y, message):
    with pytest.raises(ValueError, match=message):
        RelevanceFunction(**parameters).fit(y)


def test_clones__have_the_parameters():
    points = [[0, 0], [1, 1]]
    assert clone(RelevanceFunction(control_points=points)).control_points == points


@given(
    relevance=st.lists(st.floats(0, 1), min_size=2, max_size=6),
    data=st.data(),
)
def test_relevance__is_monotone_between_two_points(relevance, data):
    slopes = data.draw(st.lists(st.floats(-50, 50), min_size=6, max_size=6))
    points = [[i, *values] for i, values in enumerate(zip(relevance, slopes, strict=False))]
    with_slopes = data.draw(st.booleans())
    given_points = points if with_slopes else np.array(points)[:, :2]
    function = RelevanceFunction(control_points=given_points).fit([])
    for i, (left, right) in enumerate(pairwise(relevance)):
        changes = np.diff(function(np.linspace(i, i + 1, 101))) * np.sign(right - left)
        assert (changes >= -1e-12).all()


def test_a_slope_lowered_for_one_interval__does_not_break_the_one_before():
    function = RelevanceFunction(control_points=[[0, 1], [1, 0.36], [2, 0.26], [3, 0.26]])
    values = function.fit([])(np.linspace(0, 3, 1001))
    assert (np.diff(values) <= 1e-15).all()
    function = RelevanceFunction(control_points=[[0, 0, 2], [1, 0.5, 0.5], [2, 0.5, 0]])
    assert function.fit([])(np.linspace(0, 3, 1001)).max() == 0.5


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=6, unique=True), st.data())
def test_control_points__have_exactly_their_relevance(values, data):
    values = sorted(values)
    relevance = data.draw(st.lists(st.floats(0, 1), min_size=6, max_size=6))[: len(values)]
    points = np.column_stack([values, relevance])
    function = RelevanceFunction(control_points=points).fit([])
    np.testing.assert_array_equal(function(values), relevance)
    beyond = function([values[0] - 1, values[-1] + 1])
    np.testing.assert_array_equal(beyond, [relevance[0], relevance[-1]])


@pytest.mark.parametrize("ends", [(0, 5e-324), (-1.7e308, 1.7e308)])
def test_points__may_be_next_to_each_other_or_at_both_ends_of_all_numbers(ends):
    function = RelevanceFunction(control_points=[[ends[0], 0], [ends[1], 1]]).fit([])
    assert function([ends[0], ends[1]]).tolist() == [0, 1]
    assert function([0.0])[0] == (0.5 if ends[0] else 0)


@pytest.mark.parametrize("scale", [1e103, 1e-110, 1e306, 1e-305])
def test_relevance__does_not_depend_on_the_unit_of_y(scale):
    expected = RelevanceFunction().fit(SKEWED)(SKEWED)
    scaled = SKEWED * scale
    np.testing.assert_allclose(RelevanceFunction().fit(scaled)(scaled), expected, atol=1e-9)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1, np.nan, 3, 100], "1 targets are missing"),
        ([], "y has no values"),
        (np.ones((3, 2)), "y has 2 columns"),
        (np.ma.masked_greater([1.0, 2.0, 3.0, 100.0], 50), "y is a masked array"),
    ],
)
def test_targets_without_a_box_plot__are_refused_by_name(y, message):
    with pytest.raises(ValueError, match=message):
        RelevanceFunction().fit(y)
