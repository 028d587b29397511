"""SMOTENC with estimators and encoders that the user gives."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from smotefast.over_sampling import SMOTENC
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import mixed
from tests.helpers.mixed_tables import as_frame, pair


def assert_same_categories(mine, other):
    """Hold that both samplers know the same categories in the same order."""
    known = (sampler.categorical_encoder_.categories_ for sampler in (mine, other))
    for one, two in zip(*known, strict=True):
        assert list(one) == list(two)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, object])
@pytest.mark.parametrize(
    "estimator",
    [NearestNeighbors(n_neighbors=4), NearestNeighbors(n_neighbors=6, metric="manhattan")],
    ids=str,
)
def test_smote_nc__fits_a_users_estimator_on_one_hot_columns(estimator, dtype):
    mine, other = pair(k_neighbors=estimator)
    X, y = mixed(2, dtype=np.float64)
    assert_same(mine, other, X.astype(dtype), y)
    assert mine.search_ == "estimator"
    assert mine.nn_k_.n_samples_fit_ == other.nn_k_.n_samples_fit_
    assert not hasattr(estimator, "n_samples_fit_")


@pytest.mark.parametrize("dtype", ["float16", "int8", "int64", "bool", ">f4", "longdouble"])
def test_smote_nc__fits_a_users_estimator_whatever_the_dtype(dtype):
    X, y = mixed(2)
    estimator = NearestNeighbors(n_neighbors=6)
    sampler = SMOTENC([3, 4], k_neighbors=estimator, random_state=0)
    out, labels = sampler.fit_resample(X.astype(dtype), y)
    assert out.dtype == np.dtype(dtype)
    assert np.bincount(labels).tolist() == [60] * 3
    assert sampler.search_ == "estimator"


def test_smote_nc__takes_the_order_of_a_users_encoder():
    X, y = mixed(3)
    orders = [[3.0, 0.0, 2.0, 1.0, 9.0], [2.0, 1.0, 0.0]]
    encoder = OneHotEncoder(categories=orders)
    with pytest.raises(ValueError, match="Unsorted categories"):  # so scikit-learn's, of floats
        theirs.SMOTENC([3, 4], categorical_encoder=encoder).fit_resample(X, y)
    objects = X.astype(object)
    mine, other = pair(categorical_encoder=encoder)
    other.fit_resample(objects, y)
    assert_same(*pair(categorical_encoder=encoder), objects, y)
    mine.fit_resample(objects, y)
    assert_same_categories(mine, other)
    plain = SMOTENC([3, 4], random_state=0).fit_resample(objects, y)[0]
    assert (plain != mine.fit_resample(objects, y)[0]).any()


def test_smote_nc__has_the_encoder_that_imbalanced_learn_has():
    frame, y = as_frame()
    mine, other = pair(["kind", "flag", "name"])
    mine.fit(frame, y)
    other.fit_resample(frame, y)
    assert_same_categories(mine, other)
    assert mine.categorical_encoder_.handle_unknown == "ignore"
    with pytest.raises(AttributeError, match="categorical_encoder_ yet"):
        _ = SMOTENC([0]).categorical_encoder_


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        (OneHotEncoder(drop="first"), "requires a one-hot encoding with one column per"),
        (OneHotEncoder(max_categories=2), "requires a one-hot encoding with one column per"),
        (OrdinalEncoder(), "requires a one-hot encoding with one column per"),
        (
            OneHotEncoder(categories=[[0.0, 1.0], [0.0, 1.0, 2.0]], handle_unknown="ignore"),
            "does not have the categories 2.0, 3.0",
        ),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:The given encoder")
def test_smote_nc__refuses_encoders_without_a_column_for_each_category(encoder, words):
    X, y = mixed(3)
    with pytest.raises(ValueError, match=words):
        SMOTENC([3, 4], categorical_encoder=encoder).fit_resample(X, y)


def test_smote_nc__refuses_what_is_no_encoder():
    with pytest.raises(ValueError, match="'categorical_encoder' parameter of SMOTENC must be"):
        SMOTENC([3], categorical_encoder="ordinal").fit_resample(*mixed(3))
