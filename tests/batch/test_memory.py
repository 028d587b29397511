"""Resident memory of a job stays under its limit, down to the lowest limit accepted."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import smotefast

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells the peak of one process"
)

# Allocator and imports are the command's, or as in a program that uses the function.
JOB = """
import json, re, sys
source, destination, sampler, allocator, order, limit = sys.argv[1:]
if allocator == "command":
    from smotefast._allocator import choose_allocator
    from smotefast._deferred_imports import defer_imports
    defer_imports()
    choose_allocator()
import smotefast
from smotefast.storage.process_memory import parse_size, peak_bytes

try:
    summary = smotefast.resample_dataset(
        source, destination, target="label", sampler=sampler, memory_limit=limit, order=order
    )
except MemoryError as error:
    needed = re.search(r"needs about ([\\d.]+ [KMG]iB)", str(error))[1]
    print(json.dumps([needed, isinstance(error, smotefast.batch.JustCompiledError)]))
else:
    peaks = [summary.peak_memory, peak_bytes()]
    print(json.dumps([parse_size(limit), *peaks, summary.scratch_bytes]))
"""


def run_job(*arguments):
    command = [sys.executable, "-c", JOB, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_at_the_lowest_limit(source, destination, sampler, allocator, order="source"):
    """Ask for next to nothing, read what is needed from the refusal, run with that.

    A process that compiles takes memory that no plan counts; another then asks anew. Returns
    the bytes of temporary files.
    """
    arguments = source, destination, sampler, allocator, order
    needed, has_compiled = run_job(*arguments, "1MiB")
    if has_compiled:
        needed, _ = run_job(*arguments, "1MiB")
    limit, told, seen, scratch_bytes = run_job(*arguments, needed)
    assert told <= limit
    assert seen <= limit
    return scratch_bytes


def make(path, n_rows, kinds, group_rows=None, apart=0, share=0.1):
    """Write columns of some kinds, a share of the rows of class 1."""
    rng = np.random.default_rng(0)
    label = rng.random(n_rows) < share
    columns = {}
    for j, kind in enumerate(kinds):
        values = rng.normal(scale=99, size=n_rows) + apart * label.astype(float)
        if kind == "text":
            columns[f"c{j}"] = [f"text number {value:.0f}" * 3 for value in values]
        elif kind == "dictionary":
            names = pa.array([f"level {code}" for code in range(40)])
            codes = rng.integers(0, 40, n_rows).astype(np.int8)
            columns[f"c{j}"] = pa.DictionaryArray.from_arrays(codes, names)
        else:
            columns[f"c{j}"] = values.astype(kind)
    columns["label"] = label.astype(np.int8)
    pq.write_table(pa.table(columns), path, row_group_size=group_rows or n_rows)
    return path


long = pytest.mark.long


@pytest.mark.parametrize("allocator", ["command", pytest.param("function", marks=long)])
def test_smote__stays_under_the_lowest_limit_accepted(tmp_path, allocator):
    source = make(tmp_path / "in.parquet", 300_000, ["float32"] * 12)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", "smote", allocator)
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_rows > 500_000


@pytest.mark.parametrize("allocator", [pytest.param("command", marks=long), "function"])
def test_random__stays_under_the_lowest_limit_accepted(tmp_path, allocator):
    source = make(tmp_path / "in.parquet", 100_000, ["text", "float64", "text", "int64"])
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", "random", allocator)


def write_quoted_text(folder):
    table = pq.read_table(make(folder / "in.parquet", 600_000, ["float64", "text"] * 3))
    pa_csv.write_csv(table, folder / "in.csv")  # 90 MB


def write_digits(folder):
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 10, (1_000_000, 30))
    table = pa.table([*digits.T, digits[:, 0] == 0], [*map(str, range(30)), "label"])
    options = pa_csv.WriteOptions(quoting_style="none")
    pa_csv.write_csv(table, folder / "in.csv", options)  # 65 MB, 244 in memory


@pytest.mark.parametrize("allocator", ["command", pytest.param("function", marks=long)])
@pytest.mark.parametrize("write", [write_quoted_text, write_digits])
def test_text__stays_under_the_lowest_limit_accepted(tmp_path, write, allocator):
    # Its copy needs more than the steps after it.
    write(tmp_path)
    run_at_the_lowest_limit(tmp_path / "in.csv", tmp_path / "out.parquet", "random", allocator)


OVER_SAMPLERS = [
    ("borderline-smote", ["float32"] * 12),
    ("smote-nc", ["float32", "text", "int32", "float32", "dictionary", "bool"]),
    ("adasyn", ["float64"] * 6),
    ("smote-n", ["text", "dictionary", "int8", "bool", "dictionary"]),
    ("kmeans-smote", ["float32"] * 12),
    ("safe-level-smote", ["float32"] * 12),
    ("geometric-smote", ["float32"] * 12),
    ("prowsyn", ["float64"] * 6),
    ("polynom-fit-smote", ["float64"] * 6),
    ("rose", ["float32"] * 40),
]
# Samplers that remove rows.
UNDER_SAMPLERS = [
    ("random-under", ["text", "float64", "dictionary", "int64"]),
    ("tomek-links", ["float32"] * 12),
    ("smote-tomek", ["float32"] * 12),
]


def only_long(case):
    return pytest.param(*case, marks=long)


@pytest.mark.parametrize(
    ("sampler", "kinds"), [OVER_SAMPLERS[0], *map(only_long, OVER_SAMPLERS[1:])]
)
def test_over_samplers__stay_under_the_lowest_limit_accepted(tmp_path, sampler, kinds):
    apart = 2_000 if sampler == "kmeans-smote" else 0  # for clusters of one class
    source = make(tmp_path / "in.parquet", 100_000, kinds, 30_000, apart)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", sampler, "command")
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_rows > 150_000


@pytest.mark.parametrize(
    ("sampler", "kinds"), [UNDER_SAMPLERS[0], *map(only_long, UNDER_SAMPLERS[1:])]
)
def test_under_samplers__stay_under_the_lowest_limit_accepted(tmp_path, sampler, kinds):
    source = make(tmp_path / "in.parquet", 60_000, kinds, 20_000)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", sampler, "command")
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.num_rows > 1_000


@long
@pytest.mark.parametrize("allocator", ["command", "function"])
@pytest.mark.parametrize(("sampler", "kinds"), UNDER_SAMPLERS)
def test_under_samplers__stay_under_the_lowest_limit_for_many_rows(
    tmp_path, sampler, kinds, allocator
):
    n_rows = 400_000 if sampler == "smote-tomek" else 2_000_000
    source = make(tmp_path / "in.parquet", n_rows, kinds, 200_000)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", sampler, allocator)


@long
@pytest.mark.parametrize("sampler", ["smote", "borderline-smote", "smote-nc", "smote-tomek"])
def test_classes_in_files__stay_under_the_lowest_limit_accepted(tmp_path, sampler):
    kinds = ["float64"] * 5
    if sampler == "smote-nc":
        kinds = [*kinds, "text", "dictionary", "bool", "text"]
    source = make(tmp_path / "in.parquet", 1_000_000, kinds, 200_000, share=0.45)
    scratch_bytes = run_at_the_lowest_limit(
        source, tmp_path / "out.parquet", sampler, "command"
    )
    assert scratch_bytes > 1_000_000 * 40


@long
@pytest.mark.parametrize("allocator", ["command", "function"])
@pytest.mark.parametrize(("sampler", "kinds"), OVER_SAMPLERS)
def test_over_samplers__stay_under_the_lowest_limit_for_many_rows(
    tmp_path, sampler, kinds, allocator
):
    apart = 2_000 if sampler == "kmeans-smote" else 0
    source = make(tmp_path / "in.parquet", 1_000_000, kinds, 200_000, apart)
    run_at_the_lowest_limit(source, tmp_path / "out.parquet", sampler, allocator)


@long
def test_smote_nc__stays_under_the_lowest_limit_with_many_tied_categories(tmp_path):
    rng = np.random.default_rng(0)
    n_rows = 300_000
    table = pa.table(
        {
            "x": rng.normal(size=n_rows).astype(np.float32),
            "name": [f"name {code}" for code in rng.integers(0, 5_000, n_rows)],
            "label": rng.random(n_rows) < 0.01,
        }
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=50_000)
    source, destination = tmp_path / "in.parquet", tmp_path / "out.parquet"
    run_at_the_lowest_limit(source, destination, "smote-nc", "command")
    assert pq.ParquetFile(destination).metadata.num_rows > 550_000


def write_wide_class(path):
    """Texts that are 50 times as long in the small class: more of the result than expected."""
    n_rows = 60_000
    is_small = np.arange(n_rows) % 50 == 0
    texts = ["x" * (5_000 if small else 100) + str(row) for row, small in enumerate(is_small)]
    table = pa.table({"text": texts, "label": is_small})
    pq.write_table(table, path, row_group_size=5_000)


def write_late(path):
    """Texts that are short in the first row groups and long in the last."""
    n_rows = 20_000
    texts = ["x" * (10 if row < 18_000 else 3_000) + str(row) for row in range(n_rows)]
    table = pa.table({"text": texts, "label": np.arange(n_rows) % 10 == 0})
    pq.write_table(table, path, row_group_size=2_000)


def write_categories(path):
    """Many categories, so that dictionaries are larger than all else."""
    n_rows = 200_000
    words = pa.array([f"category number {code}" * 3 for code in range(50_000)])
    codes = np.random.default_rng(0).integers(0, len(words), n_rows).astype(np.int32)
    column = pa.DictionaryArray.from_arrays(codes, words)
    table = pa.table({"category": column, "label": np.arange(n_rows) % 10 == 0})
    pq.write_table(table, path, row_group_size=50_000)


def write_one_page(path):
    """Column chunks of a single page each, by a writer that nobody knows."""
    rng = np.random.default_rng(0)
    columns = {f"c{j}": rng.random(1_000_000) for j in range(6)}
    columns["label"] = rng.random(1_000_000) < 0.01
    pq.write_table(
        pa.table(columns), path, row_group_size=1_000_000, data_page_size=1 << 30,
        use_dictionary=False,
    )  # fmt: skip
    written = path.read_bytes()
    path.write_bytes(written.replace(b"parquet-cpp-arrow", b"a-rarer-cpp-maker"))


def write_wide(path):
    """Rows of half a megabyte."""
    rng = np.random.default_rng(0)
    texts = [rng.bytes(250_000).hex() for _ in range(80)]
    pq.write_table(pa.table({"text": texts, "label": np.arange(80) % 4 == 0}), path)


@pytest.mark.parametrize(
    ("write", "allocator"),
    [
        (write_late, "command"),
        (write_wide_class, "function"),
        pytest.param(write_wide_class, "command", marks=long),
        pytest.param(write_categories, "function", marks=long),
        pytest.param(write_one_page, "command", marks=long),
        pytest.param(write_wide, "function", marks=long),
        pytest.param(write_late, "function", marks=long),
        pytest.param(write_categories, "command", marks=long),
        pytest.param(write_one_page, "function", marks=long),
        pytest.param(write_wide, "command", marks=long),
    ],
)
def test_random__stays_under_the_lowest_limit_for_uneven_files(tmp_path, write, allocator):
    write(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    run_at_the_lowest_limit(tmp_path / "in.parquet", out, "random", allocator)
    written, source = (pq.ParquetFile(path).metadata for path in (out, tmp_path / "in.parquet"))
    assert written.num_rows > source.num_rows


@pytest.mark.parametrize("allocator", ["command", pytest.param("function", marks=long)])
@pytest.mark.parametrize("name", ["out.parquet", pytest.param("out", marks=long)])
def test_a_shuffled_output__stays_under_the_lowest_limit_accepted(tmp_path, name, allocator):
    source = make(tmp_path / "in.parquet", 600_000, ["float32"] * 12, 100_000)
    out = tmp_path / name
    assert run_at_the_lowest_limit(source, out, "smote", allocator, "shuffled") > 30 << 20
    assert pq.read_metadata(next(iter(sorted(out.iterdir()))) if out.is_dir() else out).num_rows
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", name]


@pytest.mark.parametrize(
    ("write", "allocator"),
    [
        (write_wide_class, "function"),
        *(pytest.param(write, "command", marks=long)
          for write in (write_wide_class, write_late, write_categories, write_one_page)),
        pytest.param(write_wide, "function", marks=long),
    ],
)  # fmt: skip
def test_a_shuffled_output__stays_under_the_lowest_limit_for_uneven_files(
    tmp_path, write, allocator
):
    write(tmp_path / "in.parquet")
    out = tmp_path / "out"
    run_at_the_lowest_limit(tmp_path / "in.parquet", out, "random", allocator, "shuffled")
    n_rows = pq.read_metadata(tmp_path / "in.parquet").num_rows
    assert pq.read_table(out, columns=["label"]).num_rows > n_rows


def test_a_job_that_exceeds_its_plan__names_the_need_and_leaves_no_file(tmp_path, monkeypatch):
    source = make(tmp_path / "in.parquet", 300_000, ["float32"] * 3, 50_000)
    looks = itertools.count()

    def grown(name):
        return 3 << 30 if next(looks) > 9 else 100 << 20

    for module in ("smotefast._process", "smotefast.storage.process_memory"):
        monkeypatch.setattr(f"{module}.read_status", grown)
    with pytest.raises(MemoryError, match=r"uses 3\.0 GiB, more .*memory_limit='3\.9 GiB'"):
        smotefast.resample_dataset(
            source, tmp_path / "out.parquet", target="label", sampler="random",
            memory_limit="2GiB",
        )  # fmt: skip
    assert os.listdir(tmp_path) == ["in.parquet"]


@long
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
