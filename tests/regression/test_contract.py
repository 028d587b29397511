"""What samplers for regression share: containers, dtypes, threads, seeds, aligned arrays."""

import pickle

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from smotefast.regression import SMOGN, SMOTER
from tests.regression.test_smoter import HIGH, table

each_sampler = pytest.mark.parametrize("kind", [SMOTER, SMOGN])


def numbers(n=150):
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, np.exp(X[:, 0])


def mixed():
    X, y = table()
    X["whole"] = np.arange(len(X)) % 9
    X["nullable"] = pd.array(np.arange(len(X)) % 7, dtype="Int64")
    X["yes"] = X["a"] > 0.3
    X["color"] = pd.Categorical(X["color"])
    return X, y


@each_sampler
@pytest.mark.parametrize(
    "convert",
    [pl.from_pandas, pa.Table.from_pandas, lambda X: nw.from_native(pl.from_pandas(X))],
    ids=["polars", "arrow", "narwhals"],
)
def test_frames__come_back_with_the_rows_of_pandas(kind, convert):
    X, y = mixed()
    expected, y_expected = kind(relevance=HIGH, random_state=0).fit_resample(X, y)
    assert expected.dtypes.tolist() == X.dtypes.tolist()
    given = convert(X)
    found, y_found = kind(relevance=HIGH, random_state=0).fit_resample(given, y)
    assert type(found) is type(given)
    back = found.to_pandas()
    for name in X:
        assert back[name].astype(str).tolist() == expected[name].astype(str).tolist()
    np.testing.assert_array_equal(y_found, y_expected)


@pytest.mark.parametrize(
    "convert",
    [
        list,
        lambda y: pd.Series(y, name="price"),
        lambda y: pd.DataFrame({"price": y}),
        lambda y: pl.Series("price", y),
        pa.array,
        lambda y: pa.chunked_array([y]),
        lambda y: nw.from_native(pl.Series("price", y), series_only=True),
        lambda y: y[:, np.newaxis],
        lambda y: y.astype(np.float32).astype(object),
    ],
)
def test_targets__come_back_in_their_container(convert):
    X, y = numbers()
    y = y.astype(np.float32).astype(np.float64)
    expected = SMOTER(relevance=HIGH, random_state=0).fit_resample(X, y)[1]
    given = convert(y)
    found = SMOTER(relevance=HIGH, random_state=0).fit_resample(X, given)[1]
    assert type(found) is type(given)
    if hasattr(given, "name"):
        assert found.name == given.name
    values = found if isinstance(found, list) else np.asarray(found)
    np.testing.assert_allclose(np.ravel(values).astype(float), expected)


@each_sampler
def test_integers__are_rounded_to_the_nearest(kind):
    X, y = numbers()
    exact, y_exact = kind(relevance=HIGH, random_state=0).fit_resample(np.rint(9 * X), y)
    found, _ = kind(relevance=HIGH, random_state=0).fit_resample(np.rint(9 * X).astype(int), y)
    assert found.dtype == int
    np.testing.assert_array_equal(found, np.rint(exact))
    points = [[100, 0], [200, 1]]
    whole = np.rint(100 * y)
    _, y_exact = kind(relevance=points, random_state=0).fit_resample(X, whole)
    _, y_found = kind(relevance=points, random_state=0).fit_resample(X, whole.astype(int))
    np.testing.assert_array_equal(y_found, np.rint(y_exact))


def test_integers_of_few_bits__do_not_wrap():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, size=(200, 8)).astype(np.uint8)
    y = np.r_[np.full(150, 0.0), np.full(50, 5.0)]
    sampler = SMOGN(relevance=HIGH, perturbation=1.0, random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    assert X_new.dtype == np.uint8
    exact, _ = sampler.fit_resample(X.astype(float), y)
    assert exact.max() > 256
    np.testing.assert_array_equal(X_new, np.clip(np.rint(exact), 0, 255))


@each_sampler
def test_threads__do_not_change_the_samples(kind):
    X, y = numbers(400)
    results = [
        kind(relevance=HIGH, random_state=0, n_jobs=n).fit_resample(X, y) for n in (1, 3)
    ]
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


@each_sampler
def test_seeds__give_the_same_rows_and_generators_continue(kind):
    X, y = numbers()
    first, again = (kind(random_state=5).fit_resample(X, y)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    generator = np.random.RandomState(5)
    sampler = kind(random_state=generator)
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], first)
    assert not np.array_equal(sampler.fit_resample(X, y)[0], first)


@each_sampler
def test_aligned_arrays__follow_the_rows(kind):
    X, y = numbers()
    sampler = kind(relevance=HIGH, random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    found = sampler.resample_aligned(np.arange(len(X)))
    positions = np.r_[sampler.sample_indices_, sampler.provenance_.base]
    np.testing.assert_array_equal(found, positions)
    if kind is SMOTER:
        np.testing.assert_allclose(sampler.resample_aligned(X, "interpolate"), X_new)
    elif np.isnan(sampler.provenance_.step).any():
        with pytest.raises(ValueError, match=r"\d+ of the \d+ synthetic samples.*noise"):
            sampler.resample_aligned(X, "interpolate")


@each_sampler
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (sparse.csr_array(X), y), "X is sparse.*X.toarray"),
        (lambda X, y: (X, sparse.csr_array(y[:, np.newaxis])), "y is sparse"),
        (lambda X, y: (X, np.column_stack([y, y])), "y has 2 columns"),
        (lambda X, y: (X, np.where(y > 2, "a", "b")), "y must hold numbers"),
        (lambda X, y: (X, y > 2), "y holds booleans"),
        (lambda X, y: (X, np.ma.masked_greater(y, 4)), "y is a masked array"),
        (lambda X, y: (X, np.where(y > 2, np.nan, y)), "missing or infinite. Drop"),
        (lambda X, y: (X, y[:-1]), "X has 150 rows and y has 149"),
        (lambda X, y: (np.where(X > 2, np.nan, X), y), "NaN.*Impute"),
    ],
)
def test_data__are_refused_with_advice(kind, change, message):
    with pytest.raises(ValueError, match=message):
        kind(relevance=HIGH).fit_resample(*change(*numbers()))


@each_sampler
@pytest.mark.parametrize(
    ("highest", "dtype"), [(65504, "f2"), (3.4e38, "f4"), (1e160, "f8"), (1.7e308, "f8")]
)
def test_samples__of_the_largest_numbers_are_finite(kind, highest, dtype):
    X, y = numbers(60)
    X = (np.where(X > 0, 1, 0.92) * highest).astype(dtype)
    points = [[np.quantile(y, 0.5), 0], [np.quantile(y, 0.9), 1]]
    frame = pd.DataFrame(X, columns=[*"abc"]).assign(color=np.where(y > 2, "red", "blue"))
    for data in (X, frame):
        sampler = kind(relevance=points, sampling_strategy=[1, 9], random_state=0)
        X_new, _ = sampler.fit_resample(data, y)
        numeric = X_new if data is X else X_new.select_dtypes("number").to_numpy()
        assert np.isfinite(numeric).all()
    y = (0.9 * y / y.max() * highest).astype(dtype)
    points = [[float(np.quantile(y, share)), rare] for share, rare in ((0.5, 0), (0.9, 1))]
    wide = {"perturbation": 9} if kind is SMOGN else {}
    sampler = kind(relevance=points, sampling_strategy=[1, 9], random_state=0, **wide)
    assert np.isfinite(sampler.fit_resample(numbers(60)[0], y)[1]).all()


@each_sampler
def test_samplers__are_scikit_learn_estimators(kind):
    X, y = mixed()
    sampler = kind(relevance=HIGH, k_neighbors=3, random_state=0)
    assert clone(sampler).get_params() == sampler.get_params()
    X_new, _ = pickle.loads(pickle.dumps(sampler)).fit_resample(X, y)
    sampler.fit_resample(X, y)
    pd.testing.assert_frame_equal(sampler.fit_resample(X, y)[0], X_new)
    assert sampler.feature_names_in_.tolist() == list(X)
    assert sampler.n_features_in_ == X.shape[1]
    assert pickle.loads(pickle.dumps(sampler)).bins_.shape == (2, 2)
    with pytest.raises(AttributeError, match="Did you mean 'fit_resample'"):
        _ = sampler.resample


def test_pipelines__resample_before_the_fit_only():
    X, y = numbers(300)
    steps = StandardScaler(), SMOTER(relevance=HIGH, random_state=0), LinearRegression()
    search = GridSearchCV(make_pipeline(*steps), {"smoter__k_neighbors": [2, 5]}, cv=3)
    assert search.fit(X, y).predict(X).shape == (300,)


class AboveLowest:
    """A relevance of 0 for the lowest target, as the y of the checks are of any kind."""

    def __call__(self, y):
        return (y > y.min()).astype(float)

    def __repr__(self):  # in the names of tests
        return "AboveLowest()"


_CHECKED = SMOTER(relevance=AboveLowest()), SMOGN(relevance=AboveLowest())


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@parametrize_with_checks(list(_CHECKED))
def test_samplers__pass_scikit_learns_checks(estimator, check):
    check(estimator)
