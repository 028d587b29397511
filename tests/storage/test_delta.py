"""Delta tables as sources: the current version, as the log lists it."""

from __future__ import annotations

import datetime
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.exceptions import ArgumentError, SourceError
from tests.helpers.command_line import run
from tests.helpers.parquet_files import imbalanced, resample, write_file
from tests.helpers.stores import CREDENTIALS, make_store, s3_port

deltalake = pytest.importorskip("deltalake", reason="deltalake is not installed")


@pytest.fixture
def table():
    days = [datetime.date(2026, 1, 1 + i // 200) for i in range(600)]
    cities = [["a b", "x/y", None][i % 3] for i in range(600)]
    table = imbalanced().append_column("day", pa.array(days))
    return table.append_column("city", pa.array(cities))


def rows(path):
    found = pq.read_table(path)
    return sorted(map(repr, found.select(sorted(found.column_names)).to_pylist()))


def copied(source, folder, **options):
    """Return the rows of a job that copies."""
    options = {"sampler": "random", "if_balanced": "copy", "keep": ["city", "day"], **options}
    strategy = smotefast.RandomOverSampler(sampling_strategy={1: 60}, random_state=0)
    resample(
        source, folder / "copy.parquet", **{**options, "sampler": strategy}, overwrite=True
    )
    return rows(folder / "copy.parquet")


def test_the_current_version__has_no_rows_that_were_deleted_or_replaced(table, tmp_path):
    path = str(tmp_path / "table")
    deltalake.write_deltalake(path, imbalanced(seed=1).append_column("day", table["day"])
                              .append_column("city", table["city"]))  # fmt: skip
    deltalake.write_deltalake(path, table.slice(0, 300), mode="overwrite")
    deltalake.write_deltalake(path, table.slice(300), mode="append")
    deltalake.DeltaTable(path).delete("f0 > 10")
    expected = write_file(
        tmp_path / "in.parquet", table.filter(pa.compute.less_equal(table["f0"], 10))
    )
    n_rare = int(pa.compute.sum(pq.read_table(expected)["label"]).as_py())
    strategy = smotefast.RandomOverSampler(sampling_strategy={1: n_rare}, random_state=0)
    options = {"sampler": strategy, "if_balanced": "copy", "keep": ["city", "day"]}
    resample(path, tmp_path / "out.parquet", format="delta", **options)
    assert rows(tmp_path / "out.parquet") == rows(expected)


@pytest.mark.parametrize("by", [["city"], ["day"], ["day", "city"], ["label"]], ids=str)
def test_partition_values__are_those_of_the_log(table, tmp_path, by):
    path = str(tmp_path / "table")
    deltalake.write_deltalake(path, table, partition_by=by)
    local = write_file(tmp_path / "in.parquet", table)
    keep = [name for name in ("city", "day") if name not in by]
    assert copied(path, tmp_path, format="delta", keep=keep) == rows(local)
    schema = pq.read_schema(tmp_path / "copy.parquet")
    assert schema.field("day").type == pa.date32()


def test_the_command__reads_a_table(table, tmp_path):
    path = str(tmp_path / "table")
    deltalake.write_deltalake(path, table)
    options = ["--target", "label", "--keep", "day", "--keep", "city"]
    refused = run("resample", path, tmp_path / "out", *options)
    assert refused.returncode == 3
    assert "--format delta" in refused.stderr
    assert (
        run("resample", path, tmp_path / "out", *options, "--format", "delta").returncode == 0
    )
    options = ["--target", "label", "--drop", "day", "--drop", "city", "--format", "delta"]
    assert "600 rows" in run("diagnose", path, *options).stdout
    assert run("resample", path, tmp_path / "two", *options[:-1], "detla").returncode == 2


def test_a_table_in_a_store__is_read(table, tmp_path, monkeypatch):
    store = make_store("s3", monkeypatch)
    options = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3_port()}"}
    options |= {"AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}
    deltalake.write_deltalake(
        store.url("table", shown=True), table, partition_by=["day"], storage_options=options
    )
    local = write_file(tmp_path / "in.parquet", table)
    url = store.url("table") + "&region=us-east-1"
    assert copied(url, tmp_path, format="delta", keep=["city"]) == rows(local)
    with pytest.raises(ValueError, match="is a Delta Lake table"):
        resample(url, tmp_path / "out")


def change_log(path, change):
    """Change the actions of the first version."""
    log = path / "_delta_log" / "00000000000000000000.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    for action in actions:
        change(action)
    log.write_text("\n".join(map(json.dumps, actions)) + "\n")


def with_column_mapping(action):
    if "metaData" in action:
        action["metaData"]["configuration"] = {"delta.columnMapping.mode": "name"}
        schema = json.loads(action["metaData"]["schemaString"])
        for number, field in enumerate(schema["fields"], 1):
            name = f"col-{number}"
            field["metadata"]["delta.columnMapping.id"] = number
            field["metadata"]["delta.columnMapping.physicalName"] = name
        action["metaData"]["schemaString"] = json.dumps(schema)
    if "protocol" in action:
        action["protocol"] = {"minReaderVersion": 2, "minWriterVersion": 5}


def with_deletion_vector(action):
    features = ["deletionVectors"]
    if "protocol" in action:
        action["protocol"] = {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": features,
            "writerFeatures": features,
        }
    if "add" in action:
        action["add"]["deletionVector"] = {
            "storageType": "u",
            "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^",
            "offset": 4,
            "sizeInBytes": 40,
            "cardinality": 6,
        }


def outside(action):
    if "add" in action:
        action["add"]["path"] = "file:///elsewhere/a.parquet"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_column_mapping, "has a column mapping"),
        (with_deletion_vector, "has deletion vectors"),
        (outside, "has files outside its folder"),
    ],
)
def test_tables_whose_files_are_not_their_rows__are_refused(table, tmp_path, change, message):
    deltalake.write_deltalake(str(tmp_path / "table"), table)
    change_log(tmp_path / "table", change)
    with pytest.raises(ValueError, match=message):
        resample(tmp_path / "table", tmp_path / "out", format="delta")


def test_what_is_no_table__is_named(table, tmp_path):
    source = write_file(tmp_path / "in.parquet", table)
    for path, message in [
        (source, "is no folder"),
        (tmp_path / "no", "does not exist"),
        (tmp_path, "as a Delta table"),
    ]:
        with pytest.raises(SourceError, match=message):
            resample(path, tmp_path / "out", format="delta")
    with pytest.raises(ArgumentError, match="reads one table"):
        resample([source, source], tmp_path / "out", format="delta")
    with pytest.raises(ArgumentError, match="not an object"):
        resample(table.to_reader(), tmp_path / "out", format="delta")
    with pytest.raises(ValueError, match="must be 'delta'"):
        resample(source, tmp_path / "out", format="iceberg")


def test_without_deltalake__the_message_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(OSError, match=r"smotefast\[delta\]"):
        resample(tmp_path, tmp_path / "out", format="delta")


def test_a_table__is_no_destination_and_stays(table, tmp_path):
    path = tmp_path / "table"
    source = write_file(tmp_path / "in.parquet", table)
    deltalake.write_deltalake(path, table)
    for overwrite in (False, True):
        with pytest.raises(FileExistsError) as caught:
            resample(source, path, overwrite=overwrite, drop=["city", "day"])
    assert "is a Delta Lake table" in str(caught.value)
    assert "iter_resampled" in str(caught.value)
    assert deltalake.DeltaTable(path).version() == 0


def test_rows__are_written_as_a_version_by_deltalake(table, tmp_path):
    path = tmp_path / "table"
    deltalake.write_deltalake(path, table, partition_by=["city"])
    options = {"target": "label", "sampler": smotefast.SMOTE(random_state=0)}
    options |= {"keep": ["city", "day"], "format": "delta"}
    with smotefast.iter_resampled(path, **options) as found:
        deltalake.write_deltalake(path, found, mode="overwrite", partition_by=["city"])
        assert deltalake.DeltaTable(path).version() == 1
    resample(path, tmp_path / "out.parquet", **{**options, "sampler": "random-under"})
    assert pq.read_table(tmp_path / "out.parquet").num_rows == found.n_rows


def test_the_folder_of_a_job__becomes_a_table_and_is_still_as_reported(table, tmp_path):
    source, report = write_file(tmp_path / "in.parquet", table), tmp_path / "report.json"
    resample(source, tmp_path / "out", keep=["city", "day"], report=report)
    deltalake.convert_to_deltalake(tmp_path / "out")
    assert smotefast.verify_dataset(tmp_path / "out", report).is_as_reported
    assert (
        deltalake.DeltaTable(tmp_path / "out").count() == pq.read_table(source).num_rows + 480
    )
