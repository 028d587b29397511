"""Tasks on real tables: each side in a fresh process, and how much of the results is equal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.family_tasks import Task
from benchmarks.processes import call
from benchmarks.programs import OURS, THEIRS

_SHARED = ("rows", "features", "before")


def measured(
    tasks: Callable[[Path], Iterator[Task]], folder: Path, only: str
) -> Iterator[dict[str, Any]]:
    """Yield what each task gave whose data and sampler have ``only`` in their names.

    A task whose table is not in the folder is left out.
    """
    with tempfile.TemporaryDirectory(prefix="smotefast-real-") as temporary:
        for task in tasks(folder):
            is_there = any(folder.glob(f"*/{task.table}.*"))
            if is_there and only in f"{task.name} {task.sampler}":
                yield _both(task, folder, Path(temporary))


def _both(task: Task, folder: Path, temporary: Path) -> dict[str, Any]:
    """Run ours, in as many ways as the task has, and imbalanced-learn's; compare."""
    sides, saved = {}, {}
    for side, parameters in task.sides().items():
        saved[side] = str(temporary / f"side-{len(saved)}")
        sides[side] = _run(task, side, parameters, folder, saved[side])
    if "seconds" in sides[THEIRS]:
        for side in task.ours:
            if "seconds" in sides[side]:
                sides[side] |= _compared(task, saved[side], saved[THEIRS])
    told = {name: sides[OURS][name] for name in _SHARED}
    for side in sides.values():
        for name in _SHARED:
            del side[name]
    return {"name": task.name, "sampler": task.sampler, **told, "sides": sides}


def _run(
    task: Task, side: str, parameters: dict[str, Any], folder: Path, save: str
) -> dict[str, Any]:
    answer = call(
        "benchmarks.family_sides:resample",
        library=THEIRS if side == THEIRS else OURS,
        sampler=task.sampler,
        data={"folder": str(folder), "table": task.table, "columns": task.columns},
        parameters=parameters,
        limits={"seconds": task.seconds, "gib": task.gib},
        save=save,
    )
    del answer["process"]
    return answer


def _compared(task: Task, first: str, second: str) -> dict[str, Any]:
    files = {"first": first, "second": second}
    shares = call("benchmarks.family_sides:compare", sampler=task.sampler, **files)
    del shares["process"]
    return shares
