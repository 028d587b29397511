"""One side of a task on a real table, as run inside a fresh process by ``worker``."""

from __future__ import annotations

import resource
import statistics
from typing import Any

from benchmarks.family_tables import load
from benchmarks.limits import limited
from benchmarks.programs import selects
from benchmarks.real_sides import share_equal
from benchmarks.selections import compare as compare_selections
from benchmarks.selections import reliability, save_selection
from benchmarks.sides import class_counts, make_sampler
from benchmarks.worker import peak_bytes, time_calls

_LATER, _ENOUGH = 15, 20.0  # calls, or seconds of them
_WORDS = 80


def resample(
    library: str,
    sampler: str,
    data: dict[str, str],
    parameters: dict[str, Any],
    limits: dict[str, float],
    save: str,
) -> dict[str, Any]:
    """Time a sampler and save its rows; a refusal or a call cut short is an answer."""
    X, y = load(**data)
    told = {"rows": X.shape[0], "features": X.shape[1], "before": class_counts(y)}
    made = make_sampler(library, sampler, **parameters)
    space = int(limits["gib"] * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))

    resampled = limited(lambda: made.fit_resample(X, y), limits["seconds"], told)
    try:
        timed, (X_new, y_new) = time_calls(resampled, _LATER, _ENOUGH)
    except Exception as error:  # whatever is raised is what is to be reported
        words = str(error) or type(error).__name__
        return told | {"refused": words[:_WORDS], "peak": peak_bytes()}
    seconds = statistics.median(timed["later"] or [timed["first"]])
    told |= {"seconds": seconds, "first": timed["first"], "n_later": len(timed["later"])}
    told |= {"after": class_counts(y_new), "peak": timed["peak"]}
    return told | _saved(save, made, len(X), X_new)


def _saved(path: str, made: Any, n_before: int, X_new: Any) -> dict[str, Any]:
    """Save what compares, decisions or new rows, and return what else is known of it."""
    if selects(type(made).__name__):
        save_selection(path, made, n_before, X_new)
        return reliability(made)
    new = _frame(X_new)[n_before:]
    new.to_pickle(path)
    return {"new_rows": len(new)}


def _frame(X: Any) -> Any:
    import pandas as pd

    return X.reset_index(drop=True) if isinstance(X, pd.DataFrame) else pd.DataFrame(X)


def compare(sampler: str, first: str, second: str) -> dict[str, Any]:
    """Return the share of saved rows that are equal in every value, or of a selection."""
    if selects(sampler):
        return compare_selections(first, second)
    import pandas as pd

    saved = (pd.read_pickle(path).to_numpy() for path in (first, second))
    return {"rows_equal": share_equal(*saved)}
