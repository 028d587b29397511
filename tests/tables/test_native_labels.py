"""Targets of pandas, polars, Arrow and narwhals: class, type and name are kept."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

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


def test_pandas_one_hot__is_returned_as_a_frame():
    pd = pytest.importorskip("pandas")
    y = pd.DataFrame(np.eye(3, dtype=np.int8)[PLAIN], columns=list("abc"))
    extended = open_target(y).extend(np.array([2, 2]))
    same_kind(extended, y)
    assert np.array_equal(extended, np.eye(3)[np.r_[PLAIN, 2, 2]])


def test_pandas_index_and_categorical__are_returned_as_arrays():
    pd = pytest.importorskip("pandas")
    for y in (pd.Index(PLAIN), pd.Categorical(PLAIN), pd.array(PLAIN, dtype="Int64")):
        assert np.array_equal(open_target(y).take(TAKEN), PLAIN[TAKEN])


def test_pandas_missing__is_refused():
    pd = pytest.importorskip("pandas")
    dtypes = ["Int64", "string", "category", "object", "float64"]
    if int(pd.__version__.split(".")[0]) >= 3:  # before, "str" makes the label "None"
        dtypes.append("str")
    for dtype in dtypes:
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


@pytest.mark.parametrize("dtype", ["M8[us]", "M8[ns]", "m8[ns]"])
def test_date_and_time_span_labels__keep_their_type_in_every_library(dtype):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    values = PLAIN.astype(dtype)
    for given in (pd.Series(values, name="t"), pl.Series("t", values), pa.array(values)):
        target = open_target(given)
        extended = target.extend(target.values[[9, 9]])
        same_kind(extended, given)
        assert plain(extended) == plain(given) + plain(given)[9:10] * 2


def test_run_end_encoded_columns__stay_run_end_encoded():
    y = pc.run_end_encode(pa.array(TEXT))
    for given in (y, pa.chunked_array([y[:5], y[5:]])):
        target = open_target(given)
        extended = target.extend(target.values[[9, 9]])
        same_kind(extended, given)
        assert plain(extended) == [*TEXT.tolist(), "b", "b"]


def test_narwhals__is_returned_wrapped():
    nw = pytest.importorskip("narwhals")
    pl = pytest.importorskip("polars")
    y = nw.from_native(pl.Series("t", PLAIN), series_only=True)
    extended = open_target(y).extend(np.array([1]))
    assert isinstance(extended, nw.Series)
    assert extended.to_list() == [*PLAIN.tolist(), 1]


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
