"""scikit-learn's and imbalanced-learn's own checks, pipelines, searches, copies."""

import pickle

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling.base import BaseCleaningSampler, BaseUnderSampler
from imblearn.utils.estimator_checks import parametrize_with_checks as with_their_checks
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from smotefast import combine, under_sampling
from smotefast.combine import SMOTEENN, Combination, SMOTETomek
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import (
    AllKNN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)

UNDER_SAMPLERS = [
    RandomUnderSampler(random_state=0),
    NearMiss(),
    NearMiss(version=2),
    NearMiss(version=3, n_neighbors_ver3=15),  # so that it begins with enough rows
    InstanceHardnessThreshold(estimator=LogisticRegression(), random_state=0),
    # Sparse rows are to give what dense ones do; imbalanced-learn sets this as well.
    ClusterCentroids(estimator=KMeans(n_init=1, random_state=0), voting="soft"),
]
CLEANERS = [
    TomekLinks(),
    EditedNearestNeighbours(),
    RepeatedEditedNearestNeighbours(),
    AllKNN(),
    NeighbourhoodCleaningRule(),
    CondensedNearestNeighbour(random_state=0),
    OneSidedSelection(random_state=0),
]
COMBINATIONS = [
    SMOTEENN(random_state=0),
    SMOTETomek(random_state=0),
    Combination(SMOTE(random_state=0), RandomUnderSampler(random_state=0)),
]
SAMPLERS = [*UNDER_SAMPLERS, *CLEANERS, *COMBINATIONS]

# imbalanced-learn's checks look at a sampler's kind by isinstance; without this some of
# their assertions are left out in silence.
for one in UNDER_SAMPLERS:
    BaseUnderSampler.register(type(one))
for one in CLEANERS:
    BaseCleaningSampler.register(type(one))


@with_their_checks(SAMPLERS)
def test_samplers__pass_imbalanced_learns_checks(estimator, check):
    check(estimator)


@parametrize_with_checks(SAMPLERS)
def test_samplers__pass_scikit_learns_checks(estimator, check):
    check(estimator)


def test_samplers__are_all_checked():
    names = {type(sampler).__name__ for sampler in SAMPLERS}
    assert names == {*under_sampling.__all__, *combine.__all__}


@pytest.fixture(scope="module")
def imbalanced():
    return make_classification(300, weights=[0.8], class_sep=0.7, random_state=0)


each_sampler = pytest.mark.parametrize("sampler", SAMPLERS, ids=str)


@each_sampler
def test_samplers__clone_and_pickle(sampler, imbalanced):
    fitted = clone(sampler)
    X_new, y_new = fitted.fit_resample(*imbalanced)
    for copy in (clone(fitted), pickle.loads(pickle.dumps(fitted))):
        X_again, y_again = copy.fit_resample(*imbalanced)
        np.testing.assert_array_equal(X_again, X_new)
        np.testing.assert_array_equal(y_again, y_new)
    again = pickle.loads(pickle.dumps(fitted))
    assert again.sampling_strategy_ == fitted.sampling_strategy_
    assert hasattr(again, "sample_indices_") == hasattr(fitted, "sample_indices_")
    if hasattr(fitted, "sample_indices_"):
        np.testing.assert_array_equal(again.sample_indices_, fitted.sample_indices_)
        np.testing.assert_array_equal(imbalanced[0][again.sample_indices_], X_new)
    for name in ("estimators_", "nn_"):
        assert hasattr(again, name) == hasattr(fitted, name)


@each_sampler
def test_samplers__do_not_change_their_input(sampler, imbalanced):
    X, y = (each.copy() for each in imbalanced)
    X_new, y_new = clone(sampler).fit_resample(X, y)
    X_new[:], y_new[:] = 0, 7
    np.testing.assert_array_equal(X, imbalanced[0])
    np.testing.assert_array_equal(y, imbalanced[1])


@each_sampler
def test_attributes__of_an_earlier_call_do_not_outlive_a_later_one(sampler, imbalanced):
    X, y = imbalanced
    sampler = clone(sampler).fit(X, y)
    fresh = set(vars(sampler))
    sampler.fit_resample(X, y)
    sampler.fit(X, y)
    assert set(vars(sampler)) == fresh
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="Got 1 class instead"):
        sampler.fit_resample(X, y * 0)
    assert set(vars(sampler)) <= fresh - {"sampling_strategy_", "sample_indices_"}


@each_sampler
def test_tags__say_what_a_sampler_takes_and_tells(sampler, imbalanced):
    tags = get_tags(sampler)
    assert tags.estimator_type == "sampler"
    assert tags.input_tags.sparse
    takes_anything = isinstance(sampler, RandomUnderSampler)
    assert tags.input_tags.allow_nan == tags.input_tags.string == takes_anything
    fitted = clone(sampler)
    fitted.fit_resample(*imbalanced)
    assert tags.sampler_tags.sample_indices == hasattr(fitted, "sample_indices_")


@each_sampler
def test_samplers__resample_in_a_pipeline_while_it_is_fitted(sampler, imbalanced):
    X, y = imbalanced
    pipeline = make_pipeline(StandardScaler(), clone(sampler), GaussianNB()).fit(X, y)
    scaled = StandardScaler().fit_transform(X)
    alone = GaussianNB().fit(*clone(sampler).fit_resample(scaled, y))
    np.testing.assert_array_equal(pipeline.predict(X), alone.predict(scaled))


def test_grid_search__tunes_samplers_within_samplers(imbalanced):
    X, y = imbalanced
    steps = SMOTE(sampling_strategy=0.6, random_state=0), NearMiss()
    grid = {
        "combination__creation__k_neighbors": [2, 5],
        "combination__selection__version": [1, 2],
    }
    search = GridSearchCV(make_pipeline(Combination(*steps), GaussianNB()), grid, cv=2)
    search.fit(X, y)
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert set(search.best_params_) == set(grid)


@each_sampler
def test_feature_names__are_kept(sampler):
    pandas = pytest.importorskip("pandas")
    X, y = make_classification(200, 4, weights=[0.7], class_sep=0.5, random_state=1)
    sampler = clone(sampler)
    frame, _ = sampler.fit_resample(pandas.DataFrame(X, columns=list("dcba")), y)
    assert list(sampler.feature_names_in_) == list("dcba")
    assert list(sampler.get_feature_names_out()) == list("dcba")
    assert list(frame.columns) == list("dcba")
