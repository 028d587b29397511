"""pandas columns of any dtype: they can be taken; those that are not numeric are refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from smotefast.tables import open_table

pd = pytest.importorskip("pandas")

PLAIN = ["int8", "uint8", "int16", "int32", "int64", "uint64", "float16", "float32", "float64"]


def mixed():
    return pd.DataFrame(
        {
            "float": np.arange(4.0),
            "category": pd.Categorical(["a", "b", "a", None]),
            "string": pd.array(["x", None, "y", "z"], dtype="string"),
            "str": ["x", "y", "z", "z"],
            "object": pd.Series([1, "a", None, (1, 2)], dtype=object),
            "bool": [True, False, True, True],
            "Int64": pd.array([1, None, 2**60 + 1, 4], dtype="Int64"),
            "when": pd.Series(pd.date_range("2020", periods=4)).where(
                [True, True, False, True]
            ),
            "zoned": pd.date_range("2020", periods=4, tz="UTC"),
            "span": pd.to_timedelta([1, 2, 3, 4], "s"),
            "arrow": pd.array([[1], None, [2, 3], []], dtype=pd.ArrowDtype(pa_list())),
            "sparse": pd.arrays.SparseArray([0, 1, 0, 2]),
            "period": pd.period_range("2020", periods=4, freq="D"),
            "interval": pd.interval_range(0, 4),
            "objects": pd.Series(["x", "y", "z", "z"], dtype=object),
        }
    ).set_index(np.array(list("wxyz")))


def pa_list():
    import pyarrow as pa

    return pa.list_(pa.int64())


def test_take__keeps_every_dtype():
    X = mixed()
    rows = np.array([3, 0, 0, 2])
    taken = open_table(X).take(rows)
    pd.testing.assert_frame_equal(taken, X.take(rows).reset_index(drop=True))
    assert isinstance(taken.index, pd.RangeIndex)
    assert list(X.index) == list("wxyz")


def test_take__of_a_wide_frame_is_the_same():
    X = pd.DataFrame(np.arange(300).reshape(3, 100), index=list("abc"))
    taken = open_table(X).take(np.array([2, 2]))
    pd.testing.assert_frame_equal(taken, X.take([2, 2]).reset_index(drop=True))


def test_take__needs_the_memory_of_the_result():
    n = 100_000
    values = {f"c{j}": np.zeros(n, dtype=dtype) for j, dtype in enumerate(PLAIN)}
    values["cat"] = pd.Categorical(["a", "b"] * (n // 2))
    values["when"] = np.zeros(n, dtype="M8[us]")
    X = pd.DataFrame(values, index=np.arange(n) * 2)
    rows = np.arange(2 * n) // 2
    open_table(X).take(rows[:2])
    tracemalloc.start()
    taken = open_table(X).take(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * taken.memory_usage().sum()


@pytest.mark.parametrize("name", [name for name in mixed() if name not in ("sparse", "Int64")])
def test_other_columns__are_refused_by_name(name):
    X = mixed()[[name]].assign(first=1.0)[["first", name]]
    if name in ("float", "bool"):
        assert open_table(X).to_matrix().shape == (4, 2)
        return
    with pytest.raises(
        ValueError, match=f"Column '{name}' of X is .*Encode or drop the column"
    ):
        open_table(X).to_matrix()


def test_categories_of_numbers_and_sparse_objects__are_refused():
    sparse_objects = pd.arrays.SparseArray(np.array([1, 2, 3], dtype=object))
    for values in (pd.Categorical([1, 2, 3]), sparse_objects):
        X = pd.DataFrame({"code": values})
        with pytest.raises(ValueError, match="Column 'code' of X is not numeric"):
            open_table(X).to_matrix()


def test_arrow_backed_types__are_numeric_or_refused_by_name_and_can_be_taken():
    import pyarrow as pa

    table = pa.array(["a", "b", "a"])
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([1, 3], pa.int32()), pa.array([5, 6]))
    spans = pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval())
    for values in (table.cast(pa.string_view()), runs, spans, pa.nulls(3)):
        X = pd.DataFrame({"a": pd.Series(values, dtype=pd.ArrowDtype(values.type))})
        with pytest.raises(ValueError, match="Column 'a' of X is not numeric"):
            open_table(X).to_matrix()
        taken = open_table(X).take(np.array([2, 0]))
        assert taken.dtypes.equals(X.dtypes)
        known = values.to_pylist()
        assert pa.array(taken["a"].array).to_pylist() == [known[2], known[0]]


def test_object_columns__are_numeric_or_refused():
    X = pd.DataFrame({"a": pd.Series([1, 2.5, None, pd.NA], dtype=object)})
    assert np.array_equal(
        open_table(X).to_matrix()[:, 0], [1, 2.5, np.nan, np.nan], equal_nan=True
    )
    for value in ("1", b"1", {}, 1j):
        X = pd.DataFrame({"a": pd.Series([1, value], dtype=object)})
        with pytest.raises(ValueError, match="Column 'a' of X"):
            open_table(X).to_matrix()


def test_complex_columns__are_refused():
    with pytest.raises(ValueError, match="Complex data not supported: column 'a'"):
        open_table(pd.DataFrame({"a": [1j]})).to_matrix()
