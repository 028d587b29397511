"""Files of lists, patterns, subfolders and partitions, in order and each once."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage import open_source

NAMES = ["a.parquet", "b/a.parquet", "b/c/x.pq", "b/d.parquet", "e.PARQUET"]


@pytest.fixture
def folder(tmp_path):
    for i, name in enumerate(NAMES):
        write(tmp_path / name, i)
    (tmp_path / "b" / "notes.txt").write_text("no data")
    (tmp_path / "b" / "_SUCCESS").touch()
    write(tmp_path / "b" / ".hidden.parquet", 99)
    return tmp_path


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"x": [value]}), path)


def values(source, column="x", **options):
    opened = open_source(source, **options)
    return pa.Table.from_batches(opened.batches([column], 10))[column].to_pylist()


def test_a_folder__is_read_with_its_subfolders_in_the_order_of_names(folder):
    assert values(folder) == [0, 1, 2, 3, 4]
    assert values(folder / "b") == [1, 2, 3]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.parquet", [0]),
        ("b/*", [1, 3]),
        ("b/[ad].parquet", [1, 3]),
        ("**/*.parquet", [0, 1, 3]),
        ("?", [1, 2, 3]),
    ],
)
def test_a_pattern__names_files_or_folders(folder, pattern, expected):
    os.unlink(folder / "b" / "notes.txt")
    assert values(folder / pattern) == expected


def test_a_list__is_read_in_its_order(folder):
    listed = [folder / "e.PARQUET", str(folder / "b"), os.fsencode(folder / "a.parquet")]
    assert values(listed) == [4, 1, 2, 3, 0]
    assert values(tuple(listed)) == [4, 1, 2, 3, 0]


def test_an_empty_list__is_refused():
    with pytest.raises(ValueError, match=r"source=\[\] is empty"):
        open_source([])


def test_files_that_are_listed_twice__are_refused(folder):
    with pytest.raises(ValueError, match=r"a\.parquet' is listed twice"):
        open_source([folder, folder / "a.parquet"])
    os.symlink(folder / "a.parquet", folder / "f.parquet")
    with pytest.raises(ValueError, match=r"links to the same file"):
        open_source(folder)


@pytest.mark.parametrize("name", ["_temporary", ".spark-staging-1"])
def test_a_subfolder_that_a_job_is_writing__is_refused(folder, name):
    (folder / "b" / "c" / name).mkdir()
    with pytest.raises(ValueError, match="a job is still writing"):
        open_source(folder)


def partitioned(folder, *names):
    for i, name in enumerate(names):
        write(folder / name / "part.parquet", i)
    return folder


def test_partitions__are_columns_with_the_type_of_all_their_values(tmp_path):
    source = partitioned(tmp_path, "day=1/place=a%20b", "day=10/place=é", "day=2/place=3")
    opened = open_source(source)
    assert opened.schema.equals(
        pa.schema([("x", pa.int64()), ("day", pa.int32()), ("place", pa.string())])
    )
    assert opened.partitioned == {"day", "place"}
    assert values(source, "day") == [1, 10, 2]
    assert values(source, "place") == ["a b", "é", "3"]


def test_partitions__without_a_value_are_null(tmp_path):
    source = partitioned(tmp_path, "day=1", "day=__HIVE_DEFAULT_PARTITION__")
    assert sorted(values(source, "day"), key=str) == [1, None]


@pytest.mark.parametrize("named", ["day=*", "day=*/part.parquet", "**/*.parquet"])
def test_partitions_of_a_pattern__are_those_after_its_first_wildcard(tmp_path, named):
    partitioned(tmp_path / "k=1", "day=1", "day=2")
    assert values(tmp_path / "k=1" / named, "day") == [1, 2]
    assert "k" not in open_source(tmp_path / "k=1" / named).schema.names
    assert values(tmp_path / "k=*" / named, "k") == [1, 1]


def test_partitions_of_a_list__have_one_type(tmp_path):
    partitioned(tmp_path / "a", "day=1")
    partitioned(tmp_path / "b", "day=x")
    assert values([tmp_path / "a", tmp_path / "b"], "day") == ["1", "x"]
    assert values([tmp_path / "b", tmp_path / "a"], "day") == ["x", "1"]


def test_one_partition__is_a_folder_of_files(tmp_path):
    partitioned(tmp_path, "day=1")
    assert open_source(tmp_path / "day=1").schema.names == ["x"]


def test_a_partition_column_in_the_files__is_that_of_the_files(tmp_path):
    write(tmp_path / "x=7" / "a.parquet", 3)
    assert values(tmp_path) == [3]
    assert open_source(tmp_path).partitioned == frozenset()


def test_files_with_other_partition_columns__are_refused(tmp_path):
    source = partitioned(tmp_path, "day=1", "month=1")
    with pytest.raises(ValueError, match=r"is partitioned by 'day', and .* by 'month'"):
        open_source(source)
    write(tmp_path / "c" / "a.parquet", 0)
    with pytest.raises(ValueError, match=r"is partitioned by nothing, and .* by 'day'"):
        open_source(source)
