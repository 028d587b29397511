"""Curves of pooled test predictions: ROC, precision-recall, and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smotefast.evaluation.options import THRESHOLD
from smotefast.evaluation.summary import OptionSummary
from smotefast.evaluation.work import FoldResults, Key, Work

_MOST_POINTS = 150
_N_BINS = 10
_MOST_CURVES = 5

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Curve:
    """The curves of an option; each is a list of points in the unit square."""

    label: str
    model: str
    roc: Points
    precision_recall: Points
    reliability: Points


@dataclass(frozen=True)
class Curves:
    """Curves of options for one class; ``share`` of the rows belong to it."""

    curves: Sequence[Curve]
    share: float


def make_curves(
    work: Work,
    folds: Sequence[FoldResults],
    summaries: Sequence[OptionSummary],
    winner: OptionSummary,
    metric: str,
) -> Curves:
    """Return curves for the classifier that is used: of nothing, the winner and others.

    Predictions are those for the test rows of the first repeat.
    """
    first = min(found.fold.repeat for found in folds)
    used = [found for found in folds if found.fold.repeat == first]
    y = np.concatenate([work.data.y[found.fold.test] for found in used])
    positive = work.scoring.positive
    is_positive = y == positive
    curves = []
    for each in _shown(summaries, winner, metric):
        key: Key = (work.options.index(each.option), each.model)
        p = np.concatenate([found.results[key].probability[:, positive] for found in used])
        curves.append(_curve(each.label, each.model, is_positive, p))
    return Curves(curves, float(is_positive.mean()))


def _shown(
    summaries: Sequence[OptionSummary], winner: OptionSummary, metric: str
) -> list[OptionSummary]:
    """Return nothing, the winner, and the best variant of each other option."""
    candidates = [
        each
        for each in summaries
        if each.model == winner.model and each.option.name != THRESHOLD
    ]
    best: dict[str, OptionSummary] = {}
    for each in candidates:
        name = each.option.name
        gain = each.difference[metric].mean
        if name not in best or (gain or 0.0) > (best[name].difference[metric].mean or 0.0):
            best[name] = each
    if winner.option.name in best:
        best[winner.option.name] = winner
    others = sorted(
        (each for name, each in best.items() if name not in ("none", winner.option.name)),
        key=lambda each: -(each.difference[metric].mean or 0.0),
    )
    fixed = [each for name, each in best.items() if name in ("none", winner.option.name)]
    return [*fixed, *others][:_MOST_CURVES]


def _curve(label: str, model: str, is_positive: np.ndarray, p: np.ndarray) -> Curve:
    from sklearn.metrics import precision_recall_curve, roc_curve

    false, true, _ = roc_curve(is_positive, p)
    precision, recall, _ = precision_recall_curve(is_positive, p)
    return Curve(
        label,
        model,
        _thinned(false, true),
        _thinned(recall[::-1], precision[::-1]),
        reliability(is_positive, p),
    )


def _thinned(x: np.ndarray, y: np.ndarray) -> Points:
    """Return at most some points, evenly along the length of the curve."""
    if len(x) > _MOST_POINTS:
        length = np.r_[0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y)))]
        at = np.searchsorted(length, np.linspace(0, length[-1], _MOST_POINTS))
        kept = np.unique(np.clip(at, 0, len(x) - 1))
        x, y = x[kept], y[kept]
    return list(zip(map(float, x), map(float, y), strict=True))


def reliability(is_positive: np.ndarray, p: np.ndarray) -> Points:
    """Return mean probability and share of the class for bins of equally many rows."""
    order = np.argsort(p, kind="stable")
    bins = [rows for rows in np.array_split(order, _N_BINS) if len(rows)]
    return [(float(p[rows].mean()), float(is_positive[rows].mean())) for rows in bins]
