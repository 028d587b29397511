from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage.source import open_source

TABLE = pa.table({"x": [1.0, 2.0, 3.0], "n": pa.array([1, 2, 3], pa.int32())})


def write(path, table=TABLE, **options):
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path, **options)
    return path


def rows_of(source, columns, batch_rows=100):
    return pa.Table.from_batches(source.batches(columns, batch_rows))


def test_batches__have_the_requested_column_order(tmp_path):
    source = open_source(write(tmp_path / "a.parquet"))
    assert source.n_rows == 3
    assert rows_of(source, ["n", "x"]).equals(TABLE.select(["n", "x"]))


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
def test_open_source__reads_a_folder_in_the_order_of_file_names(tmp_path, batch_rows):
    folder = tmp_path / "data"
    write(folder / "b.parquet", TABLE.slice(1, 2))
    write(folder / "a.pq", TABLE.slice(0, 1), row_group_size=1)
    write(folder / "_metadata.parquet", pa.table({"other": [1]}))
    write(folder / ".hidden.parquet", pa.table({"other": [1]}))
    (folder / "notes.txt").write_text("not data")
    source = open_source(folder)
    assert [os.path.basename(file.path) for file in source.files] == ["a.pq", "b.parquet"]
    assert rows_of(source, ["x", "n"], batch_rows).equals(TABLE)


def test_open_source__keeps_metadata_of_schema_and_fields(tmp_path):
    field = pa.field("x", pa.float64(), metadata={"unit": "m"})
    schema = pa.schema([field], metadata={"made": "by hand"})
    source = open_source(write(tmp_path / "a.parquet", pa.table({"x": [1.0]}, schema=schema)))
    batch = next(source.batches(["x"], 10))
    assert batch.schema.metadata[b"made"] == b"by hand"
    assert batch.schema.field("x").metadata[b"unit"] == b"m"


def test_open_source__accepts_files_that_differ_in_metadata_only(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / f"{name}.parquet", TABLE.replace_schema_metadata({"file": name}))
    assert rows_of(open_source(tmp_path), ["x"]).num_rows == 6


@pytest.mark.parametrize("kept", [0, 3, 200, -1])
def test_open_source__names_a_truncated_file(tmp_path, kept):
    write(tmp_path / "a.parquet")
    damaged = write(tmp_path / "b.parquet")
    damaged.write_bytes(damaged.read_bytes()[:kept])
    with pytest.raises(OSError, match=r"Cannot read .*b\.parquet' as Parquet") as caught:
        open_source(tmp_path)
    assert "\n" not in str(caught.value)


def test_batches__names_a_file_with_damaged_pages(tmp_path):
    path = write(tmp_path / "a.parquet", pa.table({"x": ["a" * 999] * 999}))
    content = bytearray(path.read_bytes())
    content[4:80] = b"\xff" * 76
    path.write_bytes(content)
    source = open_source(path)
    with pytest.raises(OSError, match=r"Cannot read .*a\.parquet"):
        list(source.batches(["x"], 10))


def test_open_source__refuses_a_text_file(tmp_path):
    (tmp_path / "a.parquet").write_text("x,y\n1,2\n")
    with pytest.raises(OSError, match="as Parquet"):
        open_source(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (TABLE.drop_columns("n"), "lacks columns 'n'"),
        (TABLE.append_column("z", [[1, 2, 3]]), "has additional columns 'z'"),
        (TABLE.select(["n", "x"]), "in another order"),
        (TABLE.set_column(1, "n", [[1, 2, 3]]), "column 'n' is .*int64, not .*int32"),
    ],
)
def test_open_source__names_the_file_whose_schema_differs_and_how(tmp_path, other, message):
    write(tmp_path / "a.parquet")
    write(tmp_path / "b.parquet", other)
    with pytest.raises(ValueError, match=rf"b\.parquet' does not have.*a\.parquet.*{message}"):
        open_source(tmp_path, schema="strict")


def test_open_source__refuses_a_missing_or_empty_source(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        open_source(tmp_path / "absent.parquet")
    with pytest.raises(FileNotFoundError, match=r"contains no \.parquet, \.csv or"):
        open_source(tmp_path)
    with pytest.raises(ValueError, match="has no rows"):
        open_source(write(tmp_path / "empty.parquet", TABLE.slice(0, 0)))


def test_open_source__refuses_a_device():
    with pytest.raises(OSError, match="not a regular file"):
        open_source("/dev/null")


def test_open_source__refuses_duplicate_column_names(tmp_path):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    with pytest.raises(ValueError, match="more than one column named 'x'"):
        open_source(write(tmp_path / "a.parquet", table))


def test_check_unchanged__detects_a_replaced_file(tmp_path):
    path = write(tmp_path / "a.parquet")
    source = open_source(path)
    source.check_unchanged()
    write(path, TABLE.slice(1))
    with pytest.raises(OSError, match="was changed while it was being read"):
        source.check_unchanged()


def test_open_source__refuses_a_parquet_file_without_a_parquet_name(tmp_path):
    table = pa.table({"x": [1]})
    pq.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "README.txt").write_text("what is in here")
    assert open_source(tmp_path).n_rows == 1
    pq.write_table(table, tmp_path / "000001_0")
    with pytest.raises(ValueError, match="contains '000001_0', a Parquet file without"):
        open_source(tmp_path)


def test_batches__share_equal_dictionaries(tmp_path):
    words = pa.array(["b", "a", "c", "a"] * 50).dictionary_encode()
    pq.write_table(pa.table({"x": words}), tmp_path / "a.parquet", row_group_size=60)
    batches = list(open_source(tmp_path / "a.parquet").batches(["x"], 25))
    assert len(batches) > 8
    places = {batch.column(0).dictionary.buffers()[2].address for batch in batches}
    assert len(places) == 1
    assert (
        pa.concat_arrays([batch.column(0) for batch in batches]).to_pylist()
        == words.to_pylist()
    )


def test_batches__keep_dictionaries_that_differ(tmp_path):
    for name, values in (("a", ["x", "y"]), ("b", ["y", "z"]), ("c", ["x", "y"])):
        table = pa.table({"v": pa.array(values).dictionary_encode()})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    read = [batch.column(0).to_pylist() for batch in open_source(tmp_path).batches(["v"], 9)]
    assert read == [["x", "y"], ["y", "z"], ["x", "y"]]


OTHER = TABLE.append_column("id", [["a", "b", "c"]])
UNLIKE = {
    "type": TABLE.append_column("id", [[1, 2, 3]]),
    "missing": TABLE,
    "place": OTHER.select(["id", "x", "n"]),
    "not null": OTHER.cast(OTHER.schema.set(2, pa.field("id", pa.string(), nullable=False))),
}


@pytest.mark.parametrize("first", ["a", "c"])
@pytest.mark.parametrize("unlike", UNLIKE.values(), ids=list(UNLIKE))
def test_open_source__accepts_files_that_differ_in_dropped_columns_only(
    tmp_path, unlike, first
):
    write(tmp_path / "b.parquet", OTHER)
    write(tmp_path / f"{first}.parquet", unlike)
    with pytest.raises(ValueError, match="does not have the schema") as caught:
        open_source(tmp_path, schema="strict")
    if unlike is not UNLIKE["place"]:
        assert "drop=['id']" in str(caught.value)
    source = open_source(tmp_path, ["id"], "strict")
    assert rows_of(source, ["n", "x"]).equals(
        pa.concat_tables([TABLE, TABLE]).select(["n", "x"])
    )
    assert source.names == {"x", "n", "id"}


def test_open_source__refuses_other_differences_of_dropped_columns_too(tmp_path):
    write(tmp_path / "a.parquet", OTHER)
    write(tmp_path / "b.parquet", OTHER.select(["n", "x", "id"]))
    with pytest.raises(ValueError, match="its columns are in another order"):
        open_source(tmp_path, ["id"], "strict")


def test_open_source__accepts_duplicate_names_that_are_dropped(tmp_path):
    table = pa.Table.from_arrays([*TABLE.columns, TABLE["x"]], ["n", "x", "x"])
    with pytest.raises(ValueError, match=r"more than one column named 'x'"):
        open_source(write(tmp_path / "a.parquet", table))
    assert open_source(tmp_path / "a.parquet", ["x"]).n_rows == 3
