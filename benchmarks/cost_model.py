"""Measure the constants of the plan's estimate of time, and how good the estimate is.

    python -m benchmarks.cost_model fit      # prints the table of the package
    python -m benchmarks.cost_model check    # other jobs: estimate, time, factor

Each job runs as a command, after a plan of it: the plan tells the work of each step, the job's
report how long it took. Options: --folder FOLDER for the files (default: a temporary one),
--repeats N (default 3; the fastest run counts), --only WORD for jobs whose name has the word,
--busy for a machine that does other work: the CPU time of a job counts, on one thread.
The first job of a kind of search compiles; "smotefast warmup" before avoids that.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np

from smotefast.batch.cost_model import UNITS
from smotefast.bench.machine import describe_machine, load
from smotefast.bench.processes import run_command

# Shorter steps are as long as this: a few milliseconds more or less say nothing.
_SHORTEST = 0.1


class Job(NamedTuple):
    """A job to measure: a source, options, and whether the result is a folder."""

    name: str
    n_rows: int
    n_columns: int
    share: float
    options: str = ""
    dtype: str = "float32"
    codec: str = "snappy"
    kind: str = "numbers"
    is_folder: bool = False


FIT = [
    Job("tiny", 5_000, 5, 0.1),
    Job("snappy", 1_000_000, 20, 0.02),
    Job("snappy folder", 1_000_000, 20, 0.02, is_folder=True),
    Job("float64", 500_000, 20, 0.05, dtype="float64", codec="none"),
    Job("lz4", 500_000, 20, 0.05, codec="lz4"),
    Job("zstd", 500_000, 20, 0.05, codec="zstd"),
    Job("gzip", 200_000, 20, 0.05, codec="gzip"),
    Job("brotli", 100_000, 20, 0.05, codec="brotli"),
    Job("exact", 200_000, 20, 0.4, "--search exact"),
    Job("gather", 1_000_000, 10, 0.3, "--sampler random"),
    Job("borderline", 200_000, 20, 0.05, "--sampler borderline-smote"),
    Job("under", 2_000_000, 10, 0.05, "--sampler random-under"),
    Job("csv", 500_000, 10, 0.05, kind="csv"),
    Job("text", 300_000, 6, 0.1, "--sampler random", kind="text"),
    Job("wide", 20_000, 400, 0.1),
]
CHECK = [
    Job("small", 50_000, 10, 0.1),
    Job("3m x 20", 3_000_000, 20, 0.02),
    Job("3m x 20 folder", 3_000_000, 20, 0.02, is_folder=True),
    Job("5m x 5 zstd", 5_000_000, 5, 0.01, codec="zstd", is_folder=True),
    Job("800k x 50 lz4", 800_000, 50, 0.05, codec="lz4"),
    Job("gzip folder", 300_000, 30, 0.05, codec="gzip", is_folder=True),
    Job("to zstd", 500_000, 20, 0.1, "--compression zstd"),
    Job("auto", 400_000, 30, 0.4),
    Job("exact 60k x 50", 300_000, 50, 0.2, "--search exact", dtype="float64"),
    Job("adasyn", 150_000, 10, 0.1, "--sampler adasyn"),
    Job("tomek", 100_000, 20, 0.1, "--sampler smote-tomek"),
    Job("smote-nc", 300_000, 6, 0.05, "--sampler smote-nc", kind="text"),
    Job("random text", 600_000, 8, 0.05, "--sampler random", kind="text"),
    Job("under folder", 4_000_000, 8, 0.02, "--sampler random-under", is_folder=True),
    Job("csv 1m", 1_000_000, 6, 0.05, kind="csv"),
    Job("wide 1000", 30_000, 1_000, 0.1),
    Job("clusters", 500_000, 20, 0.3, kind="clusters"),
]


class Measured(NamedTuple):
    """A plan as JSON, the seconds of each step, and the threads that share a unit of work."""

    plan: dict[str, Any]
    seconds: dict[str, float]
    threads: dict[str, int]

    @property
    def total(self) -> float:
        """The seconds of all steps."""
        return sum(self.seconds.values())

    def estimates(self) -> dict[str, float]:
        """Return the estimate of each step, by the table."""
        return {
            name: sum(amount * UNITS[unit].seconds for unit, amount in work.items())
            for name, work in amounts_by_step(self).items()
        }


def write_source(job: Job, folder: str) -> str:
    """Write the file of a job, if it is not there yet; return its path."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    ending = "csv" if job.kind == "csv" else "parquet"
    path = os.path.join(folder, f"{job.name.replace(' ', '-')}.{ending}")
    if os.path.exists(path):
        return path
    rng = np.random.default_rng(0)
    label = (rng.random(job.n_rows) < job.share).astype(np.int8)
    shift = rng.normal(scale=9, size=(50, job.n_columns))[rng.integers(0, 50, job.n_rows)]
    columns: dict[str, Any] = {}
    for j in range(job.n_columns):
        values = rng.normal(size=job.n_rows) + label
        if job.kind == "clusters":
            values += shift[:, j]
        columns[f"c{j}"] = values.astype(job.dtype)
        if job.kind == "text" and j % 2:
            columns[f"c{j}"] = [f"value {code}" for code in rng.integers(0, 50, job.n_rows)]
    table = pa.table({**columns, "label": label})
    if job.kind == "csv":
        pa_csv.write_csv(table, path)
    else:
        dictionary = ["label", *(n for n in columns if table[n].type == pa.string())]
        pq.write_table(table, path, compression=job.codec, use_dictionary=dictionary)
    return path


def measure(job: Job, folder: str, repeats: int, *, by_cpu: bool) -> Measured:
    """Plan a job and run it; the fastest run counts, or the one with least CPU time."""
    source = write_source(job, folder)
    result = os.path.join(folder, "result" if job.is_folder else "result.parquet")
    report = os.path.join(folder, "report.json")
    command = [sys.executable, "-m", "smotefast"]
    options = [source, result, "--target", "label", "--overwrite", *job.options.split()]
    plan = json.loads(run_command([*command, "plan", *options, "--json", "-q"]).output)
    runs = []
    for _ in range(repeats):
        done = run_command([*command, "resample", *options, "--report", report, "--quiet"])
        with open(report) as file:
            steps = json.load(file)["seconds_by_step"]
        steps["starting"] = max(0.0, done.wall - sum(steps.values()))
        scale = (done.user + done.system) / done.wall if by_cpu else 1.0
        runs.append({name: scale * seconds for name, seconds in steps.items()})
        shutil.rmtree(result) if job.is_folder else os.remove(result)
    threads = {"": 1, "threads": plan["threads"], "parts": plan["parts_at_once"]}
    if by_cpu:
        threads = dict.fromkeys(threads, 1)
    return Measured(plan, min(runs, key=lambda steps: sum(steps.values())), threads)


def amounts_by_step(measured: Measured) -> dict[str, dict[str, float]]:
    """Return the work of each measured step, each unit divided by the threads that share it.

    The copy of a source that is not Parquet is part of the step that counts.
    """
    amounts: dict[str, dict[str, float]] = defaultdict(dict)
    for step in measured.plan["steps"]:
        name = "counting" if step["step"] == "copying" else step["step"]
        for unit, amount in step["work"].items():
            share = amount / measured.threads[UNITS[unit].scales]
            amounts[name][unit] = amounts[name].get(unit, 0.0) + share
    return amounts


def fit(results: list[Measured]) -> dict[str, float]:
    """Return the seconds of each unit that fit the measured steps best, none negative."""
    from scipy.optimize import nnls

    rows, seconds = [], []
    for measured in results:
        for name, work in amounts_by_step(measured).items():
            if work:
                weight = 1 / max(_SHORTEST, measured.seconds[name])
                rows.append({unit: amount * weight for unit, amount in work.items()})
                seconds.append(measured.seconds[name] * weight)
    units = sorted({unit for row in rows for unit in row})
    matrix = np.array([[row.get(unit, 0.0) for unit in units] for row in rows])
    scale = np.maximum(matrix.max(axis=0), 1e-300)
    found, _ = nnls(matrix / scale, np.array(seconds))
    return dict(zip(units, found / scale, strict=True))


def print_table(found: dict[str, float]) -> None:
    """Print the table of ``smotefast/batch/cost_model.py``."""
    print("UNITS: dict[str, Unit] = {")
    for name, unit in UNITS.items():
        seconds = found.get(name) or unit.seconds
        note = "" if found.get(name) else "  # as before: too little of it"
        print(f'    "{name}": Unit({seconds:.2g}, "{unit.scales}", "{unit.what}"),{note}')
    print("}")


def print_factors(jobs: list[Job], results: list[Measured]) -> None:
    """Print estimate and time of each job, and how often they are within a factor of two."""
    print(f"{'job':<18}{'rows':>11}{'columns':>9}{'estimate':>10}{'time':>8}{'factor':>8}")
    factors = []
    for job, measured in zip(jobs, results, strict=True):
        estimate = sum(measured.estimates().values())
        factors.append(estimate / measured.total)
        print(
            f"{job.name:<18}{job.n_rows:>11,}{job.n_columns:>9,}{estimate:>9.1f}s"
            f"{measured.total:>7.1f}s{factors[-1]:>8.2f}"
        )
    within = sum(0.5 <= factor <= 2 for factor in factors)
    print(f"within a factor of two: {within} of {len(factors)}")


def print_steps(measured: Measured) -> None:
    """Print estimate and time of each step."""
    planned = measured.estimates()
    steps = (
        f"{name} {planned.get(name, 0):.2f}/{s:.2f}" for name, s in measured.seconds.items()
    )
    print("   ", ", ".join(steps), flush=True)


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fit", "check"])
    parser.add_argument("--folder")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--busy", action="store_true")
    given = parser.parse_args()
    folder = given.folder or tempfile.mkdtemp(prefix="smotefast-cost-")
    os.makedirs(folder, exist_ok=True)
    jobs = [job for job in (FIT if given.what == "fit" else CHECK) if given.only in job.name]
    print(json.dumps({**describe_machine(), "load": load()}))
    results = []
    for job in jobs:
        print(f"{job.name}: {job.n_rows:,} x {job.n_columns} {job.options}", flush=True)
        results.append(measure(job, folder, given.repeats, by_cpu=given.busy))
        print_steps(results[-1])
    if not given.folder:
        shutil.rmtree(folder)
    if given.what == "fit":
        print_table(fit(results))
    print_factors(jobs, results)


if __name__ == "__main__":
    main()
