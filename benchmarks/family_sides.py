"""One side of ``real_family``, as run inside a fresh process by ``worker``."""

from __future__ import annotations

import json
import os
import resource
import statistics
import threading
from typing import Any

from benchmarks.family_tables import load
from benchmarks.real_sides import share_equal
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
    """Time a sampler and save its new rows; a refusal or a call cut short is an answer."""
    X, y = load(**data)
    told = {"rows": X.shape[0], "features": X.shape[1], "before": class_counts(y)}
    made = make_sampler(library, sampler, **parameters)
    space = int(limits["gib"] * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))

    def resampled() -> Any:
        watch = _cut_short(limits["seconds"], told)
        try:
            return made.fit_resample(X, y)
        finally:
            watch.cancel()

    try:
        timed, (X_new, y_new) = time_calls(resampled, _LATER, _ENOUGH)
    except Exception as error:  # whatever is raised is what is to be reported
        words = str(error) or type(error).__name__
        return told | {"refused": words[:_WORDS], "peak": peak_bytes()}
    new = _frame(X_new)[len(X) :]
    new.to_pickle(save)
    seconds = statistics.median(timed["later"] or [timed["first"]])
    told |= {"seconds": seconds, "first": timed["first"], "n_later": len(timed["later"])}
    return told | {"after": class_counts(y_new), "new_rows": len(new), "peak": timed["peak"]}


def _cut_short(seconds: float, told: dict[str, Any]) -> threading.Timer:
    """Answer and end the process if a call takes longer: compiled code hears no signal."""

    def stop() -> None:
        print(json.dumps(told | {"stopped": seconds, "peak": peak_bytes()}), flush=True)
        os._exit(0)

    watch = threading.Timer(seconds, stop)
    watch.daemon = True
    watch.start()
    return watch


def _frame(X: Any) -> Any:
    import pandas as pd

    return X.reset_index(drop=True) if isinstance(X, pd.DataFrame) else pd.DataFrame(X)


def compare(first: str, second: str) -> dict[str, Any]:
    """Return the share of saved rows that are equal in every value."""
    import pandas as pd

    return {
        "equal": share_equal(*(pd.read_pickle(path).to_numpy() for path in (first, second)))
    }
