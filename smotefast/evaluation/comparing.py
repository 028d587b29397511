"""A comparison from data to verdict."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from smotefast._messages import list_names
from smotefast._process import SignalError, exit_on_signals
from smotefast.evaluation.arguments import Arguments
from smotefast.evaluation.comparison import Comparison
from smotefast.evaluation.curves import make_curves
from smotefast.evaluation.data import EvaluationData, read_data
from smotefast.evaluation.folds import Fold, duplicates_across, hold_out, make_folds
from smotefast.evaluation.given_samplers import categories_of_samplers
from smotefast.evaluation.holdout import last_estimate
from smotefast.evaluation.models import named_models
from smotefast.evaluation.options import (
    THRESHOLD,
    fitting_samplers,
    interpolates_encoded,
    make_options,
)
from smotefast.evaluation.reporting.pipeline_code import pipeline_code
from smotefast.evaluation.reporting.wording import join_words
from smotefast.evaluation.running import Run, make_plan, run_folds
from smotefast.evaluation.sources import loading_code, read_files, usable_rows
from smotefast.evaluation.summary import (
    OptionSummary,
    finished_folds,
    summarize,
    tuned_against_threshold,
)
from smotefast.evaluation.verdict import Verdict, decide_verdict
from smotefast.evaluation.work import FoldResults, Work
from smotefast.tables.target_column import split_target

# Rows of the smallest class among those that are kept for the last estimate.
_FEWEST_KEPT = 5
# Repeats in which duplicates across folds are counted.
_CHECKED_REPEATS = 3
# A comparison stops so long before its time limit, as a share, for the last estimate.
_KEPT_TIME = 0.1
# An interval is drawn from the groups of the kept rows. With fewer, it is too narrow.
_FEW_GROUPS = 20


def compare_files(
    path: Any, target: Any, groups: Any, time: Any, arguments: Arguments
) -> Comparison:
    """Compare options on files; see ``compare``."""
    started = clock.time()
    if target in arguments.drop:
        raise ValueError(f"drop={target!r} is the target. Drop other columns.")
    table, warnings = read_files(path, target, arguments)
    load = loading_code(path, target)
    arguments = replace(arguments, drop=())  # which are not in the table
    return _compare_columns(table, target, groups, time, arguments, warnings, started, load)


def compare_data(X: Any, y: Any, groups: Any, time: Any, arguments: Arguments) -> Comparison:
    """Compare options on data in memory; see ``compare``."""
    started = clock.time()
    if y is None:
        raise TypeError(
            "compare() needs the class of each row: pass the labels as y, or the name of a "
            "column of X as in compare(X, target='label')."
        )
    load = "X = X.toarray()\n" if sparse.issparse(X) else ""
    return _compare_columns(X, y, groups, time, arguments, [], started, load)


def _compare_columns(
    X: Any,
    y: Any,
    groups: Any,
    time: Any,
    arguments: Arguments,
    warnings: list[str],
    started: float,
    load: str,
) -> Comparison:
    """Take columns that are given by name out of X, read the rest, and compare."""
    for name, given in (("groups", groups), ("time", time)):
        if isinstance(y, str | int) and isinstance(given, str | int) and given == y:
            raise ValueError(f"{name}={given!r} is the target. Name another column.")
    if isinstance(groups, str | int) and isinstance(time, str | int) and groups == time:
        raise ValueError(f"time={time!r} names the groups, too. Name another column.")
    if isinstance(y, str | int):
        X, y = split_target(X, y, "target")
    if isinstance(groups, str | int):
        X, groups = split_target(X, groups, "groups")
    if isinstance(time, str | int):
        X, time = split_target(X, time, "time")
    X = _without_dropped(X, list(arguments.drop))
    data, left_out = read_data(
        X,
        y,
        groups=groups,
        time=time,
        categorical={*arguments.categorical, *categories_of_samplers(arguments.samplers, X)},
        scaling=arguments.scaling,
    )
    data, reduced = usable_rows(data, arguments)
    warnings = [*warnings, *left_out, *reduced]
    return _Comparing(data, arguments, warnings, started, load).run()


def _without_dropped(X: Any, dropped: list[Any]) -> Any:
    for name in dropped:
        X = split_target(X, name, "drop")[0]
    return X


class _Comparing:
    """The steps of a comparison."""

    def __init__(
        self,
        data: EvaluationData,
        arguments: Arguments,
        warnings: list[str],
        started: float,
        load: str,
    ) -> None:
        self.data, self.arguments, self.load = data, arguments, load
        self.warnings = warnings
        self.deadline = None
        if arguments.time_limit is not None:
            self.deadline = started + arguments.time_limit
        self.models = named_models(arguments.models, arguments.seed)
        self.options = make_options(
            data, arguments.samplers, arguments.ratios, arguments.k_neighbors
        )
        self._warn_of_encoded_columns()
        self.scoring = arguments.scoring(len(data.labels), data.positive)
        self.rows, self.kept = self._split()

    def _warn_of_encoded_columns(self) -> None:
        named = {each.name for each in self.options if interpolates_encoded(each)}
        if named and self.data.categorical.any():
            (fitting,) = fitting_samplers(self.data)
            self.warnings.append(
                f"Synthetic rows of {list_names(sorted(named))} lie between categories: they "
                f"are interpolated in one-hot columns. {fitting!r} keeps categories."
            )

    def _split(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the cross-validation, and those for the last estimate."""
        data, share = self.data, self.arguments.holdout
        everything = np.arange(data.n_rows)
        if not share:
            return everything, everything[:0]
        rows, kept = hold_out(data, share, self.arguments.seed)
        n_classes = len(data.labels)
        fewest = np.bincount(data.y[kept], minlength=n_classes).min()
        left = np.bincount(data.y[rows], minlength=n_classes).min()
        if fewest >= _FEWEST_KEPT and left >= 2 * self.arguments.folds:
            return rows, kept
        self.warnings.append(
            "No rows are kept for a last estimate: they would have too few of a class. The "
            "metrics of the option to use are those it was chosen by, which flatter it."
        )
        return everything, everything[:0]

    def _work(self, data: EvaluationData) -> Work:
        ks = [option.k for option in self.options if option.k is not None]
        return Work(
            data, self.options, self.models, self.scoring, self.arguments.seed, max(ks or [1])
        )

    def run(self) -> Comparison:
        """Return the comparison; SIGTERM and SIGHUP end it as Ctrl-C does."""
        with exit_on_signals(SignalError):
            return self._run()

    def _run(self) -> Comparison:
        work = self._work(self.data.take(self.rows))
        folds = self._folds(work.data)
        self._check_duplicates(work.data, folds)
        plan = make_plan(work, folds, self.arguments.n_jobs)
        self.arguments.say(
            f"{self.data.n_rows:,} rows x {len(self.data.names):,} columns; "
            f"{len(self.options)} options x {len(self.models)} model"
            f"{'s' * (len(self.models) > 1)} x {len(folds)} folds: "
            f"{plan}"
        )
        run = run_folds(work, folds, plan, self._deadline(), self.arguments.say)
        run.folds.sort(key=_order)
        return self._result(work, folds, run)

    def _deadline(self) -> float | None:
        """Return when cross-validation has to stop, so that the last estimate can be made."""
        if self.deadline is None or not len(self.kept):
            return self.deadline
        left = self.deadline - clock.time()
        return self.deadline - _KEPT_TIME * left

    def _folds(self, data: EvaluationData) -> list[Fold]:
        arguments = self.arguments
        folds = make_folds(
            data, arguments.folds, arguments.n_repeats(data.n_rows), arguments.seed
        )
        if len(folds) < 2:
            raise ValueError(
                "Fewer than two folds have rows of all classes to train and to test on. Use "
                "fewer folds, or more rows."
            )
        if data.times is not None and len(folds) < arguments.folds:
            self.warnings.append(
                f"{arguments.folds - len(folds)} of {arguments.folds} folds in time are left "
                "out: a class has no rows in them."
            )
        return folds

    def _check_duplicates(self, data: EvaluationData, folds: list[Fold]) -> None:
        first = [fold for fold in folds if fold.repeat < _CHECKED_REPEATS]
        n_found = duplicates_across(data.hashes(), first)
        if n_found:
            n_tested = sum(len(fold.test) for fold in folds if fold.repeat == folds[0].repeat)
            self.warnings.append(
                f"{n_found:,} of {n_tested:,} test rows ({n_found / n_tested:.1%}) equal a "
                "training row, so that metrics may be too good. Remove duplicates, or pass "
                "groups that keep equal rows together."
            )

    def _result(self, work: Work, folds: list[Fold], run: Run) -> Comparison:
        used = finished_folds(run.folds)
        metric, seed = self.arguments.metric, self.arguments.seed
        summaries = summarize(work, used, metric, seed) if used else []
        if not summaries:
            raise self._nothing_finished(run)
        left_out = self._warn(work, run, used, len(folds), summaries)
        share = float(np.mean([len(f.fold.test) / len(f.fold.train) for f in used]))
        beyond = []
        if metric in self.scoring.decisions:
            beyond = tuned_against_threshold(summaries, metric, share, seed)
        verdict = decide_verdict(summaries, metric, self.scoring, beyond, share)
        if left_out and run.stopped is not None:
            text = f"{verdict.text} Not compared, as too few folds were finished: "
            verdict = replace(verdict, text=f"{text}{list_names(left_out)}.")
        return Comparison(
            metric=metric,
            counts=dict(zip(self.data.labels, self.data.counts.tolist(), strict=True)),
            positive=self.data.labels[self.scoring.positive],
            n_folds=len(used),
            planned_folds=len(folds),
            scoring=self.scoring,
            options=summaries,
            decision=verdict,
            estimate=self._estimate(run, verdict),
            warnings=self.warnings,
            code=self._code(verdict),
            stopped=run.stopped,
            curves=make_curves(work, used, summaries, verdict.winner, metric),
        )

    def _nothing_finished(self, run: Run) -> BaseException:
        errors = [text for found in run.folds for text in found.errors.values()]
        if run.interruption is not None:
            run.interruption.args = ("no option was finished.",)
            return run.interruption
        if run.stopped is not None:
            return RuntimeError(
                f"No option was finished within time_limit={self.arguments.time_limit:g}. "
                "Raise it, or use fewer rows: max_rows."
            )
        return ValueError(f"Doing nothing cannot be evaluated: {next(iter(errors), '')}")

    def _warn(
        self,
        work: Work,
        run: Run,
        used: list[FoldResults],
        n_folds: int,
        summaries: list[OptionSummary],
    ) -> list[str]:
        """Warn of what is missing: folds, options, enough of either to say something.

        Returns the options that were not finished.
        """
        left_out = []
        if run.stopped is not None:
            self.warnings.append(
                f"Stopped by {run.stopped} after {len(used)} of {n_folds} folds; the results "
                "are those of these folds."
            )
        errors: dict[int, str] = {}
        by_error: dict[str, list[str]] = {}
        for found in used:
            errors = {**found.errors, **errors}
        shown = {(each.option, each.model) for each in summaries}
        for i, option in enumerate(work.options):
            missing = [name for name in work.models if (option, name) not in shown]
            if i in errors:
                by_error.setdefault(errors[i], []).append(option.label)
            elif missing and option.name != THRESHOLD:
                if not used[0].is_complete:
                    left_out.append(option.label)
                    continue
                self.warnings.append(
                    f"{option.label} is left out for {', '.join(missing)}: it takes no weights."
                )
        for error, labels in by_error.items():
            are = "is" if len(labels) == 1 else "are"
            self.warnings.append(f"{join_words(labels)} {are} left out: {error}")
        if len(used) < 2:
            self.warnings.append("One fold has no intervals: nothing is shown to be better.")
        return left_out

    def _estimate(self, run: Run, verdict: Verdict) -> Any:
        if not len(self.kept) or run.interruption is not None:
            return None
        work = self._work(self.data)
        metric, seed = self.arguments.metric, self.arguments.seed
        found = None
        try:
            found = last_estimate(
                work, self.rows, self.kept, verdict, metric, seed, self.deadline
            )
        except KeyboardInterrupt as error:
            run.interrupt(error)
        if found is None:
            self.warnings.append(
                "There is no estimate on the rows that were kept: it was not finished."
            )
        elif self.data.groups is not None:
            n_groups = len(np.unique(self.data.groups[self.kept]))
            if n_groups < _FEW_GROUPS:
                self.warnings.append(
                    f"The rows that were kept are of {n_groups} groups: the interval of their "
                    "estimate is uncertain."
                )
        return found

    def _code(self, verdict: Verdict) -> str:
        winner = verdict.winner
        threshold = winner.threshold if verdict.moves_threshold else None
        return pipeline_code(
            self.data,
            winner.option,
            self.models[winner.model],
            threshold,
            self.arguments.seed,
            self.load,
        )


def _order(found: FoldResults) -> tuple[int, int]:
    return found.fold.repeat, int(found.fold.test[0])
