"""pandas frames: columns, names and dtypes come back; rows are imbalanced-learn's."""

from __future__ import annotations

import tracemalloc
import warnings

import numpy as np
import pytest
from scipy import sparse

from smotefast.tables import open_table

pd = pytest.importorskip("pandas")

N = 24
TARGET = np.r_[np.zeros(16, dtype=int), np.ones(8, dtype=int)]
RANDOM = np.random.RandomState(0).randint(0, 50, (N, 4))
PLAIN = ["int8", "uint8", "int16", "int32", "int64", "uint64", "float16", "float32", "float64"]
NULLABLE = [
    "Int8",
    "Int64",
    "UInt16",
    "Float32",
    "Float64",
    "int64[pyarrow]",
    "double[pyarrow]",
]


def frame(*dtypes):
    columns = {}
    for j, dtype in enumerate(dtypes):
        values = RANDOM[:, j] > 25 if "bool" in dtype else RANDOM[:, j]
        columns[f"c{j}"] = pd.Series(values).astype(dtype)
    return pd.DataFrame(columns).set_index(np.arange(N)[::-1])


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


def fill_with(block):
    return lambda out: np.copyto(out, block)


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


@pytest.mark.parametrize(
    "dtypes",
    [
        *[(one, one) for one in PLAIN],
        ("int8", "float32", "int64"),
        ("float32", "int8", "float32"),
        ("uint64", "int64"),
        ("bool", "float32"),
        ("bool", "int64", "float64"),
        ("Float32", "Float32"),
        ("float[pyarrow]", "float32"),
        ("object", "int64"),
    ],
    ids=str,
)
def test_matrix_and_rows__are_those_of_imbalanced_learn(dtypes):
    over = pytest.importorskip("imblearn.over_sampling")
    from sklearn.utils.validation import check_array

    X = frame(*dtypes)
    table = open_table(X)
    numbers = table.numeric()
    seen = check_array(X)
    assert numbers.dtype == seen.dtype
    assert numbers.flags.c_contiguous
    assert np.array_equal(numbers, seen)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, _ = over.SMOTE(random_state=0).fit_resample(X, TARGET)
        made, _ = over.SMOTE(random_state=0).fit_resample(numbers, TARGET)
    out = table.extend(len(made) - N, fill_with(made[N:]))
    if "bool" in dtypes:  # imbalanced-learn makes everything but zero True
        assert (out.pop("c0")[N:] == (made[N:, 0] >= 0.5)).all()
        expected.pop("c0")
    pd.testing.assert_frame_equal(out, expected)


@pytest.mark.parametrize("dtype", [*PLAIN, *NULLABLE, "boolean", "bool[pyarrow]", "bool"])
@pytest.mark.parametrize("other", ["float32", "float64", None])
def test_extend__copies_the_originals_and_casts_the_rest(dtype, other):
    X = frame(dtype, *([other] if other else []))
    table = open_table(X)
    numbers = table.numeric()
    block = (
        numbers[:3] if numbers.dtype.kind == "b" else (numbers[:3] * 0.7).astype(numbers.dtype)
    )
    out = table.extend(3, fill_with(block))
    assert list(out.dtypes) == list(X.dtypes)
    assert isinstance(out.index, pd.RangeIndex)
    pd.testing.assert_frame_equal(out[:N], X.reset_index(drop=True))
    new = out["c0"][N:].to_numpy(dtype="float64")
    if "bool" in dtype:
        assert np.array_equal(new, block[:, 0] >= 0.5)
    elif "int" in dtype.lower():
        assert np.array_equal(new, np.trunc(block[:, 0]))
    else:
        kind = {"Float32": "float32", "double[pyarrow]": "float64"}.get(dtype, dtype.lower())
        assert np.array_equal(new, block[:, 0].astype(kind))


def test_integers_with_booleans__are_computed_in_float64():
    numbers = open_table(frame("bool", "int8")).numeric()
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers[:, 1], RANDOM[:, 1])


def test_extend__keeps_large_integers():
    X = pd.DataFrame(
        {"a": [2**53 + 1, 2], "b": [0.5, 1.5], "c": pd.array([2**60 + 1, 1], "Int64")}
    )
    out = open_table(X).extend(1, lambda tail: tail.fill(1))
    assert out["a"].tolist() == [2**53 + 1, 2, 1]
    assert out["c"].tolist() == [2**60 + 1, 1, 1]


@pytest.mark.parametrize(
    "names", [["a", "a"], [0, 1], ["a", 1], pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])]
)
@pytest.mark.parametrize("dtypes", [("float64", "float64"), ("int64", "float32")])
def test_column_names__of_any_kind_come_back(names, dtypes):
    X = frame(*dtypes)
    X.columns = names
    table = open_table(X)
    assert table.names == (["a", "a"] if list(names) == ["a", "a"] else None)
    numbers = table.numeric()
    assert np.array_equal(numbers, RANDOM[:, :2])
    out = table.extend(2, fill_with(numbers[:2]))
    pd.testing.assert_frame_equal(out, X.iloc[[*range(N), 0, 1]].reset_index(drop=True))
    pd.testing.assert_frame_equal(table.take(np.arange(N)), X.reset_index(drop=True))


@pytest.mark.parametrize("name", [name for name in mixed() if name not in ("sparse", "Int64")])
def test_other_columns__are_refused_by_name(name):
    X = mixed()[[name]].assign(first=1.0)[["first", name]]
    if name in ("float", "bool"):
        assert open_table(X).numeric().shape == (4, 2)
        return
    with pytest.raises(
        ValueError, match=f"Column '{name}' of X is .*Encode or drop the column"
    ):
        open_table(X).numeric()


def test_categories_of_numbers_and_decimals__are_refused():
    import pyarrow as pa

    for dtype in ("category", pd.ArrowDtype(pa.decimal128(19))):
        X = pd.DataFrame({"code": pd.Series([1, 2, 3]).astype(dtype)})
        with pytest.raises(ValueError, match="Column 'code' of X is not plain numbers"):
            open_table(X).numeric()


def test_object_columns__hold_numbers_or_are_refused():
    X = pd.DataFrame({"a": pd.Series([1, 2.5, None, pd.NA], dtype=object)})
    assert np.array_equal(
        open_table(X).numeric()[:, 0], [1, 2.5, np.nan, np.nan], equal_nan=True
    )
    for value in ("1", b"1", {}, 1j):
        X = pd.DataFrame({"a": pd.Series([1, value], dtype=object)})
        with pytest.raises(ValueError, match="Column 'a' of X"):
            open_table(X).numeric()


def test_complex_columns__are_refused():
    with pytest.raises(ValueError, match="Complex data not supported: column 'a'"):
        open_table(pd.DataFrame({"a": [1j]})).numeric()


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "boolean", "int64[pyarrow]"])
def test_missing_values__become_nan(dtype):
    X = pd.DataFrame({"a": pd.array([1, None, 0], dtype=dtype), "b": [1, 2, 3]})
    numbers = open_table(X).numeric()
    assert np.array_equal(numbers[:, 0], [1, np.nan, 0], equal_nan=True)


@pytest.mark.parametrize(("shape", "words"), [((0, 2), "0 sample"), ((2, 0), "0 feature")])
def test_empty_frames__are_refused(shape, words):
    with pytest.raises(ValueError, match=words):
        open_table(pd.DataFrame(np.zeros(shape)))


def test_series__is_refused():
    with pytest.raises(ValueError, match="2-dimensional container"):
        open_table(pd.Series([1.0, 2.0]))


def test_frame_around_an_array__is_not_copied():
    values = np.zeros((5, 3))
    X = pd.DataFrame(values, copy=False)
    assert np.shares_memory(open_table(X).numeric(), values)


def zero_filled():
    return pd.DataFrame(
        {
            "a": pd.arrays.SparseArray(RANDOM[:, 0] % 3, fill_value=0),
            "b": pd.arrays.SparseArray((RANDOM[:, 1] % 2).astype("float32"), fill_value=0),
            "c": pd.arrays.SparseArray(RANDOM[:, 2] > 40, fill_value=False),
        }
    )


def test_sparse_frame__goes_through_csr_and_comes_back_sparse():
    X = zero_filled()
    table = open_table(X)
    numbers = table.numeric()
    assert table.is_sparse
    assert sparse.issparse(numbers)
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers.toarray(), X.astype("float64"))
    block = sparse.csr_array(np.array([[1.9, 0.25, 0.4], [0, 0, 0.6]]))
    out = table.append_sparse(block)
    assert list(out.dtypes) == list(X.dtypes)
    pd.testing.assert_frame_equal(out[:N], X)
    assert out[N:].to_numpy().tolist() == [[1, 0.25, False], [0, 0, True]]
    pd.testing.assert_frame_equal(table.append_sparse(None), X)
    pd.testing.assert_frame_equal(
        table.take(np.array([3, 3])), X.iloc[[3, 3]].reset_index(drop=True)
    )
    with pytest.raises(TypeError, match="append_sparse"):
        table.extend(1, lambda tail: None)


def test_sparse_frame__equals_imbalanced_learn():
    over = pytest.importorskip("imblearn.over_sampling")
    X = pd.DataFrame.sparse.from_spmatrix(sparse.csr_array(RANDOM * (RANDOM > 20.0)))
    expected, _ = over.SMOTE(random_state=0).fit_resample(X, TARGET)
    table = open_table(X)
    made, _ = over.SMOTE(random_state=0).fit_resample(table.numeric(), TARGET)
    pd.testing.assert_frame_equal(table.append_sparse(made[N:]), expected)


def test_sparse_frame_around_nan__is_dense():
    X = pd.DataFrame({"a": pd.arrays.SparseArray([1.0, np.nan, 2.0])})
    table = open_table(X)
    assert not table.is_sparse
    assert np.array_equal(table.numeric()[:, 0], [1, np.nan, 2], equal_nan=True)
    assert list(table.extend(1, lambda tail: tail.fill(1)).dtypes) == list(X.dtypes)


def test_copied_rows__equal_those_of_imbalanced_learn():
    over = pytest.importorskip("imblearn.over_sampling")
    X = frame("int8", "float32", "category").assign(text=[str(i) for i in range(N)])
    sampler = over.RandomOverSampler(random_state=0)
    expected, _ = sampler.fit_resample(X, TARGET)
    taken = open_table(X).take(sampler.sample_indices_)
    pd.testing.assert_frame_equal(taken, expected)
