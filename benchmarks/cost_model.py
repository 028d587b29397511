"""Measure the constants of the plan's estimate of time, and how good the estimate is.

    python -m benchmarks.cost_model fit      # prints the table of the package
    python -m benchmarks.cost_model check    # other jobs: estimate, time, factor

Each job runs as a command, after a plan of it: the plan tells the work of each step, the job's
report how long it took. Options: --repeats N (default 3; the fastest run counts), --only WORD
for jobs whose name has the word. The first job of a kind of search compiles;
"smotefast warmup" before avoids that.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from typing import Any, NamedTuple

import numpy as np

from benchmarks.data import write_table
from smotefast.batch.cost_model import UNITS
from smotefast.bench.machine import describe_machine, load
from smotefast.bench.processes import run_command

# Shorter steps are as long as this: a few milliseconds more or less say nothing.
_SHORTEST = 0.1
_COMMAND = (sys.executable, "-m", "smotefast")


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
    """Steps of a job: the work of each by unit, per thread that shares it, and its seconds."""

    work: dict[str, Counter[str]]
    seconds: dict[str, float]

    def estimates(self) -> dict[str, float]:
        """Return the estimate of each step, by the table."""
        return {
            name: sum(amount * UNITS[unit].seconds for unit, amount in work.items())
            for name, work in self.work.items()
        }


def measure(job: Job, folder: str, repeats: int) -> Measured:
    """Plan a job and run it; the fastest run counts."""
    source = f"{folder}/{job.name}.{'csv' if job.kind == 'csv' else 'parquet'}"
    write_table(source, *job[1:4], dtype=job.dtype, codec=job.codec, kind=job.kind)
    result = f"{folder}/result" if job.is_folder else f"{folder}/result.parquet"
    options = [source, result, "--target", "label", "--overwrite", *job.options.split()]
    plan = json.loads(run_command([*_COMMAND, "plan", *options, "--json", "-q"]).output)
    runs = [_seconds_by_step(options, f"{folder}/report.json") for _ in range(repeats)]
    shutil.rmtree(result) if job.is_folder else os.remove(result)
    os.remove(source)
    threads = {"": 1, "threads": plan["threads"], "parts": plan["parts_at_once"]}
    return Measured(_work(plan, threads), min(runs, key=lambda steps: sum(steps.values())))


def _seconds_by_step(options: list[str], report: str) -> dict[str, float]:
    """Run a job; what its steps do not take is the time to start."""
    done = run_command([*_COMMAND, "resample", *options, "--report", report, "--quiet"])
    with open(report) as file:
        steps: dict[str, float] = json.load(file)["seconds_by_step"]
    return steps | {"starting": max(0.0, done.wall - sum(steps.values()))}


def _work(plan: dict[str, Any], threads: dict[str, int]) -> dict[str, Counter[str]]:
    """Return the work of each step. The copy of a source is part of the step that counts."""
    work: dict[str, Counter[str]] = defaultdict(Counter)
    for step in plan["steps"]:
        name = "counting" if step["step"] == "copying" else step["step"]
        for unit, amount in step["work"].items():
            work[name][unit] += amount / threads[UNITS[unit].scales]
    return work


def fit(results: list[Measured]) -> dict[str, float]:
    """Return the seconds of each unit that fit the measured steps best, none negative."""
    from scipy.optimize import nnls

    steps = [
        (work, measured.seconds[name])
        for measured in results
        for name, work in measured.work.items()
        if work
    ]
    units = sorted({unit for work, _ in steps for unit in work})
    seconds = np.array([its for _, its in steps])
    weights = 1 / np.maximum(_SHORTEST, seconds)
    matrix = np.array([[work[unit] for unit in units] for work, _ in steps])
    matrix *= weights[:, np.newaxis]
    scale = np.maximum(matrix.max(axis=0), 1e-300)
    found, _ = nnls(matrix / scale, seconds * weights)
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
        estimate, total = (sum(of.values()) for of in (measured.estimates(), measured.seconds))
        factors.append(estimate / total)
        times = f"{estimate:>9.1f}s{total:>7.1f}s{factors[-1]:>8.2f}"
        print(f"{job.name:<18}{job.n_rows:>11,}{job.n_columns:>9,}{times}")
    within = sum(0.5 <= factor <= 2 for factor in factors)
    print(f"within a factor of two: {within} of {len(factors)}")


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fit", "check"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    known = FIT if given.what == "fit" else CHECK
    jobs = [job for job in known if given.only in job.name]
    print(json.dumps({**describe_machine(), "load": load()}))
    results = []
    with tempfile.TemporaryDirectory(prefix="smotefast-cost-") as folder:
        for job in jobs:
            print(f"{job.name}: {job.n_rows:,} x {job.n_columns} {job.options}", flush=True)
            results.append(measure(job, folder, given.repeats))
            planned = results[-1].estimates()
            for name, seconds in results[-1].seconds.items():
                print(f"    {name} {planned.get(name, 0):.2f}/{seconds:.2f}", flush=True)
    if given.what == "fit":
        print_table(fit(results))
    print_factors(jobs, results)


if __name__ == "__main__":
    main()
