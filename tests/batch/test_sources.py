"""Jobs read any kind of source; the rows are those of the same table in one Parquet file."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from smotefast import diagnose_dataset
from smotefast.exceptions import SourceChangedError
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.storage import check_source, open_any_source
from smotefast.storage.workspace import workspace_path
from tests.helpers.parquet_files import imbalanced, in_memory, resample, same, write_file


@pytest.fixture
def table():
    words = np.random.default_rng(0).choice(["a", "b,c", "d\ne"], 600)
    return imbalanced(dtype=np.float64).add_column(1, "word", [words])


def write_csv(path, table):
    pa_csv.write_csv(table, path)
    return path


def write_arrow(path, table):
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return path


def write_arrow_stream(path, table):
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return path


def write_gzip(path, table):
    plain = write_csv(path.with_suffix(""), table)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    os.unlink(plain)
    return path


def write_csv_folder(path, table):
    path.mkdir()
    for i, start in enumerate(range(0, 600, 250)):
        write_csv(path / f"{i}.csv", table.slice(start, 250))
    return path


class Relation:
    """Reads like a relation of DuckDB, which is not installed for the tests."""

    columns = ()

    def __init__(self, table):
        self._table = table

    def to_arrow_reader(self, batch_size):
        return self._table.to_reader(max_chunksize=batch_size)


class OldRelation(Relation):
    """The same in DuckDB 1."""

    to_arrow_reader = property()

    def fetch_record_batch(self, rows_per_batch):
        return self._table.to_reader(max_chunksize=rows_per_batch)


FORMS = {
    "csv": lambda path, table: write_csv(path / "in.csv", table),
    "csv.gz": lambda path, table: write_gzip(path / "in.csv.gz", table),
    "csv folder": lambda path, table: write_csv_folder(path / "in", table),
    "arrow": lambda path, table: write_arrow(path / "in.arrow", table),
    "arrow stream": lambda path, table: write_arrow_stream(path / "in.ipc", table),
    "feather": lambda path, table: (
        feather.write_feather(table, path / "in.feather") or path / "in.feather"
    ),
    "dataset": lambda path, table: ds.dataset(table),
    "reader": lambda path, table: table.to_reader(max_chunksize=70),
    "relation": lambda path, table: Relation(table),
    "old relation": lambda path, table: OldRelation(table),
    "lazy frame": lambda path, table: pl.from_arrow(table).lazy(),
}


def widened(table):
    """Return a table with integers of 64 bits and plain strings."""
    wider = {pa.int8(): pa.int64(), pa.large_string(): pa.string()}
    fields = [field.with_type(wider.get(field.type, field.type)) for field in table.schema]
    return table.cast(pa.schema(fields)).replace_schema_metadata(None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "sampler",
    [SMOTENC(["word"], random_state=0), RandomOverSampler(random_state=0)],
    ids=["smote-nc", "random"],
)
def test_every_kind_of_source__gives_the_same_rows(tmp_path, table, form, sampler):
    source = FORMS[form](tmp_path, table)
    before = os.listdir(tmp_path)
    resample(source, tmp_path / "out", sampler=sampler)
    assert widened(pq.read_table(tmp_path / "out")).equals(widened(in_memory(table, sampler)))
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "out"])


@pytest.mark.parametrize("form", ["csv", "arrow", "dataset", "lazy frame"])
def test_a_diagnosis__reads_every_kind_of_source(tmp_path, table, form):
    assert diagnose_dataset(FORMS[form](tmp_path, table), target="label")


def test_a_damaged_text_file__is_an_error_that_names_it(tmp_path):
    (tmp_path / "in.csv").write_text("x,label\n1,a\n2,b,c\n")
    with pytest.raises(OSError, match=r"Cannot read .*in\.csv"):
        resample(tmp_path / "in.csv", tmp_path / "out")
    assert os.listdir(tmp_path) == ["in.csv"]
    (tmp_path / "in.arrow").write_bytes(b"not an Arrow file")
    with pytest.raises(OSError, match=r"Cannot read .*in\.arrow.* as an Arrow file"):
        resample(tmp_path / "in.arrow", tmp_path / "out")


def test_a_text_file_that_is_cut_off_while_it_is_copied__has_changed(tmp_path, table):
    source = open_any_source(check_source(FORMS["csv"](tmp_path, table)))
    path = Path(source.files[0].path)
    path.write_bytes(path.read_bytes()[:-2000] + b"1,2\n")
    with pytest.raises(SourceChangedError, match="changed"):
        source.to_parquet(str(tmp_path), lambda n_rows: None)


def test_a_reader_that_was_read__says_so(tmp_path, table):
    reader = table.to_reader()
    reader.read_all()
    with pytest.raises(
        ValueError, match=r"the RecordBatchReader' has no rows\. It may have been"
    ):
        resample(reader, tmp_path / "out")


@pytest.mark.parametrize("pattern", ["in/day=*", "in/*/*.*"])
def test_a_pattern__can_be_resampled_again_to_the_same_destination(
    tmp_path, partitioned, pattern
):
    source = tmp_path / pattern
    resample(source, tmp_path / "out", sampler="random", target="label")
    with pytest.raises(FileExistsError, match="exists"):
        resample(source, tmp_path / "out", sampler="random")
    resample(source, tmp_path / "out", sampler="random", overwrite=True)
    assert pq.read_table(tmp_path / "out").num_rows == 1080


def test_files_of_several_formats__are_refused(tmp_path, table):
    files = [FORMS["csv"](tmp_path, table), write_file(tmp_path / "in.parquet", table)]
    with pytest.raises(ValueError, match=r"files of several formats \(csv, parquet\)"):
        resample(files, tmp_path / "out")
    with pytest.raises(ValueError, match=r"formats, such as 'in\.parquet' and '.*\.csv'"):
        resample(tmp_path, tmp_path.parent / "out")


def test_an_unknown_column__is_found_before_the_source_is_copied(tmp_path, table):
    reader = table.to_reader()
    with pytest.raises(ValueError, match="target='lable' is not a column"):
        resample(reader, tmp_path / "out", target="lable")
    assert reader.read_all().num_rows == 600


def test_a_text_file_that_changes_while_it_is_read__is_noticed(tmp_path, table, monkeypatch):
    source = FORMS["csv"](tmp_path, table)
    monkeypatch.setattr(
        "smotefast.storage.spool._write",
        lambda stream, path, report: source.write_text(source.read_text() + "\n"),
    )
    with pytest.raises(SourceChangedError):
        resample(source, tmp_path / "out")
    assert os.listdir(tmp_path) == ["in.csv"]


def test_a_copied_source__is_not_copied_again_by_a_resumed_job(tmp_path, table, monkeypatch):
    source = FORMS["csv"](tmp_path, table)
    sampler = SMOTE(random_state=0)

    def stop(done, total):
        raise KeyboardInterrupt

    options = {"sampler": sampler, "drop": ["word"]}
    with pytest.raises(KeyboardInterrupt):
        resample(source, tmp_path / "out", progress=stop, **options)
    assert os.path.exists(os.path.join(workspace_path(str(tmp_path / "out")), "source.parquet"))

    def copy(*arguments):
        raise AssertionError("the source was copied again")

    monkeypatch.setattr("smotefast.storage.spool._write", copy)
    resample(source, tmp_path / "out", **options)
    assert pq.read_table(tmp_path / "out").num_rows == 1080
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out"]


def test_a_copied_source_with_other_bytes__is_copied_again_by_a_resumed_job(
    tmp_path, table, monkeypatch
):
    source = FORMS["csv"](tmp_path, table)

    def stop(done, total):
        raise KeyboardInterrupt

    options = {"sampler": SMOTE(random_state=0), "drop": ["word"]}
    resample(source, tmp_path / "expected.parquet", **options)
    with pytest.raises(KeyboardInterrupt):
        resample(source, tmp_path / "out.parquet", progress=stop, **options)
    copy = Path(workspace_path(str(tmp_path / "out.parquet")), "source.parquet")
    whole = copy.read_bytes()
    copy.write_bytes(bytes(len(whole) - 8) + whole[-8:])  # as after a power failure
    resample(source, tmp_path / "out.parquet", **options)
    expected = (tmp_path / "expected.parquet").read_bytes()
    assert (tmp_path / "out.parquet").read_bytes() == expected


@pytest.fixture(params=["parquet", "csv", "arrow"])
def partitioned(tmp_path, table, request):
    """Return the folder of a table that is partitioned by day, and the table with the day."""
    write = {"parquet": write_file, "csv": write_csv, "arrow": write_arrow_stream}
    days = pa.array(np.repeat([3, 1, 20], 200), pa.int32())
    for day, start in zip((3, 1, 20), (0, 200, 400), strict=True):
        folder = tmp_path / "in" / f"day={day}"
        folder.mkdir(parents=True)
        path = folder / f"a.{request.param}"
        write[request.param](path, table.slice(start, 200))
    order = np.concatenate([np.flatnonzero(days.to_numpy() == day) for day in (1, 20, 3)])
    table = widened(table) if request.param == "csv" else table
    return tmp_path / "in", table.append_column("day", days).take(order)


def test_partition_columns__are_carried_and_are_no_features(tmp_path, partitioned):
    source, whole = partitioned
    sampler = SMOTE(random_state=0)
    resample(source, tmp_path / "out.parquet", sampler=sampler, drop=["word"])
    result = pq.read_table(tmp_path / "out.parquet")
    values = in_memory(whole.drop_columns(["word", "day"]), sampler)
    assert same(result.drop_columns(["day"]), values)
    assert result["day"].slice(0, 600).equals(whole["day"])
    assert result["day"].null_count == 0


def test_partition_columns__take_the_value_of_the_base_row(tmp_path, partitioned):
    source, whole = partitioned
    resample(source, tmp_path / "out.parquet", sampler=RandomOverSampler(random_state=0))
    expected = in_memory(whole, RandomOverSampler(random_state=0))
    assert same(pq.read_table(tmp_path / "out.parquet"), expected)


def test_a_partition_column__can_be_a_feature(tmp_path, partitioned):
    source, whole = partitioned
    sampler = SMOTE(random_state=0)
    resample(source, tmp_path / "out.parquet", sampler=sampler, drop=["word"], feature=["day"])
    result = pq.read_table(tmp_path / "out.parquet")
    expected = in_memory(whole.drop_columns(["word"]), sampler)
    assert result.select(expected.column_names).equals(expected)


def test_a_partition_column__can_be_the_target(tmp_path, partitioned):
    source, _ = partitioned
    strategy = {3: 200, 1: 250, 20: 200}
    sampler = RandomOverSampler(sampling_strategy=strategy, random_state=0)
    summary = resample(source, tmp_path / "out.parquet", sampler=sampler, target="day")
    assert summary.counts_after == strategy


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("folders", "names", "values"),
    [
        (["d=1/d=2"], ["d"], [1]),
        (["a%20b=x%2Fy/c=1", "a%20b=é/c=x"], ["a b", "c"], ["x/y", "é"]),
        (["d=1/\udce9"], ["d"], [1]),
        (["d=01", "d=x"], ["d"], ["01", "x"]),
        (["d=7", "d=__HIVE_DEFAULT_PARTITION__"], ["d"], [7, None]),
        (["d=__HIVE_DEFAULT_PARTITION__"], ["d"], [None]),
        (["d=", "d=2"], ["d"], ["", "2"]),
    ],
)
def test_names_of_partitions__are_those_of_hive(
    tmp_path, table, ending, folders, names, values
):
    write = {"parquet": write_file, "csv": write_csv}[ending]
    for folder in folders:
        (tmp_path / "in" / folder).mkdir(parents=True)
        write(tmp_path / f"a.{ending}", table)
        os.rename(tmp_path / f"a.{ending}", tmp_path / "in" / folder / f"a.{ending}")
    resample(tmp_path / "in", tmp_path / "out.parquet", sampler="random")
    result = pq.read_table(tmp_path / "out.parquet").drop_columns(table.column_names)
    assert result.column_names == names
    assert result[0].slice(0, len(folders) * 600)[::600].to_pylist() == values


@pytest.mark.parametrize("folder", ["d=caf\udce9", "caf%E9=1"])
def test_names_of_partitions_that_are_not_utf_8__are_refused(tmp_path, table, folder):
    (tmp_path / "in" / folder).mkdir(parents=True)
    write_csv(tmp_path / "a.csv", table)
    os.rename(tmp_path / "a.csv", tmp_path / "in" / folder / "a.csv")
    with pytest.raises(
        ValueError, match=r"caf.*a\.csv' is in a partition whose name is not in"
    ):
        resample(tmp_path / "in", tmp_path / "out", sampler="random")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"feature": ["f1"]}, "feature='f1' is not a partition column"),
        ({"feature": ["day"], "drop": ["day"]}, "'day' is named in drop and in feature"),
        ({"feature": ["day"], "keep": ["day"]}, "'day' is named in keep and in feature"),
    ],
)
def test_feature__takes_partition_columns_only(tmp_path, partitioned, options, message):
    with pytest.raises(ValueError, match=message):
        resample(partitioned[0], tmp_path / "out", **options)


def test_schemas__are_unified_or_refused(tmp_path, table):
    table = table.drop_columns(["word"])
    float32 = table.schema.set(0, table.schema.field(0).with_type(pa.float32()))
    narrow = table.cast(float32)
    (tmp_path / "in").mkdir()
    write_file(tmp_path / "in" / "a.parquet", table.slice(0, 300))
    write_file(
        tmp_path / "in" / "b.parquet", narrow.slice(300).select(table.column_names[::-1])
    )
    both = pa.concat_tables([table.slice(0, 300), narrow.slice(300).cast(table.schema)])
    resample(tmp_path / "in", tmp_path / "out.parquet")
    assert same(pq.read_table(tmp_path / "out.parquet"), in_memory(both, SMOTE(random_state=0)))
    with pytest.raises(ValueError, match=r"use schema='unify'"):
        resample(tmp_path / "in", tmp_path / "strict", schema="strict")
