"""Which rows BorderlineSMOTE finds in danger, and what it does without any."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import smotefast
from smotefast.over_sampling import BorderlineSMOTE
from tests.helpers import reference_kernels
from tests.helpers.assertions import assert_equal
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.over_sampling.test_borderline_smote import both_kinds, pair, quiet


@quiet
@given(seed=st.integers(0, 9999), m=st.integers(1, 12), n_values=st.integers(2, 9))
@examples(40)
def test_in_danger_indices__are_rows_with_half_but_not_all_neighbors_of_other_classes(
    seed, m, n_values
):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1, 2], [30, 15, 20]))
    X = rng.integers(0, n_values, (65, 3)).astype(float)
    sampler = BorderlineSMOTE(m_neighbors=m, sampling_strategy="all").fit(X, y)
    sampler.sampling_strategy = {0: 31, 1: 16, 2: 21}
    sampler.fit_resample(X, y)
    neighbors = reference_kernels.nearest_rows(X, m)
    for label in (0, 1, 2):
        danger = [
            row
            for row in np.flatnonzero(y == label)
            if m / 2 <= sum(y[other] != label for other in neighbors[row]) < m
        ]
        assert sampler.in_danger_indices.get(label, np.empty(0)).tolist() == danger


def far_apart():
    """Return data of two classes far from all others, and two that overlap."""
    X, y = classes(0, (60, 30, 20, 25))
    X[y == 1] += 1e4
    X[y == 3] -= 1e4
    return X, y


@both_kinds
def test_borderline_smote__leaves_a_class_without_danger_and_warns_once(kind):
    X, y = far_apart()
    mine, other = pair(kind=kind)
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        X_mine, y_mine = mine.fit_resample(X, y)
    X_other, y_other = other.fit_resample(X, y)
    np.testing.assert_array_equal(X_mine, X_other)
    np.testing.assert_array_equal(y_mine, y_other)
    assert np.bincount(y_mine).tolist() == [60, 30, 60, 25]
    assert list(mine.in_danger_indices) == [2]
    assert len(caught) == 1
    assert caught[0].filename == __file__
    words = str(caught[0].message)
    assert "no samples for class 1, which stays at 30 rows instead of 60" in words
    assert "no samples for class 3, which stays at 25 rows instead of 60" in words
    assert "m_neighbors=10" in words
    assert mine.sampling_strategy_ == {1: 30, 2: 40, 3: 35}


@pytest.mark.parametrize("form", ["dense", "csr", "frame", "list"])
def test_borderline_smote__without_any_danger_returns_the_data_unchanged(form):
    X, y = classes(0)
    X[y == 1] += 1e4
    container = {
        "dense": X, "csr": sparse.csr_array(X), "list": X.tolist(),
        "frame": pytest.importorskip("pandas").DataFrame(X),
    }[form]  # fmt: skip
    sampler = BorderlineSMOTE(random_state=0)
    with pytest.warns(smotefast.ResamplingWarning, match="no samples for class 1"):
        out, labels = sampler.fit_resample(container, y)
    assert_equal(out, container)
    np.testing.assert_array_equal(labels, y)
    assert sampler.in_danger_indices == {}
    assert [len(part) for part in sampler.provenance_] == [0, 0, 0]


def test_borderline_smote__does_not_warn_if_the_warning_is_ignored():
    X, y = far_apart()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        y_new = BorderlineSMOTE(random_state=0).fit_resample(X, y)[1]
    assert np.bincount(y_new).tolist() == [60, 30, 60, 25]


def test_in_danger_indices__of_an_earlier_call_are_removed_by_one_that_fails():
    sampler = BorderlineSMOTE(random_state=0)
    X, y = classes(0)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="Got 1 class instead"):
        sampler.fit_resample(X, np.zeros(len(X)))
    assert not hasattr(sampler, "in_danger_indices")
    assert not hasattr(sampler, "nn_m_")
