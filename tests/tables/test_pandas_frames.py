"""pandas frames: names and dtypes are kept; rows equal those of imbalanced-learn."""

from __future__ import annotations

import tracemalloc
import warnings

import numpy as np
import pytest

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


def fill_with(block):
    return lambda out: np.copyto(out, block)


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
def test_matrix_and_rows__equal_those_of_imbalanced_learn(dtypes):
    over = pytest.importorskip("imblearn.over_sampling")
    from sklearn.utils.validation import check_array

    X = frame(*dtypes)
    table = open_table(X)
    numbers = table.to_matrix()
    seen = check_array(X)
    assert numbers.dtype == seen.dtype
    assert np.array_equal(numbers, seen)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, _ = over.SMOTE(random_state=0).fit_resample(X, TARGET)
        made, _ = over.SMOTE(random_state=0).fit_resample(numbers, TARGET)
    out = table.extend(len(made) - N, fill_with(made[N:]))
    if "bool" in dtypes:  # imbalanced-learn makes all nonzero values True
        assert (out.pop("c0")[N:] == (made[N:, 0] >= 0.5)).all()
        expected.pop("c0")
    pd.testing.assert_frame_equal(out, expected)


@pytest.mark.parametrize("dtype", [*PLAIN, *NULLABLE, "boolean", "bool[pyarrow]", "bool"])
@pytest.mark.parametrize("other", ["float32", "float64", None])
def test_extend__copies_original_rows_and_casts_new_rows(dtype, other):
    X = frame(dtype, *([other] if other else []))
    table = open_table(X)
    numbers = table.to_matrix()
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
    numbers = open_table(frame("bool", "int8")).to_matrix()
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers[:, 1], RANDOM[:, 1])


@pytest.mark.parametrize("dtype", ["bool", "boolean", "bool[pyarrow]"])
def test_boolean_columns_only__are_computed_in_float64_and_stay_boolean(dtype):
    X = frame(dtype, dtype)
    table = open_table(X)
    assert table.to_matrix().dtype == np.float64
    out = table.extend(2, fill_with([[0.5, 0.49], [1, 0]]))
    assert list(out.dtypes) == list(X.dtypes)
    assert out[N:].astype(bool).to_numpy().tolist() == [[True, False], [True, False]]


@pytest.mark.parametrize("dtypes", [(">f8", ">f8"), (">i4", ">i4"), (">f4", "int64")], ids=str)
def test_extend__keeps_a_non_native_byte_order(dtypes):
    over = pytest.importorskip("imblearn.over_sampling")
    X = frame(*dtypes)
    table = open_table(X)
    numbers = table.to_matrix()
    assert numbers.dtype.isnative
    made, _ = over.SMOTE(random_state=0).fit_resample(numbers, TARGET)
    expected, _ = over.SMOTE(random_state=0).fit_resample(X, TARGET)
    out = table.extend(len(made) - N, fill_with(made[N:]))
    assert [one.str for one in out.dtypes] == [one.str for one in X.dtypes]
    assert np.array_equal(out.to_numpy(), expected.to_numpy())


@pytest.mark.parametrize("dtypes", [("uint8", "int8"), ("uint8", "uint8"), ("UInt8", "Int8")])
def test_extend__clips_floats_to_the_range_of_a_column(dtypes):
    X = frame(*dtypes)
    block = [[-3.5, 300.0], [7.9, -7.9]]
    out = open_table(X).extend(2, fill_with(block), np.dtype("float64"))
    assert list(out.dtypes) == list(X.dtypes)
    signed = "u" not in dtypes[1].lower()
    assert out[N:].to_numpy().tolist() == [[0, 127 if signed else 255], [7, -7 * signed]]


@pytest.mark.parametrize("blocks", ["one", "many"])
def test_extend__of_one_dtype_needs_the_memory_of_the_result(blocks):
    n = 50_000
    values = np.zeros((n, 20), dtype=np.float32)
    X = pd.DataFrame(values)
    if blocks == "many":
        X = pd.DataFrame({f"c{j}": values[:, j].copy() for j in range(20)})
    open_table(X).extend(1, lambda tail: tail.fill(1))
    tracemalloc.start()
    out = open_table(X).extend(n, lambda tail: tail.fill(1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.05 * out.memory_usage().sum()


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
def test_column_names__of_any_type_are_kept(names, dtypes):
    X = frame(*dtypes)
    X.columns = names
    table = open_table(X)
    told = list(names) in (["a", "a"], [("a", 1), ("a", 2)])
    assert table.names == (list(names) if told else None)
    numbers = table.to_matrix()
    assert np.array_equal(numbers, RANDOM[:, :2])
    out = table.extend(2, fill_with(numbers[:2]))
    pd.testing.assert_frame_equal(out, X.iloc[[*range(N), 0, 1]].reset_index(drop=True))
    pd.testing.assert_frame_equal(table.take(np.arange(N)), X.reset_index(drop=True))


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "boolean", "int64[pyarrow]"])
def test_missing_values__become_nan(dtype):
    X = pd.DataFrame({"a": pd.array([1, None, 0], dtype=dtype), "b": [1, 2, 3]})
    numbers = open_table(X).to_matrix()
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
    assert np.shares_memory(open_table(X).to_matrix(), values)


def test_copied_rows__equal_those_of_imbalanced_learn():
    over = pytest.importorskip("imblearn.over_sampling")
    X = frame("int8", "float32", "category").assign(text=[str(i) for i in range(N)])
    sampler = over.RandomOverSampler(random_state=0)
    expected, _ = sampler.fit_resample(X, TARGET)
    taken = open_table(X).take(sampler.sample_indices_)
    pd.testing.assert_frame_equal(taken, expected)
