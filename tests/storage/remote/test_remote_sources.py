"""Sources in stores: the rows are those of the same files on this machine."""

from __future__ import annotations

import gzip
import io
import os
import pickle

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.evaluation import sources
from smotefast.exceptions import SourceChangedError, SourceError, SourceMissingError
from smotefast.storage.remote.locations import locate
from smotefast.storage.source import open_source
from tests.helpers.parquet_files import imbalanced, resample, same, write_file
from tests.helpers.stores import make_store


@pytest.fixture(params=["memory", "s3"])
def store(request, monkeypatch):
    return make_store(request.param, monkeypatch)


@pytest.fixture
def table():
    return imbalanced()


def written(source, folder, **options):
    resample(source, folder / "out.parquet", overwrite=True, **options)
    return pq.read_table(folder / "out.parquet")


def put_hive(store, table, folder="hive"):
    for day in range(3):
        store.write_table(f"{folder}/day={day}/x y%20é.parquet", table.slice(200 * day, 200))
    store.write(f"{folder}/_SUCCESS", b"")
    store.write(f"{folder}/.hidden/a.parquet", b"no Parquet")


PATHS = {
    "file": "src/a.parquet",
    "folder": "src",
    "folder with a slash": "src/",
    "pattern": "s*/?.parquet",
    "pattern of folders": "s[r]c",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=list(PATHS))
def test_rows__are_those_of_the_file_on_this_machine(store, table, tmp_path, path):
    store.write_table("src/a.parquet", table, row_group_size=100)
    local = write_file(tmp_path / "in.parquet", table, group_rows=100)
    assert same(written(store.url(path), tmp_path), written(local, tmp_path))


@pytest.mark.parametrize("pattern", ["hive", "hive/**", "hive/day=?/*", "h*/*/*.parquet"])
def test_partitions_of_folders_and_patterns__are_columns(store, table, tmp_path, pattern):
    put_hive(store, table)
    result = written(store.url(pattern), tmp_path)
    assert result.column_names[-1] == "day"
    assert result["day"].to_pylist()[:600] == [i // 200 for i in range(600)]


def test_a_list__mixes_stores_and_this_machine(store, table, tmp_path):
    first = write_file(tmp_path / "in.parquet", table.slice(0, 300))
    second = store.write_table("a.parquet", table.slice(300))
    local = write_file(tmp_path / "all.parquet", table)
    assert same(written([first, second], tmp_path), written(local, tmp_path))


def test_text_and_arrow_files__are_read(store, table, tmp_path):
    text, arrow = io.BytesIO(), io.BytesIO()
    pa_csv.write_csv(table, text)
    feather.write_feather(table, arrow)
    (tmp_path / "in.csv").write_bytes(text.getvalue())
    expected = written(tmp_path / "in.csv", tmp_path)
    csv = store.write("a.csv", text.getvalue())
    zipped = store.write("b.csv.gz", gzip.compress(text.getvalue()))
    assert same(written(csv, tmp_path), expected)
    assert same(written(zipped, tmp_path), expected)
    local = write_file(tmp_path / "in.parquet", table)
    found = written(store.write("arrow/a.arrow", arrow.getvalue()), tmp_path)
    assert found.equals(written(local, tmp_path).replace_schema_metadata(found.schema.metadata))


def test_csv_with_other_separators__is_refused(store, tmp_path):
    source = store.write("a.csv", b"x;label\n1;2\n")
    with pytest.raises(SourceError, match="separated by ';'"):
        resample(source, tmp_path / "out")


def test_what_is_missing__is_named_without_options(store, tmp_path):
    for path in ("no/such.parquet", "no*/x.parquet"):
        with pytest.raises(SourceMissingError) as caught:
            resample(store.url(path), tmp_path / "out")
        assert repr(store.url(path, shown=True)) in str(caught.value)
        assert "endpoint" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("src/_delta_log/0.json", "is a Delta Lake table"),
        ("src/metadata/v1.metadata.json", "is an Iceberg table"),
        ("src/_temporary/0", "a job is still writing"),
        ("src/_started_7", "without '_committed_7'"),
        ("src/more", "a Parquet file without a Parquet file name"),
    ],
)
def test_folders_that_are_ambiguous__are_refused(store, table, tmp_path, name, message):
    store.write_table("src/a.parquet", table)
    store.write(name, b"PAR1")
    with pytest.raises(ValueError, match=message):
        resample(store.url("src"), tmp_path / "out")


def test_a_file_that_is_listed_twice__is_refused(store, table, tmp_path):
    source = store.write_table("a.parquet", table)
    with pytest.raises(ValueError, match="listed twice"):
        resample([source, source], tmp_path / "out")


def test_a_file_that_is_corrupt__is_named(store, tmp_path):
    source = store.write("a.parquet", b"PAR1" + b"x" * 100)
    with pytest.raises(SourceError, match=r"a\.parquet' as Parquet"):
        resample(source, tmp_path / "out")


@pytest.mark.parametrize("change", ["replaced", "deleted"])
def test_a_changed_file__ends_the_job(store, table, tmp_path, change, monkeypatch):
    source = store.write_table("a.parquet", table)
    opened = open_source(source)
    if change == "deleted":
        store.arrow.delete_file(store.key("a.parquet"))
    else:
        store.write_table("a.parquet", imbalanced(seed=1))
    with pytest.raises(SourceChangedError, match="was changed while it was being read"):
        opened.check_unchanged()


def test_the_report__names_files_without_options(store, table, tmp_path):
    source = store.write_table("src/a.parquet", table)
    resample(source, tmp_path / "out", report=tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text()
    assert store.url("src/a.parquet", shown=True) in text
    assert "endpoint" not in text


def test_diagnose__reads_stores(store, table):
    source = store.write_table("src/a.parquet", table)
    assert "600" in str(smotefast.diagnose_dataset(source, target="label"))


def test_passwords__are_in_no_message(tmp_path):
    port = 9  # discard: nothing answers
    base = f"?endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1"
    for url in (
        f"s3://AKIAVERYSECRET:very%2Fsecret%2Fkey@bucket/a.parquet{base}",
        f"s3://bucket/a.parquet{base}&token=very-secret-key",
        "sftp://user:very-secret-key@127.0.0.1/a.parquet",
    ):
        location = locate(url, "source")
        assert "very" not in f"{location!r} {location.files.url!r}".lower()
        with pytest.raises(OSError, match=r"127|bucket|sftp") as caught:
            resample(url, tmp_path / "out")
        error = caught.value
        while error is not None:
            assert "very" not in str(error).lower()
            error = error.__cause__
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("foo://bucket/a", "unknown scheme"),
        ("memroy://bucket/a", "Did you mean 'memory'"),
    ],
)
def test_unknown_schemes__are_refused(url, message, tmp_path):
    pytest.importorskip("fsspec")
    with pytest.raises(OSError, match=message):
        resample(url, tmp_path / "out")


def test_without_fsspec__the_message_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(OSError, match=r"smotefast\[fsspec\]"):
        resample("memory://bucket/a", tmp_path / "out")


def test_names_of_file_urls__are_decoded(table, tmp_path):
    path = write_file(tmp_path / "a b%é#?.parquet", table)
    assert same(written(path.as_uri(), tmp_path), written(path, tmp_path))


def test_schemas_of_many_files__are_unified(store, table, tmp_path):
    for i in range(20):
        rows = table.slice(30 * i, 30)
        if i % 2:
            rows = rows.set_column(0, "f0", rows["f0"].cast(pa.float64()))
        store.write_table(f"src/{i:02d}.parquet", rows)
    assert written(store.url("src"), tmp_path).schema.field("f0").type == pa.float64()


def test_rows_of_a_store__can_be_pickled(store, table):
    url = store.write_table("pickled/in.parquet", table)
    rows = smotefast.iter_resampled(url, target="label", progress=False)
    copy = pickle.loads(pickle.dumps(rows))
    assert copy.to_reader().read_all().equals(rows.to_reader().read_all())


def test_a_pipeline_of_compare__has_no_passwords():
    url = "s3://KEYKEY:SECRET@bucket/in.parquet?region=eu"
    code = sources.loading_code(url, "label")
    assert "read_parquet('s3://bucket/in.parquet')" in code
    assert "SECRET" not in code
    assert "KEYKEY" not in code
