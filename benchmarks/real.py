"""smotefast beside imbalanced-learn on public data sets.

    python -m benchmarks.real {data,family,cleaning} FOLDER [--output FILE.json] [--only WORD]

FOLDER holds ``tables/`` (CSV and ARFF files) and ``benchmark/`` (npz files with "data" and
"label"); what is missing is left out. WORD is looked for in the names of data and sampler.

"data" resamples the npz sets by SMOTE in memory, and tables from Parquet to Parquet by whole
processes: the command ``smotefast resample``, and a program around imbalanced-learn. "family"
runs the other over-samplers, and "cleaning" the cleaners and combinations. Each side runs in a
fresh process: the median of up to 15 later calls, of those that fit into 20 s, or the only
call. A call that takes longer than 300 s (600 s on the census) is stopped, and a process has
20 GiB of address space. What a sampler refuses is reported in its words, their first 80
characters. Prints a Markdown table; ``--output`` also stores the numbers.

Equal rows are expected where distances have no ties. Integer-valued columns have many, and
which of several equally near neighbors comes first is then another choice, as good.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.programs import OURS, THEIRS
from benchmarks.real_reports import TABLES
from benchmarks.real_tasks import (
    FILE_TASKS,
    FileTask,
    Task,
    cleaning_tasks,
    data_tasks,
    family_tasks,
)
from benchmarks.turns import Found, compare_saved
from smotefast.bench.processes import call, run_command
from smotefast.bench.spread import rounded

_LATER, _ENOUGH = 15, 20.0  # calls, or seconds of them
_RUNS = 3
_SHARED = ("rows", "features", "before")
_TASKS = {"data": data_tasks, "family": family_tasks, "cleaning": cleaning_tasks}


def measured(kind: str, folder: Path, only: str) -> Iterator[Found]:
    """Yield what each task gave whose data and sampler have ``only`` in their names."""
    with tempfile.TemporaryDirectory(prefix="smotefast-real-") as temporary:
        for task in _TASKS[kind](folder):
            is_there = any(folder.glob(f"*/{task.table}.*"))
            if is_there and only in f"{task.name} {task.sampler}":
                found = _both(task, folder, Path(temporary))
                yield found if kind == "cleaning" else _of_over_samplers(kind, found)
        for file_task in FILE_TASKS if kind == "data" else ():
            is_there = any(folder.glob(f"tables/{file_task.table}.*"))
            if is_there and only in file_task.name:
                yield from_files(file_task, folder / "tables", Path(temporary))


def _both(task: Task, folder: Path, temporary: Path) -> Found:
    """Run ours, in as many ways as the task has, and imbalanced-learn's; compare."""
    sides, saved = {}, {}
    for side, parameters in task.sides().items():
        saved[side] = str(temporary / f"side-{len(saved)}")
        sides[side] = _run(task, side, parameters, folder, saved[side])
    if "seconds" in sides[THEIRS]:
        for side in task.ours:
            if "seconds" in sides[side]:
                shares = compare_saved(task.sampler, saved[side], saved[THEIRS])
                sides[side] |= shares
    known = {name: sides[OURS][name] for name in _SHARED}
    for side in sides.values():
        for name in _SHARED:
            del side[name]
    return {"name": task.name, "sampler": task.sampler, **known, "sides": sides}


def _run(task: Task, side: str, parameters: Found, folder: Path, save: str) -> Found:
    answer = call(
        "benchmarks.sides:sampler_calls",
        library=THEIRS if side == THEIRS else OURS,
        later=_LATER,
        sampler=task.sampler,
        parameters=parameters,
        table={"folder": str(folder), "table": task.table, "columns": task.columns},
        save=save,
        limit=task.seconds,
        enough=_ENOUGH,
        gib=task.gib,
    )
    kept = {name: answer[name] for name in (*_SHARED, "peak")}
    if "first" not in answer:
        return kept | {why: answer[why] for why in ("refused", "stopped") if why in answer}
    kept |= {"seconds": statistics.median(answer["later"] or [answer["first"]])}
    kept |= {"first": answer["first"], "n_later": len(answer["later"])}
    kept |= {"after": answer["counts"], **answer["reliability"]}
    return kept | ({} if answer["new_rows"] is None else {"new_rows": answer["new_rows"]})


def _of_over_samplers(kind: str, found: Found) -> Found:
    """Return a measurement with the share of equal rows beside the sides."""
    equal = found["sides"][OURS].pop("rows_equal", None)
    if kind == "family":
        return found | {"equal": equal}
    seconds = {name: side["seconds"] for name, side in found["sides"].items()}
    known = {name: found[name] for name in ("name", *_SHARED)}
    new_rows = found["sides"][OURS]["new_rows"]
    return known | {"new_rows": new_rows, "seconds": seconds, "peak": None, "equal": equal}


def from_files(task: FileTask, tables: Path, temporary: Path) -> Found:
    """Resample a table from file to file: the command, and a program around the other."""
    source, theirs, ours = (
        str(temporary / f"{name}.parquet") for name in (task.table, "theirs", "ours")
    )
    if not Path(source).exists():
        given = {"table": task.table, "folder": str(tables), "destination": source}
        call("benchmarks.real_tables:make_parquet", **given)
    command = [sys.executable, "-m", "smotefast", "resample", source, ours]
    command += ["--target", task.target, "--search", "exact", "--overwrite", "--quiet"]
    command += ["--k-neighbors", str(task.k), "--memory-limit", task.memory_limit]
    command += ["--sampling-strategy", task.strategy_text()]
    job = {"target": task.target, "k": task.k, "strategy": task.strategy or "auto"}
    runs: dict[str, list[Found]] = {OURS: [], THEIRS: []}
    for _ in range(_RUNS):
        runs[OURS].append(run_command(command).times())
        paths = {"source": source, "destination": theirs}
        runs[THEIRS].append(call("benchmarks.real:their_job", **paths, **job)["process"])
    files = {"source": source, "ours": ours, "theirs": theirs, "target": task.target}
    known = call("benchmarks.real:compare_files", **files)
    del known["process"]
    medians = {
        name: {side: statistics.median(one[what] for one in of) for side, of in runs.items()}
        for name, what in (("seconds", "wall"), ("peak", "peak"))
    }
    return {"name": task.name, **medians, **known}


def their_job(source: str, destination: str, target: str, k: int, strategy: Any) -> None:
    """Resample from Parquet to Parquet as one does with imbalanced-learn."""
    import pandas as pd
    from imblearn.over_sampling import SMOTE

    frame = pd.read_parquet(source)
    y = frame.pop(target)
    sampler = SMOTE(random_state=0, k_neighbors=k, sampling_strategy=strategy)
    X_new, y_new = sampler.fit_resample(frame, y)
    X_new.assign(**{target: y_new}).to_parquet(destination, index=False)


def compare_files(source: str, ours: str, theirs: str, target: str) -> Found:
    """Count the new rows that are equal in every value; the originals must come first."""
    import pyarrow.parquet as pq

    before, after = pq.read_table(source), pq.read_table(ours)
    if not after.slice(0, before.num_rows).equals(before):
        raise AssertionError("The originals are not the first rows of the result.")
    one, other = (
        table.slice(before.num_rows).drop_columns([target]).to_pandas().to_numpy()
        for table in (after, pq.read_table(theirs))
    )
    counts = before.column(target).value_counts().to_pylist()
    is_comparable = one.shape == other.shape and len(one) > 0
    return {
        "rows": before.num_rows,
        "features": before.num_columns - 1,
        "before": {str(each["values"]): each["counts"] for each in counts},
        "new_rows": len(one),
        "equal": float((one == other).all(axis=1).mean()) if is_comparable else 0.0,
    }


def put(path: Path, one: Found) -> None:
    """Put a measurement into a file, in place of an earlier one of the same name.

    It is done after each of them, because all take hours.
    """
    stored: list[Found] = json.loads(path.read_text()) if path.exists() else []
    names = [(each["name"], each.get("sampler")) for each in stored]
    if (name := (one["name"], one.get("sampler"))) in names:
        stored[names.index(name)] = rounded(one)
    else:
        stored.append(rounded(one))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stored, indent=1) + "\n")


def main() -> None:
    """Print each measurement as it comes, and store it if requested."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("kind", choices=list(_TASKS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="measurements in it are kept or replaced")
    parser.add_argument("--only", default="", help="only what has this in the name")
    options = parser.parse_args()
    table = TABLES[options.kind]
    print(table.header())
    for one in measured(options.kind, options.folder, options.only):
        print(table.line(one), flush=True)
        if options.output:
            put(options.output, one)


if __name__ == "__main__":
    main()
