"""Integers, booleans and long floats: computed in floats, given back in what can hold them."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from scipy import sparse

from smotefast import over_sampling as ours

LABELS = np.random.default_rng(1).permutation(np.repeat([0, 1, 2], [60, 25, 30]))
SMOOTH = {"random_state": 0, "shrinkage": 1.5}


def data(dtype, seed=0):
    values = np.random.default_rng(seed).normal(size=(len(LABELS), 4))
    if dtype == "bool":
        return values > 0
    values *= 40
    return (np.abs(values) if dtype.startswith("u") else values).astype(dtype)


def both(name, X, **kwargs):
    modules = ours, theirs
    results = [getattr(m, name)(**kwargs).fit_resample(X, LABELS)[0] for m in modules]
    return results[0], results[1]


@pytest.mark.parametrize("layout", ["C", "F", "list"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint64", "int64", "bool", "longdouble"])
def test_noise_on_an_array__gives_the_floats_of_imbalanced_learn(dtype, layout):
    X = data(dtype)
    given = X.tolist() if layout == "list" else np.asarray(X, order=layout)
    mine, other = both("RandomOverSampler", given, **SMOOTH)
    assert type(mine) is type(other)
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))
    new = np.asarray(mine)[len(X) :]
    assert (new != np.trunc(new)).mean() > 0.9
    if layout != "list":
        assert mine.dtype == other.dtype


def test_noise_on_integers__without_samples_keeps_the_dtype():
    X = data("int8")
    results = both("RandomOverSampler", X, **SMOOTH, sampling_strategy={})
    assert [result.dtype for result in results] == [X.dtype, X.dtype]


def frames(X):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    named = {name: X[:, j] for j, name in enumerate("abcd")}
    mixed = {**named, "e": np.linspace(0, 1, len(X))}
    for columns in (named, mixed):
        yield pd.DataFrame(columns)
        yield pl.DataFrame(columns)
        yield pa.table(columns)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64"])
def test_noise_on_a_frame_of_integers__is_truncated_and_cut_to_the_range(dtype):
    X = data(dtype)
    if dtype != "int64":
        X[LABELS == 1] = np.iinfo(dtype).max - X[LABELS == 1] % 5
    wide = [X, np.column_stack([X, np.linspace(0, 1, len(X))])]
    limits = np.iinfo(dtype)
    for i, given in enumerate(frames(X)):
        out = ours.RandomOverSampler(**SMOOTH).fit_resample(given, LABELS)[0]
        floats = ours.RandomOverSampler(**SMOOTH).fit_resample(wide[i // 3], LABELS)[0]
        kept = out.to_pandas() if hasattr(out, "to_pandas") else out
        for j, name in enumerate("abcd"):
            new = kept[name].to_numpy()[len(X) :]
            expected = np.clip(np.trunc(floats[len(X) :, j]), limits.min, limits.max)
            assert new.dtype == dtype
            np.testing.assert_array_equal(new, expected)


def test_noise_on_a_frame_of_integers__is_imbalanced_learns_within_the_range():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(data("int64"), columns=list("abcd")).assign(e=0.5)
    mine, other = both("RandomOverSampler", X, **SMOOTH)
    pd.testing.assert_frame_equal(mine, other)


@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler"])
def test_booleans_of_a_frame__are_true_from_one_half(name):
    X = data("bool")
    kwargs = {"random_state": 0} if name == "SMOTE" else SMOOTH
    floats = getattr(ours, name)(**kwargs).fit_resample(X.astype(float), LABELS)[0]
    for given in frames(X):
        if given.shape[1] == 5:
            continue
        out = getattr(ours, name)(**kwargs).fit_resample(given, LABELS)[0]
        kept = out.to_pandas() if hasattr(out, "to_pandas") else out
        assert {str(one) for one in kept.dtypes} == {"bool"}
        np.testing.assert_array_equal(kept.to_numpy(), floats >= 0.5)


@pytest.mark.parametrize("given", [data("bool"), data("bool").tolist()], ids=["array", "list"])
def test_smote__of_a_boolean_array_is_refused_as_there(given):
    for room in (ours, theirs):
        with pytest.raises(TypeError, match="boolean"):
            room.SMOTE(random_state=0).fit_resample(given, LABELS)


@pytest.mark.parametrize("kind", ["csr_array", "csc_matrix"])
@pytest.mark.parametrize("name", ["SMOTE", "RandomOverSampler"])
def test_sparse_booleans__are_true_from_one_half(name, kind):
    X = data("bool")
    kwargs = {"random_state": 0} if name == "SMOTE" else SMOOTH
    floats = getattr(ours, name)(**kwargs).fit_resample(X.astype(float), LABELS)[0]
    mine, other = both(name, getattr(sparse, kind)(X), **kwargs)
    assert type(mine) is type(other)
    assert mine.dtype == other.dtype == bool
    np.testing.assert_array_equal(mine.toarray(), floats >= 0.5)
    assert mine.nnz == (floats >= 0.5).sum()


def test_pandas_sparse_booleans__are_true_from_one_half():
    pd = pytest.importorskip("pandas")
    X = data("bool")
    floats = ours.SMOTE(random_state=0).fit_resample(X.astype(float), LABELS)[0]
    mine, other = both("SMOTE", pd.DataFrame(X).astype("Sparse[bool]"), random_state=0)
    assert list(mine.dtypes) == list(other.dtypes)
    np.testing.assert_array_equal(mine.to_numpy(), floats >= 0.5)


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_noise_on_sparse_integers__is_cut_to_the_range(dtype):
    X = data(dtype)
    limits = np.iinfo(dtype)
    mine, _ = both("RandomOverSampler", sparse.csr_array(X), **SMOOTH)
    floats = ours.RandomOverSampler(**SMOOTH).fit_resample(X, LABELS)[0]
    assert mine.dtype == dtype
    expected = np.clip(np.trunc(floats), limits.min, limits.max)
    np.testing.assert_array_equal(mine.toarray(), expected)


def at_the_limit(dtype):
    column = np.arange(len(LABELS), dtype=dtype)
    return np.column_stack([np.full(len(LABELS), np.iinfo(dtype).max, dtype), column])


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@pytest.mark.parametrize("kind", ["array", "csr", "frame", "beside floats", "beside small"])
def test_smote__keeps_a_sentinel_at_the_limit_of_integers(dtype, kind):
    pd = pytest.importorskip("pandas")
    X = at_the_limit(dtype)
    frame = pd.DataFrame(X, columns=["a", "b"])
    given = {
        "array": X,
        "csr": sparse.csr_array(X),
        "frame": frame,
        "beside floats": frame.assign(b=0.5),
        "beside small": frame.astype({"b": "int32"}),
    }[kind]
    out = ours.SMOTE(random_state=0).fit_resample(given, LABELS)[0]
    out = out.toarray() if kind == "csr" else np.asarray(out["a"] if "a" in out else out)
    assert out.reshape(len(out), -1)[:, 0].tolist() == [np.iinfo(dtype).max] * 180


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
def test_imbalanced_learn__lets_a_sentinel_wrap_around():
    out = theirs.SMOTE(random_state=0).fit_resample(at_the_limit(np.int64), LABELS)[0]
    assert (out[len(LABELS) :, 0] < 0).all()


def test_long_floats__give_imbalanced_learns_rows():
    X = data("longdouble") + np.longdouble(1) / 3
    for given in (X, np.asfortranarray(X)):
        mine, other = both("SMOTE", given, random_state=0)
        assert mine.dtype == other.dtype == np.longdouble
        np.testing.assert_array_equal(mine, other)


def test_long_floats_in_sparse_rows__are_copied():
    X = sparse.csc_array(data("longdouble"))
    mine, other = both("RandomOverSampler", X, random_state=0)
    assert (mine.dtype, mine.format) == (other.dtype, other.format)
    np.testing.assert_array_equal(mine.toarray(), other.toarray())
    if X.dtype.itemsize > 8:
        with pytest.raises(ValueError, match=r"X\.astype\('float64'\)"):
            ours.SMOTE().fit_resample(X, LABELS)
