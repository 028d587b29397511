"""Arrow tables and record batches: schema and metadata are kept, chunks do not multiply."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from smotefast.tables import arrow_tables, open_table
from smotefast.tables.arrow_tables import take_arrow

SCHEMA = pa.schema(
    [
        pa.field("i", pa.int16(), nullable=False, metadata={"unit": "m"}),
        pa.field("f", pa.float32()),
        pa.field("b", pa.bool_()),
    ],
    metadata={"made by": "a test"},
)
TABLE = pa.table([[5, 1, 2], [0.5, 1.5, 2.5], [True, False, True]], schema=SCHEMA)
CHUNKED = pa.concat_tables([TABLE[:1], TABLE[1:]])
OTHERS = {
    "text": pa.array(["a", None, "cc"]),
    "large": pa.array(["a", None, "cc"], pa.large_string()),
    "view": pa.array(["a", None, "cc"], pa.string_view()),
    "binary_view": pa.array([b"a", None, b"cc"], pa.binary_view()),
    "binary": pa.array([b"a", None, b"cc"]),
    "dictionary": pa.array(["a", None, "cc"]).dictionary_encode(),
    "when": pa.array([1, None, 3], pa.timestamp("us", "UTC")),
    "list": pa.array([[1], None, []]),
    "struct": pa.array([{"a": 1}, None, {"a": 3}]),
    "null": pa.nulls(3),
}


@pytest.mark.parametrize("X", [TABLE, CHUNKED, TABLE.to_batches()[0]], ids=["1", "2", "batch"])
def test_round_trip__keeps_schema_and_class(X):
    table = open_table(X)
    numbers = table.to_matrix()
    assert table.names == ["i", "f", "b"]
    assert numbers.dtype == np.float32
    block = np.array([[1.9, 0.25, 0.4], [-1.9, 0.75, 0.6]], dtype=np.float32)
    out = table.extend(2, lambda tail: np.copyto(tail, block))
    assert type(out) is type(X)
    assert out.schema.equals(SCHEMA, check_metadata=True)
    assert out.slice(0, 3).to_pydict() == TABLE.to_pydict()
    new = {"i": [1, -1], "f": [0.25, 0.75], "b": [False, True]}
    assert out.slice(3).to_pydict() == new
    taken = table.take(np.array([2, 2]))
    assert type(taken) is type(X)
    assert taken.schema.equals(SCHEMA, check_metadata=True)
    assert taken.to_pydict() == X.take([2, 2]).to_pydict()


@pytest.mark.parametrize("name", OTHERS)
def test_other_types__can_be_taken_but_not_interpolated(name):
    column = OTHERS[name]
    rows = np.array([2, 0, 0, 1])
    expected = [column.to_pylist()[i] for i in rows]
    parts = pa.chunked_array([column[:1], column[1:]])
    for X in (
        pa.table({name: column}),
        pa.table({name: parts}),
        pa.record_batch({name: column}),
    ):
        table = open_table(X)
        taken = table.take(rows)
        assert taken.schema == X.schema
        assert taken.to_pydict()[name] == expected
        if isinstance(X, pa.Table):
            assert taken[name].num_chunks == 1
        with pytest.raises(ValueError, match=f"Column '{name}' of X is"):
            table.to_matrix()


@pytest.mark.parametrize("values", [[1, 1, None, 2], ["a", "a", None, "b"]])
def test_run_end_encoded_columns__stay_run_end_encoded_after_take(values):
    column = pc.run_end_encode(pa.array(values), run_end_type=pa.int16())
    rows = np.array([3, 0, 0, 2])
    for X in (
        pa.table({"r": column}),
        pa.table({"r": pa.chunked_array([column[:1], column[1:]])}),
        pa.record_batch({"r": column}),
    ):
        taken = open_table(X).take(rows)
        assert taken.schema == X.schema
        assert taken["r"].to_pylist() == [values[i] for i in rows]
        # Before pyarrow 24, such a type does not count as nested.
        with pytest.raises(ValueError, match=r"Column 'r' of X is (nested|not numeric)"):
            open_table(X).to_matrix()


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.string_view()), pa.struct([("v", pa.binary_view())])], ids=str
)
def test_nested_views__are_refused_with_the_next_step(kind):
    X = pa.table({"a": pa.nulls(3, kind)})
    with pytest.raises(ValueError, match=r"Arrow type .*_view.*Cast the column"):
        open_table(X).take(np.array([0, 1]))


def test_boolean_columns_only__are_computed_in_float64_and_stay_boolean():
    X = TABLE.select(["b"])
    table = open_table(X)
    assert table.to_matrix().dtype == np.float64
    out = table.extend(2, lambda tail: np.copyto(tail, [[0.5], [0.49]]))
    assert out["b"].to_pylist() == [True, False, True, True, False]


def test_extend__clips_floats_to_the_range_of_a_column():
    out = open_table(TABLE).extend(
        1, lambda tail: np.copyto(tail, [[-40_000.0, 0.1, 0.4]]), np.dtype("float64")
    )
    assert out["i"].to_pylist()[-1] == -(2**15)
    assert out["f"].to_pylist()[-1] == np.float32(0.1)


def test_take__unifies_dictionaries():
    one, two = (
        pa.array(["a", "b"]).dictionary_encode(),
        pa.array(["c", "b"]).dictionary_encode(),
    )
    taken = take_arrow(pa.chunked_array([one, two]), np.array([0, 1, 2, 3]))
    assert taken.num_chunks == 1
    assert taken.to_pylist() == ["a", "b", "c", "b"]


@pytest.mark.parametrize("kind", [pa.string(), pa.binary()])
@pytest.mark.parametrize("limit", [2, 7, 100])
def test_take__splits_text_that_exceeds_its_offsets(monkeypatch, kind, limit):
    monkeypatch.setattr(arrow_tables, "OFFSET_LIMIT", limit)
    column = pa.chunked_array([["a", "bb"], [None, "", "ccccc"]], pa.string()).cast(kind)
    rows = np.array([4, 4, 1, 0, 2, 3, 4])
    taken = take_arrow(column, rows)
    assert taken.type == kind
    assert taken.to_pylist() == column.take(rows).to_pylist()
    fits = [
        pc.sum(pc.binary_length(part)).as_py() or 0 for part in taken.chunks if len(part) > 1
    ]
    assert all(length <= limit for length in fits)
    assert take_arrow(column, rows[:0]).to_pylist() == []


def test_take__refuses_a_record_batch_whose_text_would_exceed_2_gib(monkeypatch):
    monkeypatch.setattr(arrow_tables, "OFFSET_LIMIT", 4)
    X = pa.record_batch({"a": ["aaa", "bbb"]})
    with pytest.raises(ValueError, match="Pass a Table"):
        open_table(X).take(np.array([0, 1]))


def test_duplicate_names__are_distinguished_by_position():
    X = pa.table([[1, 2], [0.5, 1.5]], names=["a", "a"])
    out = open_table(X).extend(1, lambda tail: np.copyto(tail, [[7, 8]]))
    assert [column.to_pylist() for column in out.columns] == [[1, 2, 7], [0.5, 1.5, 8.0]]


def test_nulls__become_nan():
    X = pa.table({"i": [1, None], "b": [None, True]})
    expected = [[1, np.nan], [np.nan, 1]]
    assert np.array_equal(open_table(X).to_matrix(), expected, equal_nan=True)


def test_table__shares_the_memory_of_its_original_rows():
    out = open_table(TABLE).extend(1, lambda tail: tail.fill(1))
    assert out["f"].chunk(0).buffers()[1].address == TABLE["f"].chunk(0).buffers()[1].address


def test_other_objects_of_the_library__are_refused():
    with pytest.raises(ValueError, match="read_all"):
        open_table(TABLE.to_reader())
    with pytest.raises(ValueError, match="Expected 2D array"):
        open_table(pa.array([1, 2]))
    with pytest.raises(ValueError, match="0 sample"):
        open_table(TABLE[:0])
    with pytest.raises(ValueError, match="0 feature"):
        open_table(TABLE.select([]))
