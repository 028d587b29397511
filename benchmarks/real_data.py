"""smotefast beside imbalanced-learn on public data sets.

    python -m benchmarks.real_data FOLDER [--output FILE.json] [--only WORD]

FOLDER holds ``tables/`` (CSV files: KDD Cup 99, Give Me Some Credit) and ``benchmark/``
(npz files with "data" and "label"). The tables are turned to Parquet and resampled by the
command; the result is compared with what imbalanced-learn makes of the same rows in
memory. The npz sets are resampled in memory by both. Prints a Markdown table; ``--output``
also stores the numbers.

Bit-equal rows are expected where distances have no ties. Integer-valued columns have many,
and which of several equally near neighbours comes first is then another choice, as good.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import run_command
from benchmarks.real_tables import TASKS, Task, make_parquet
from benchmarks.tables import number, seconds

COLUMNS = ("data", "rows", "features", "before", "new rows", "smotefast", "imbalanced-learn")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_data", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", default="", help="only data sets with this in the name")
    asked = parser.parse_args()
    found = []
    for one in _all(asked.folder, asked.only):
        print(_line(one) if found else _header() + _line(one), flush=True)
        found.append(one)
    if asked.output:
        asked.output.write_text(json.dumps(found, indent=1) + "\n")


def _all(folder: Path, only: str) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / "benchmark").glob("*.npz")):
        if only in path.stem:
            yield in_memory(path)
    with tempfile.TemporaryDirectory(prefix="smotefast-real-") as temporary:
        for task in TASKS:
            if only in task.name:
                yield from_files(task, folder / "tables", Path(temporary))


def in_memory(path: Path) -> dict[str, Any]:
    """Resample one npz set with both libraries, exact search, the same seed."""
    from imblearn.over_sampling import SMOTE as TheirSMOTE

    from smotefast.over_sampling import SMOTE

    with np.load(path) as stored:
        X, y = stored["data"], stored["label"]
    took, rows = {}, {}
    samplers = {
        "smotefast": SMOTE(random_state=0, search="exact"),
        "imbalanced-learn": TheirSMOTE(random_state=0),
    }
    for side, sampler in samplers.items():
        sampler.fit_resample(X, y)
        started = time.perf_counter()
        X_new, y_new = sampler.fit_resample(X, y)
        took[side] = time.perf_counter() - started
        rows[side] = X_new[len(X) :]
    labels, counts = np.unique(y, return_counts=True)
    return {
        "name": path.stem,
        "rows": len(X),
        "features": X.shape[1],
        "before": dict(zip(labels.tolist(), counts.tolist(), strict=True)),
        "new_rows": len(y_new) - len(y),
        "seconds": took,
        "peak": None,
        "equal": share_equal(rows["smotefast"], rows["imbalanced-learn"]),
    }


def from_files(task: Task, tables: Path, temporary: Path) -> dict[str, Any]:
    """Resample a table by the command, and its rows in memory by imbalanced-learn."""
    source, result = temporary / f"{task.table}.parquet", temporary / "result.parquet"
    if not source.exists():
        make_parquet(task.table, tables, source)
    command = [sys.executable, "-m", "smotefast", "resample", str(source), str(result)]
    command += ["--target", task.target, "--search", "exact", "--overwrite", "--quiet"]
    command += ["--k-neighbors", str(task.k), "--memory-limit", task.memory_limit]
    command += ["--sampling-strategy", task.strategy_text()]
    done = run_command(command)
    X, y, ours = _read(source, result, task.target)
    theirs, took = _their_rows(task, X, y)
    return {
        "name": task.name,
        "rows": len(X),
        "features": X.shape[1],
        "before": y.value_counts().to_dict(),
        "new_rows": len(ours),
        "seconds": {"smotefast": done.wall, "imbalanced-learn": took},
        "peak": done.peak,
        "equal": share_equal(ours, theirs),
    }


def _read(source: Path, result: Path, target: str) -> tuple[Any, Any, np.ndarray]:
    """Return X and y of the source as frames, and the new rows of the result."""
    import pyarrow.parquet as pq

    before, after = pq.read_table(source), pq.read_table(result)
    if not after.slice(0, before.num_rows).equals(before):
        raise AssertionError("The originals are not the first rows of the result.")
    new = after.slice(before.num_rows).drop_columns([target]).to_pandas().to_numpy()
    frame = before.to_pandas()
    return frame.drop(columns=target), frame[target], new


def _their_rows(task: Task, X: Any, y: Any) -> tuple[np.ndarray, float]:
    from imblearn.over_sampling import SMOTE

    strategy = task.strategy or "auto"
    sampler = SMOTE(random_state=0, k_neighbors=task.k, sampling_strategy=strategy)
    started = time.perf_counter()
    X_new, _ = sampler.fit_resample(X, y)
    took = time.perf_counter() - started
    return X_new.iloc[len(X) :].to_numpy(), took


def share_equal(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the share of new rows that are equal in every value."""
    if ours.shape != theirs.shape:
        return 0.0
    return float((ours == theirs).all(axis=1).mean()) if len(ours) else 1.0


def _header() -> str:
    names = [*COLUMNS, "rows equal", "peak memory"]
    return f"| {' | '.join(names)} |\n|{' --- |' * len(names)}\n"


def _line(one: dict[str, Any]) -> str:
    before = sorted(one["before"].values(), reverse=True)
    counts = f"{before[0]:,} : {before[-1]:,}"
    if len(before) > 2:
        counts = f"{len(before)} classes, {counts}"
    ours, theirs = (one["seconds"].get(side) for side in ("smotefast", "imbalanced-learn"))
    cells = (
        one["name"],
        f"{one['rows']:,}",
        str(one["features"]),
        counts,
        f"{one['new_rows']:,}",
        seconds(ours),
        seconds(theirs) if theirs else "",
        f"{one['equal']:.2%}" if one["equal"] is not None else "",
        number(one["peak"], "bytes") if one["peak"] else "",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
