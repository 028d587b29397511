"""Results of ``smotefast.compare``: a metric by ratio, and differences with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast.plot.style import (
    COLORS,
    GRAY,
    add_legend,
    class_style,
    open_axes,
    plain_text,
    with_defaults,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from smotefast.evaluation import Comparison
    from smotefast.evaluation.summary import OptionSummary

# Lines are drawn this far from each other, as a share of the axis, so that no interval
# hides another.
_SHIFT = 0.006


def ratio_curve(
    result: Comparison,
    *,
    metric: str | None = None,
    model: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw a metric against the ratio of the classes after resampling, for each sampler.

    The dashed line is doing nothing with the same classifier. A vertical bar is the 95%
    interval of the difference to it: where a bar does not touch the line, a difference is
    shown.

    Parameters
    ----------
    result : Comparison
        The result of :func:`smotefast.compare`.
    metric : str, default=None
        A metric of the result. None means the one that options were chosen by.
    model : str, default=None
        A classifier of the result. None means that of the option to use.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    **kwargs
        Keyword arguments for ``Axes.errorbar``.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with a line for each sampler and number of neighbors; without samplers at one
        ratio if others were tried at several.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    ValueError
        If the result has no such metric or classifier, or no sampler with a ratio.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> import smotefast
    >>> X, y = make_classification(600, weights=[0.9], random_state=0)
    >>> result = smotefast.compare(
    ...     X, y, models="logistic", samplers=["smote"], ratios=[0.3, 1], repeats=1
    ... )
    >>> axes = smotefast.plot.ratio_curve(result)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['doing nothing', 'smote']
    """
    from smotefast.evaluation.reporting.wording import metric_words, model_words

    metric = _metric_of(result, metric)
    model = result.winner.model if model is None else model
    models = dict.fromkeys(each.model for each in result.options)
    if model not in models:
        hint = did_you_mean(model, models)
        raise ValueError(f"model={model!r} is none of {list_names(models)}.{hint}")
    options = [each for each in result.options if each.model == model]
    lines = _lines(options)
    if not lines:
        raise ValueError(
            "No option has a ratio: compare samplers such as 'smote', samplers=['smote']."
        )
    axes = open_axes(ax)
    level = options[0].mean(metric)
    if level is not None:
        axes.axhline(level, color=GRAY, linestyle="--", label="doing nothing")
    for i, (name, points) in enumerate(lines.items()):
        shift = _SHIFT * (i - (len(lines) - 1) / 2)
        _draw_line(
            axes,
            metric,
            points,
            shift,
            with_defaults(kwargs, label=plain_text(name), **_line(i)),
        )
    axes.set(xlabel="rows of the smaller class / rows of the larger one, after resampling")
    axes.set(ylabel=metric_words(metric), title=plain_text(model_words(model)))
    add_legend(axes)
    return axes


def _metric_of(result: Comparison, metric: str | None) -> str:
    """Return a metric of a result, by default the one that options were chosen by."""
    if metric is None:
        return result.metric
    known = result.options[0].scores
    if metric not in known:
        hint = did_you_mean(metric, known)
        raise ValueError(f"metric={metric!r} is none of {list_names(known)}.{hint}")
    return metric


def _lines(options: list[OptionSummary]) -> dict[str, list[OptionSummary]]:
    """Return the options of each sampler and number of neighbors, by ratio.

    Samplers with one ratio are left out if others have several.
    """
    lines: dict[str, list[OptionSummary]] = {}
    for each in options:
        if each.option.ratio is not None:
            name = each.label.replace(f" {each.option.ratio:g}", "", 1)
            lines.setdefault(name, []).append(each)
    least = min(2, max(map(len, lines.values()), default=1))
    return {
        name: sorted(points, key=lambda each: each.option.ratio or 0.0)
        for name, points in lines.items()
        if len(points) >= least
    }


def _line(i: int) -> dict[str, Any]:
    return {**class_style(i), "capsize": 3, "markersize": 6, "linewidth": 1.5}


def _draw_line(
    axes: Axes, metric: str, points: list[OptionSummary], shift: float, drawn: dict[str, Any]
) -> None:
    ratios = np.array([each.option.ratio for each in points], dtype=float)
    means = np.array([each.mean(metric) for each in points], dtype=float)
    bounds = np.array([_bounds(metric, each) for each in points]).T
    axes.errorbar(ratios + shift, means, yerr=bounds, **drawn)


def _bounds(metric: str, each: OptionSummary) -> tuple[float, float]:
    """Return how far the interval of the difference reaches below and above the mean.

    Calibration is best at a value between others, so its intervals are none of the metric.
    """
    from smotefast.evaluation.scores import base_name, goodness

    difference = each.difference[metric]
    is_between = base_name(metric).startswith("calibration")
    if is_between or difference.low is None or difference.high is None:
        return np.nan, np.nan
    assert difference.mean is not None
    below, above = difference.mean - difference.low, difference.high - difference.mean
    is_loss = goodness(metric, np.ones(1))[0] < 0
    return (above, below) if is_loss else (below, above)


def intervals(
    result: Comparison,
    *,
    metric: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the difference of each option to doing nothing, with 95% intervals.

    The intervals hold together. Filled green squares are shown to be better: their interval
    lies above 0. Hollow gray circles are not.

    Parameters
    ----------
    result : Comparison
        The result of :func:`smotefast.compare`.
    metric : str, default=None
        A metric of the result. None means the one that options were chosen by.
    ax : matplotlib Axes, default=None
        The Axes to draw on. None creates a figure.
    **kwargs
        Keyword arguments for ``Axes.errorbar``.

    Returns
    -------
    ax : matplotlib Axes
        The Axes with a line for each option and classifier, in the order of the tables.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    ValueError
        If the result has no such metric, or no option has a difference.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> import smotefast
    >>> X, y = make_classification(600, weights=[0.9], random_state=0)
    >>> result = smotefast.compare(
    ...     X, y, models="logistic", samplers=["smote"], ratios=[0.3, 1], repeats=1
    ... )
    >>> axes = smotefast.plot.intervals(result)
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['class-weight, logistic', 'smote 0.3, logistic', 'smote 1, logistic']
    """
    from smotefast.evaluation.reporting.wording import metric_words

    metric = _metric_of(result, metric)
    options = [each for each in result.options if _differs(each, metric)]
    if not options:
        raise ValueError("No option has a difference to doing nothing.")
    axes = open_axes(ax, n_bars=len(options))
    for better, text in ((True, "shown to be better"), (False, "not shown")):
        indices = [
            i for i, each in enumerate(options) if each.difference[metric].better == better
        ]
        if indices:
            drawn = with_defaults(kwargs, label=text, **_point_style(better))
            _draw_intervals(axes, metric, options, indices, drawn)
    axes.axvline(0, color=GRAY, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(options)), [_option_name(each) for each in options])
    axes.set_ylim(len(options) - 0.5, -0.5)
    axes.set_xlabel(f"{metric_words(metric)}: better than doing nothing by")
    add_legend(axes)
    return axes


def _option_name(each: OptionSummary) -> str:
    return plain_text(f"{each.label}, {each.model}")


def _differs(each: OptionSummary, metric: str) -> bool:
    """Tell whether an option can differ from doing nothing; a threshold changes no ranking."""
    from smotefast.evaluation.options import NONE, THRESHOLD

    mean = each.difference[metric].mean
    if each.option.name == NONE or mean is None:
        return False
    return not (each.option.name == THRESHOLD and mean == 0)


def _point_style(better: bool) -> dict[str, Any]:
    color = COLORS[2] if better else GRAY
    fill = color if better else "white"
    marker = "s" if better else "o"
    return {"color": color, "markerfacecolor": fill, "marker": marker, "linestyle": "none"}


def _draw_intervals(
    axes: Axes,
    metric: str,
    options: list[OptionSummary],
    indices: list[int],
    drawn: dict[str, Any],
) -> None:
    found = [options[i].difference[metric] for i in indices]
    means = np.array([each.mean for each in found], dtype=float)
    low = np.array([each.low for each in found], dtype=float)
    high = np.array([each.high for each in found], dtype=float)
    axes.errorbar(means, indices, xerr=[means - low, high - means], **drawn)
