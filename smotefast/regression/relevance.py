"""Relevance of target values, from 0 (common) to 1 (rare)."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from smotefast.engine.param_constraints import Interval, StrOptions
from smotefast.engine.suggestions import SuggestingMixin
from smotefast.tables.numeric_target import open_numeric_target

_POINTS = (
    "control points: RelevanceFunction(control_points=[[10, 0], [50, 1]]) or "
    "relevance=[[10, 0], [50, 1]] of a sampler, if 50 and more is rare."
)


class RelevanceFunction(SuggestingMixin, BaseEstimator):  # type: ignore[misc]
    """Relevance of target values: 0 for common values, 1 for rare ones.

    The function is a monotone piecewise cubic through control points, and constant outside of
    them. By default the points are the median, of relevance 0, and the whiskers of a box plot,
    of relevance 1: the lowest and the highest value within ``coef`` times the interquartile
    range of the quartiles. A side without values beyond its whisker has relevance 0.

    Parameters
    ----------
    extremes : {"both", "high", "low"}, default="both"
        Which extremes are rare. Not used with ``control_points``.
    coef : float, default=1.5
        Length of the whiskers in interquartile ranges. Not used with ``control_points``.
    control_points : array-like of shape (n_points, 2) or (n_points, 3), default=None
        Values of the target, ascending, with the relevance of each, between 0 and 1, and its
        slope. Without slopes, a point has the mean slope of the lines to both neighbors, the
        first and the last have slope 0. Slopes that would break monotony are lowered.

    Attributes
    ----------
    control_points_ : ndarray of shape (n_points, 3)
        Value, relevance and slope of each control point.

    Raises
    ------
    ValueError
        If no value lies beyond a whisker, or a whisker is the median, or the control points
        are not ascending.

    See Also
    --------
    SMOTER : Resampling by this function.

    References
    ----------
    R. P. Ribeiro, "Utility-based Regression", PhD thesis, University of Porto, 2011.

    F. N. Fritsch, R. E. Carlson, "Monotone Piecewise Cubic Interpolation", SIAM Journal on
    Numerical Analysis 17(2), 238-246, 1980.

    Examples
    --------
    >>> import numpy as np
    >>> from smotefast.regression import RelevanceFunction
    >>> relevance = RelevanceFunction(extremes="high").fit(np.r_[0:21, 60])
    >>> relevance.control_points_[:, :2]
    array([[ 0. ,  0. ],
           [10.5,  0. ],
           [20. ,  1. ]])
    >>> relevance([10.5, 15.25, 20, 60])
    array([0. , 0.5, 1. , 1. ])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "extremes": [StrOptions({"both", "high", "low"})],
        "coef": [Interval(Real, 0, None, closed="left")],
        "control_points": ["array-like", None],
    }

    control_points_: np.ndarray

    def __init__(
        self,
        *,
        extremes: Literal["both", "high", "low"] = "both",
        coef: float = 1.5,
        control_points: Any = None,
    ) -> None:
        self.extremes = extremes
        self.coef = coef
        self.control_points = control_points

    def fit(self, y: Any) -> Self:
        """Set the control points.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            The target. Its values matter only without ``control_points``.

        Returns
        -------
        RelevanceFunction
            The function itself.
        """
        self._validate_params()
        if self.control_points is None:
            points = _box_plot_points(_checked(y), self.extremes, self.coef)
        else:
            points = _given_points(self.control_points)
        self.control_points_ = _monotone(points)
        return self

    def __call__(self, y: Any) -> np.ndarray:
        """Return the relevance of target values, shape (n_samples,)."""
        check_is_fitted(self)
        values, relevance, slopes = self.control_points_.T
        unit = _unit(values)
        inside = np.clip(np.asarray(y, np.float64), values[0], values[-1])
        high = np.minimum(np.searchsorted(values, inside), len(values) - 1)
        low = np.maximum(high - 1, 0)
        width = np.where(high > low, values[high] * unit - values[low] * unit, 1)
        step = (inside * unit - values[low] * unit) / width
        rise = relevance[high] - relevance[low]
        bend = (slopes[low] * width * (1 - step) - slopes[high] * width * step) / unit
        cubic = relevance[low] + rise * step**2 * (3 - 2 * step) + bend * step * (1 - step)
        ends = np.sort([relevance[low], relevance[high]], axis=0)
        # A rounding error at a control point would take its value to the other side of a
        # threshold.
        clipped = np.clip(cubic, *ends)
        return np.asarray(np.where(inside == values[high], relevance[high], clipped))


def _checked(y: Any) -> np.ndarray:
    """Return the targets, shape (n_samples,), after a check."""
    if y is not None and np.shape(y)[:1] == (0,):
        raise ValueError("y has no values, so it has no box plot. Pass one target or more.")
    return open_numeric_target(y).values


def _box_plot_points(y: np.ndarray, extremes: str, coef: float) -> np.ndarray:
    """Return the control points of the extremes, shape (n_points, 3)."""
    low, median, high = _box_plot(y, coef)
    is_low = extremes != "high" and y.min() < low
    is_high = extremes != "low" and y.max() > high
    if not (is_low or is_high):
        side = "a whisker" if extremes == "both" else f"the {extremes} whisker"
        raise ValueError(
            f"No value of y is an extreme: none lies beyond {side} of the box plot "
            f"(extremes={extremes!r}, coef={coef:g}; whiskers at {low:g} and {high:g}). Lower "
            f"coef, or give {_POINTS}"
        )
    if (is_low and low == median) or (is_high and high == median):
        raise ValueError(
            f"A whisker of the box plot of y is the median, {median:g}, so that no value lies "
            f"between common and rare. Give {_POINTS}"
        )
    ends = (low, 1.0, 0.0) if is_low else (y.min(), 0.0, 0.0), (median, 0.0, 0.0)
    points = np.array([*ends, (high, 1.0, 0.0) if is_high else (y.max(), 0.0, 0.0)])
    return points[np.r_[True, points[1:, 0] > points[:-1, 0]]]


def _box_plot(y: np.ndarray, coef: float) -> tuple[float, float, float]:
    """Return low whisker, median and high whisker, by Tukey's hinges as in R."""
    ordered = np.sort(y)
    n = len(ordered)
    depth = (n + 3) // 2 / 2 - 1  # of the lower hinge, from 0
    low_hinge, high_hinge = (
        (ordered[int(np.floor(at))] + ordered[int(np.ceil(at))]) / 2
        for at in (depth, n - 1 - depth)
    )
    reach = coef * (high_hinge - low_hinge)
    inside = ordered[(ordered >= low_hinge - reach) & (ordered <= high_hinge + reach)]
    return float(inside[0]), float(np.median(ordered)), float(inside[-1])


def _given_points(given: Any) -> np.ndarray:
    """Return the user's control points, shape (n_points, 3)."""
    try:
        points = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The control points (control_points, or relevance of a sampler) {given!r} are not "
            "numbers, or not equally many for each point. "
            "Give each point its value of y and its relevance: [[10, 0], [50, 1]]."
        ) from error
    if points.ndim != 2 or points.shape[1] not in (2, 3) or len(points) < 2:
        raise ValueError(
            f"control_points has shape {points.shape}. Give two points or more, each with its "
            "value of y and its relevance: [[10, 0], [50, 1]]."
        )
    values, relevance = points.T[:2]
    if not np.isfinite(points).all() or not (values[1:] > values[:-1]).all():
        raise ValueError(
            f"The values of control_points must be finite and ascending, without duplicates; "
            f"they are {values.tolist()}. Sort the points."
        )
    if relevance.min() < 0 or relevance.max() > 1:
        raise ValueError(
            f"The relevance of control_points must be between 0 and 1; it is "
            f"{relevance.tolist()}."
        )
    if points.shape[1] == 3:
        return points
    secants = _secants(values, relevance)
    inner = secants[1:] / 2 + secants[:-1] / 2
    return np.column_stack([points, np.r_[0.0, inner, 0.0]])


def _unit(values: np.ndarray) -> float:
    """Return a factor by which differences of ascending values are finite."""
    with np.errstate(over="ignore"):
        return 1.0 if np.isfinite(values[-1] - values[0]) else 0.5


def _secants(values: np.ndarray, relevance: np.ndarray) -> np.ndarray:
    """Return the slopes of the lines between points, limited to finite numbers."""
    unit = _unit(values)
    with np.errstate(over="ignore"):
        secants = np.diff(relevance) / np.diff(values * unit) * unit
    limit = np.finfo(np.float64).max
    return np.clip(secants, -limit, limit)


def _monotone(points: np.ndarray) -> np.ndarray:
    """Lower the slopes so that the cubic is monotone between two points (Fritsch, Carlson).

    A lower slope may break the interval before it. Lowered slopes lie in a region that lower
    ones do not leave, so that as many passes as there are intervals suffice.
    """
    values, relevance, slopes = points.T.copy()
    secants = _secants(values, relevance)
    for _ in secants:
        before = slopes.copy()
        for i, secant in enumerate(secants):
            _lower(slopes[i : i + 2], secant)
        if np.array_equal(slopes, before):
            break
    return np.column_stack([values, relevance, slopes])


def _lower(ends: np.ndarray, secant: float) -> None:
    """Lower the slopes at both ends of an interval, in place, if it is not monotone."""
    if secant == 0:
        ends[:] = 0
        return
    ends[np.sign(ends) != np.sign(secant)] = 0
    with np.errstate(over="ignore"):  # a slope beside two points of nearly equal relevance
        left, right = ends / secant
    if not _is_monotone(left, right):
        ends *= 3 / np.hypot(left, right)


def _is_monotone(left: float, right: float) -> bool:
    """Tell whether a cubic is monotone whose end slopes are these multiples of the secant's."""
    if max(left, right) > 4:  # no such cubic is
        return False
    first, second = 2 * left + right - 3, left + 2 * right - 3
    return first <= 0 or second <= 0 or left * (first + second) >= first**2
