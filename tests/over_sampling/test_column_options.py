"""Bounds, rounding, metrics and columns of distances of SMOTE and SMOTENC."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

from smotefast import SMOTE, SMOTENC, SMOTETomek, TomekLinks
from smotefast.engine import interpolate
from tests.helpers import reference_metrics as naive
from tests.helpers.assertions import assert_equal
from tests.helpers.hypothesis_examples import examples

METRICS = ["euclidean", "manhattan", "cosine", "mahalanobis"]


def rows(seed=0, sizes=(40, 16), n_features=4):
    rng = np.random.default_rng(seed)
    return 10 * rng.normal(size=(sum(sizes), n_features)), np.repeat([0, 1], sizes)


def new_rows(sampler, X, y):
    return sampler.fit_resample(X, y)[0][len(y) :]


@examples(40)
@given(
    seed=st.integers(0, 99),
    dtype=st.sampled_from([np.float32, np.float64, np.int16, np.int64]),
    low=st.sampled_from([None, -7.3, 0.0, 2.5]),
    high=st.sampled_from([None, 5.5, 11.0]),
    rounded=st.sampled_from([None, [0, 2], [True, False, False, False], "integer"]),
    is_sparse=st.booleans(),
)
def test_samples__are_rounded_and_clipped_after_interpolation(
    seed, dtype, low, high, rounded, is_sparse
):
    X, y = rows(seed)
    X = X.astype(dtype)
    if is_sparse:
        low, high = low and min(low, 0), high
    options = {"bounds": {1: (low, high), 2: (low, high)}, "round_columns": rounded}
    plain = SMOTE(random_state=seed)
    given_rows = sparse.csr_array(X) if is_sparse else X
    sampler = SMOTE(random_state=seed, **options)
    found = new_rows(sampler, given_rows, y)
    found = found.toarray() if is_sparse else found
    plain.fit_resample(X, y)
    base, neighbor, step = plain.provenance_
    difference = X[neighbor].astype(float if X.dtype.kind == "i" else dtype) - X[base]
    expected = X[base] + step[:, None] * difference
    if X.dtype.kind == "f":
        expected = expected.astype(dtype)
    is_integer = X.dtype.kind == "i"
    columns = range(4) if rounded == "integer" else np.flatnonzero([1, 0, 0, 0])
    columns = [0, 2] if rounded == [0, 2] else columns
    if rounded is not None and (rounded != "integer" or is_integer):
        for j in columns:
            expected[:, j] = np.rint(expected[:, j])
    for j in (1, 2):
        is_whole = is_integer or (rounded == [0, 2] and j == 2)
        lowest = -np.inf if low is None else np.ceil(low) if is_whole else low
        highest = np.inf if high is None else np.floor(high) if is_whole else high
        expected[:, j] = np.clip(expected[:, j], lowest, highest)
    np.testing.assert_array_equal(found, expected.astype(dtype))
    assert found.dtype == X.dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
def test_limits__do_not_depend_on_blocks_or_on_the_kernel(dtype, monkeypatch):
    X, y = rows(sizes=(400, 30))
    X[:, 3] += 1 << 22  # where float32 has only halves
    X = X.astype(dtype)
    bounds = {0: (-8.25, 8.25), 1: (-8.25, 8.25)}
    options = {"bounds": bounds, "round_columns": [0, 3], "random_state": 0}
    by_kernel = []
    for values, threads in ((0, 1), (0, 2), (1 << 40, 1)):
        monkeypatch.setattr(interpolate, "_FEW_VALUES", values)
        monkeypatch.setattr(interpolate, "kernels_are_loaded", lambda values=values: not values)
        by_kernel.append(new_rows(SMOTE(n_jobs=threads, **options), X, y))
    np.testing.assert_array_equal(by_kernel[0], by_kernel[1])
    np.testing.assert_array_equal(by_kernel[0], by_kernel[2])
    assert np.abs(by_kernel[0][:, :2]).max() <= 8.25


def frames(X):
    names = list("abcd")
    frame = pd.DataFrame(X, columns=names).astype({"b": "float32", "c": "int32", "d": "int64"})
    yield frame
    yield frame.astype({"a": "Float64", "c": "Int32"})
    yield frame.astype({"d": "int64[pyarrow]"})
    yield pl.from_pandas(frame)
    yield pa.Table.from_pandas(frame, preserve_index=False)


@pytest.mark.parametrize("number", range(5))
def test_frames__have_limits_by_name_and_whole_bounds_in_integer_columns(number):
    X, y = rows()
    frame = list(frames(X))[number]
    options = {"bounds": {"a": (0, None), "d": (-2.5, 2.5)}, "round_columns": ["c", "a"]}
    found = SMOTE(random_state=0, **options).fit_resample(frame, y)[0]
    assert type(found) is type(frame)
    plain = SMOTE(random_state=0).fit_resample(frame, y)[0]
    new, before = (pd.DataFrame({n: c[n].to_numpy() for n in "abcd"}) for c in (found, plain))
    pd.testing.assert_frame_equal(new[:56], before[:56])
    values = (X_ := pd.DataFrame({n: frame[n].to_numpy() for n in "abcd"})).to_numpy(float)
    assert len(X_) == 56
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(frame, y)
    base, neighbor, step = sampler.provenance_
    exact = values[base] + step[:, None] * (values[neighbor] - values[base])
    np.testing.assert_array_equal(new["a"][56:], np.maximum(np.rint(exact[:, 0]), 0))
    np.testing.assert_array_equal(new["c"][56:], np.rint(exact[:, 2]))
    np.testing.assert_array_equal(new["d"][56:], np.trunc(np.clip(exact[:, 3], -2, 2)))
    np.testing.assert_array_equal(new["b"][56:], before["b"][56:])


def test_bounds__may_be_a_pair_of_arrays_with_open_sides():
    X, y = rows()
    low, high = np.array([-np.inf, 0, -5, -np.inf]), [3, np.inf, 5, np.inf]
    found = new_rows(SMOTE(random_state=0, bounds=(low, high)), X, y)
    same = new_rows(
        SMOTE(random_state=0, bounds={0: (None, 3), -3: (0, None), 2: [-5, 5]}), X, y
    )
    np.testing.assert_array_equal(found, same)
    plain = new_rows(SMOTE(random_state=0), X, y)
    np.testing.assert_array_equal(found, np.clip(plain, low, high))
    assert (found != plain).any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bounds": {"a": (0, 1)}}, "bounds has 'a'. Give positions"),
        ({"bounds": {0: (2, 1)}}, "bounds of column 0 leave no value"),
        ({"bounds": {0: (0.2, 0.8)}, "round_columns": [0]}, "no whole number lies between"),
        ({"bounds": {0: 3}}, "bounds of column 0 are 3 and must be a pair"),
        ({"bounds": 3 * [0]}, "must be a dict of columns and pairs"),
        ({"bounds": (pd.Series([0] * 4), None)}, "read by position, not by label"),
        ({"bounds": pd.Series({"a": 0, "b": 1})}, "read by position, not by label"),
        ({"bounds": {0: (np.nan, 3)}}, "NaN is refused"),
        ({"bounds": ([0, 1], [2, 3])}, "one for each of 4 columns"),
        ({"bounds": 5}, "The 'bounds' parameter"),
        ({"bounds": {9: (0, 1)}}, "bounds has positions outside: 9"),
        ({"round_columns": [0, 0]}, "names a column twice"),
        ({"round_columns": "integers"}, "Did you mean 'integer'"),
        ({"distance_columns": []}, r"distance_columns=\[\] must have at least one numeric"),
        ({"distance_columns": [True, False]}, "distance_columns is a mask of 2 values"),
        ({"metric": "manhatten"}, "Did you mean 'manhattan'"),
        ({"metric": "manhattan", "search": "approximate"}, "knows no search with metric="),
        (
            {"metric": "cosine", "k_neighbors": NearestNeighbors(n_neighbors=4)},
            "k_neighbors is an estimator",
        ),
        (
            {"distance_columns": [0], "k_neighbors": NearestNeighbors(n_neighbors=4)},
            "distance_columns changes those",
        ),
    ],
)
def test_bad_options__are_refused_by_name(options, words):
    with pytest.raises(ValueError, match=words):
        SMOTE(**options).fit_resample(*rows())


@pytest.mark.parametrize(
    ("dtype", "pair"), [("int8", (300, 400)), ("uint8", (-5, -3)), ("float32", (1e39, None))]
)
def test_bounds__that_a_dtype_cannot_hold_are_refused(dtype, pair):
    X, y = rows()
    X = np.abs(X).astype(dtype)
    for container in (X, pd.DataFrame(X)):
        with pytest.raises(ValueError, match=rf"column 0 leave no value.*its dtype {dtype}"):
            SMOTE(bounds={0: pair}).fit_resample(container, y)
    wide = None if pair[1] is None else 1e39
    found = new_rows(SMOTE(bounds={0: (-1e39, wide)}, random_state=0), X, y)
    np.testing.assert_array_equal(found, new_rows(SMOTE(random_state=0), X, y))


def test_bounds__may_have_none_inside_of_arrays():
    X, y = rows()
    found = new_rows(SMOTE(random_state=0, bounds=([0, None, -5, None], [3, None, 5, 1])), X, y)
    low, high = [0, -np.inf, -5, -np.inf], [3, np.inf, 5, 1]
    same = new_rows(SMOTE(random_state=0, bounds=(low, high)), X, y)
    np.testing.assert_array_equal(found, same)


def test_columns_of_text__get_the_advice_of_the_sampler_beside_limits():
    X, y = rows()
    frame = pd.DataFrame(X, columns=list("abcd")).assign(
        b=pd.Series(["x"] * len(X), dtype="string"), c=np.arange(len(X)) % 2
    )
    for limits in ({}, {"bounds": {"a": (0, 1)}}, {"round_columns": ["a"]}):
        with pytest.raises(ValueError, match=r"'b' of X.*Name it in categorical_features"):
            SMOTENC(["c"], **limits).fit_resample(frame, y)


def test_bounds_of_sparse_rows__must_include_zero():
    X, y = rows()
    with pytest.raises(ValueError, match="bounds of column 1 exclude 0, and X is sparse"):
        SMOTE(bounds={1: (1, 4)}).fit_resample(sparse.csr_array(X), y)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("columns", [None, [2, 0], ["c", "a"]], ids=str)
def test_neighbors__are_the_nearest_by_the_metric_over_the_columns(metric, columns):
    X, y = rows()
    given_rows = pd.DataFrame(X, columns=list("abcd")) if columns == ["c", "a"] else X
    sampler = SMOTE(random_state=0, k_neighbors=3, metric=metric, distance_columns=columns)
    found = sampler.fit_resample(given_rows, y)[0]
    pool = X[40:] if columns is None else X[40:, [0, 2]]
    inverse = np.linalg.inv(np.cov(pool, rowvar=False))
    name = "nan_euclidean" if metric == "euclidean" else metric

    def distances(a, b):
        return naive.distance(pool[a], pool[b], name, inverse)

    base, neighbor, step = sampler.provenance_
    for b, n in zip(base - 40, neighbor - 40, strict=True):
        assert n in naive.nearest_by(pool, b, 3, distances)
    expected = X[base] + step[:, None] * (X[neighbor] - X[base])
    np.testing.assert_array_equal(np.asarray(found)[56:], expected)
    theirs = sampler.nn_k_.kneighbors(pool, return_distance=False)
    assert all(n in theirs[b] for b, n in zip(base - 40, neighbor - 40, strict=True))


@pytest.mark.parametrize("metric", METRICS[:3])
def test_sparse_rows__get_the_samples_of_dense_ones(metric):
    X, y = rows()
    X[np.abs(X) < 6] = 0
    options = {"random_state": 0, "metric": metric, "distance_columns": [3, 1, 2]}
    dense = new_rows(SMOTE(**options), X, y)
    found = new_rows(SMOTE(**options), sparse.csr_array(X), y)
    np.testing.assert_array_equal(found.toarray(), dense)


def test_approximate_search__takes_metrics_that_are_euclidean_ones_of_other_rows():
    X, y = rows(sizes=(700, 500))
    for metric in ("cosine", "mahalanobis"):
        sampler = SMOTE(random_state=0, metric=metric, search="approximate")
        sampler.fit_resample(X, y)
        assert sampler.search_ in ("exact", "approximate")


def mixed(seed=0):
    X, y = rows(seed)
    kinds = np.random.default_rng(seed).choice(list("pqr"), (len(X), 2))
    return pd.DataFrame({"k": kinds[:, 0], "a": X[:, 0], "b": X[:, 1], "l": kinds[:, 1]}), y


@pytest.mark.parametrize("columns", [["a", "b"], ["a", "l"], ["b", "k", "l"]], ids=str)
def test_smote_nc__compares_the_columns_that_count(columns):
    frame, y = mixed()
    sampler = SMOTENC(["k", "l"], random_state=0, distance_columns=columns)
    sampler.fit_resample(frame, y)
    numeric = [name for name in columns if name in "ab"]
    other = [name for name in columns if name in "kl"]
    pool, codes = frame.loc[y == 1, numeric].to_numpy(), frame.loc[y == 1, other].to_numpy()
    median = np.median(pool.std(axis=0))
    assert sampler.median_std_ == {1: pytest.approx(median)}

    def distances(a, b):
        return naive.common_square(pool[a], pool[b], codes[a], codes[b], weight=median**2)

    base, neighbor, _ = sampler.provenance_
    for b, n in zip(base - 40, neighbor - 40, strict=True):
        assert n in naive.nearest_by(pool, b, 5, distances)
    assert sampler.nn_k_.n_features_in_ == len(numeric) + 3 * len(other)


def test_smote_nc__has_limits_in_numeric_columns_only():
    frame, y = mixed()
    options = {"bounds": {"a": (0, 4)}, "round_columns": ["a"]}
    found = SMOTENC(["k", "l"], random_state=0, **options).fit_resample(frame, y)[0]
    plain = SMOTENC(["k", "l"], random_state=0).fit_resample(frame, y)[0]
    plain.loc[56:, "a"] = plain.loc[56:, "a"].round().clip(0, 4)
    assert_equal(found, plain)
    with pytest.raises(ValueError, match="bounds names 'k', which is a categorical column"):
        SMOTENC(["k", "l"], bounds={"k": (0, 1)}).fit_resample(frame, y)
    with pytest.raises(ValueError, match="at least one numeric column"):
        SMOTENC(["k", "l"], distance_columns=["l"]).fit_resample(frame, y)
    pair = SMOTENC(["k", "l"], random_state=0, bounds=(0, 4)).fit_resample(frame, y)[0]
    assert pair.loc[56:, ["a", "b"]].to_numpy().min() == 0


def test_combinations_and_copies__keep_options_that_name_columns():
    X, y = rows()
    frame = pd.DataFrame(X, columns=list("abcd"))
    over = SMOTE(random_state=0, bounds={"b": (0, 1)}, distance_columns=["a", "c"])
    expected = TomekLinks().fit_resample(*clone(over).fit_resample(frame, y))[0]
    assert_equal(SMOTETomek(smote=over, tomek=TomekLinks()).fit_resample(frame, y)[0], expected)
