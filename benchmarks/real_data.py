"""smotefast beside imbalanced-learn on public data sets.

    python -m benchmarks.real_data FOLDER [--output FILE.json] [--only WORD]

FOLDER holds ``tables/`` (CSV files: KDD Cup 99, Give Me Some Credit) and ``benchmark/``
(npz files with "data" and "label"). The npz sets are resampled in memory by both libraries:
the median of later calls. The tables are turned to Parquet and resampled from file to file
by whole processes: the command ``smotefast resample``, and a program that reads the table,
calls imbalanced-learn and writes the result. Prints a Markdown table; ``--output`` also
stores the numbers.

Bit-equal rows are expected where distances have no ties. Integer-valued columns have many,
and which of several equally near neighbours comes first is then another choice, as good.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.processes import call, run_command
from benchmarks.programs import OURS, THEIRS
from benchmarks.real_program import run
from benchmarks.real_report import TABLE
from benchmarks.real_tables import TASKS, Task

_RUNS = 3


def main() -> None:
    run(TABLE, __doc__, _all)


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
    answer = call("benchmarks.real_sides:both_in_memory", path=str(path))
    del answer["process"]
    return {"name": path.stem, **answer}


def from_files(task: Task, tables: Path, temporary: Path) -> dict[str, Any]:
    """Resample a table from file to file: the command, and a program around the other."""
    source, theirs, ours = (
        temporary / f"{name}.parquet" for name in (task.table, "theirs", "ours")
    )
    if not source.exists():
        call(
            "benchmarks.real_tables:make_parquet",
            table=task.table, folder=str(tables), destination=str(source),
        )  # fmt: skip
    command = [sys.executable, "-m", "smotefast", "resample", str(source), str(ours)]
    command += ["--target", task.target, "--search", "exact", "--overwrite", "--quiet"]
    command += ["--k-neighbors", str(task.k), "--memory-limit", task.memory_limit]
    command += ["--sampling-strategy", task.strategy_text()]
    job = {"target": task.target, "k": task.k, "strategy": task.strategy or "auto"}
    runs: dict[str, list[dict[str, Any]]] = {OURS: [], THEIRS: []}
    for _ in range(_RUNS):
        runs[OURS].append(run_command(command).times())
        paths = {"source": str(source), "destination": str(theirs)}
        answer = call("benchmarks.real_sides:their_job", **paths, **job)
        runs[THEIRS].append(answer["process"])
    compared = call(
        "benchmarks.real_sides:compare_files",
        source=str(source), ours=str(ours), theirs=str(theirs), target=task.target,
    )  # fmt: skip
    del compared["process"]
    return {
        "name": task.name,
        "seconds": {side: _median(runs[side], "wall") for side in runs},
        "peak": {side: _median(runs[side], "peak") for side in runs},
        **compared,
    }


def _median(runs: list[dict[str, Any]], what: str) -> float:
    return statistics.median(one[what] for one in runs)


if __name__ == "__main__":
    main()
