"""Dtype rules between columns and a matrix."""

from __future__ import annotations

import numpy as np
import pytest

from smotefast.tables import casting
from smotefast.tables.casting import (
    cast_column,
    clamp,
    common_dtype,
    frame_dtype,
    number_range,
    write_matrix,
)


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        (["float32", "float32"], "float32"),
        (["int8", "int8"], "int8"),
        (["int8", "float32"], "float32"),
        (["int64", "float32"], "float64"),
        (["uint64", "int64"], "float64"),
        (["uint8", "int8"], "int16"),
        (["float16", "int8"], "float16"),
        (["bool", "float32"], "float32"),
        (["bool", "bool"], "bool"),
        (["bool", "int8"], "float64"),  # NumPy says int8
        (["object", "float32"], "float64"),
        ([">f4", ">f4"], "=f4"),
    ],
)
def test_common_dtype__table(dtypes, expected):
    assert common_dtype(map(np.dtype, dtypes)) == np.dtype(expected)


@pytest.mark.parametrize(("strip", "rows"), [(16, 16384), (1, 1), (2, 3), (100, 100)])
def test_write_matrix__equals_column_stack(monkeypatch, strip, rows):
    monkeypatch.setattr(casting, "STRIP_COLUMNS", strip)
    monkeypatch.setattr(casting, "STRIP_ROWS", rows)
    columns = [np.arange(7) * j for j in range(5)]
    out = np.empty((7, 5))
    write_matrix([lambda values=values: values for values in columns], out)
    assert np.array_equal(out, np.column_stack(columns))


def test_cast_column__truncates_toward_zero_as_astype_does():
    values = np.array([-1.99, -0.5, 0.99, 1.0, 126.999])
    assert np.array_equal(cast_column(values, np.dtype("int8")), values.astype("int8"))


def test_cast_column__makes_values_from_one_half_true():
    assert cast_column(np.array([0, 0.49, 0.5, 1]), np.dtype(bool)).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("dtype", ["int64", "uint64", "int32", "uint32"])
@pytest.mark.parametrize("matrix", ["float32", "float64"])
def test_cast_column__does_not_wrap_the_highest_integers(dtype, matrix):
    highest = np.iinfo(dtype).max
    values = np.array([highest, 0], dtype=dtype).astype(matrix)
    assert cast_column(values, np.dtype(dtype)).tolist() == [highest, 0]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint64"])
@pytest.mark.parametrize(
    "matrix", ["float16", "float32", "float64", "longdouble", "int64", "uint64"]
)
def test_clamp__clips_to_the_range_and_truncates(matrix, dtype):
    given, kind = np.dtype(matrix), np.dtype(dtype)
    limits = np.iinfo(kind)
    far = np.finfo(given).max if given.kind == "f" else np.iinfo(given).max
    low = -far if given.kind == "f" else np.iinfo(given).min
    values = np.array([[far, low], [0, 5]], dtype=given)
    expected = [min(int(far), limits.max), max(int(low), limits.min), 0, 5]
    assert clamp(values, kind).dtype == kind
    assert clamp(values, kind).ravel().tolist() == expected
    if given.kind == "f":
        part = np.array([1.75, -1.75], dtype=given)
        assert clamp(part, kind).tolist() == [1, max(-1, limits.min)]


def test_clamp__accepts_an_empty_array():
    assert clamp(np.empty((0, 3)), np.dtype("int8")).shape == (0, 3)


def test_frame_dtype__of_booleans_alone_is_float64():
    assert frame_dtype(np.dtype(bool)) == np.float64
    assert frame_dtype(np.dtype("int8")) == np.int8


def test_cast_column__accepts_an_empty_block():
    assert len(cast_column(np.empty(0), np.dtype("int64"))) == 0


def test_cast_column__is_contiguous():
    block = np.arange(12.0).reshape(4, 3)
    for dtype in ("float64", "int64", "bool", "float32", "object"):
        assert cast_column(block[:, 1], np.dtype(dtype)).flags.c_contiguous


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint64"])
def test_number_range__holds_the_floats_that_a_dtype_has(dtype):
    limits = np.iinfo(dtype)
    least, largest = number_range(np.dtype(dtype))
    assert int(least) == limits.min
    assert int(largest) <= limits.max < float(np.nextafter(largest, np.inf))
