"""The two sides of a measurement, as run inside a fresh process by ``worker``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.programs import MODULES
from benchmarks.worker import time_calls


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return ``SMOTE`` or ``RandomOverSampler`` of one of the two libraries."""
    from importlib import import_module

    return getattr(import_module(MODULES[library]), name)(random_state=0, **parameters)


def smote_calls(
    library: str,
    folder: str,
    later: int,
    search: str | None = None,
    save: str | None = None,
    recall: bool = False,
) -> dict[str, Any]:
    """Time ``SMOTE().fit_resample``; optionally save the new rows, or referee them."""
    X = np.load(Path(folder) / "X.npy")
    y = np.load(Path(folder) / "y.npy")
    sampler = make_sampler(library, "SMOTE", **({"search": search} if search else {}))
    answer, (X_new, y_new) = time_calls(lambda: sampler.fit_resample(X, y), later)
    answer["input_bytes"] = X.nbytes + y.nbytes
    answer["result_bytes"] = X_new.nbytes + y_new.nbytes
    answer["new_rows"] = len(X_new) - len(X)
    answer["search"] = getattr(sampler, "search_", None)
    if save:
        np.save(save, X_new[len(X) :])
    if recall:
        from benchmarks.recall import recall_of

        answer["recall"] = recall_of(sampler, X)
    return answer


def compare_rows(first: str, second: str) -> dict[str, Any]:
    """Count the saved rows that are equal bit for bit."""
    one, other = np.load(first), np.load(second)
    if one.dtype != other.dtype or one.shape != other.shape:
        return {"equal": 0, "rows": len(one)}
    same = one.view(np.uint8) == other.view(np.uint8)
    return {"equal": int(same.all(axis=1).sum()), "rows": len(one)}
