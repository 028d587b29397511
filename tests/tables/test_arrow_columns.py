"""Arrow columns to a matrix and back, for tables in memory and file jobs."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from smotefast.tables.arrow_columns import (
    block_to_columns,
    check_numeric_fields,
    features_to_matrix,
)

NUMBERS = [pa.int8(), pa.uint8(), pa.int16(), pa.uint32(), pa.int64(), pa.uint64()]
NUMBERS += [pa.float16(), pa.float32(), pa.float64(), pa.bool_()]
VALUES = np.array([0, 1, 1, 0, 1])


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_every_numeric_type__survives_a_round_trip(kind):
    column = pa.array(VALUES.astype(kind.to_pandas_dtype()), type=kind)
    chunked = pa.chunked_array([column[:2], column[2:], column[:0]])
    field = pa.field("a", kind)
    for given in (column, chunked, column[1:]):
        matrix = features_to_matrix([given, given], ["a", "b"])
        assert matrix.dtype == kind.to_pandas_dtype()
        assert matrix.flags.c_contiguous
        for back in block_to_columns(matrix, [field, field]):
            assert back.type == kind
            assert back.to_pylist() == given.to_pylist()


def test_mixed_types__have_the_common_dtype():
    columns = [pa.array([1, 2], pa.int8()), pa.array([1.5, 2.5], pa.float32())]
    fields = [pa.field("a", pa.int8()), pa.field("b", pa.float32())]
    assert check_numeric_fields(fields) == np.float32
    assert check_numeric_fields(pa.schema(fields)) == np.float32
    assert features_to_matrix(columns, ["a", "b"]).dtype == np.float32
    assert features_to_matrix(columns, ["a", "b"], np.float64).dtype == np.float64


def test_block__is_truncated_and_thresholded():
    fields = [pa.field("a", pa.int16()), pa.field("b", pa.bool_()), pa.field("c", pa.float32())]
    block = np.array([[1.9, 0.4, 0.1], [-1.9, 0.6, 0.2]])
    ints, flags, floats = block_to_columns(block, fields)
    assert ints.to_pylist() == [1, -1]
    assert flags.to_pylist() == [False, True]
    assert floats.equals(pa.array(np.array([0.1, 0.2], dtype=np.float32)))


def test_nulls__are_counted_and_named():
    columns = [pa.array([1, 2, 3]), pa.chunked_array([[1.0, None], [None]])]
    with pytest.raises(ValueError, match="Column 'b' has 2 nulls in 3 rows"):
        features_to_matrix(columns, ["a", "b"])


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_nulls__become_nan_on_request(kind):
    column = pa.array([None, 1, 0]).cast(kind)
    for given in (column, pa.chunked_array([column[:1], column[1:]])):
        matrix = features_to_matrix([given], ["a"], nulls="nan")
        assert matrix.dtype.kind == "f"
        assert np.array_equal(matrix[:, 0], [np.nan, 1, 0], equal_nan=True)


REFUSED = {
    "categories": pa.array([1, 2]).dictionary_encode(),
    "dates or times": pa.array([datetime.date(2020, 1, 1)]),
    "all null": pa.nulls(1),
    "nested": pa.array([[1]]),
    "text": pa.array(["a"]),
    "text (": pa.array(["a"], pa.string_view()),
    "dates": pa.array([1], pa.timestamp("us", "UTC")),
    "times": pa.array([1], pa.duration("s")),
    "not numeric": pa.array([b"0123"], pa.binary(4)),
}


@pytest.mark.parametrize("words", REFUSED)
def test_other_types__are_refused_by_name(words):
    column = REFUSED[words]
    with pytest.raises(ValueError, match=r"Column 'when' of X is .*") as caught:
        features_to_matrix([pa.array([1.0] * len(column)), column], ["a", "when"])
    assert words in str(caught.value)
    assert str(column.type) in str(caught.value)
    assert "Encode or drop the column" in str(caught.value)


def test_integers_above_2_to_the_53__survive_between_integers():
    big = pa.array([2**53 + 1, 2**60 + 1])
    matrix = features_to_matrix([big], ["a"])
    assert block_to_columns(matrix, [pa.field("a", pa.int64())])[0].equals(big)
