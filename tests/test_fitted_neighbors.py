"""Estimators that samplers show: fitted when asked for, on what imbalanced-learn's are."""

import pickle
import weakref

import numpy as np
import pytest
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_is_fitted

from smotefast import over_sampling, under_sampling
from smotefast.combine import SMOTEENN
from tests.helpers.datasets import classes

SIZES = (120, 40, 70)
OVER = [
    ("SMOTE", {}, ["nn_k_"]),
    ("BorderlineSMOTE", {}, ["nn_k_", "nn_m_"]),
    ("BorderlineSMOTE", {"kind": "borderline-2"}, ["nn_k_", "nn_m_"]),
    ("SVMSMOTE", {}, ["nn_k_", "nn_m_"]),
    (
        "KMeansSMOTE",
        {"kmeans_estimator": 2, "cluster_balance_threshold": 0.05},
        ["nn_k_"],
    ),
    ("ADASYN", {}, ["nn_"]),
    ("SMOTENC", {"categorical_features": [2]}, ["nn_k_"]),
    ("SMOTEN", {}, ["nn_k_"]),
]
UNDER = [
    ("EditedNearestNeighbours", {}, ["nn_"]),
    ("RepeatedEditedNearestNeighbours", {}, ["enn_.nn_"]),
    ("RepeatedEditedNearestNeighbours", {"max_iter": 1}, ["enn_.nn_"]),
    ("AllKNN", {}, ["enn_.nn_"]),
    ("NeighbourhoodCleaningRule", {}, ["nn_", "edited_nearest_neighbours_.nn_"]),
    ("NearMiss", {}, ["nn_"]),
    ("NearMiss", {"version": 2}, ["nn_"]),
    ("NearMiss", {"version": 3, "n_neighbors_ver3": 20}, ["nn_", "nn_ver3_"]),
]
CASES = [*OVER, *UNDER]
NAMES = [f"{name}-{'-'.join(map(str, kwargs.values()))}" for name, kwargs, _ in CASES]
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
every = pytest.mark.parametrize(("name", "kwargs", "attributes"), CASES, ids=NAMES)


def pair(name, kwargs):
    ours, theirs = over_sampling, their_over
    if hasattr(under_sampling, name):
        ours, theirs = under_sampling, their_under
    else:
        kwargs = {"random_state": 0, **kwargs}
    return getattr(ours, name)(**kwargs), getattr(theirs, name)(**kwargs)


def data(name, seed=3):
    X, y = classes(seed, SIZES)
    if name == "SMOTENC":
        X[:, 2] = np.arange(len(y)) % 4
    if name == "SMOTEN":
        X = np.random.default_rng(seed).integers(0, 6, (len(y), 4))
    return X, y


def shown(sampler, attribute):
    for part in attribute.split("."):
        sampler = getattr(sampler, part)
    return sampler


def rows_of(estimator):
    rows = estimator._fit_X
    return rows.toarray() if sparse.issparse(rows) else rows


def assert_alike(mine, other):
    assert type(mine) is type(other)
    assert mine.n_neighbors == other.n_neighbors
    np.testing.assert_allclose(rows_of(mine), rows_of(other), rtol=1e-12, atol=1e-12)
    queries = other._fit_X[:7]
    for one, two in zip(mine.kneighbors(queries), other.kneighbors(queries), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-6)


@quiet
@every
def test_neighbor_estimators__are_fitted_on_what_imbalanced_learns_are(
    name, kwargs, attributes
):
    mine, other = pair(name, kwargs)
    X, y = data(name)
    mine.fit_resample(X, y)
    other.fit_resample(X, y)
    for attribute in attributes:
        assert_alike(shown(mine, attribute), shown(other, attribute))


@quiet
@every
def test_neighbor_estimators__are_fitted_once_and_anew_for_each_call(name, kwargs, attributes):
    sampler = pair(name, kwargs)[0]
    X, y = data(name)
    sampler.fit_resample(X, y)
    first = [shown(sampler, attribute) for attribute in attributes]
    assert [shown(sampler, attribute) for attribute in attributes] == first
    sampler.fit_resample(*data(name, seed=5))
    for attribute, before in zip(attributes, first, strict=True):
        after = shown(sampler, attribute)
        assert not np.array_equal(rows_of(after), rows_of(before))
    sampler.fit(X, y)
    for attribute in attributes:
        with pytest.raises(AttributeError, match=f"has no {attribute.split('.')[0]} yet"):
            shown(sampler, attribute)


@quiet
@every
def test_neighbor_estimators__come_back_from_a_pickle_and_not_with_a_clone(
    name, kwargs, attributes
):
    sampler = pair(name, kwargs)[0]
    X, y = data(name)
    sampler.fit_resample(X, y)
    for again in (pickle.loads(pickle.dumps(sampler)), sampler):
        for attribute in attributes:
            assert_alike(shown(again, attribute), shown(sampler, attribute))
    again = pickle.loads(pickle.dumps(sampler))  # now that they have been asked for
    for attribute in attributes:
        check_is_fitted(shown(again, attribute))
        assert not hasattr(clone(sampler), attribute.split(".")[0])


@quiet
@every
@pytest.mark.parametrize("container", ["list", "pandas", "polars", "pyarrow", "csr"])
def test_neighbor_estimators__are_fitted_on_the_numbers_of_any_container(
    name, kwargs, attributes, container
):
    X, y = data(name)
    sampler = pair(name, kwargs)[0]
    if container == "list":
        given = X.tolist()
    elif container == "csr":
        if name in {"SMOTENC", "SMOTEN"}:
            return
        given = sparse.csr_array(X)
    else:
        library = pytest.importorskip(container)
        columns = {f"c{j}": X[:, j] for j in range(X.shape[1])}
        given = getattr(library, "DataFrame", None) or library.table
        given = given(columns)
    sampler.fit_resample(given, y)
    expected = clone(sampler)
    expected.fit_resample(X, y)
    for attribute in attributes:
        one, two = shown(sampler, attribute), shown(expected, attribute)
        np.testing.assert_allclose(rows_of(one), rows_of(two), rtol=1e-12)


@quiet
def test_samplers_that_search_in_the_class__keep_its_rows_and_not_the_data():
    for name, kwargs, _ in OVER:
        if name in {"BorderlineSMOTE", "SVMSMOTE"}:  # nn_m_ is fitted on all rows
            continue
        X, y = data(name)
        watched = weakref.ref(X)
        sampler = pair(name, kwargs)[0]
        sampler.fit_resample(X, y)
        del X
        assert watched() is None, name
        check_is_fitted(shown(sampler, "nn_k_"))


@quiet
def test_samplers_that_search_in_all_rows__keep_the_object_that_was_given():
    pd = pytest.importorskip("pandas")
    for name, kwargs, attributes in CASES:
        X, y = data(name)
        frame = pd.DataFrame(X)
        sampler = pair(name, kwargs)[0]
        sampler.fit_resample(frame, y)
        kept = vars(sampler).get("_last_data")
        assert kept is None or kept.X is frame
        for attribute in attributes:
            check_is_fitted(shown(sampler, attribute))


def test_a_call_that_makes_no_rows__shows_an_estimator_that_is_not_fitted():
    X, y = classes(1, (30, 30))
    for name in ("SMOTE", "ADASYN", "BorderlineSMOTE"):
        mine, other = pair(name, {})
        mine.fit_resample(X, y)
        other.fit_resample(X, y)
        attribute = "nn_" if name == "ADASYN" else "nn_k_"
        for sampler in (mine, other):
            assert not hasattr(getattr(sampler, attribute), "n_samples_fit_")


@quiet
def test_a_class_smaller_than_its_neighbors__is_shown_with_as_many_as_were_used():
    X, y = classes(1, (30, 4))
    sampler = over_sampling.SMOTE(small_class="clamp", random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.nn_k_.n_neighbors == 4
    assert sampler.nn_k_.kneighbors(X, return_distance=False).shape == (len(X), 4)


def test_smoten__shows_no_distances_of_a_class_too_large_for_them(monkeypatch):
    monkeypatch.setattr("smotefast.over_sampling.smote_n._MAX_ROWS", 40)
    X, y = data("SMOTEN")
    sampler = over_sampling.SMOTEN(random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.nn_k_.n_samples_fit_ == 40
    sampler.set_params(sampling_strategy={2: 100}).fit_resample(X, y)
    assert not hasattr(sampler.nn_k_, "n_samples_fit_")


def test_the_editor_of_repeated_edits__says_what_imbalanced_learns_does():
    X, y = classes(4, SIZES)
    for name, kwargs, _ in UNDER[1:5]:
        mine, other = pair(name, kwargs)
        mine.fit_resample(X, y)
        other.fit_resample(X, y)
        which = "enn_" if hasattr(other, "enn_") else "edited_nearest_neighbours_"
        one, two = getattr(mine, which), getattr(other, which)
        np.testing.assert_array_equal(one.sample_indices_, two.sample_indices_)
        assert dict(one.sampling_strategy_) == dict(two.sampling_strategy_)
        assert one.n_features_in_ == two.n_features_in_
        assert one.kind_sel == two.kind_sel


def test_an_estimator_of_the_user__is_shown_fitted_on_the_same_rows():
    X, y = classes(4, SIZES)
    given = NearestNeighbors(n_neighbors=4, metric="manhattan")
    for name in ("RepeatedEditedNearestNeighbours", "AllKNN"):
        mine, other = pair(name, {"n_neighbors": given})
        mine.fit_resample(X, y)
        other.fit_resample(X, y)
        assert mine.nn_.metric == "manhattan"
        assert mine.nn_.n_samples_fit_ == other.enn_.nn_.n_samples_fit_


def test_the_step_of_a_combination__shows_a_fitted_estimator():
    X, y = classes(4, SIZES)
    sampler = SMOTEENN(random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.enn_.nn_.n_samples_fit_ == 3 * max(SIZES)
    assert sampler.smote_.nn_k_.n_samples_fit_ == SIZES[2]
