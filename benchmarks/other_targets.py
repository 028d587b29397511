"""Samplers for a numeric target and for several labels: imbalanced-learn has none of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.measure import Found, Plan, case_of, claim
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import call
from smotefast.bench.spread import summarize_calls
from smotefast.bench.worker import time_calls

_SAMPLERS = ("SMOTER", "SMOGN", "MLSMOTE")
# Seconds of a call. Packages that search in Python loops take hours.
_AT_MOST = 60
_SHAPE = 28_000, 59
_N_LABELS = 10


def other_targets(plan: Plan) -> Found:
    """Measure calls of each sampler in turn, in fresh processes."""
    n_rows, later = plan.size(_SHAPE[0], 500), plan.size(2, 1)
    turns = {
        name: partial(
            call, "benchmarks.other_targets:calls", sampler=name, n_rows=n_rows, later=later
        )
        for name in _SAMPLERS
    }
    for start in turns.values():  # what has to be compiled is compiled
        start(later=0)
    answers = take_turns(turns, plan.rounds(3))
    sides = {name: summarize_calls(found) for name, found in answers.items()}
    return case_of(
        "SMOTER and SMOGN (numeric target), MLSMOTE (10 labels), 28,000 x 59 float64",
        {"rows": n_rows, "features": _SHAPE[1]},
        {f"smotefast, {name}": side for name, side in sides.items()},
        [
            claim(
                f"seconds of a call, {name}",
                _AT_MOST,
                side["later_calls"]["maximum"],
                "s",
                at_most=True,
            )
            for name, side in sides.items()
        ],
        "Normal columns. The target is the exponential of the sum of two of them, so that "
        "high values are rare. The labels have shares from 0.8 to 0.003.",
    )


def calls(sampler: str, n_rows: int, later: int) -> dict[str, Any]:
    """Time ``fit_resample`` of a sampler, as run inside a fresh process."""
    import numpy as np

    from smotefast import multilabel, regression

    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, _SHAPE[1]))
    y: Any = np.exp(X[:, 0] + X[:, 1])
    module: Any = regression
    if sampler == "MLSMOTE":
        shares = np.geomspace(0.8, 0.003, _N_LABELS)
        y, module = (rng.random((n_rows, _N_LABELS)) < shares).astype(int), multilabel
    fitted = getattr(module, sampler)(random_state=0)
    answer, (X_new, _) = time_calls(lambda: fitted.fit_resample(X, y), later)
    return answer | {"input_bytes": X.nbytes + y.nbytes, "result_bytes": X_new.nbytes}
