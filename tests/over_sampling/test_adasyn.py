"""ADASYN: imbalanced-learn's rows on data without ties; counts that rounding changes."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import over_sampling as theirs
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

import smotefast
from smotefast.over_sampling import ADASYN
from tests.helpers import reference_kernels
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return ADASYN(**kwargs), theirs.ADASYN(**kwargs)


@quiet
def test_adasyn__fits_a_users_estimator_on_all_rows_and_on_each_class():
    estimator = NearestNeighbors(n_neighbors=4, metric="manhattan")
    mine, other = pair(n_neighbors=estimator)
    assert_same(mine, other, *classes(1))
    assert mine.nn_.n_samples_fit_ == other.nn_.n_samples_fit_ == 25
    assert mine.search_ == "estimator"
    assert not hasattr(estimator, "n_samples_fit_")


@quiet
def test_adasyn__has_an_estimator_for_a_number():
    sampler = ADASYN(n_neighbors=3, random_state=0)
    with pytest.raises(AttributeError, match="no nn_ yet"):
        _ = sampler.nn_
    sampler.fit_resample(*classes(0))
    assert sampler.nn_.n_neighbors == 4


@quiet
@given(seed=st.integers(0, 9999), k=st.integers(1, 7), n_values=st.integers(3, 9))
@examples(40)
def test_adasyn__gives_each_row_its_rounded_share_also_with_distance_ties(seed, k, n_values):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1], [40, 15]))
    X = rng.integers(0, n_values, (55, 3)).astype(float)
    sampler = ADASYN(random_state=0, n_neighbors=k)
    sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    rows = np.flatnonzero(y == 1)
    n_others = (y[reference_kernels.nearest_rows(X, k)[rows]] != 1).sum(axis=1)
    expected = np.rint(n_others / k / (n_others / k).sum() * 25).astype(int)
    np.testing.assert_array_equal(base, np.repeat(rows, expected))
    nearest = rows[reference_kernels.nearest_rows(X[rows], k)]
    assert all(
        n in nearest[np.searchsorted(rows, b)] for b, n in zip(base, neighbor, strict=True)
    )
    assert ((0 <= step) & (step < 1)).all()


@pytest.mark.parametrize("form", ["dense", "csr"])
@quiet
def test_provenance__computes_every_synthetic_sample(form):
    X, y = classes(3, (60, 25, 30))
    sampler = ADASYN(random_state=0)
    container = X if form == "dense" else sparse.csr_array(X)
    X_new, y_new = sampler.fit_resample(container, y)
    new = (X_new if form == "dense" else X_new.toarray())[len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)
    assert (y[base] == y_new[len(X) :]).all()
    assert (y[neighbor] == y[base]).all()
    assert (base != neighbor).all()


def test_adasyn__warns_once_if_rounding_changes_the_count_by_more_than_ten_percent():
    X, y = classes(0, (60, 25, 30))
    mine, other = pair(sampling_strategy={1: 38, 2: 60})
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        y_new = mine.fit_resample(X, y)[1]
    counts = np.bincount(y_new)
    np.testing.assert_array_equal(counts, np.bincount(other.fit_resample(X, y)[1]))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    for label, size in ((1, 25), (2, 30)):
        n_new, requested = counts[label] - size, mine.sampling_strategy_[label]
        message = f"Class {label} gets {n_new} synthetic samples instead of {requested}"
        is_reported = abs(n_new - requested) > 0.1 * requested
        assert (message in str(caught[0].message)) == is_reported
    assert mine.sampling_strategy_ == {1: 13, 2: 30}


def test_adasyn__does_not_warn_if_the_count_is_close_or_the_warning_is_ignored():
    X, y = classes(0, (5_000, 300), 6)
    n_rows = np.bincount(ADASYN(random_state=0).fit_resample(X, y)[1])[1]
    assert 0 < abs(n_rows - 5_000) <= 47
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        X, y = classes(0, (60, 25, 30))
        assert len(ADASYN(random_state=0).fit_resample(X, y)[0]) > len(X)


def test_adasyn__refuses_a_class_without_neighbors_of_other_classes_as_imbalanced_learn():
    X, y = classes(0)
    X[y == 1] += 1e4
    for sampler in pair():
        with pytest.raises(RuntimeError, match="Not any neigbours belong to the majority"):
            sampler.fit_resample(X, y)
    with pytest.raises(RuntimeError, match=r"class 1 .*n_neighbors=5"):
        ADASYN().fit_resample(X, y)


def test_adasyn__refuses_shares_that_all_round_to_zero_as_imbalanced_learn():
    X, y = classes(0, (60, 25))
    for sampler in pair(sampling_strategy={1: 26}):
        with pytest.raises(ValueError, match="No samples will be generated with the provided"):
            sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match=r"1 samples over .* rows of class 1"):
        ADASYN(sampling_strategy={1: 26}).fit_resample(X, y)


@pytest.mark.parametrize("n", [25, 85])
def test_adasyn__refuses_more_neighbors_than_rows(n):
    X, y = classes(0)
    words = f"n_neighbors = {n + 1}, n_samples_fit = {n}"
    for sampler in pair(n_neighbors=n):
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match=f"{words}: n_neighbors={n} needs at least {n + 1}"):
        ADASYN(n_neighbors=n).fit_resample(X, y)
