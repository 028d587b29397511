"""The work of a comparison, fold by fold: it can be interrupted and keeps to a time limit."""

from __future__ import annotations

import signal
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.decisions import Scoring, tune_threshold
from smotefast.evaluation.fitting import PreparedSplit, can_fit, fit_predict
from smotefast.evaluation.folds import Fold, inner_splits
from smotefast.evaluation.options import THRESHOLD, Option
from smotefast.evaluation.scores import all_scores
from smotefast.neighbors import share_searches

Key = tuple[int, str]  # the option by its position, and the classifier by its name


class TimeIsUpError(KeyboardInterrupt):
    """The time limit is reached; handled as Ctrl-C."""


@dataclass(frozen=True)
class Result:
    """An option with one classifier on one fold."""

    scores: dict[str, float]
    threshold: float
    seconds: float
    probability: np.ndarray


@dataclass
class FoldResults:
    """The results of a fold, and why options failed on it."""

    fold: Fold
    results: dict[Key, Result] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    is_complete: bool = False


@dataclass(frozen=True)
class Work:
    """What is done on every fold.

    Attributes
    ----------
    data
        The rows.
    options, models
        The options, and classifiers by name.
    scoring
        How predictions are scored.
    seed
        Seed of the samplers and of the splits for thresholds.
    k
        The largest number of neighbors of any option.
    """

    data: EvaluationData
    options: Sequence[Option]
    models: Mapping[str, Any]
    scoring: Scoring
    seed: int
    k: int = 5

    @property
    def keys(self) -> list[Key]:
        """All options with all classifiers that are fitted."""
        return [
            (i, name)
            for i, option in enumerate(self.options)
            if option.name != THRESHOLD
            for name, model in self.models.items()
            if can_fit(model, option)
        ]

    def run_fold(
        self,
        found: FoldResults,
        keys: Sequence[Key] | None = None,
        deadline: float | None = None,
    ) -> FoldResults:
        """Fit and score options on a fold, until the deadline of ``time.time``.

        Results are added to ``found`` one by one, so that an interruption leaves them there.
        """
        try:
            with one_thread(), share_searches(self.k), alarm(deadline):
                self._run(found, self.keys if keys is None else keys, deadline)
            found.is_complete = True
        except TimeIsUpError:
            pass
        return found

    def _run(self, found: FoldResults, keys: Sequence[Key], deadline: float | None) -> None:
        splits = self._splits(found.fold)
        for i, option in enumerate(self.options):
            names = [name for j, name in keys if j == i]
            if not names:
                continue
            if deadline is not None and time.time() >= deadline:
                raise TimeIsUpError
            try:
                found.results |= self._run_option(i, option, names, splits)
            except (ValueError, RuntimeError, ArithmeticError) as error:
                found.errors[i] = " ".join(str(error).split())

    def _splits(self, fold: Fold) -> list[PreparedSplit]:
        """Return the fold itself, and splits of its training rows to tune thresholds on."""
        train = fold.train
        inner = [
            (train[fit], train[tune])
            for fit, tune in inner_splits(self.data.take(train), self.seed)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a column without values in a fold
            return [
                PreparedSplit(self.data, fit, test, self.seed)
                for fit, test in [(train, fold.test), *inner]
            ]

    def _run_option(
        self, i: int, option: Option, names: list[str], splits: list[PreparedSplit]
    ) -> dict[Key, Result]:
        seconds = dict.fromkeys(names, 0.0)
        predicted: dict[str, list[np.ndarray]] = {name: [] for name in names}
        counts: dict[str, np.ndarray] = {}
        for number, split in enumerate(splits):
            started = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of samplers, about small classes
                rows = split.resample(option)
            resampling = time.perf_counter() - started
            for name in names:
                started = time.perf_counter()
                probability, after = fit_predict(self.models[name], option, rows)
                predicted[name].append(probability)
                if not number:
                    seconds[name] = resampling + time.perf_counter() - started
                    counts[name] = after
        return {
            (i, name): self._result(splits, predicted[name], counts[name], seconds[name])
            for name in names
        }

    def _result(
        self,
        splits: list[PreparedSplit],
        predicted: list[np.ndarray],
        after: np.ndarray,
        seconds: float,
    ) -> Result:
        before = splits[0].counts
        threshold = self.scoring.neutral
        if len(splits) > 1:
            y = np.concatenate([split.y_test for split in splits[1:]])
            priors = before / before.sum()
            threshold = tune_threshold(y, np.vstack(predicted[1:]), priors, self.scoring)
        scores = all_scores(
            splits[0].y_test, predicted[0], threshold, (before, after), self.scoring
        )
        return Result(scores, threshold, seconds, predicted[0])


@contextmanager
def one_thread() -> Iterator[None]:
    """Fit with one thread: threads of OpenMP would wait for each other in small fits.

    HistGradientBoostingClassifier on 3,000 x 52 took 0.3 s with one thread and, on two cores
    with other work, 2 s with two.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@contextmanager
def alarm(deadline: float | None) -> Iterator[None]:
    """Raise TimeIsUpError in this block at a time of ``time.time``, also during a fit.

    Outside of the main thread, where signals are not delivered, and without ``SIGALRM``, it is
    raised only at the start.
    """
    if deadline is None:
        yield
        return
    left = deadline - time.time()
    if left <= 0:
        raise TimeIsUpError
    is_main = threading.current_thread() is threading.main_thread()
    has_timer = hasattr(signal, "setitimer") and signal.getsignal(signal.SIGALRM) in (
        signal.SIG_DFL,
        signal.SIG_IGN,
    )
    with _timer(left) if is_main and has_timer else nullcontext():
        yield


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise TimeIsUpError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
