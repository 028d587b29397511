"""Every over-sampler beside imbalanced-learn's, on public data sets.

    python -m benchmarks.real_family FOLDER [--output FILE.json] [--only WORD]

FOLDER holds ``tables/`` (CSV and ARFF files) and ``benchmark/`` (npz files with "data" and
"label"); a table that is missing is left out. Each side runs in a fresh process, with exact
search: the median of up to 15 later calls, of those that fit into 20 s, or the only call. A
call that takes longer than 300 s (600 s on the census) is stopped, and a process has 20 GiB
of address space. What a sampler refuses is reported in its words, their first 80 characters.
WORD is looked for in the name of the data and the sampler.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.family_report import TABLE
from benchmarks.family_tasks import Task, tasks
from benchmarks.processes import call
from benchmarks.programs import OURS, THEIRS
from benchmarks.real_program import run

_SHARED = ("rows", "features", "before")


def main() -> None:
    run(TABLE, __doc__, measured)


def measured(folder: Path, only: str) -> Iterator[dict[str, Any]]:
    """Yield what each task gave."""
    with tempfile.TemporaryDirectory(prefix="smotefast-family-") as temporary:
        for task in tasks(folder):
            if only in f"{task.name} {task.sampler}":
                yield _both(task, folder, Path(temporary))


def _both(task: Task, folder: Path, temporary: Path) -> dict[str, Any]:
    sides = {}
    for side in (OURS, THEIRS):
        sides[side] = call(
            "benchmarks.family_sides:resample",
            library=side,
            sampler=task.sampler,
            data={"folder": str(folder), "table": task.table, "columns": task.columns},
            parameters=task.parameters | (task.ours if side == OURS else {}),
            limits={"seconds": task.seconds, "gib": task.gib},
            save=str(temporary / side),
        )
        del sides[side]["process"]
    equal = None
    if all("seconds" in side for side in sides.values()):
        files = {"first": str(temporary / OURS), "second": str(temporary / THEIRS)}
        equal = call("benchmarks.family_sides:compare", **files)["equal"]
    told = {name: sides[OURS][name] for name in _SHARED}
    for side in sides.values():
        for name in _SHARED:
            del side[name]
    return {"name": task.name, "sampler": task.sampler, **told, "sides": sides, "equal": equal}


if __name__ == "__main__":
    main()
