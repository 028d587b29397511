"""The last estimate: the option that was chosen, on rows that were not used to choose."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.evaluation.folds import Fold
from smotefast.evaluation.options import THRESHOLD
from smotefast.evaluation.scores import TUNED, base_name, goodness, score_of
from smotefast.evaluation.verdict import Verdict
from smotefast.evaluation.work import FoldResults, Key, Result, Work

_N_DRAWS = 400
_MOST_TRIES = 100


@dataclass(frozen=True)
class LastEstimate:
    """Metrics on the rows that were kept.

    Attributes
    ----------
    n_rows
        Number of rows.
    metrics
        Of the option that is used.
    none
        Of doing nothing with the same classifier.
    interval
        95% interval of the metric to choose by, from draws of these rows, or of their groups.
    difference
        By how much the option is better than doing nothing in this metric, and its interval.
    probability
        Predicted probabilities of the option, and the class of each row.
    """

    n_rows: int
    metrics: dict[str, float]
    none: dict[str, float]
    interval: tuple[float, float]
    difference: tuple[float, float, float]
    probability: np.ndarray
    y: np.ndarray

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate for JSON."""
        return {
            "rows": self.n_rows,
            "metrics": self.metrics,
            "none": self.none,
            "interval": list(self.interval),
            "difference": dict(zip(("mean", "low", "high"), self.difference, strict=True)),
        }


def last_estimate(
    work: Work,
    train: np.ndarray,
    test: np.ndarray,
    verdict: Verdict,
    metric: str,
    seed: int,
    deadline: float | None = None,
) -> LastEstimate | None:
    """Fit the chosen option on all rows of the cross-validation, and score the others.

    ``work`` holds all rows. None if the option cannot be fitted on them, or its interval not
    be drawn, before the deadline.
    """
    winner = verdict.winner
    used = 0 if winner.option.name == THRESHOLD else work.options.index(winner.option)
    keys: list[Key] = [(i, winner.model) for i in dict.fromkeys((0, used))]
    found = work.run_fold(FoldResults(Fold(0, train, test)), keys, deadline)
    if any(key not in found.results for key in keys):
        return None
    nothing, result = found.results[0, winner.model], found.results[used, winner.model]
    y = work.data.y[test]
    name = metric
    if verdict.moves_threshold and metric in work.scoring.decisions:
        name = metric + TUNED
    draws = _draws(work, train, test, result, nothing, name, seed, deadline)
    if draws is None:
        return None
    ends = np.nanpercentile(draws, [2.5, 97.5], axis=0)
    gain = float(goodness(name, np.array(result.scores[name])))
    gain -= float(goodness(base_name(name), np.array(nothing.scores[base_name(name)])))
    return LastEstimate(
        len(test),
        result.scores,
        nothing.scores,
        (float(ends[0, 0]), float(ends[1, 0])),
        (gain, float(ends[0, 1]), float(ends[1, 1])),
        result.probability,
        y,
    )


def _draws(
    work: Work,
    train: np.ndarray,
    test: np.ndarray,
    result: Result,
    nothing: Result,
    name: str,
    seed: int,
    deadline: float | None,
) -> np.ndarray | None:
    """Return the metric and the difference for draws of the test rows with replacement.

    None if the deadline passes.
    """
    y = work.data.y[test]
    groups = None if work.data.groups is None else _members(work.data.groups[test])
    rng = np.random.default_rng(seed)
    counts = np.bincount(work.data.y[train], minlength=work.scoring.n_classes)
    priors = counts / counts.sum()
    names = name, base_name(name)
    drawn = np.empty((_N_DRAWS, 2))
    for i in range(_N_DRAWS):
        if deadline is not None and clock.time() > deadline:
            return None
        rows = _drawn_rows(y, rng) if groups is None else _drawn_groups(y, groups, rng)
        one, other = (
            score_of(of, y[rows], each.probability[rows], each.threshold, priors, work.scoring)
            for each, of in zip((result, nothing), names, strict=True)
        )
        gain = goodness(name, np.array(one)) - goodness(name, np.array(other))
        drawn[i] = one, float(gain)
    return drawn


def _drawn_rows(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw rows with replacement; within the classes, if a draw lacks one."""
    rows = rng.integers(0, len(y), len(y))
    if not np.isin(np.unique(y), y[rows]).all():
        by_class = [np.flatnonzero(y == c) for c in np.unique(y)]
        rows = np.concatenate([rng.choice(each, len(each)) for each in by_class])
    return rows


def _members(groups: np.ndarray) -> list[np.ndarray]:
    """Return the positions of the rows of each group."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


def _drawn_groups(
    y: np.ndarray, members: list[np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Draw whole groups with replacement, as their rows are not independent.

    A draw that lacks a class is repeated; all rows are the last one.
    """
    for _ in range(_MOST_TRIES):
        rows = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        if np.isin(np.unique(y), y[rows]).all():
            return rows
    return np.arange(len(y))
