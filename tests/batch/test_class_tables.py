"""Joining categories of many files to one dictionary."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smotefast.batch.class_tables import Categories

KIND = pa.dictionary(pa.int8(), pa.string(), ordered=True)


def encoded(values, categories):
    codes = pa.array([None if value is None else categories.index(value) for value in values])
    return pa.DictionaryArray.from_arrays(
        codes.cast(pa.int8()), pa.array(categories, pa.string()), ordered=True
    )


def test_categories__keep_values_nulls_and_the_order_of_the_first_piece():
    pieces = [
        encoded(["low", None, "high"], ["low", "middle", "high"]),
        encoded(["high", "low"], ["high", "low"]),
        encoded(["top", None, "low"], ["low", "middle", "high", "top"]),
        encoded([], []),
    ]
    categories = Categories(KIND)
    joined = categories.joined([categories.codes(piece) for piece in pieces])
    assert joined.type == KIND
    assert joined.to_pylist() == [value for piece in pieces for value in piece.to_pylist()]
    assert joined.dictionary.to_pylist() == ["low", "middle", "high", "top"]


def test_categories__without_pieces_are_an_empty_array():
    joined = Categories(KIND).joined([])
    assert joined.type == KIND
    assert len(joined) == 0


def test_categories__that_exceed_the_index_type_are_an_error():
    categories = Categories(KIND)
    codes = [
        categories.codes(encoded(names, names))
        for names in ([f"{start + i}" for i in range(100)] for start in (0, 100))
    ]
    with pytest.raises(ValueError, match=r"200 categories.*wider indices"):
        categories.joined(codes)
