"""Targets: what goes in comes out in kind, and what is no target is refused."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from smotefast.tables import open_target

PLAIN = np.r_[np.zeros(9, dtype=int), np.ones(4, dtype=int), np.full(6, 2)]
TEXT = np.array(["alpha", "b", "c"])[PLAIN]
TAKEN = np.r_[np.arange(19), [9, 10, 9]]


def same_kind(one, other):
    assert type(one) is type(other)
    for name in ("dtype", "type", "schema", "name", "dtypes"):
        if hasattr(one, name):
            assert np.all(getattr(one, name) == getattr(other, name))


def plain(y):
    if hasattr(y, "to_pylist"):
        return y.to_pylist()
    return y if isinstance(y, list) else np.asarray(y).tolist()


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint16", "float32", "float64", "str", "O"])
def test_array__keeps_its_dtype(dtype):
    y = TEXT.astype(dtype) if dtype in ("str", "O") else PLAIN.astype(dtype)
    target = open_target(y)
    assert np.array_equal(target.values, y)
    extended = target.extend(np.repeat(y[9], 3))
    assert extended.dtype == y.dtype
    assert np.array_equal(extended, np.r_[y, np.repeat(y[9], 3)])
    assert np.array_equal(target.take(TAKEN), y[TAKEN])


def test_boolean_and_date_labels__work():
    for y in (PLAIN > 0, np.datetime64("2020-01-01") + PLAIN):
        target = open_target(y)
        assert np.array_equal(target.extend(y[9:10]), np.r_[y, y[9:10]])


def test_list__comes_back_as_a_list_of_its_own_items():
    y = TEXT.tolist()
    target = open_target(y)
    assert target.take(np.array([0, 9])) == ["alpha", "b"]
    extended = target.extend(np.array(["b", "b"]))
    assert extended == [*y, "b", "b"]
    assert all(type(label) is str for label in extended)


def test_column__comes_back_flat():
    target = open_target(PLAIN[:, None])
    assert target.values.shape == (19,)
    assert target.extend(PLAIN[:2]).shape == (21,)
    assert target.take(TAKEN).shape == (22,)


def test_tuple__comes_back_as_an_array():
    assert np.array_equal(open_target(tuple(PLAIN.tolist())).take(TAKEN), PLAIN[TAKEN])


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_one_hot__comes_back_one_hot_with_all_its_columns(n_classes):
    labels = np.minimum(PLAIN, n_classes - 1)
    y = np.eye(n_classes, dtype=np.int8)[labels]
    target = open_target(y)
    assert np.array_equal(target.values, labels)
    extended = target.extend(np.array([1, 1, 0]))
    assert extended.dtype == y.dtype
    assert np.array_equal(extended, np.eye(n_classes)[np.r_[labels, 1, 1, 0]])


def test_one_hot_list__comes_back_as_lists():
    y = np.eye(3, dtype=int)[PLAIN].tolist()
    assert open_target(y).extend(np.array([2])) == [*y, [0, 0, 1]]


def test_row_without_a_class__is_refused():
    y = np.eye(3, dtype=int)[PLAIN]
    y[4] = 0
    with pytest.raises(ValueError, match="exactly one 1 in each row"):
        open_target(y)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (PLAIN + 0.5, "Unknown label type: continuous"),
        (PLAIN.astype(object), "Unknown label type: unknown"),
        (np.array([1, "a"] * 5, dtype=object), "Unknown label type"),
        (np.array(["a", 1] * 5, dtype=object), "cannot be sorted"),
        (np.c_[PLAIN > 0, PLAIN > 1].astype(int), "Multilabel and multioutput"),
        (np.c_[PLAIN, PLAIN + 2], "y should be a 1d array"),
        (np.where(PLAIN == 1, np.nan, PLAIN), "Input y contains NaN"),
        (np.where(PLAIN == 1, np.inf, PLAIN), "Input y contains infinity"),
        (np.array(["a", None, "b"], dtype=object), "1 labels are missing"),
        (np.array(["a", np.nan, "b"], dtype=object), "Input y contains NaN"),
        (["a", None, "b"], "Input y contains NaN"),
        ([0.0, float("nan"), 1.0], "Input y contains NaN"),
        (np.array(["2020", "NaT"], dtype="M8[D]"), "Input y contains NaN"),
        (PLAIN + 1j, "Complex data not supported"),
        (sparse.csr_array(np.eye(3)), "y.toarray"),
        ("text", "Expected array-like"),
        (None, "Expected array-like"),
        (3, "Expected array-like"),
        (pa.array([1, None, 2]), "1 labels are missing"),
        (pa.schema([]), "pass a column"),
    ],
)
def test_no_target__is_refused(y, words):
    with pytest.raises(ValueError, match=words):
        open_target(y)


def test_bytes__are_refused_in_the_words_of_scikit_learn():
    with pytest.raises(TypeError, match="bytes"):
        open_target(np.where(PLAIN, b"a", b"b"))


def test_label_that_does_not_occur__is_refused():
    with pytest.raises(ValueError, match="Label 7 does not occur"):
        open_target(PLAIN).extend(np.array([7]))


def test_no_new_labels__give_the_same_container():
    assert np.array_equal(open_target(PLAIN).extend(PLAIN[:0]), PLAIN)


PANDAS = ["int8", "int64", "Int64", "float64", "Float32", "int64[pyarrow]", "category"]
PANDAS_TEXT = ["category", "string", "str", "object", "string[pyarrow]"]


@pytest.mark.parametrize("dtype", [*PANDAS, "text"])
@pytest.mark.parametrize("shape", ["series", "frame"])
def test_pandas__keeps_dtype_and_name(dtype, shape):
    pd = pytest.importorskip("pandas")
    for one in PANDAS_TEXT if dtype == "text" else [dtype]:
        index = np.arange(19)[::-1]
        y = pd.Series(TEXT if dtype == "text" else PLAIN, dtype=one, name="t", index=index)
        y = y.to_frame() if shape == "frame" else y
        target = open_target(y)
        values = TEXT if dtype == "text" else PLAIN
        assert np.array_equal(target.values.astype(values.dtype), values)
        for out, labels in (
            (target.extend(target.values[[9, 9]]), np.r_[values, values[[9, 9]]]),
            (target.take(TAKEN), values[TAKEN]),
        ):
            same_kind(out, y)
            assert list(out.index) == list(range(len(labels)))
            assert np.array_equal(np.ravel(out).astype(labels.dtype), labels)


def test_pandas_integers__stay_integers():
    pd = pytest.importorskip("pandas")
    big = 2**53
    for dtype in ("Int64", "int64[pyarrow]"):
        target = open_target(pd.Series([big, big + 1], dtype=dtype))
        assert target.values.dtype == np.int64
        assert len(np.unique(target.values)) == 2


def test_pandas_booleans__work():
    pd = pytest.importorskip("pandas")
    y = pd.Series(PLAIN > 0, dtype="boolean")
    target = open_target(y)
    assert target.values.dtype == bool
    same_kind(target.extend(np.array([True])), y)


def test_pandas_one_hot__comes_back_as_a_frame():
    pd = pytest.importorskip("pandas")
    y = pd.DataFrame(np.eye(3, dtype=np.int8)[PLAIN], columns=list("abc"))
    extended = open_target(y).extend(np.array([2, 2]))
    same_kind(extended, y)
    assert np.array_equal(extended, np.eye(3)[np.r_[PLAIN, 2, 2]])


def test_pandas_index_and_categorical__come_back_as_arrays():
    pd = pytest.importorskip("pandas")
    for y in (pd.Index(PLAIN), pd.Categorical(PLAIN), pd.array(PLAIN, dtype="Int64")):
        assert np.array_equal(open_target(y).take(TAKEN), PLAIN[TAKEN])


def test_pandas_missing__is_refused():
    pd = pytest.importorskip("pandas")
    for dtype in ("Int64", "string", "category", "object", "float64", "str"):
        y = pd.Series(["1", None, "2"], dtype="object").astype(dtype)
        with pytest.raises(ValueError, match="1 labels are missing"):
            open_target(y)


def test_polars__keeps_type_and_name():
    pl = pytest.importorskip("polars")
    kinds = [
        pl.Int8,
        pl.UInt64,
        pl.Int64,
        pl.String,
        pl.Categorical,
        pl.Enum(["alpha", "b", "c"]),
    ]
    for kind in [*kinds, pl.Boolean, pl.Date]:
        values = PLAIN
        if kind in kinds[3:]:
            values = TEXT
        elif kind == pl.Boolean:
            values = PLAIN > 0
        elif kind == pl.Date:
            values = np.datetime64("2020-01-01") + PLAIN
        y = pl.Series("t", values).cast(kind)
        for given in (y, y.to_frame()):
            target = open_target(given)
            assert np.array_equal(target.values, values)
            extended = target.extend(target.values[[9, 9]])
            same_kind(extended, given)
            assert extended.equals(given[np.r_[np.arange(19), 9, 9]])
            assert target.take(TAKEN).equals(given[TAKEN])


def test_polars_one_hot_and_nulls():
    pl = pytest.importorskip("polars")
    y = pl.DataFrame(np.eye(3, dtype=np.int8)[PLAIN])
    assert open_target(y).extend(np.array([2]))[-1].row(0) == (0, 0, 1)
    with pytest.raises(ValueError, match="1 labels are missing"):
        open_target(pl.Series([1, None, 2]))
    with pytest.raises(ValueError, match="collect"):
        open_target(y.lazy())


ARROW = {
    "int8": PLAIN,
    "uint64": PLAIN,
    "double": PLAIN,
    "string": TEXT,
    "large_string": TEXT,
    "string_view": TEXT,
    "date32": [datetime.date(2020, 1, 1 + day) for day in PLAIN.tolist()],
}


@pytest.mark.parametrize("kind", [*ARROW, "dictionary", "bool"])
def test_arrow__keeps_its_type(kind):
    if kind == "dictionary":
        y = pa.array(TEXT.tolist()).dictionary_encode()
    elif kind == "bool":
        y = pa.array(PLAIN > 0)
    else:
        y = pa.array(list(ARROW[kind])).cast(
            getattr(pa, kind if kind != "double" else "float64")()
        )
    chunked = pa.chunked_array([y[:5], y[5:]])
    table = pa.table({"t": chunked}, metadata={"a": "b"})
    for given in (y, chunked, table, table.to_batches()[0]):
        target = open_target(given)
        n = len(target.values)
        extended = target.extend(target.values[:1])
        same_kind(extended, given)
        assert plain(extended)[:n] == plain(given)
        assert plain(extended)[n] == plain(given)[0]
        assert plain(target.take(np.array([2, 2]))) == [plain(given)[2]] * 2


def test_narwhals__comes_back_wrapped():
    nw = pytest.importorskip("narwhals")
    pl = pytest.importorskip("polars")
    y = nw.from_native(pl.Series("t", PLAIN), series_only=True)
    extended = open_target(y).extend(np.array([1]))
    assert isinstance(extended, nw.Series)
    assert extended.to_list() == [*PLAIN.tolist(), 1]


@pytest.mark.parametrize(
    "y",
    [
        PLAIN,
        PLAIN.tolist(),
        TEXT,
        TEXT.astype(object),
        PLAIN[:, None],
        PLAIN.astype("float32"),
        np.eye(3)[PLAIN],
        PLAIN > 0,
    ],
)
def test_targets__equal_those_of_imbalanced_learn(y):
    over = pytest.importorskip("imblearn.over_sampling")
    sampler = over.RandomOverSampler(random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = sampler.fit_resample(np.zeros((19, 1)), y)[1]
    target = open_target(y)
    taken = target.take(sampler.sample_indices_)
    extended = target.extend(target.values[sampler.sample_indices_[19:]])
    for mine in (taken, extended):
        assert type(mine) is type(expected)
        assert np.array_equal(mine, expected)


@pytest.mark.parametrize("dtype", ["int8", "category", "Int64", "string", "boolean", "str"])
def test_pandas_targets__equal_those_of_imbalanced_learn(dtype):
    pd = pytest.importorskip("pandas")
    over = pytest.importorskip("imblearn.over_sampling")
    values = {"boolean": PLAIN > 0, "string": TEXT, "str": TEXT, "category": TEXT}
    y = pd.Series(values.get(dtype, PLAIN), dtype=dtype, name="t")
    sampler = over.RandomOverSampler(random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = sampler.fit_resample(np.zeros((19, 1)), y)[1]
    pd.testing.assert_series_equal(open_target(y).take(sampler.sample_indices_), expected)
