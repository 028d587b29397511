"""Files whose columns differ are read in one schema, or refused by file and column."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.storage import open_source
from smotefast.storage.schemas import common_schema

BASE = pa.schema([("x", pa.float32()), ("n", pa.int16()), ("s", pa.string())])


def type_of_both(one, other, how="unify"):
    schemas = [pa.schema([("a", one)]), pa.schema([("a", other)])]
    return common_schema(schemas, ["1.parquet", "2.parquet"], (), how).field("a").type


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (pa.int8(), pa.int32(), pa.int32()),
        (pa.float32(), pa.float64(), pa.float64()),
        (pa.int32(), pa.float64(), pa.float64()),
        (pa.null(), pa.string(), pa.string()),
        (pa.string(), pa.large_string(), pa.large_string()),
        (pa.dictionary(pa.int8(), pa.string()), pa.string(), pa.string()),
        (pa.decimal128(5, 2), pa.decimal128(7, 2), pa.decimal128(7, 2)),
        (pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("us")),
    ],
    ids=str,
)
def test_types__get_the_one_that_holds_both(one, other, common):
    assert type_of_both(one, other) == common
    assert type_of_both(other, one) == common
    with pytest.raises(ValueError, match=r"'2\.parquet' does not have the schema of '1"):
        type_of_both(one, other, "strict")


@pytest.mark.parametrize(
    ("one", "other"),
    [(pa.string(), pa.int32()), (pa.bool_(), pa.string()), (pa.date32(), pa.int64())],
    ids=str,
)
def test_types_without_a_common_one__are_refused(one, other):
    with pytest.raises(ValueError, match=r"'a' is .* and no type holds both.*drop=\['a'\]"):
        type_of_both(one, other)


def test_order_and_nullability__may_differ():
    other = pa.schema([BASE.field("s").with_nullable(False), BASE.field("n"), BASE.field("x")])
    assert common_schema([BASE, other], ["1", "2"], (), "unify").equals(BASE)
    assert common_schema([other, BASE], ["1", "2"], (), "unify").names == ["s", "n", "x"]


def test_equal_schemas__keep_their_metadata():
    described = BASE.with_metadata({"k": "v"})
    for other in (BASE, BASE.set(1, pa.field("n", pa.int32()))):
        assert common_schema([described, other], ["1", "2"], (), "unify").metadata == {
            b"k": b"v"
        }


def write(path, **columns):
    pq.write_table(pa.table(columns), path)


def test_values__are_read_in_the_common_type(tmp_path):
    day = datetime.date(2026, 11, 29)
    write(
        tmp_path / "a.parquet",
        n=pa.array([1, 2], pa.int8()),
        s=pa.array(["u", "v"]).dictionary_encode(),
    )
    write(tmp_path / "b.parquet", s=["w", None], n=pa.array([1 << 40, -1]))
    write(tmp_path / "c.parquet", s=pa.nulls(1), n=[0.5])
    write(tmp_path / "d.parquet", s=["z"], n=pa.array([7], pa.uint8()), extra=[day])
    source = open_source(tmp_path, ["extra"])
    table = pa.Table.from_batches(source.batches(["n", "s"], 10))
    assert table.schema.equals(pa.schema([("n", pa.float64()), ("s", pa.string())]))
    assert table["n"].to_pylist() == [1, 2, 1 << 40, -1, 0.5, 7]
    assert table["s"].to_pylist() == ["u", "v", "w", None, None, "z"]


def test_a_number_that_the_common_type_does_not_hold__is_an_error_that_names_the_file(tmp_path):
    write(tmp_path / "a.parquet", n=[0.5])
    write(tmp_path / "b.parquet", n=[(1 << 53) + 1])
    source = open_source(tmp_path)
    with pytest.raises(OSError, match=r"Column 'n' of .*b\.parquet' is int64, and double in"):
        list(source.batches(["n"], 10))


def test_decimals__are_widened(tmp_path):
    write(tmp_path / "a.parquet", d=pa.array([Decimal("1.25")], pa.decimal128(5, 2)))
    write(tmp_path / "b.parquet", d=pa.array([Decimal("1.375")], pa.decimal128(5, 3)))
    table = pa.Table.from_batches(open_source(tmp_path).batches(["d"], 10))
    assert table["d"].to_pylist() == [Decimal("1.250"), Decimal("1.375")]
