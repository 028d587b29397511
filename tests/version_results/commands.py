"""Cases of the command line, and jobs of many blocks, some of them with little memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.version_results.data_sets import gaussians, mixed_table
from tests.version_results.files import NUMBERS, job, read_back, write_source
from tests.version_results.samplers import Case, Parts, make


def command(table: Any, *arguments: str, **options: Any) -> Parts:
    """Run ``smotefast resample``; row groups depend on the memory that is left, rows do not."""
    with tempfile.TemporaryDirectory() as folder:
        source, destination = write_source(folder, table, 1, **options), Path(folder, "out")
        words = ["resample", str(source), str(destination), "--target", "label", *arguments]
        program = [sys.executable, "-P", "-m", "smotefast", *words]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        rows = read_back(destination)["table"] if destination.exists() else None
        return {"exit code": done.returncode, "table": rows, "left": os.listdir(folder)}


def commands() -> Iterator[Case]:
    """The command line: options, exit codes, and memory limits that are little."""
    mixed = mixed_table(1500)
    numbers = mixed.select(NUMBERS)
    lines = {
        "smote": "--k-neighbors 3 --search exact --seed 7 --rows synthetic",
        "smote counts": """--sampling-strategy {"a":600} --if-balanced copy""",
        "refused/usage of then": "--sampler random-under --then-set x=1",
        "then random-under": "--sampling-strategy minority --then random-under",
        "then tomek-links": "--sampler adasyn --then tomek-links",
        "borderline": "--sampler borderline-smote --set kind=borderline-2 --set m_neighbors=6",
        "drop": "--drop whole --keep n1 --keep-fill base",
        "refused/usage": "--sampler smoot",
        "refused/data": "--target lable",
        "refused/memory": "--memory-limit 10MiB",
    }
    for name, line in lines.items():
        yield name, partial(command, numbers, *line.split())
    texts = mixed.select(["n0", "text", "label", "n1", "day"])
    line = "--sampler smote-nc --categorical text --keep day"
    yield "smote-nc", partial(command, texts, *line.split())
    yield from _many_rows()


def _many_rows() -> Iterator[Case]:
    import pyarrow as pa

    X, y = gaussians((500_000, 12_000), 12)
    columns = {f"x{j}": X[:, j].astype(np.float32) for j in range(12)}
    table = pa.table({**columns, "label": y})
    groups = {"row_group_size": 20_000}
    for sampler in (make("SMOTE", sampling_strategy=0.5), make("RandomUnderSampler")):
        name = type(sampler).__name__
        yield f"many blocks/{name}", partial(job, table, sampler=sampler, storage=groups)
    for name, limit in LITTLE_MEMORY.items():
        options = ["--sampler", name, "--memory-limit", limit]
        if name != "tomek-links":
            options += ["--sampling-strategy", "0.04"]
        yield f"little memory/{name}", partial(command, table, *options, **groups)


# About 36 MiB more than the least that each job needs: too little for the usual row groups.
LITTLE_MEMORY = {
    "smote": "440MiB",
    "borderline-smote": "480MiB",
    "random": "325MiB",
    "tomek-links": "462MiB",
    "smote-tomek": "471MiB",
}
