"""What every sampler promises: parameters, fitted attributes, copies, threads, pipelines."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.cluster import DBSCAN
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import get_tags
from sklearn.utils._param_validation import InvalidParameterError

from smotefast import combine, over_sampling, under_sampling
from tests.helpers.assertions import assert_equal
from tests.helpers.docstrings import section
from tests.helpers.sampler_cases import frame_of
from tests.helpers.sampler_contract import CASES

pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
each = pytest.mark.parametrize("case", CASES, ids=str)
COLUMNS = {"n_features_in_", "feature_names_in_"}


def assert_same(found, expected):
    """Compare the X and y of two results."""
    for one, two in zip(found, expected, strict=True):
        assert_equal(one, two)


def documented(sampler):
    """Return which of the documented attributes a sampler has, without those of the columns."""
    names = section(type(sampler), "Attributes").keys() - COLUMNS
    return {name for name in names if hasattr(sampler, name)}


def test_table__names_all_samplers():
    names = {*over_sampling.__all__, *under_sampling.__all__, *combine.__all__}
    assert {case.name for case in CASES} == names
    # Their rows are compared with imbalanced-learn's.
    assert all(case.is_in_imblearn for case in CASES if case.large or case.drawn or case.same)


SAMPLERS = ("smote", "enn", "tomek", "creation", "selection", "edited_nearest_neighbours")
BAD_VALUES = {
    "random_state": [-1, "seed", np.random.default_rng(0)],
    "n_jobs": [1.5, "2"],
    "search": ["fast"],
    "small_class": ["drop"],
    "missing": ["drop"],
    "metric": ["minkowski"],
    "distance_columns": ["age", 5],
    "bounds": ["age", 5],
    "round_columns": ["age", 5],
    "k_neighbors": [0, 2.5, "5"],
    "m_neighbors": [0],
    "n_neighbors": [0, "3"],
    "n_neighbors_ver3": [0, "3"],
    "kind": ["borderline-3"],
    "kind_sel": ["most"],
    "max_iter": [0],
    "allow_minority": ["yes"],
    "replacement": ["yes"],
    "shrinkage": [-1.0],
    "version": [0, 4, "1"],
    "voting": ["loud"],
    "estimator": [5, DBSCAN()],
    "cv": [1, "five"],
    "n_seeds_S": [0, 1.5],
    "threshold_cleaning": [0],
    "svm_estimator": ["SVC"],
    "out_step": [2.0],
    "kmeans_estimator": [0, "KMeans", DBSCAN()],
    "cluster_balance_threshold": ["half"],
    "density_exponent": [None],
    "categorical_features": ["most"],
    "categorical_encoder": [3],
    **{name: [3, "SMOTE"] for name in SAMPLERS},
}
BAD_STRATEGIES = {
    "over-sampling": ["majority", "most", 0.0, [1]],
    "under-sampling": ["minority", 0.0, 1.5, [0]],
    "clean-sampling": ["minority", 0.0, {0: 5}],
}


def bad_values(case, name):
    if name == "sampling_strategy":
        return BAD_STRATEGIES[case.kind._sampling_type]
    return {**BAD_VALUES, **case.bad_values}[name]


@pytest.mark.parametrize(
    ("case", "name", "value"),
    [
        (case, name, value)
        for case in {case.name: case for case in CASES}.values()
        for name in case.takes
        for value in bad_values(case, name)
    ],
    ids=str,
)
def test_a_bad_parameter__is_refused_by_name_as_in_imbalanced_learn(case, name, value):
    X, y = case.data()
    words = f"'{name}' parameter of {case.name} must be"
    sampler = case.sampler(**{name: value})
    for method in (sampler.fit, sampler.fit_resample):
        with pytest.raises(InvalidParameterError, match=words):
            method(X, y)
    theirs = case.theirs() if case.is_in_imblearn else None
    if name in getattr(theirs, "get_params", dict)():
        with pytest.raises(InvalidParameterError, match=words):
            case.theirs(**{name: value}).fit_resample(X, y)


@each
def test_parameters__are_stored_as_given_and_cloned(case):
    sampler = case.sampler()
    given = sampler.get_params(deep=False)
    assert set(given) == set(case.takes)
    assert {name: given[name] for name in case.parameters} == dict(case.parameters)
    assert str(clone(sampler)) == str(sampler)
    with pytest.raises(TypeError, match="sample_weight"):
        sampler.fit_resample(*case.data(), sample_weight=1)


# The first one then uses all rows; the second one stops earlier.
TAKE_FEWER = {"NearMiss-2-15", "AllKNN"}


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (case, name)
        for case in CASES
        for name in ("k_neighbors", "m_neighbors", "n_neighbors")
        if name in case.takes and str(case) not in TAKE_FEWER
    ],
    ids=str,
)
def test_more_neighbors_than_rows__are_refused_by_name(case, name):
    X, y = case.data()
    sampler = case.sampler()
    sampler.fit_resample(X, y)
    with pytest.raises((ValueError, RuntimeError), match=name):
        sampler.set_params(**{name: 500}).fit_resample(X, y)
    assert not documented(sampler)


@each
def test_attributes__come_with_resampling_and_go_with_a_failure(case):
    X, y = case.data()
    sampler = case.sampler()
    assert not documented(sampler)
    assert sampler.fit(X, y) is sampler
    fitted, fresh = documented(sampler), set(vars(sampler))
    assert "sampling_strategy_" in fitted
    assert not {"sample_indices_", "provenance_", "search_"} & fitted
    sampler.fit_resample(X, y)
    names = section(case.kind, "Attributes")
    absent = names.keys() - COLUMNS - documented(sampler)
    assert all("only " in names[name].lower() for name in absent)
    assert sampler.n_features_in_ == X.shape[1]
    sampler.fit(X, y)
    assert (documented(sampler), set(vars(sampler))) == (fitted, fresh)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="Got 1 class instead"):
        sampler.fit_resample(X, y * 0)
    assert not documented(sampler)
    assert set(vars(sampler)) < fresh


@each
def test_samplers__come_back_from_a_clone_and_a_pickle(case):
    X, y = case.data()
    sampler = case.sampler()
    expected = sampler.fit_resample(X, y)
    again = pickle.loads(pickle.dumps(sampler))
    assert documented(again) == documented(sampler)
    for name in ("sampling_strategy_", "sample_indices_", "provenance_"):
        np.testing.assert_equal(getattr(again, name, 0), getattr(sampler, name, 0))
    copy = clone(sampler)
    assert not documented(copy)
    for one in (again, copy):
        assert_same(one.fit_resample(X, y), expected)


@each
def test_feature_names__are_kept(case):
    frame, y = frame_of(case)
    sampler = case.sampler()
    X_new, _ = sampler.fit_resample(frame, y)
    for names in (sampler.feature_names_in_, sampler.get_feature_names_out(), X_new.columns):
        assert list(names) == list(frame.columns)


@each
def test_tags__say_what_a_sampler_takes_and_sets(case):
    tags, sampler = get_tags(case.sampler()), case.sampler()
    sampler.fit_resample(*case.data())
    takes_nan = any(row.columns != "numbers" for row in CASES if row.name == case.name)
    assert (tags.estimator_type, tags.input_tags.sparse) == ("sampler", True)
    assert tags.input_tags.allow_nan == tags.input_tags.string == takes_nan
    assert tags.sampler_tags.sample_indices == hasattr(sampler, "sample_indices_")


@each
def test_a_sampler__serves_two_threads_at_once(case):
    tables = [case.data(seed) for seed in (3, 4)] * 8
    sampler = case.sampler()
    expected = [sampler.fit_resample(*table) for table in tables[:2]] * 8
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda table: sampler.fit_resample(*table), tables))
    for found, one in zip(results, expected, strict=True):
        assert_same(found, one)


@each
def test_samplers__resample_in_a_pipeline_while_it_is_fitted(case):
    X, y = case.data()
    pipeline = make_pipeline(case.sampler(), GaussianNB()).fit(X, y)
    alone = GaussianNB().fit(*case.sampler().fit_resample(X, y))
    np.testing.assert_array_equal(pipeline.predict(X), alone.predict(X))
    assert documented(pipeline[0])


@pytest.mark.parametrize("case", [case for case in CASES if case.approximate], ids=str)
def test_approximate_search__differs_little_and_says_how_much(case):
    X, y = case.data(1, (7_000, 3_000, 2_000), n_features=8)
    exact = case.sampler(search="exact")
    exact.fit_resample(X, y)
    assert (exact.search_, exact.recall_, exact.disagreement_) == ("exact", None, None)
    found = []
    for n_jobs in (1, 2):
        sampler = case.sampler(search="approximate", n_jobs=n_jobs)
        sampler.fit_resample(X, y)
        found.append(sampler.sample_indices_)
        assert sampler.search_ == "approximate"
        assert 0.95 <= sampler.recall_ <= 1
        assert 0 <= sampler.disagreement_ <= 0.02
    np.testing.assert_array_equal(*found)
    # One of twenty neighbors may be wrong, and most wrong ones do not change a decision.
    assert len(np.setxor1d(found[0], exact.sample_indices_)) < 0.01 * len(y)
