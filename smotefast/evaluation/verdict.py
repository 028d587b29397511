"""The verdict: the option to use, and what is shown and what is not, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from smotefast.evaluation.decisions import Scoring
from smotefast.evaluation.intervals import Interval, intervals
from smotefast.evaluation.options import CLASS_WEIGHT, NONE, THRESHOLD
from smotefast.evaluation.reporting.wording import (
    interval_words,
    join_words,
    metric_words,
    model_words,
    number,
    option_words,
)
from smotefast.evaluation.scores import PROBABILITIES, RANKING, TUNED, goodness
from smotefast.evaluation.summary import OptionSummary

CHANCE = 0.5  # ROC AUC of a model that knows nothing of the rows


@dataclass(frozen=True)
class Verdict:
    """The option to use, and why.

    Attributes
    ----------
    winner
        The option with its classifier.
    moves_threshold
        Whether to decide at the tuned threshold.
    text
        What is shown and what is not.
    """

    winner: OptionSummary
    moves_threshold: bool
    text: str


def decide_verdict(
    summaries: Sequence[OptionSummary],
    metric: str,
    scoring: Scoring,
    beyond_threshold: Sequence[tuple[OptionSummary, Interval]],
    test_share: float,
) -> Verdict:
    """Choose an option and say why.

    An option is used only where it is shown to be better than doing nothing. For metrics of
    decisions it has to be better than doing nothing with a moved threshold.

    Parameters
    ----------
    summaries
        All options with all classifiers.
    metric
        The metric to choose by.
    scoring
        How predictions are scored.
    beyond_threshold
        Options at their tuned thresholds compared with nothing at a tuned threshold.
    test_share
        Test rows divided by training rows of a fold.
    """
    by_chance = {
        id(each): interval
        for each in summaries
        if (interval := _above_chance(each, test_share)) is not None
    }
    if metric in scoring.decisions:
        better = [(each, interval) for each, interval in beyond_threshold if interval.better]
        usable = [each for each, _ in better if id(each) not in by_chance]
        thresholds = [
            each
            for each in summaries
            if each.option.name == THRESHOLD
            and each.difference[metric].better
            and id(each) not in by_chance
        ]
        winner = _best_decision(_nothing(summaries), [*thresholds, *usable], metric)
        sentences = list(_decision_sentences(summaries, metric, better, beyond_threshold))
        moves = winner.option.name != NONE
    else:
        better = [
            (each, each.difference[metric])
            for each in summaries
            if each.difference[metric].better
        ]
        winner = _best(_nothing(summaries) + [each for each, _ in better], metric)
        sentences = list(_sentences(summaries, metric, better))
        tuned = winner.difference[scoring.tuned_for + TUNED]
        moves = tuned.better and id(winner) not in by_chance
        if not tuned.better or moves:
            sentences.append(_threshold_sentence(winner, scoring, tuned))
    if (auc := by_chance.get(id(winner))) is not None:
        sentences.append(_chance_sentence(winner, auc))
    return Verdict(winner, moves, " ".join(sentences))


def _nothing(summaries: Sequence[OptionSummary]) -> list[OptionSummary]:
    return [each for each in summaries if each.option.name == NONE]


def _best(candidates: Sequence[OptionSummary], metric: str) -> OptionSummary:
    """Return the candidate with the best mean; the first of equal ones."""

    def value(each: OptionSummary) -> float:
        good = goodness(metric, each.scores[metric])
        return float(np.nanmean(good)) if np.isfinite(good).any() else -np.inf

    return max(candidates, key=value)


def _best_decision(
    nothing: Sequence[OptionSummary], moved: Sequence[OptionSummary], metric: str
) -> OptionSummary:
    """Return the best option; ``moved`` have tuned thresholds, and are shown to be better."""
    still = _best(nothing, metric)
    if not moved:
        return still
    best = _best(moved, metric + TUNED)
    ends = [
        float(np.nanmean(goodness(metric, each.scores[name])))
        for each, name in ((best, metric + TUNED), (still, metric))
    ]
    return best if ends[0] > ends[1] else still


def _sentences(
    summaries: Sequence[OptionSummary],
    metric: str,
    better: Sequence[tuple[OptionSummary, Interval]],
) -> Iterator[str]:
    """Say which options improve a metric of ranking or of probabilities."""
    compared = [each for each in summaries if each.option.name not in (NONE, THRESHOLD)]
    if not compared:
        yield f"No option was compared with doing nothing ({metric_words(metric)})."
        return
    if all(each.difference[metric].is_zero for each in compared):
        yield f"No option changes {metric_words(metric)} in any fold."
        return
    if not better:
        yield f"No option {_does_better(metric)} than doing nothing ({metric_words(metric)})."
        yield from _ruled_out(summaries, metric)
        return
    models = {each.model for each in summaries}
    for model in dict.fromkeys(each.model for each, _ in better):
        found = [pair for pair in better if pair[0].model == model]
        yield _improvement(found, metric, model, is_only=len(models) > 1 and _is_only(better))


def _does_better(metric: str) -> str:
    if metric in RANKING:
        return "ranks better"
    if metric in PROBABILITIES:
        return "gives better probabilities"
    return "decides better"


def _is_only(better: Sequence[tuple[OptionSummary, Interval]]) -> bool:
    return len({each.model for each, _ in better}) == 1


def _improvement(
    found: Sequence[tuple[OptionSummary, Interval]], metric: str, model: str, is_only: bool
) -> str:
    """Say by how much the best of the options that are shown to be better improves a metric."""
    best, interval = max(found, key=lambda pair: pair[1].mean or 0.0)
    words = option_words(best.option)
    verb = "improve" if best.option.name == CLASS_WEIGHT else "improves"
    text = (
        f"{words[0].upper()}{words[1:]} {verb} {metric_words(metric)} by "
        f"{interval_words(interval)} for {model_words(model)}{' only' if is_only else ''}"
    )
    others = [each.label for each, _ in found if each is not best]
    if others:
        shown = join_words(others) if len(others) <= 4 else f"{len(others)} other options"
        text += f"; also shown to be better: {shown}"
    return f"{text}."


def _ruled_out(summaries: Sequence[OptionSummary], metric: str) -> Iterator[str]:
    """Say how large a gain can still be."""
    highs = [
        each.difference[metric].high
        for each in summaries
        if each.option.name not in (NONE, THRESHOLD)
    ]
    known = [high for high in highs if high is not None]
    largest = max(0.0, *known) if known and len(known) == len(highs) else None
    if largest == 0:
        yield "Gains are ruled out: the interval of no option reaches above 0."
    elif largest is not None and not (metric in RANKING and largest > 1):
        if metric in RANKING:
            of_nothing = [each.mean(metric) for each in summaries if each.option.name == NONE]
            largest = min(largest, 1 - min(mean or 0.0 for mean in of_nothing))  # up to 1
        yield f"Gains of up to {number(largest)} are not ruled out."
    elif highs:
        yield "There are too few folds to say how large a gain can be."


def _threshold_sentence(winner: OptionSummary, scoring: Scoring, tuned: Interval) -> str:
    """Say whether to move the threshold of the option that is used."""
    metric = metric_words(scoring.tuned_for)
    if tuned.better:
        return (
            f"{_move(winner, scoring)}: it improves {metric} by {interval_words(tuned)} over "
            f"{_neutral(scoring)} for {model_words(winner.model)}."
        )
    return (
        f"Moving the threshold is not shown to improve {metric}: {interval_words(tuned)} for "
        f"{model_words(winner.model)}."
    )


def _above_chance(summary: OptionSummary, test_share: float) -> Interval | None:
    """Return the interval of the ROC AUC if it reaches down to that of chance."""
    (auc,) = intervals(summary.scores["roc_auc"][:, np.newaxis], test_share, 0.0)
    if auc.low is None or auc.high is None or auc.low > CHANCE:
        return None
    return replace(auc, low=max(0.0, auc.low), high=min(1.0, auc.high))


def _chance_sentence(winner: OptionSummary, auc: Interval) -> str:
    """Say that the option that is used is not shown to rank better than chance."""
    words = model_words(winner.model)
    option = f" with {option_words(winner.option)}" * (winner.option.name != NONE)
    return (
        f"{words[0].upper()}{words[1:]}{option} is not shown to rank better than chance: its "
        f"ROC AUC is {interval_words(auc)}, that of chance {CHANCE:g}. Neither resampling nor "
        "a threshold makes up for columns that do not tell the classes apart, even if "
        "predicting the class more often improves a metric of decisions."
    )


def _move(winner: OptionSummary, scoring: Scoring) -> str:
    if scoring.is_binary:
        return f"Move the threshold to {number(winner.threshold)}"
    return (
        "Divide probabilities by the class shares to the power of "
        f"{number(winner.threshold, 2)}"
    )


def _neutral(scoring: Scoring) -> str:
    return "doing nothing at 0.5" if scoring.is_binary else "the most probable class"


def _decision_sentences(
    summaries: Sequence[OptionSummary],
    metric: str,
    better: Sequence[tuple[OptionSummary, Interval]],
    compared: Sequence[tuple[OptionSummary, Interval]],
) -> Iterator[str]:
    """Say what a moved threshold improves, and what options improve beyond that."""
    for each in summaries:
        if each.option.name == THRESHOLD:
            interval = each.difference[metric]
            shown = "improves" if interval.better else "is not shown to improve"
            verb = f"A threshold of {number(each.threshold)} {shown} {metric_words(metric)}"
            yield f"{verb}: {interval_words(interval)} for {model_words(each.model)}."
    if better:
        models = {each.model for each, _ in better}
        for model in sorted(models):
            found = [pair for pair in better if pair[0].model == model]
            text = _improvement(found, metric, model, is_only=len(models) == 1)
            yield f"Beyond a moved threshold: {text}"
    elif compared:
        best, interval = max(compared, key=lambda pair: pair[1].mean or 0.0)
        yield (
            "No option is shown to decide better than a moved threshold alone. With both "
            f"thresholds tuned, the largest difference in {metric_words(metric)} is "
            f"{interval_words(interval)}, with {option_words(best.option)} for "
            f"{model_words(best.model)}."
        )
