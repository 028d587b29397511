"""Encode columns as categories: codes in the order of the sorted values, values unchanged."""

from __future__ import annotations

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.tables import open_table
from smotefast.tables.categories import (
    encode_array,
    encode_arrow,
    sort_categories,
    used_categories,
)
from smotefast.tables.column_types import array_column_type, arrow_column_type, is_missing

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
nw = pytest.importorskip("narwhals")


TOP, BOTTOM = 2**64 - 1, -(2**63)


def check(column, values):
    """Check that codes follow the sorted values, missing values last, and decode correctly."""
    known = sorted({value for value in values if value is not None})
    names = [*known, None] if None in values else known
    assert column.categories == names
    assert column.codes.dtype == np.int32
    assert [column.categories[code] for code in column.codes] == values


ARRAYS = {
    "narrow": np.array([3, -2, 3, 700], np.int16),
    "wide": np.array([10**9, -(10**9), 0, 10**9], np.int64),
    "int8": np.array([-128, 127, -128], np.int8),
    "uint8": np.array([255, 0, 255], np.uint8),
    "uint64 at the limit": np.array([TOP, TOP - 3, TOP], np.uint64),
    "uint64 across int64": np.array([2**63, 2**63 - 1, 2**63 + 1], np.uint64),
    "uint64 wide": np.array([TOP, 0, 2**63], np.uint64),
    "int64 at the limit": np.array([BOTTOM, BOTTOM + 2, BOTTOM], np.int64),
    "int64 wide": np.array([BOTTOM, 2**63 - 1], np.int64),
    "bool": np.array([True, False, True]),
    "one value": np.array([7, 7]),
    "float": np.array([0.5, -1.5, 0.5], np.float32),
    "float16": np.array([0.5, -1.5, 0.5], np.float16),
    "text": np.array(["b", "a", "b"]),
    "bytes": np.array([b"b", b"a"]),
    "variable text": np.array(["b", "a", "b"], np.dtypes.StringDType()),
    "object": np.array(["b", "a", "c"], dtype=object),
    "big-endian": np.array([70_000, -1, 70_000], ">i4"),
    "big-endian float": np.array([0.5, -1.5], ">f8"),
    "day": np.array(["2020-02-01", "2019-01-01"], "M8[D]"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_encode_array__follows_the_order_of_sorted_values(name):
    values = ARRAYS[name]
    check(encode_array(values), values.tolist())
    strided = np.repeat(values, 2)[::2]
    check(encode_array(strided), values.tolist())


@given(st.lists(st.integers(BOTTOM, TOP), min_size=1, max_size=30), st.integers(0, 5000))
def test_encode_array__of_integers_does_not_depend_on_their_range(values, spread):
    for kind in (np.uint64, np.int64, np.int16, np.uint8):
        limits = np.iinfo(kind)
        near = [min(limits.max, max(limits.min, values[0] + v % (spread + 1))) for v in values]
        for some in (near, [min(limits.max, max(limits.min, v)) for v in values]):
            check(encode_array(np.array(some, dtype=kind)), some)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, ">f8", np.longdouble, object])
def test_encode_array__treats_nan_as_missing_and_minus_zero_as_zero(dtype):
    column = encode_array(np.array([0.0, np.nan, -0.0, 2.0, np.nan]).astype(dtype))
    assert column.categories == [0.0, 2.0, None]
    assert column.codes.tolist() == [0, 2, 0, 1, 2]


@pytest.mark.parametrize("missing", [None, np.nan, float("nan"), pd.NA, pd.NaT])
def test_encode_array__encodes_all_missing_objects_as_one_category(missing):
    column = encode_array(np.array(["b", missing, None, "a"], dtype=object))
    assert column.categories == ["a", "b", None]
    assert column.codes.tolist() == [1, 2, 2, 0]


@pytest.mark.parametrize("missing", [None, np.nan])
def test_encode_array__accepts_missing_variable_width_strings(missing):
    dtype = np.dtypes.StringDType(na_object=missing)
    column = encode_array(np.array(["b", missing, "a"], dtype))
    assert column.categories == ["a", "b", None]
    assert column.codes.tolist() == [1, 2, 0]


@pytest.mark.parametrize("unit", ["D", "s", "ns"])
def test_encode_array__treats_nat_as_missing(unit):
    column = encode_array(np.array(["2020-02-01", "NaT", "2019-01-01"], f"M8[{unit}]"))
    assert column.codes.tolist() == [1, 2, 0]
    assert column.categories[2] is None


def test_encode_array__sorts_numbers_and_text_by_type():
    column = encode_array(np.array(["b", 2, "a", 1.5, 1, None], dtype=object))
    assert column.categories == [1.5, 1, 2, "a", "b", None]
    assert column.codes.tolist() == [4, 2, 3, 0, 1, 5]


def test_encode_array__encodes_equal_objects_as_one_category():
    column = encode_array(np.array([True, 1, 1.0, 0, False], dtype=object))
    assert column.categories == [0, 1]
    assert column.codes.tolist() == [1, 1, 1, 0, 0]


def test_sort_categories__merges_equal_values_and_puts_missing_values_last():
    column = sort_categories(np.array([0, 1, 2, 3, -1]), ["b", "a", np.nan, "b"])
    assert column.categories == ["a", "b", None]
    assert column.codes.tolist() == [1, 0, 2, 1, 2]


@given(st.lists(st.integers(-1, 9), min_size=1, max_size=30))
def test_used_categories__drops_categories_without_rows(codes):
    found, positions = used_categories(np.array(codes), 10)
    assert positions.tolist() == sorted(set(codes) - {-1})
    assert [-1 if code < 0 else positions[code] for code in found] == codes


NUMBERS = pa.DictionaryArray.from_arrays
ARROW = {
    "text": (pa.array(["b", None, "a"]), ["b", None, "a"]),
    "large text": (pa.array(["b", "a"], pa.large_string()), ["b", "a"]),
    "text view": (pa.array(["b", None, "a"], pa.string_view()), ["b", None, "a"]),
    "binary view": (pa.array([b"b", b"a"], pa.binary_view()), [b"b", b"a"]),
    "runs": (pc.run_end_encode(pa.array(["b", "b", None, "a"])), ["b", "b", None, "a"]),
    "dictionary": (pa.array(["b", None, "a"]).dictionary_encode(), ["b", None, "a"]),
    "not used": (NUMBERS(pa.array([2, None, 0], pa.int8()), pa.array(["b", "q", "a"])),
                 ["a", None, "b"]),
    "null in it": (NUMBERS(pa.array([0, 1, 2]), pa.array(["b", None, "a"])), ["b", None, "a"]),
    "twice in it": (NUMBERS(pa.array([0, 1, 2]), pa.array(["b", "b", "a"])), ["b", "b", "a"]),
    "unsigned": (NUMBERS(pa.array([1, 0], pa.uint64()), pa.array(["b", "a"])), ["a", "b"]),
    "of numbers": (pa.array([3, 1, 3]).dictionary_encode(), [3, 1, 3]),
    "bool": (pa.array([True, None, False]), [True, None, False]),
    "uint64": (pa.array([TOP, 0, TOP], pa.uint64()), [TOP, 0, TOP]),
    "date": (pa.array([datetime.date(2020, 1, 1), None]), [datetime.date(2020, 1, 1), None]),
    "decimal": (pa.array([decimal.Decimal("1.5"), None]), [decimal.Decimal("1.5"), None]),
    "fixed": (pa.array([b"bb", b"aa"], pa.binary(2)), [b"bb", b"aa"]),
    "nulls": (pa.nulls(2), [None, None]),
}  # fmt: skip


@pytest.mark.parametrize("name", ARROW)
def test_encode_arrow__follows_the_order_of_sorted_values_in_any_chunks(name):
    array, values = ARROW[name]
    check(encode_arrow(array), values)
    check(encode_arrow(pa.chunked_array([array])), values)
    check(encode_arrow(pa.chunked_array([array[:1], array[1:1], array[1:]])), values)
    table = open_table(pa.table({"a": array}))
    check(table.encode(0), values)
    check(open_table(pa.record_batch({"a": array})).encode(0), values)


def test_encode_arrow__unifies_dictionaries_of_chunks():
    parts = [NUMBERS(pa.array([0, 1]), pa.array(of)) for of in (["b", "a"], ["c", "a"])]
    check(encode_arrow(pa.chunked_array(parts)), ["b", "a", "c", "a"])


def test_encode_arrow__treats_nan_as_missing_and_minus_zero_as_zero():
    column = encode_arrow(pa.array([0.0, -0.0, float("nan"), None, 2.0]))
    assert column.categories == [0.0, 2.0, None]
    assert column.codes.tolist() == [0, 0, 2, 2, 1]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1, 2]), "number"),
        (np.array([1.5]), "number"),
        (np.array([True]), "boolean"),
        (np.array(["a"]), "text"),
        (np.array([b"a"]), "text"),
        (np.array(["a"], np.dtypes.StringDType()), "text"),
        (np.array(["2020"], "M8[Y]"), "other"),
        (np.array([1, 2.5, None], dtype=object), "number"),
        (np.array(["a", 1], dtype=object), "text"),
        (np.array([True, False, None], dtype=object), "boolean"),
        (np.array([True, 2], dtype=object), "other"),
        (np.array([None, np.nan], dtype=object), "number"),
        (np.array([datetime.date(2020, 1, 1)], dtype=object), "other"),
    ],
    ids=str,
)
def test_array_column_type__table(values, kind):
    assert array_column_type(values) == kind
    assert open_table(values[:, None]).column_types() == [kind]


@pytest.mark.parametrize(
    ("arrow_type", "kind"),
    [
        (pa.int8(), "number"), (pa.float16(), "number"), (pa.bool_(), "boolean"),
        (pa.string(), "text"), (pa.large_binary(), "text"), (pa.string_view(), "text"),
        (pa.dictionary(pa.int8(), pa.string()), "category"), (pa.date32(), "other"),
        (pa.decimal128(5, 2), "number"), (pa.null(), "other"), (pa.list_(pa.int8()), "other"),
    ],
    ids=str,
)  # fmt: skip
def test_arrow_column_type__table(arrow_type, kind):
    assert arrow_column_type(arrow_type) == kind
    assert open_table(pa.table({"a": pa.nulls(1, arrow_type)})).column_types() == [kind]


@pytest.mark.parametrize(
    ("X", "kind"), [(np.eye(3), "number"), (np.eye(3) > 0, "boolean")], ids=["float", "bool"]
)
def test_sparse__encodes_elements_that_are_not_stored(X, kind):
    for flavour in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array):
        table = open_table(flavour(X))
        assert table.column_types() == [kind] * 3
        assert table.encode(1).codes.tolist() == [0, 1, 0]
        assert table.encode(1).categories == [0, 1]


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (None, True), (np.nan, True), (np.float32("nan"), True), (np.longdouble("nan"), True),
        (pd.NA, True), (pd.NaT, True), (np.datetime64("NaT", "ns"), True), (0, False),
        ("", False), (False, False), (np.datetime64("2020"), False), (b"", False), ((), False),
    ],
    ids=repr,
)  # fmt: skip
def test_is_missing__table(value, missing):
    assert is_missing(value) == missing
