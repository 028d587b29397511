"""Folders in which not all Parquet files are valid are refused."""

from __future__ import annotations

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage.source import open_source

TABLE = pa.table({"x": [1.0, 2.0], "label": [0, 1]})


def folder_with(path, *names):
    """Return a folder with a Parquet file and other files, or folders (names ending in /)."""
    path.mkdir(parents=True, exist_ok=True)
    pq.write_table(TABLE, path / "part-0.parquet")
    for name in names:
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            place.mkdir()
        else:
            place.write_text("{}")
    return path


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["_delta_log/00000000000000000000.json"], "is a Delta Lake table"),
        (["_delta_log/"], "is a Delta Lake table"),
        ([".hoodie/hoodie.properties"], "is a Hudi table"),
        ([".hoodie_partition_metadata"], "a folder of a Hudi table"),
        (["_spark_metadata/0"], "output of a Spark stream"),
        (["metadata/v1.metadata.json"], "is an Iceberg table"),
        (["metadata/version-hint.text"], "is an Iceberg table"),
        (["_temporary/0/part-1.parquet"], "a job is still writing"),
        (["_temporary/"], "a job is still writing"),
        ([".spark-staging-7/"], "a job is still writing"),
        ([".hive-staging_hive_2026/"], "a job is still writing"),
        (["_started_42"], "a job is still writing"),
        (["_started_42", "_committed_41"], "a job is still writing"),
    ],
)
def test_a_folder_with_a_log_or_unfinished_files__is_refused_with_the_reason(
    tmp_path, names, message
):
    folder = folder_with(tmp_path / "table", *names)
    with pytest.raises(ValueError, match=message) as caught:
        open_source(folder)
    assert any(word in str(caught.value) for word in ("Export", "Wait for it"))


@pytest.mark.parametrize("beside", ["v3.metadata.json", "version-hint.text", "snap-1.avro", ""])
def test_the_data_folder_of_an_iceberg_table__is_refused_too(tmp_path, beside):
    (tmp_path / "table" / "metadata").mkdir(parents=True)
    if beside:
        (tmp_path / "table" / "metadata" / beside).touch()
    with pytest.raises(ValueError, match="is an Iceberg table"):
        open_source(folder_with(tmp_path / "table" / "data"))


@pytest.mark.parametrize(
    ("log", "inner"),
    [
        ("_delta_log/0.json", "day=1"),
        ("_delta_log/0.json", "day=1/hour=2"),
        (".hoodie/x", "day=1"),
        ("metadata/v1.metadata.json", "data/day=1"),
        ("metadata/v1.metadata.json", "data/day=1/hour=2"),
    ],
)
def test_a_partition_of_a_table__is_refused_too(tmp_path, log, inner):
    folder_with(tmp_path / "table", log)
    with pytest.raises(ValueError, match=r"is an? .*table"):
        open_source(folder_with(tmp_path / "table" / inner))


def test_a_table_behind_a_link__is_refused_too(tmp_path):
    folder_with(tmp_path / "table", "_delta_log/0.json")
    os.symlink(tmp_path / "table", tmp_path / "link")
    with pytest.raises(ValueError, match="is a Delta Lake table"):
        open_source(tmp_path / "link")


def test_files_that_a_later_commit_removed__are_refused(tmp_path):
    folder = folder_with(tmp_path / "out", "_started_1", "_committed_1", "_started_2")
    committed = {"added": ["part-1.parquet"], "removed": ["part-0.parquet"]}
    (folder / "_committed_2").write_text(json.dumps(committed))
    with pytest.raises(ValueError, match=r"lists 'part-0\.parquet' as replaced"):
        open_source(folder)


def test_finished_output__is_read(tmp_path):
    folder = folder_with(
        tmp_path / "data",
        "_SUCCESS",
        "_metadata",
        "_common_metadata",
        "._SUCCESS.crc",
        ".part-0.parquet.crc",
        "_started_42",
        "_committed_42",
        "notes.txt",
    )
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "columns.json").touch()  # of a project, not of Iceberg
    assert open_source(folder).n_rows == 2


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_that_is_listed_twice__is_refused(tmp_path, link):
    folder = folder_with(tmp_path / "in")
    link(folder / "part-0.parquet", folder / "part-1.parquet")
    with pytest.raises(
        ValueError, match=r"part-0\.parquet' and .*part-1\.parquet' are links to the same"
    ):
        open_source(folder)


def test_a_link_to_a_file_elsewhere__is_read(tmp_path):
    other = folder_with(tmp_path / "other")
    (tmp_path / "in").mkdir()
    os.symlink(other / "part-0.parquet", tmp_path / "in" / "a.parquet")
    assert open_source(tmp_path / "in").n_rows == 2


def test_a_broken_link__is_refused_by_name(tmp_path):
    folder = folder_with(tmp_path / "in")
    os.symlink(tmp_path / "gone.parquet", folder / "a.parquet")
    with pytest.raises(OSError, match=r"a\.parquet' is a broken link"):
        open_source(folder)
