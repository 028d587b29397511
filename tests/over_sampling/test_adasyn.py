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
from tests.helpers import reference_kernels as naive
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
def test_adasyn__shows_an_unfitted_estimator_for_a_number():
    sampler = ADASYN(n_neighbors=3, random_state=0)
    with pytest.raises(AttributeError, match="no nn_ yet"):
        _ = sampler.nn_
    sampler.fit_resample(*classes(0))
    assert sampler.nn_.n_neighbors == 4


@quiet
@given(seed=st.integers(0, 9999), k=st.integers(1, 7), n_values=st.integers(3, 9))
@examples(40)
def test_adasyn__gives_each_row_its_rounded_share_whatever_ties_there_are(seed, k, n_values):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1], [40, 15]))
    X = rng.integers(0, n_values, (55, 3)).astype(float)
    sampler = ADASYN(random_state=0, n_neighbors=k)
    sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    own = np.flatnonzero(y == 1)
    foreign = (y[naive.nearest_rows(X, k)[own]] != 1).sum(axis=1) / k
    expected = np.rint(foreign / foreign.sum() * 25).astype(int)
    np.testing.assert_array_equal(base, np.repeat(own, expected))
    nearest = own[naive.nearest_rows(X[own], k)]
    assert all(
        n in nearest[np.searchsorted(own, b)] for b, n in zip(base, neighbor, strict=True)
    )
    assert ((0 <= step) & (step < 1)).all()


@pytest.mark.parametrize("form", ["dense", "csr"])
@quiet
def test_provenance__rebuilds_every_new_row(form):
    X, y = classes(3, (60, 25, 30))
    sampler = ADASYN(random_state=0)
    given_X = X if form == "dense" else sparse.csr_array(X)
    X_new, y_new = sampler.fit_resample(given_X, y)
    new = (X_new if form == "dense" else X_new.toarray())[len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)
    assert (y[base] == y_new[len(X) :]).all()
    assert (y[neighbor] == y[base]).all()
    assert (base != neighbor).all()


def test_adasyn__says_once_that_rounding_missed_the_count_by_more_than_ten_percent():
    X, y = classes(0, (60, 25, 30))
    mine, other = pair(sampling_strategy={1: 38, 2: 60})
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        y_new = mine.fit_resample(X, y)[1]
    counts = np.bincount(y_new)
    np.testing.assert_array_equal(counts, np.bincount(other.fit_resample(X, y)[1]))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    for label, size in ((1, 25), (2, 30)):
        made, asked = counts[label] - size, mine.sampling_strategy_[label]
        said = f"Class {label} gets {made} synthetic samples instead of {asked}" in str(
            caught[0].message
        )
        assert said == (abs(made - asked) > 0.1 * asked)
    assert mine.sampling_strategy_ == {1: 13, 2: 30}


def test_adasyn__says_nothing_where_the_count_is_met_or_the_warning_switched_off():
    X, y = classes(0, (5_000, 300), 6)
    made = np.bincount(ADASYN(random_state=0).fit_resample(X, y)[1])[1]
    assert 0 < abs(made - 5_000) <= 47
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        X, y = classes(0, (60, 25, 30))
        assert len(ADASYN(random_state=0).fit_resample(X, y)[0]) > len(X)


def test_adasyn__refuses_a_class_that_no_other_is_near_in_imbalanced_learns_words():
    X, y = classes(0)
    X[y == 1] += 1e4
    for sampler in pair():
        with pytest.raises(RuntimeError, match="Not any neigbours belong to the majority"):
            sampler.fit_resample(X, y)
    with pytest.raises(RuntimeError, match=r"class 1 .*n_neighbors=5"):
        ADASYN().fit_resample(X, y)


def test_adasyn__refuses_shares_that_all_round_to_nothing_in_imbalanced_learns_words():
    X, y = classes(0, (60, 25))
    for sampler in pair(sampling_strategy={1: 26}):
        with pytest.raises(ValueError, match="No samples will be generated with the provided"):
            sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match=r"1 rows over .* rows of class 1"):
        ADASYN(sampling_strategy={1: 26}).fit_resample(X, y)


@pytest.mark.parametrize("n", [25, 85])
def test_adasyn__refuses_more_neighbours_than_rows(n):
    X, y = classes(0)
    words = f"n_neighbors = {n + 1}, n_samples_fit = {n}"
    for sampler in pair(n_neighbors=n):
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match=f"{words}: n_neighbors={n} needs at least {n + 1}"):
        ADASYN(n_neighbors=n).fit_resample(X, y)
