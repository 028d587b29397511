"""polars frames: numeric types survive a round trip, all types can be taken."""

from __future__ import annotations

import numpy as np
import pytest

from smotefast.tables import open_table

pl = pytest.importorskip("polars")

NUMBERS = [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64]
NUMBERS += [pl.Float32, pl.Float64]
OTHERS = {
    "text": ["a", None, "c"],
    "category": pl.Series(["a", "b", None], dtype=pl.Categorical),
    "enum": pl.Series(["a", "b", None], dtype=pl.Enum(["a", "b"])),
    "day": pl.Series([1, 2, None]).cast(pl.Date),
    "when": pl.Series([1, 2, None]).cast(pl.Datetime("us", "UTC")),
    "span": pl.Series([1, 2, None]).cast(pl.Duration),
    "big": pl.Series([1, 2, None], dtype=pl.Int128),
    "list": [[1], [], None],
    "struct": [{"a": 1}, {"a": 2}, None],
    "binary": [b"a", b"b", None],
    "null": pl.Series([None] * 3, dtype=pl.Null),
    "object": pl.Series([object(), object(), None], dtype=pl.Object),
}


@pytest.mark.parametrize("dtype", NUMBERS)
def test_round_trip__keeps_dtype_and_names(dtype):
    X = pl.DataFrame({"a": [5, 1, 2], "b": [3, 4, 5]}, schema={"a": dtype, "b": dtype})
    table = open_table(X)
    numbers = table.to_matrix()
    assert table.names == ["a", "b"]
    assert numbers.dtype == X.to_numpy().dtype
    assert numbers.flags.c_contiguous
    assert np.array_equal(numbers, X.to_numpy())
    out = table.extend(2, lambda tail: np.copyto(tail, numbers[[2, 2]]))
    assert out.equals(X[[0, 1, 2, 2, 2]])
    assert out.schema == X.schema


def test_mixed_columns__are_cast_by_the_rules_of_casting():
    X = pl.DataFrame(
        {"i": [2**53 + 1, 4], "f": [0.5, 1.5], "b": [True, False]},
        schema_overrides={"f": pl.Float32},
    )
    table = open_table(X)
    assert table.to_matrix().dtype == np.float64
    out = table.extend(2, lambda tail: np.copyto(tail, [[1.9, 0.1, 0.4], [-1.9, 0.2, 0.6]]))
    assert out.schema == X.schema
    assert out["i"].to_list() == [2**53 + 1, 4, 1, -1]
    assert out["b"].to_list() == [True, False, False, True]


def test_boolean_columns_only__are_computed_in_float64_and_stay_boolean():
    X = pl.DataFrame({"a": [True, False]})
    table = open_table(X)
    assert table.to_matrix().dtype == np.float64
    out = table.extend(2, lambda tail: np.copyto(tail, [[0.5], [0.49]]))
    assert out["a"].to_list() == [True, False, True, False]


def test_extend__clips_floats_to_the_range_of_a_column():
    X = pl.DataFrame({"a": [1, 2]}, schema={"a": pl.UInt8})
    out = open_table(X).extend(
        2, lambda tail: np.copyto(tail, [[-3.5], [300.0]]), np.dtype(float)
    )
    assert out.schema == X.schema
    assert out["a"].to_list() == [1, 2, 0, 255]


def test_frame_in_chunks__is_read_whole():
    X = pl.concat([pl.DataFrame({"a": [1.0, 2.0]}), pl.DataFrame({"a": [3.0]})], rechunk=False)
    assert open_table(X).to_matrix()[:, 0].tolist() == [1, 2, 3]


def test_nulls__become_nan():
    X = pl.DataFrame({"i": [1, None], "b": [None, True], "f": [1.0, None]})
    expected = [[1, np.nan, 1], [np.nan, 1, np.nan]]
    assert np.array_equal(open_table(X).to_matrix(), expected, equal_nan=True)


@pytest.mark.parametrize("name", OTHERS)
def test_other_types__can_be_taken_but_not_interpolated(name):
    X = pl.DataFrame({"first": [1.0, 2.0, 3.0], name: OTHERS[name]})
    table = open_table(X)
    taken = table.take(np.array([2, 1, 1]))
    assert taken.schema == X.schema
    assert taken[name].to_list() == [X[name].to_list()[i] for i in (2, 1, 1)]
    with pytest.raises(
        ValueError, match=f"Column '{name}' of X is .*Encode or drop the column"
    ):
        table.to_matrix()


def test_pandas_objects_that_are_not_frames__are_refused():
    X = pl.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="collect it first"):
        open_table(X.lazy())
    with pytest.raises(ValueError, match="Expected 2D array"):
        open_table(X["a"])
    for empty in (X[:0], X[:, :0]):
        with pytest.raises(ValueError, match="Found array with 0 sample"):
            open_table(empty)


def test_narwhals_frame__is_returned_wrapped():
    nw = pytest.importorskip("narwhals")
    stable = pytest.importorskip("narwhals.stable.v1")
    X = pl.DataFrame({"a": [1.0, 2.0]})
    for module in (nw, stable):
        wrapped = module.from_native(X)
        table = open_table(wrapped)
        assert np.array_equal(table.to_matrix(), X.to_numpy())
        for out in (
            table.extend(1, lambda tail: tail.fill(1)),
            table.take(np.array([0, 1, 0])),
        ):
            assert type(out) is type(wrapped)
            assert out.to_native()["a"].to_list() == [1, 2, 1]
        with pytest.raises(ValueError, match="collect it first"):
            open_table(wrapped.lazy())


def test_narwhals_sparse_frame__is_returned_wrapped():
    nw = pytest.importorskip("narwhals")
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": pd.arrays.SparseArray([0, 1], fill_value=0)})
    table = open_table(nw.from_native(frame))
    assert table.is_sparse
    assert table.append_sparse(None).to_native().equals(frame)
