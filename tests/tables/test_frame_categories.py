"""Encode columns of frames as categories, and report column types."""

from __future__ import annotations

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest

from smotefast.tables import open_table
from smotefast.tables.categories import encode_array
from smotefast.tables.column_types import is_missing
from tests.tables.test_categories import TOP, check

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
nw = pytest.importorskip("narwhals")

SERIES = {
    "category": pd.Series(pd.Categorical(["b", None, "a"], categories=["z", "b", "a"])),
    "of numbers": pd.Series([3, 1, 3], dtype="category"),
    "text": pd.Series(["b", None, "a"]),
    "python text": pd.Series(["b", None, "a"], dtype=object),
    "arrow text": pd.Series(["b", None, "a"], dtype=pd.ArrowDtype(pa.string())),
    "arrow dictionary": pd.Series(
        ["b", None, "a"], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    ),
    "nullable": pd.Series([3, None, 1], dtype="Int64"),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "bool": pd.Series([True, False, True]),
    "uint64": pd.Series(np.array([TOP, TOP - 1], np.uint64)),
    "int8": pd.Series(np.array([-128, 127], np.int8)),
    "float": pd.Series([0.5, None, -1.0]),
    "float16": pd.Series(np.array([0.5, -1.0], np.float16)),
    "big-endian": pd.Series(np.array([3, -1], ">i8")),
    "big-endian float": pd.Series(np.array([0.5, -1.0], ">f8")),
    "date": pd.Series(pd.to_datetime(["2020-01-01", None])),
    "zone": pd.Series(pd.to_datetime(["2020-01-01", None]).tz_localize("UTC")),
    "span": pd.Series(pd.to_timedelta([5, None])),
    "period": pd.Series(pd.period_range("2020", periods=2)),
    "sparse": pd.Series(pd.arrays.SparseArray([0, 2, 0, 1])),
    "nothing": pd.Series([None, None], dtype=object),
}


KINDS = {
    "category": "category", "of numbers": "category", "text": "text", "python text": "text",
    "arrow text": "text", "arrow dictionary": "category", "nullable": "number",
    "boolean": "boolean", "bool": "boolean", "uint64": "number", "int8": "number",
    "float": "number", "float16": "number", "big-endian": "number",
    "big-endian float": "number", "date": "other", "zone": "other", "span": "other",
    "period": "other", "sparse": "number", "nothing": "number",
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
def test_pandas__encodes_sorted_values_and_reports_the_column_type(name):
    series = SERIES[name]
    values = [None if is_missing(value) else value for value in series.tolist()]
    frame = pd.DataFrame({"a": np.arange(len(series)) + 0.5, "b": series})
    for table in (open_table(frame), open_table(nw.from_native(frame))):
        check(table.encode(1), values)
        assert table.column_types() == ["number", KINDS[name]]


POLARS = {
    "categorical": (pl.Series(["b", None, "a"], dtype=pl.Categorical), "category"),
    "enum": (pl.Series(["b", None, "a"], dtype=pl.Enum(["z", "b", "a"])), "category"),
    "text": (pl.Series(["b", None, "a"]), "text"),
    "bytes": (pl.Series([b"b", None]), "text"),
    "bool": (pl.Series([True, None]), "boolean"),
    "uint64": (pl.Series([TOP, 0], dtype=pl.UInt64), "number"),
    "int128": (pl.Series([3, None, 1], dtype=pl.Int128), "other"),
    "float": (pl.Series([0.5, None, -1.0]), "number"),
    "date": (pl.Series([datetime.date(2020, 1, 1), None]), "other"),
    "time": (pl.Series([datetime.time(1), None]), "other"),
    "decimal": (pl.Series([decimal.Decimal("1.5"), None]), "number"),
    "null": (pl.Series([None, None]), "other"),
    "object": (pl.Series([3, None, 1], dtype=pl.Object), "other"),
}


@pytest.mark.parametrize("name", POLARS)
def test_polars__encodes_sorted_values_and_reports_the_column_type(name):
    series, kind = POLARS[name]
    frame = pl.DataFrame({"a": np.arange(len(series)) + 0.5, "b": series})
    for table in (open_table(frame), open_table(nw.from_native(frame))):
        check(table.encode(1), series.to_list())
        assert table.column_types() == ["number", kind]


def test_polars__treats_nan_as_missing_and_minus_zero_as_zero():
    column = open_table(pl.DataFrame({"a": [0.0, -0.0, float("nan"), None]})).encode(0)
    assert column.categories == [0.0, None]
    assert column.codes.tolist() == [0, 0, 1, 1]


def test_every_container__gives_the_same_codes():
    values = ["b", "a", "c", "a", "b", "ä", ""]
    expected = encode_array(np.array(values, dtype=object))
    for X in (
        np.array(values)[:, None],
        np.array(values, dtype=object)[:, None],
        [[value] for value in values],
        pd.DataFrame({"a": values}),
        pd.DataFrame({"a": values}, dtype="category"),
        pl.DataFrame({"a": values}),
        pa.table({"a": values}),
    ):
        column = open_table(X).encode(0)
        assert column.categories == expected.categories
        assert column.codes.tolist() == expected.codes.tolist()
