"""The sides of ``real_data``, as run inside a fresh process by ``worker``."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from benchmarks.programs import OURS, THEIRS
from benchmarks.sides import make_sampler
from benchmarks.worker import time_calls

_LATER = 15


def both_in_memory(path: str) -> dict[str, Any]:
    """Time both libraries on an npz set, exact search, and compare their rows."""
    with np.load(path) as stored:
        X, y = stored["data"], stored["label"]
    samplers = {
        OURS: make_sampler(OURS, "SMOTE", search="exact"),
        THEIRS: make_sampler(THEIRS, "SMOTE"),
    }
    seconds, rows = {}, {}
    for side, sampler in samplers.items():
        timed, (X_new, _) = time_calls(
            lambda sampler=sampler: sampler.fit_resample(X, y), _LATER
        )
        seconds[side] = statistics.median(timed["later"])
        rows[side] = X_new[len(X) :]
    labels, counts = np.unique(y, return_counts=True)
    return {
        "rows": len(X),
        "features": X.shape[1],
        "before": dict(zip(labels.tolist(), counts.tolist(), strict=True)),
        "new_rows": len(rows[OURS]),
        "seconds": seconds,
        "peak": None,
        "equal": share_equal(rows[OURS], rows[THEIRS]),
    }


def their_job(
    source: str, destination: str, target: str, k: int, strategy: str | dict[str, int]
) -> dict[str, Any]:
    """Resample from Parquet to Parquet as one does with imbalanced-learn."""
    import pandas as pd

    frame = pd.read_parquet(source)
    y = frame.pop(target)
    sampler = make_sampler(THEIRS, "SMOTE", k_neighbors=k, sampling_strategy=strategy)
    X_new, y_new = sampler.fit_resample(frame, y)
    X_new.assign(**{target: y_new}).to_parquet(destination, index=False)
    return {}


def compare_files(source: str, ours: str, theirs: str, target: str) -> dict[str, Any]:
    """Count the new rows that are equal in every value; the originals must come first."""
    import pyarrow.parquet as pq

    before, after = pq.read_table(source), pq.read_table(ours)
    if not after.slice(0, before.num_rows).equals(before):
        raise AssertionError("The originals are not the first rows of the result.")
    new = [
        table.slice(before.num_rows).drop_columns([target]).to_pandas().to_numpy()
        for table in (after, pq.read_table(theirs))
    ]
    counts = before.column(target).value_counts().to_pylist()
    return {
        "rows": before.num_rows,
        "features": before.num_columns - 1,
        "before": {str(one["values"]): one["counts"] for one in counts},
        "new_rows": len(new[0]),
        "equal": share_equal(*new),
    }


def share_equal(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the share of new rows that are equal in every value."""
    if ours.shape != theirs.shape:
        return 0.0
    return float((ours == theirs).all(axis=1).mean()) if len(ours) else 1.0
