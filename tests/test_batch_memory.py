"""The resident set of a job stays under the limit it was given, down to the lowest accepted."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells the peak of one process"
)

# The allocator is the command's, or Arrow's own as in a program that uses the function.
JOB = """
import json, re, sys
source, destination, sampler, allocator, limit = sys.argv[1:]
if allocator == "command":
    from smotefast.storage.memory import choose_allocator
    choose_allocator()
import smotefast
from smotefast.storage.memory import parse_size, peak_bytes

try:
    summary = smotefast.resample_dataset(
        source, destination, target="label", sampler=sampler, memory_limit=limit
    )
except MemoryError as error:
    print(json.dumps(re.search(r"needs about ([\\d.]+ [KMG]iB)", str(error))[1]))
else:
    print(json.dumps([parse_size(limit), summary.peak_memory, peak_bytes()]))
"""


def run_job(*arguments):
    command = [sys.executable, "-c", JOB, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_at_the_lowest_limit(source, destination, sampler, allocator):
    """Ask for next to nothing, read what is needed from the refusal, run with that.

    The first process may compile, which takes memory that no plan counts; the second,
    which then asks anew, does not.
    """
    run_job(source, destination, sampler, allocator, "1MiB")
    needed = run_job(source, destination, sampler, allocator, "1MiB")
    limit, told, seen = run_job(source, destination, sampler, allocator, needed)
    assert told <= limit
    assert seen <= limit


def make(path, n_rows, kinds, group_rows=None):
    """Write columns of some kinds, a tenth of the rows of class 1."""
    rng = np.random.default_rng(0)
    columns = {}
    for j, kind in enumerate(kinds):
        values = rng.normal(scale=99, size=n_rows)
        if kind == "text":
            columns[f"c{j}"] = [f"text number {value:.0f}" * 3 for value in values]
        else:
            columns[f"c{j}"] = values.astype(kind)
    columns["label"] = (rng.random(n_rows) < 0.1).astype(np.int8)
    pq.write_table(pa.table(columns), path, row_group_size=group_rows or n_rows)
    return path


@pytest.mark.parametrize("allocator", ["command", "function"])
def test_smote__stays_under_the_lowest_limit_accepted(tmp_path, allocator):
    source = make(tmp_path / "in.parquet", 300_000, ["float32"] * 12)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", "smote", allocator)
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_rows > 500_000


@pytest.mark.parametrize("allocator", ["command", "function"])
def test_random__stays_under_the_lowest_limit_accepted(tmp_path, allocator):
    source = make(tmp_path / "in.parquet", 100_000, ["text", "float64", "text", "int64"])
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", "random", allocator)


@pytest.mark.long
@pytest.mark.parametrize("allocator", ["command", "function"])
@pytest.mark.parametrize(
    ("n_rows", "kinds", "group_rows"),
    [
        (2_000_000, ["float32"] * 20, None),
        (2_000_000, ["float32"] * 20, 10_000),
        (20_000, ["float64"] * 800, None),
        (400_000, ["int16"] * 30, 100_000),
        (5_000_000, ["float64"], None),
    ],
)
def test_smote__stays_under_the_lowest_limit_for_many_shapes(
    tmp_path, n_rows, kinds, group_rows, allocator
):
    source = make(tmp_path / "in.parquet", n_rows, kinds, group_rows)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", "smote", allocator)
