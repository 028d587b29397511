"""Run the work of a comparison: how long it takes, in how many processes, and until when."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from smotefast._process import signal_name
from smotefast._threads import thread_count
from smotefast.engine.param_constraints import sampling_type
from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.fitting import PreparedSplit, fit_predict
from smotefast.evaluation.folds import Fold, inner_splits
from smotefast.evaluation.options import Option
from smotefast.evaluation.work import FoldResults, TimeIsUpError, Work, one_thread
from smotefast.registry import sampler_class

# Starting worker processes takes about three seconds.
_WORTH_SECONDS = 12.0
# Rows of the fits that are timed before the comparison.
_TIMED_ROWS = (300, 1500)
_SCORING_SECONDS = 0.02
Say = Callable[[str], object]


@dataclass(frozen=True)
class Plan:
    """Number of fits, seconds of a fold in one process, and number of processes."""

    n_fits: int
    fold_seconds: float
    n_folds: int
    n_jobs: int

    @property
    def seconds(self) -> float:
        """Estimated seconds of all folds."""
        rounds = -(-self.n_folds // self.n_jobs)
        return rounds * self.fold_seconds

    def __str__(self) -> str:
        jobs = f" in {self.n_jobs} processes" if self.n_jobs > 1 else ""
        return f"{self.n_fits:,} fits, about {format_seconds(self.seconds)}{jobs}"


@dataclass
class Run:
    """The folds that were run, and why not all of them.

    "time limit", "Ctrl-C", or the signal "SIGTERM" or "SIGHUP".
    """

    folds: list[FoldResults] = field(default_factory=list)
    stopped: str | None = None
    interruption: KeyboardInterrupt | None = None

    def interrupt(self, error: KeyboardInterrupt) -> None:
        """Note what stopped it."""
        name = signal_name(error)
        self.stopped = "Ctrl-C" if name == "SIGINT" else name
        self.interruption = error


def format_seconds(seconds: float) -> str:
    """Return a time in words, such as "1 min 20 s".

    Examples
    --------
    >>> format_seconds(0.4), format_seconds(80), format_seconds(4000)
    ('1 s', '1 min 20 s', '1 h 6 min')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def make_plan(work: Work, folds: Sequence[Fold], n_jobs: int | None) -> Plan:
    """Time a few fits on a sample of the rows, and estimate the whole."""
    first = folds[len(folds) // 2]
    inner = inner_splits(work.data.take(first.train), work.seed)
    sizes = [len(first.train), *(len(fit) for fit, _ in inner)]
    fold_seconds = _fold_seconds(work, sizes)
    n_fits = len(work.keys) * len(folds) * len(sizes)
    is_long = fold_seconds * len(folds) > _WORTH_SECONDS
    cores = thread_count(n_jobs) if n_jobs is not None or is_long else 1
    return Plan(n_fits, fold_seconds, len(folds), min(cores, len(folds)))


def _fold_seconds(work: Work, sizes: Sequence[int]) -> float:
    """Return the seconds of a fold: seconds grow in proportion to the rows that are fitted."""
    samples = [_sample(work.data, n) for n in _TIMED_ROWS]
    splits = [PreparedSplit(work.data, rows, rows[:50], work.seed) for rows in samples]
    with one_thread():
        lines = {
            name: _line(model, work.options[0], splits) for name, model in work.models.items()
        }
    total = 0.0
    for i, name in work.keys:
        start, slope = lines[name]
        growth = _growth(work.options[i], work.data.counts)
        total += sum(start + slope * growth * n for n in sizes) + _SCORING_SECONDS
    return total


def _sample(data: EvaluationData, n_rows: int) -> np.ndarray:
    """Return positions of rows of all classes, at least ten of each."""
    rng = np.random.default_rng(0)
    rows = rng.permutation(data.n_rows)
    parts = [rows[:n_rows]]
    for c in range(len(data.labels)):
        parts.append(rows[data.y[rows] == c][:10])
    return np.unique(np.concatenate(parts))


def _line(model: Any, option: Option, splits: Sequence[PreparedSplit]) -> tuple[float, float]:
    """Return seconds of a fit without rows, and seconds of each row."""
    seconds = []
    fit_predict(model, option, splits[0].resample(option))  # loads what it imports
    for split in splits:
        rows = split.resample(option)
        started = time.perf_counter()
        fit_predict(model, option, rows)
        seconds.append(time.perf_counter() - started)
    few, many = len(splits[0].y), len(splits[-1].y)
    if many < 2 * few:
        return 0.0, seconds[-1] / many
    slope = max(0.0, (seconds[-1] - seconds[0]) / (many - few))
    return max(0.0, seconds[0] - slope * few), slope


def _growth(option: Option, counts: np.ndarray) -> float:
    """Return the rows after resampling, divided by those before."""
    if option.sampler is None or option.ratio is None:
        return 1.0
    if sampling_type(sampler_class(option.sampler)) == "under-sampling":
        return float(np.minimum(counts, counts.min() / option.ratio).sum() / counts.sum())
    return float(np.maximum(counts, counts.max() * option.ratio).sum() / counts.sum())


def run_folds(
    work: Work, folds: Sequence[Fold], plan: Plan, deadline: float | None, say: Say
) -> Run:
    """Run the folds until all are done, the time is up, or Ctrl-C or SIGTERM."""
    run = Run()
    started = time.monotonic()
    spoken = started
    folds_done = _serial if plan.n_jobs == 1 else _parallel
    try:
        for _ in folds_done(work, folds, plan, deadline, run):
            n, now = len(run.folds), time.monotonic()
            if now - spoken > 5 and n < len(folds):
                spoken = now
                left = (now - started) / n * (len(folds) - n)
                say(f"fold {n} of {len(folds)}, about {format_seconds(left)} left")
        if not all(found.is_complete for found in run.folds) or len(run.folds) < len(folds):
            run.stopped = "time limit"
    except TimeIsUpError:
        run.stopped = "time limit"
    except KeyboardInterrupt as error:
        run.interrupt(error)
    return run


def _serial(
    work: Work, folds: Sequence[Fold], plan: Plan, deadline: float | None, run: Run
) -> Iterator[None]:
    for fold in folds:
        if deadline is not None and time.time() >= deadline:
            return
        run.folds.append(FoldResults(fold))
        work.run_fold(run.folds[-1], deadline=deadline)
        yield


def _parallel(
    work: Work, folds: Sequence[Fold], plan: Plan, deadline: float | None, run: Run
) -> Iterator[None]:
    from joblib import Parallel, delayed

    pool = Parallel(plan.n_jobs, return_as="generator_unordered", pre_dispatch=plan.n_jobs)
    tasks = (
        delayed(_run_in_worker)(work, fold, deadline, os.getpid())
        for fold in folds
        if deadline is None or time.time() < deadline
    )
    with warnings.catch_warnings():
        # An interruption cancels folds; joblib warns of that.
        warnings.filterwarnings("ignore", message=".* tasks which were still being processed")
        with contextlib.closing(pool(tasks)) as results:
            for found in results:
                run.folds.append(found)
                yield


def _run_in_worker(work: Work, fold: Fold, deadline: float | None, parent: int) -> FoldResults:
    """Run a fold in a process that leaves Ctrl-C to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with(parent)
    return work.run_fold(FoldResults(fold), deadline=deadline)


@cache
def _end_with(parent: int) -> None:
    """End this process when its parent does, also if that was killed and told nobody."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    if os.getppid() == parent:
        threading.Thread(target=watch, daemon=True).start()
