"""Results of all folds as means and differences, for each option with each classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.evaluation.intervals import Interval, intervals
from smotefast.evaluation.options import NONE, THRESHOLD, Option
from smotefast.evaluation.scores import TUNED, base_name, goodness, metric_names
from smotefast.evaluation.work import FoldResults, Key, Work

Scores = dict[str, np.ndarray]  # metric by name: one value for each fold


@dataclass(frozen=True)
class OptionSummary:
    """An option with one classifier over all folds.

    Attributes
    ----------
    option
        The option.
    model
        Name of the classifier.
    n_folds
        Number of folds.
    seconds
        Mean seconds to resample and fit once on the training rows of a fold.
    threshold
        Median of the tuned thresholds.
    scores
        Values of each metric, one for each fold, NaN where there is none.
    difference
        Difference of each metric to doing nothing with the same classifier, positive if better.
    """

    option: Option
    model: str
    n_folds: int
    seconds: float
    threshold: float
    scores: Scores
    difference: dict[str, Interval]

    @property
    def label(self) -> str:
        """The name of the option with its ratio."""
        return self.option.label

    def mean(self, metric: str) -> float | None:
        """Return the mean of a metric over the folds that have it; None without any."""
        values = self.scores[metric]
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else None

    def sd(self, metric: str) -> float | None:
        """Return the standard deviation of a metric over the folds; None below two."""
        values = self.scores[metric]
        values = values[np.isfinite(values)]
        return float(values.std(ddof=1)) if len(values) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the option for JSON."""
        return {
            "name": self.option.name,
            "model": self.model,
            "sampler": self.option.sampler,
            "params": self.option.params,
            "seconds": self.seconds,
            "folds": self.n_folds,
            "threshold": self.threshold,
            "metrics": {
                name: {"mean": self.mean(name), "sd": self.sd(name)} for name in self.scores
            },
            "difference": {
                name: {
                    "mean": each.mean,
                    "low": each.low,
                    "high": each.high,
                    "better": each.better,
                }
                for name, each in self.difference.items()
            },
        }


def finished_folds(folds: Sequence[FoldResults]) -> list[FoldResults]:
    """Return the complete folds if there are two or more, else all with results."""
    complete = [found for found in folds if found.is_complete]
    return complete if len(complete) > 1 else [found for found in folds if found.results]


def summarize(
    work: Work, folds: Sequence[FoldResults], metric: str, seed: int
) -> list[OptionSummary]:
    """Return the options that were finished on all of these folds, in their order.

    Intervals of one metric hold together for all options and classifiers. Whether to move the
    threshold is a question apart, except if ``metric``, by which options are chosen, is itself
    about decisions: then it is one of the options.
    """
    names = metric_names(work.scoring)
    scores = _all_scores(work, folds, names)
    share = float(np.mean([len(f.fold.test) / len(f.fold.train) for f in folds]))
    smallest = min(_smallest_class(work, found) for found in folds)
    differences: dict[Key, dict[str, Interval]] = {key: {} for key in scores}
    for name in names:
        is_apart = base_name(name) in work.scoring.decisions and name != metric
        for family in _families(work, list(scores), is_apart):
            columns = [_difference(work, scores, key, name) for key in family]
            uncertain = [
                i
                for i, key in enumerate(family)
                if base_name(name) in work.scoring.decisions
                and (work.options[key[0]].name != NONE or name != base_name(name))
            ]
            found = intervals(np.column_stack(columns), share, 0.5 / smallest, seed, uncertain)
            for key, interval in zip(family, found, strict=True):
                differences[key][name] = interval
    return [_summary(work, folds, key, scores[key], differences[key]) for key in sorted(scores)]


def _families(work: Work, keys: list[Key], is_apart: bool) -> list[list[Key]]:
    """Return the options and classifiers whose intervals hold together."""
    if not is_apart:
        return [keys]
    moved = [key for key in keys if work.options[key[0]].name in (NONE, THRESHOLD)]
    others = [key for key in keys if key not in moved]
    return [family for family in (moved, others) if family]


def _smallest_class(work: Work, found: FoldResults) -> int:
    """Return the rows of the smallest class among the test rows of a fold."""
    counts = np.bincount(work.data.y[found.fold.test], minlength=len(work.data.labels))
    return max(1, int(counts.min()))


def _all_scores(
    work: Work, folds: Sequence[FoldResults], names: Sequence[str]
) -> dict[Key, Scores]:
    """Return the metrics by option and classifier; ``threshold`` is derived from ``none``."""
    keys = [key for key in work.keys if all(key in found.results for found in folds)]
    scores = {
        key: {
            name: np.array([found.results[key].scores[name] for found in folds])
            for name in names
        }
        for key in keys
    }
    for i, option in enumerate(work.options):
        if option.name == THRESHOLD:
            for model in work.models:
                if (0, model) in scores:
                    scores[i, model] = _with_tuned(scores[0, model])
    return {key: value for key, value in scores.items() if (0, key[1]) in scores}


def _with_tuned(scores: Scores) -> Scores:
    """Return metrics whose decisions are those of the tuned threshold."""
    return {
        name: scores[name + TUNED] if name + TUNED in scores else values
        for name, values in scores.items()
    }


def _difference(work: Work, scores: dict[Key, Scores], key: Key, name: str) -> np.ndarray:
    """Return by how much an option is better than doing nothing, in each fold."""
    reference = scores[0, key[1]][base_name(name)]
    return np.asarray(goodness(name, scores[key][name]) - goodness(name, reference))


def _summary(
    work: Work,
    folds: Sequence[FoldResults],
    key: Key,
    scores: Scores,
    difference: dict[str, Interval],
) -> OptionSummary:
    option = work.options[key[0]]
    source = (0, key[1]) if option.name == THRESHOLD else key
    results = [found.results[source] for found in folds]
    return OptionSummary(
        option,
        key[1],
        len(folds),
        float(np.mean([each.seconds for each in results])),
        float(np.median([each.threshold for each in results])),
        scores,
        difference,
    )


def none_of(summaries: Sequence[OptionSummary], model: str) -> OptionSummary:
    """Return the summary of doing nothing with a classifier."""
    return next(each for each in summaries if each.option.name == NONE and each.model == model)


def tuned_against_threshold(
    summaries: Sequence[OptionSummary], metric: str, share: float, seed: int
) -> list[tuple[OptionSummary, Interval]]:
    """Compare options at their tuned threshold with nothing but a tuned threshold.

    Both move the threshold, so the difference is what resampling or weights add to that.
    """
    others = [each for each in summaries if each.option.name not in (NONE, THRESHOLD)]
    if not others:
        return []
    name = metric + TUNED
    columns = [
        goodness(metric, each.scores[name])
        - goodness(metric, none_of(summaries, each.model).scores[name])
        for each in others
    ]
    found = intervals(np.column_stack(columns), share, 0.0, seed)
    return list(zip(others, found, strict=True))
