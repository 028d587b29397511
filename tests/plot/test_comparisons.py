"""``plot.ratio_curve`` and ``plot.intervals``: lines, points and bars of a comparison."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from smotefast import plot
from smotefast.evaluation.intervals import Interval
from smotefast.evaluation.options import Option
from smotefast.evaluation.summary import OptionSummary
from smotefast.plot.style import COLORS

NO_DIFFERENCE = Interval(0.0, 0.0, 0.0)


def option(name, value, difference=NO_DIFFERENCE, *, model="logistic", ratio=None, k=None):
    """An option whose metrics are a value in both folds."""
    sampler = None if name in ("none", "threshold", "class-weight") else name
    metrics = ("roc_auc", "brier", "calibration_slope")
    scores = {metric: np.full(2, value) for metric in metrics}
    differences = dict.fromkeys(metrics, difference)
    return OptionSummary(
        Option(name, sampler, ratio, k), model, 2, 0.1, 0.5, scores, differences
    )


OPTIONS = [
    option("none", 0.8),
    option("threshold", 0.8),
    option("smote", 0.9, Interval(0.1, 0.02, 0.18), ratio=1.0),
    option("smote", 0.85, Interval(0.05, -0.02, 0.08), ratio=0.5),
    option("random", 0.7, Interval(-0.1, -0.3, 0.1), ratio=1.0),
    option("none", 0.6, model="mine"),
    option("smote", 0.5, Interval(-0.1, None, None), model="mine", ratio=1.0),
]


def result(options=OPTIONS):
    return SimpleNamespace(metric="roc_auc", options=options, winner=options[0])


def lines(axes):
    """The containers of ``errorbar`` by label."""
    return {container.get_label(): container for container in axes.containers}


def ends(container):
    """Both ends of each bar that there is: shape (n, 2, 2)."""
    return np.array([each for each in container.lines[2][0].get_segments() if len(each)])


def test_ratio_curve__goes_through_the_means_in_the_order_of_ratios(ax):
    assert plot.ratio_curve(result(), ax=ax) is ax
    line = lines(ax)["smote"].lines[0]
    assert np.allclose(line.get_xdata(), [0.5, 1.0])
    assert np.allclose(line.get_ydata(), [0.85, 0.9])
    assert "random" not in lines(ax)  # at one ratio
    (reference,) = (one for one in ax.lines if one.get_label() == "doing nothing")
    assert list(reference.get_ydata()) == [0.8, 0.8]
    assert ax.get_title() == "logistic regression"
    assert ax.get_ylabel() == "ROC AUC"


def test_bars__are_the_intervals_of_the_difference_to_the_line():
    bars = ends(lines(plot.ratio_curve(result()))["smote"])
    assert np.allclose(bars[:, :, 1], 0.8 + np.array([[-0.02, 0.08], [0.02, 0.18]]))


def test_bars_of_a_loss__are_turned_around():
    bars = ends(lines(plot.ratio_curve(result(), metric="brier"))["smote"])
    assert np.allclose(bars[1, :, 1], [0.9 - 0.08, 0.9 + 0.08])
    assert np.allclose(bars[0, :, 1], [0.85 - 0.03, 0.85 + 0.07])


def test_calibration__has_no_bars():
    line = lines(plot.ratio_curve(result(), metric="calibration_slope"))["smote"]
    assert len(line.lines[0].get_ydata()) == 2
    assert not len(ends(line))


def test_lines_of_several_samplers__do_not_hide_each_other():
    more = [
        *OPTIONS,
        option("adasyn", 0.9, Interval(0.1, 0.0, 0.2), ratio=0.5),
        option("adasyn", 0.9, Interval(0.1, 0.0, 0.2), ratio=1.0),
    ]
    found = lines(plot.ratio_curve(result(more)))
    x = [found[name].lines[0].get_xdata() for name in ("smote", "adasyn")]
    assert (x[0] < x[1]).all()
    looks = [found[name].lines[0] for name in ("smote", "adasyn")]
    assert (
        len({line.get_color() for line in looks})
        == len({line.get_marker() for line in looks})
        == 2
    )


def test_samplers_at_one_ratio__are_points_if_there_are_no_others():
    axes = plot.ratio_curve(result(), model="mine")
    assert list(lines(axes)["smote"].lines[0].get_ydata()) == [0.5]
    assert axes.get_title() == "mine"


def test_intervals__are_bars_around_the_means(ax):
    assert plot.intervals(result(), ax=ax, markersize=11) is ax
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == [
        "smote 1, logistic",
        "smote 0.5, logistic",
        "random 1, logistic",
        "smote 1, mine",
    ]
    better, others = lines(ax)["shown to be better"], lines(ax)["not shown"]
    assert np.allclose(ends(better)[:, :, 0], [[0.02, 0.18]])
    assert np.allclose(ends(better)[:, :, 1], 0)
    assert np.allclose(others.lines[0].get_xdata(), [0.05, -0.1, -0.1])
    assert np.allclose(ends(others)[:, :, 0], [[-0.02, 0.08], [-0.3, 0.1]])  # one has none
    assert better.lines[0].get_markersize() == 11


def test_what_is_shown_to_be_better__differs_in_color_marker_and_filling():
    found = lines(plot.intervals(result()))
    better, other = (found[name].lines[0] for name in ("shown to be better", "not shown"))
    assert to_hex(better.get_color()) == COLORS[2].lower() != to_hex(other.get_color())
    assert better.get_marker() != other.get_marker()
    assert better.get_markerfacecolor() != other.get_markerfacecolor() == "white"


def test_names_of_metrics_and_classifiers__are_checked():
    with pytest.raises(ValueError, match=r"metric='roc' is none of .* Did you mean 'roc_auc'"):
        plot.intervals(result(), metric="roc")
    with pytest.raises(ValueError, match=r"model='minee' is none of .* Did you mean 'mine'"):
        plot.ratio_curve(result(), model="minee")


def test_results_without_anything_to_draw__are_refused():
    alone = result([OPTIONS[0], replace(OPTIONS[1])])
    with pytest.raises(ValueError, match="No option has a ratio"):
        plot.ratio_curve(alone)
    with pytest.raises(ValueError, match="No option has a difference"):
        plot.intervals(alone)
