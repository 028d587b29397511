"""Arguments of ``compare``, checked before the data are read."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from smotefast._messages import did_you_mean, list_names
from smotefast.evaluation.decisions import DECISIONS, Scoring
from smotefast.evaluation.preprocessing import SCALERS
from smotefast.evaluation.scores import RANKING

METRICS = (*RANKING, *DECISIONS, "cost", "brier", "log_loss")
# Thresholds tuned for recall or precision alone would take all rows, or hardly any.
_TUNABLE = ("f1", "mcc", "balanced_accuracy", "cost")
_MANY_ROWS = 50_000
# A sample of fewer rows has hardly any of a small class.
_FEWEST_ROWS = 100


@dataclass(frozen=True)
class Arguments:
    """Arguments of ``compare``, see there."""

    models: str | Sequence[Any] | Mapping[str, Any]
    samplers: Iterable[Any] | None
    ratios: Sequence[float] | None
    k_neighbors: Sequence[int] | None
    folds: int
    repeats: int | None
    metric: str
    cost_fn: float | None
    cost_fp: float | None
    categorical: Iterable[Hashable]
    scaling: str
    drop: Iterable[Hashable]
    max_rows: int | None
    time_limit: float | None
    holdout: float
    seed: int
    n_jobs: int | None
    progress: bool | Callable[[str], object] | None

    def check(self) -> None:
        """Raise ValueError or TypeError for an argument that is invalid whatever the data."""
        from smotefast.evaluation.models import named_models
        from smotefast.evaluation.options import check_ratios, check_sampler, checked_ks

        _check_integer("folds", self.folds, 2)
        for name, value, least in (
            ("repeats", self.repeats, 1),
            ("max_rows", self.max_rows, _FEWEST_ROWS),
        ):
            if value is not None:
                _check_integer(name, value, least)
        _check_integer("random_state", self.seed, 0)
        if self.n_jobs is not None:
            _check_integer("n_jobs", self.n_jobs, -(1 << 16))
            if self.n_jobs == 0:
                raise ValueError("n_jobs=0 is not valid: give a number of processes, or -1.")
        if self.metric not in METRICS:
            raise ValueError(
                f"metric={self.metric!r} is not one of {list_names(METRICS)}."
                f"{did_you_mean(self.metric, METRICS)}"
            )
        if self.scaling not in SCALERS:
            raise ValueError(
                f"scaling={self.scaling!r} is not one of {list_names(SCALERS)}."
                f"{did_you_mean(self.scaling, SCALERS)}"
            )
        self._check_costs()
        _check_number("holdout", self.holdout, 0, 0.5)
        if self.time_limit is not None:
            _check_number("time_limit", self.time_limit, 1, math.inf)
        for sampler in self.samplers or ():
            check_sampler(sampler)
        check_ratios(self.ratios)
        checked_ks(self.k_neighbors)
        named_models(self.models, self.seed)

    def _check_costs(self) -> None:
        costs = self.cost_fn, self.cost_fp
        if (costs[0] is None) != (costs[1] is None):
            raise ValueError("cost_fn and cost_fp belong together: pass both.")
        if self.metric == "cost" and costs[0] is None:
            raise ValueError("metric='cost' needs cost_fn and cost_fp.")
        for name, value in zip(("cost_fn", "cost_fp"), costs, strict=True):
            if value is not None:
                _check_number(name, value, 0, math.inf)

    def n_repeats(self, n_rows: int) -> int:
        """Return how often the folds are drawn."""
        if self.repeats is not None:
            return self.repeats
        return 1 if n_rows > _MANY_ROWS else 3

    def scoring(self, n_classes: int, positive: int) -> Scoring:
        """Return how predictions are scored.

        Raises
        ------
        ValueError
            If there are costs and more than two classes.
        """
        if n_classes > 2 and self.cost_fn is not None:
            raise ValueError(
                f"cost_fn and cost_fp are for two classes, and y has {n_classes}. Leave them "
                "out."
            )
        tuned_for = "f1" if self.cost_fn is None else "cost"
        if self.metric in _TUNABLE:
            tuned_for = self.metric
        return Scoring(n_classes, positive, self.cost_fn, self.cost_fp, tuned_for)

    def say(self, text: str) -> None:
        """Report a line of progress."""
        import logging

        logging.getLogger("smotefast").info("compare: %s", text)
        if callable(self.progress):
            self.progress(text)
        elif self.progress or (self.progress is None and _is_watched()):
            print(f"compare: {text}", file=sys.stderr, flush=True)


def _is_watched() -> bool:
    from smotefast.report.progress import in_notebook

    return in_notebook() or (sys.stderr is not None and sys.stderr.isatty())


def _check_integer(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name}={value!r} must be a whole number from {least} on.")


def _check_number(name: str, value: Any, low: float, high: float) -> None:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        bound = f"between {low:g} and {high:g}" if math.isfinite(high) else f"{low:g} or more"
        raise ValueError(f"{name}={value!r} must be a number {bound}.")
