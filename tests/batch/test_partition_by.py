"""Jobs write hive partitions: the rows are the same, in their order within each partition."""

from __future__ import annotations

import datetime
import os
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import smotefast
from smotefast.batch import partition_by, partitioned_sink
from smotefast.exceptions import ArgumentError
from smotefast.over_sampling import SMOTE, RandomOverSampler
from smotefast.storage.workspace import workspace_path
from tests.helpers.parquet_files import imbalanced, resample, write_file, write_folder

CITIES = ["a b", "x/y=é", None, "", "c%20d", "."]
FOLDERS = {
    "a b": "a%20b",
    "x/y=é": "x%2Fy%3D%C3%A9",
    None: "__HIVE_DEFAULT_PARTITION__",
    "": "",
    "c%20d": "c%2520d",
    ".": ".",
}


@pytest.fixture(autouse=True)
def tiny_groups(monkeypatch):
    """Row groups of 20 rows, and no warning about small files."""
    monkeypatch.setattr("smotefast.batch.block_plan._GROUP_ROWS", (1, 20))
    monkeypatch.setattr(partition_by, "_MANY_FILES", 10**9)


@pytest.fixture
def table():
    days = [datetime.date(2026, 1, 1 + i // 100) for i in range(600)]
    added = {
        "city": pa.array([CITIES[i % 6] for i in range(600)]),
        "day": pa.array(days),
        "row": pa.array(np.arange(600)),
    }
    table = imbalanced()
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


OPTIONS = {"keep": ["city", "day", "row"], "keep_fill": "base"}


def files_below(folder):
    return sorted(
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
    )


def rows_of(folder, columns):
    """Return the rows of each folder with files, in the order of their names."""
    rows = {}
    for name in files_below(folder):
        with pq.ParquetFile(os.path.join(folder, name)) as file:
            found = file.read(columns).to_pylist()
        rows.setdefault(os.path.dirname(name), []).extend(found)
    return rows


def expected(result, by, columns, folder_of):
    rows = {}
    for row in result.to_pylist():
        folder = folder_of(*(row[name] for name in by))
        rows.setdefault(folder, []).append({name: row[name] for name in columns})
    return rows


@pytest.mark.parametrize("by", [["city"], ["label", "city"], ["day"], ["label"]], ids=str)
@pytest.mark.parametrize("n_files", [1, 7])
@pytest.mark.parametrize("part_size", ["1kB", None])
def test_rows__are_those_of_a_job_without_partitions(tmp_path, table, by, n_files, part_size):
    source = write_folder(tmp_path / "in", table, n_files)
    resample(source, tmp_path / "one.parquet", **OPTIONS)
    resample(source, tmp_path / "out", partition_by=by, part_size=part_size, **OPTIONS)
    result = pq.read_table(tmp_path / "one.parquet")
    names = {"city": FOLDERS.get, "label": str, "day": str}
    columns = [name for name in result.column_names if name not in by]
    wanted = expected(
        result,
        by,
        columns,
        lambda *values: "/".join(
            f"{name}={names[name](value)}" for name, value in zip(by, values, strict=True)
        ),
    )
    found = rows_of(tmp_path / "out", columns)
    assert found == wanted
    assert not os.path.exists(workspace_path(str(tmp_path / "out")))


def test_the_result__is_a_source_with_the_same_rows(tmp_path, table):
    write_file(tmp_path / "in.parquet", table, group_rows=50)
    resample(tmp_path / "in.parquet", tmp_path / "one.parquet", **OPTIONS)
    resample(
        tmp_path / "in.parquet", tmp_path / "out", partition_by=["label", "city"], **OPTIONS
    )
    sampler = RandomOverSampler(random_state=0)
    resample(tmp_path / "out", tmp_path / "again.parquet", sampler=sampler)
    one, again = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("one", "again"))
    assert again.column_names == ["f0", "f1", "f2", "f3", "day", "row", "label", "city"]
    keys = [("label", "ascending"), ("row", "ascending"), ("f0", "ascending")]
    again = again.select(one.column_names)
    assert again.sort_by(keys).to_pylist() == one.sort_by(keys).to_pylist()


def test_partition_columns_of_the_source__are_written_again(tmp_path, table):
    for day in range(3):
        folder = tmp_path / "in" / f"day={day}"
        folder.mkdir(parents=True)
        rows = table.slice(200 * day, 200).drop_columns(["city", "day"])
        pq.write_table(rows, folder / "a.parquet")
    resample(tmp_path / "in", tmp_path / "out", partition_by="day", keep=["row"])
    assert {os.path.dirname(name) for name in files_below(tmp_path / "out")} == {
        "day=0", "day=1", "day=2",
    }  # fmt: skip


def test_columns_that_become_null__have_a_folder_for_missing_values(tmp_path, table):
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, tmp_path / "out", keep=OPTIONS["keep"], partition_by="day")
    folder = tmp_path / "out" / "day=__HIVE_DEFAULT_PARTITION__"
    assert pq.read_table(folder / files_below(folder)[0]).num_rows == 480


@pytest.mark.parametrize(
    ("array", "names"),
    [
        (pa.array([1.0, 0.0, -0.0]), {"1", "0"}),
        (pa.array([True, False, False]), {"true", "false"}),
        (pa.array(["b", "a", "a"]).dictionary_encode(), {"a", "b"}),
        (pa.array(["b", "a", "a"], pa.large_string()), {"a", "b"}),
        (pa.array([3, 1, 1], pa.decimal128(9, 2)), {"3.00", "1.00"}),
        (pa.array([2**62, 1, 1], pa.uint64()), {str(2**62), "1"}),
    ],
    ids=lambda each: str(getattr(each, "type", "")),
)
def test_values_of_many_types__name_folders(tmp_path, array, names):
    table = pa.table({"x": [1.0, 2.0, 3.0], "k": array, "label": ["b", "a", "a"]})
    source = write_file(tmp_path / "in.parquet", table)
    options = {"sampler": "random-under", "keep": "k", "partition_by": "k"}
    resample(source, tmp_path / "out", **options)
    found = os.listdir(tmp_path / "out")
    assert found
    assert {name.removeprefix("k=") for name in found} <= names


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"partition_by": "f0"}, "is a feature.*keep=\\['f0'\\]"),
        ({"partition_by": "cty", **OPTIONS}, "Did you mean 'city'"),
        ({"partition_by": "city", "drop": OPTIONS["keep"]}, "not a column of the output"),
        ({"partition_by": "_k", "keep": ["_k", *OPTIONS["keep"]]}, "readers skip"),
        ({"partition_by": "k=v", "keep": ["k=v", *OPTIONS["keep"]]}, "split them at"),
    ],
)
def test_columns_that_cannot_be_partitions__are_refused(tmp_path, table, options, message):
    if options["partition_by"] in ("_k", "k=v"):
        table = table.rename_columns({"f3": options["partition_by"]})
    write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ValueError, match=message):
        resample(tmp_path / "in.parquet", tmp_path / "out", **options)
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([[1]] * 600), "is of type list"),
        (pa.array(["x" * 300] * 600), "too long"),
        (pa.array(["__HIVE_DEFAULT_PARTITION__"] * 600), "stands for a missing value"),
    ],
    ids=["list", "long", "null"],
)
def test_values_that_cannot_name_folders__are_refused(tmp_path, column, message):
    write_file(tmp_path / "in.parquet", imbalanced().append_column("k", column))
    with pytest.raises(ValueError, match=message):
        resample(tmp_path / "in.parquet", tmp_path / "out", keep="k", partition_by="k")
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_single_file__has_no_partitions(tmp_path, table):
    write_file(tmp_path / "in.parquet", table)
    with pytest.raises(ArgumentError, match="needs a folder"):
        resample(
            tmp_path / "in.parquet", tmp_path / "out.parquet", partition_by="label", **OPTIONS
        )


def test_many_values__warn_or_are_refused(tmp_path, table, monkeypatch):
    write_file(tmp_path / "in.parquet", table)
    monkeypatch.setattr(partition_by, "_MANY_FILES", 100)
    with pytest.warns(UserWarning, match="600 partitions and about 1,200 files"):
        resample(tmp_path / "in.parquet", tmp_path / "out", partition_by="row", **OPTIONS)
    monkeypatch.setattr(partition_by, "_MOST_FILES", 1000)
    with pytest.raises(ValueError, match="more than 1,000 files"):
        resample(tmp_path / "in.parquet", tmp_path / "two", partition_by="row", **OPTIONS)
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out"]


def test_open_files__are_limited_and_rows_keep_their_order(tmp_path, table, monkeypatch):
    write_file(tmp_path / "in.parquet", table)
    resample(tmp_path / "in.parquet", tmp_path / "all", partition_by="city", **OPTIONS)
    monkeypatch.setattr(partitioned_sink, "_MOST_OPEN", 2)
    resample(tmp_path / "in.parquet", tmp_path / "few", partition_by="city", **OPTIONS)
    assert len(files_below(tmp_path / "few")) > len(files_below(tmp_path / "all"))
    columns = ["row", "f0", "label"]
    assert rows_of(tmp_path / "few", columns) == rows_of(tmp_path / "all", columns)


def test_an_interrupted_job__goes_on_with_the_same_bytes(tmp_path, table, monkeypatch):
    write_file(tmp_path / "in.parquet", table, group_rows=50)
    options = {"partition_by": ["city"], "part_size": "2kB", **OPTIONS}
    report = tmp_path / "report.json"
    resample(tmp_path / "in.parquet", tmp_path / "whole", report=report, **options)
    record = smotefast.storage.Journal.record
    n_parts = 0

    def record_and_stop(self, task, **result):
        nonlocal n_parts
        record(self, task, **result)
        n_parts += task.startswith("part")
        if n_parts == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(smotefast.storage.Journal, "record", record_and_stop)
        with pytest.raises(KeyboardInterrupt):
            resample(tmp_path / "in.parquet", tmp_path / "out", **options)
    summary = resample(tmp_path / "in.parquet", tmp_path / "out", resume="require", **options)
    assert any(part.is_resumed for part in summary.parts)
    assert files_below(tmp_path / "out") == files_below(tmp_path / "whole")
    assert smotefast.verify_dataset(tmp_path / "out", report).is_as_reported
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "report.json", "whole"]


def test_partitions__are_replaced_and_verified(tmp_path, table):
    source = write_file(tmp_path / "in.parquet", table)
    report = tmp_path / "report.json"
    for by in ("city", "day", ()):
        options = {"partition_by": by, "overwrite": True, "report": report, **OPTIONS}
        resample(source, tmp_path / "out", **options)
        assert smotefast.verify_dataset(tmp_path / "out", report).is_as_reported
    resample(source, tmp_path / "out", **{**options, "partition_by": "day"})
    extra = tmp_path / "out" / "day=2026-01-01" / "more.parquet"
    extra.write_bytes(b"x")
    differences = smotefast.verify_dataset(tmp_path / "out", report).differences
    assert differences == ("day=2026-01-01/more.parquet: is not in the report",)
    extra.rename(extra.with_suffix(".txt"))
    with pytest.raises(FileExistsError, match=r"day=2026-01-01/more\.txt"):
        resample(source, tmp_path / "out", overwrite=True, **OPTIONS)


@settings(max_examples=15)
@given(
    n_rows=st.integers(30, 200),
    n_files=st.integers(1, 5),
    group_rows=st.integers(1, 60),
    written_rows=st.integers(1, 80),
    part_size=st.sampled_from([None, "500B", "3kB"]),
    n_values=st.integers(1, 12),
    by_label=st.booleans(),
    most_open=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_any_split_and_partitioning__keeps_rows_and_their_order(
    n_rows, n_files, group_rows, written_rows, part_size, n_values, by_label, most_open, seed
):
    values = np.random.default_rng(seed).integers(0, n_values, n_rows)
    table = imbalanced(n_rows, share=0.3, seed=seed).append_column("k", pa.array(values))
    by = ["k", "label"] if by_label else ["k"]
    sampler = SMOTE(k_neighbors=3, random_state=0)
    options = {"keep": "k", "keep_fill": "base", "sampler": sampler}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitioned_sink, "_MOST_OPEN", most_open)
        source = Path(folder) / "in"
        source.mkdir()
        for i, rows in enumerate(np.array_split(np.arange(n_rows), n_files)):
            write_file(source / f"{i}.parquet", table.take(rows), group_rows=group_rows)
        resample(source, Path(folder) / "one.parquet", **options)
        resample(
            source,
            Path(folder) / "out",
            partition_by=by,
            row_group_size=written_rows,
            part_size=part_size,
            **options,
        )
        columns = ["f0", "f1", "f2", "f3"]
        result = pq.read_table(Path(folder) / "one.parquet")
        wanted = expected(
            result,
            by,
            columns,
            lambda *each: "/".join(f"{n}={v}" for n, v in zip(by, each, strict=True)),
        )
        assert rows_of(Path(folder) / "out", columns) == wanted
