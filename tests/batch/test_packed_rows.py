"""Rows of Arrow columns in files: values of every type that is not nested come back."""

from __future__ import annotations

import datetime
import decimal
import os

import numpy as np
import pyarrow as pa
import pytest

from smotefast.batch.packed_rows import PackedRows, can_be_packed

N_ROWS = 300
RNG = np.random.default_rng(0)
START = datetime.datetime(2020, 1, 1)


def with_nulls(values, arrow_type):
    is_null = RNG.random(N_ROWS) < 0.2
    pairs = zip(values, is_null, strict=True)
    return pa.array([None if null else value for value, null in pairs], arrow_type)


NUMBERS = RNG.integers(-100, 100, N_ROWS).tolist()
TEXTS = ["ä" * (number % 9) for number in NUMBERS]
BYTES = [text.encode() for text in TEXTS]
CATEGORIES = with_nulls(TEXTS, pa.string()).dictionary_encode()
COLUMNS = {
    "float": with_nulls((RNG.integers(-9, 9, N_ROWS) / 4).tolist(), pa.float32()),
    "half": with_nulls(np.arange(N_ROWS, dtype=np.float16).tolist(), pa.float16()),
    "integer": with_nulls(NUMBERS, pa.int8()),
    "boolean": with_nulls([number > 0 for number in NUMBERS], pa.bool_()),
    "text": with_nulls(TEXTS, pa.string()),
    "large text": with_nulls(TEXTS, pa.large_string()),
    "text view": with_nulls(TEXTS, pa.string_view()),
    "bytes": with_nulls(BYTES, pa.binary()),
    "bytes view": with_nulls(BYTES, pa.binary_view()),
    "bytes of one size": with_nulls([b"abcde"] * N_ROWS, pa.binary(5)),
    "time": with_nulls([START + datetime.timedelta(n) for n in NUMBERS], pa.timestamp("us")),
    "decimal": with_nulls(list(map(decimal.Decimal, NUMBERS)), pa.decimal128(12, 2)),
    "null": pa.nulls(N_ROWS),
    "categories": CATEGORIES,
    "extension": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1, 1] * 100, "int8")),
    "without nulls": pa.array(NUMBERS),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_values_of_a_type__come_back_in_any_order(tmp_path, name):
    column = COLUMNS[name]
    assert can_be_packed(column.type)
    packed = PackedRows([pa.field(name, column.type)], N_ROWS, str(tmp_path))
    for start in range(0, N_ROWS, 70):
        packed.write(start, [column.slice(start, 70)])
    rows = RNG.integers(0, N_ROWS, 500)
    taken = packed.take([name], rows)[name]
    taken.validate(full=True)
    assert taken.type == column.type
    values = column.to_pylist()
    assert taken.to_pylist() == [values[row] for row in rows.tolist()]


def test_many_columns__are_taken_by_name_and_leave_no_file(tmp_path):
    fields = [pa.field(name, column.type) for name, column in COLUMNS.items()]
    packed = PackedRows(fields, N_ROWS, str(tmp_path))
    packed.write(0, list(COLUMNS.values()))
    assert packed.names == list(COLUMNS)
    assert os.listdir(tmp_path) == []
    taken = packed.take(["text", "decimal"], np.array([7, 7, 0]))
    assert list(taken) == ["text", "decimal"]
    for name, column in taken.items():
        assert column.to_pylist() == COLUMNS[name].take(pa.array([7, 7, 0])).to_pylist()
    assert len(packed.take(["text"], np.empty(0, np.int64))["text"]) == 0


@pytest.mark.parametrize("arrow_type", [pa.list_(pa.int8()), pa.struct([("a", pa.int8())])])
def test_nested_types__cannot_be_packed(arrow_type):
    assert not can_be_packed(arrow_type)
