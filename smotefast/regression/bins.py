"""Bins of the target, common and rare ones in turn, and their numbers of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from smotefast.regression.relevance import RelevanceFunction


class Bin(NamedTuple):
    """Rows whose targets follow each other and are all rare, or all common.

    Attributes
    ----------
    lowest, highest
        Targets at the ends of the bin.
    is_rare
        Whether the relevance reaches the threshold.
    positions
        Positions of the rows in X, ascending.
    """

    lowest: float
    highest: float
    is_rare: bool
    positions: np.ndarray

    def __str__(self) -> str:
        name = "rare" if self.is_rare else "common"
        return f"{self.lowest:g} to {self.highest:g} ({name}, {len(self.positions):,} rows)"


def fitted_relevance(relevance: Any, y: np.ndarray) -> Callable[[np.ndarray], Any]:
    """Return the relevance function for a parameter, fitted on the target if it is ours."""
    if isinstance(relevance, str):  # "auto"
        return RelevanceFunction().fit(y)
    if isinstance(relevance, RelevanceFunction):
        return clone(relevance).fit(y)  # type: ignore[no-any-return]
    if isinstance(relevance, type):
        raise ValueError(
            f"relevance={relevance.__name__} is a class. Pass an object: "
            f"relevance={relevance.__name__}()."
        )
    if callable(relevance):
        return relevance  # type: ignore[no-any-return]
    return RelevanceFunction(control_points=relevance).fit(y)


def relevance_of(function: Callable[[np.ndarray], Any], y: np.ndarray) -> np.ndarray:
    """Return the relevance of each target, and refuse what is none."""
    values = np.asarray(function(y), dtype=np.float64)
    if values.shape != y.shape:
        raise ValueError(
            f"relevance returned shape {values.shape} for y of shape {y.shape}. It must return "
            "one number for each target."
        )
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            "relevance returned values that are not between 0 and 1. Scale them: 0 for common "
            "targets, 1 for rare ones."
        )
    return values


def split_into_bins(y: np.ndarray, relevance: np.ndarray, threshold: float) -> list[Bin]:
    """Split the rows where the relevance of the sorted targets crosses the threshold."""
    order = np.argsort(y, kind="stable")
    is_rare = relevance[order] >= threshold
    if is_rare.all() or not is_rare.any():
        what, change = ("below", "Lower") if not is_rare.any() else ("not below", "Raise")
        raise ValueError(
            f"The relevance of all targets is {what} threshold={threshold:g}, so there is "
            f"nothing to balance. {change} the threshold, or set relevance, such as "
            "relevance=[[10, 0], [50, 1]] if 50 and more is rare."
        )
    parts = np.split(order, np.flatnonzero(is_rare[1:] != is_rare[:-1]) + 1)
    return [
        Bin(float(y[part[0]]), float(y[part[-1]]), bool(relevance[part[0]] >= threshold), rows)
        for part, rows in zip(parts, map(np.sort, parts), strict=True)
    ]


def rows_after(strategy: Any, bins: Sequence[Bin]) -> list[int]:
    """Return the number of rows of each bin after resampling.

    Parameters
    ----------
    strategy
        "balance": equal bins. "extreme": the smaller a bin was, the larger it becomes. Or a
        factor for each bin.
    bins
        The bins, in ascending order of the target.
    """
    sizes = np.array([len(each.positions) for each in bins])
    mean = round(sizes.sum() / len(sizes))
    if isinstance(strategy, str):
        if strategy == "balance":
            return [mean] * len(sizes)
        shares = (1 / sizes) / np.sum(1 / sizes)
        return [int(n) for n in np.rint(shares * mean * len(sizes))]
    try:
        factors = np.asarray(strategy, dtype=np.float64)
    except (TypeError, ValueError):  # a dictionary, text, or lists of different lengths
        factors = np.empty((0, 0))
    is_usable = factors.shape == sizes.shape and bool((factors >= 0).all())
    if not is_usable or not 0 < factors.sum() < np.inf:
        listed = "; ".join(map(str, bins))
        raise ValueError(
            f"sampling_strategy={strategy!r} must be 'balance', 'extreme', or a factor of 0 or "
            f"more, not all of them 0, for each of the {len(bins)} bins of y, in ascending "
            f"order: {listed}."
        )
    rows = [int(n) for n in np.floor(factors * sizes + 1e-9)]
    if not any(rows):
        raise ValueError(
            f"sampling_strategy={strategy!r} leaves no rows: each factor times the rows of its "
            f"bin is below 1. The bins have {', '.join(map(str, sizes))} rows. Raise a factor."
        )
    return rows
