"""RandomOverSampler: copies of rows, and a smoothed bootstrap of numbers."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from scipy import sparse

from smotefast.over_sampling import RandomOverSampler
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes


def test_provenance__of_copies_is_the_copied_row():
    X, y = classes(0)
    sampler = RandomOverSampler(random_state=0)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base], new)
    np.testing.assert_array_equal(base, neighbor)
    np.testing.assert_array_equal(base, sampler.sample_indices_[len(X) :])
    assert (step == 0).all()


def test_random_over_sampler__copies_what_smote_cannot_take():
    X = np.array([["a", None], ["b", np.nan], ["c", 1]], dtype=object)
    X_new, y_new = RandomOverSampler(random_state=0).fit_resample(X, [0, 0, 1])
    assert X_new.tolist()[3] == ["c", 1]
    assert y_new == [0, 0, 1, 1]


@pytest.mark.parametrize("shrinkage", [0.0, 0.3, {0: 0.0, 1: 1.0, 2: 0.5}])
@pytest.mark.parametrize("kind", ["dense", "csr_matrix", "csc_array"])
def test_random_over_sampler__gives_imbalanced_learns_smoothed_bootstrap(shrinkage, kind):
    X, y = classes(3, (60, 20, 30), 6)
    if kind != "dense":
        X = getattr(sparse, kind)(X)
    kwargs = {"random_state": 4, "shrinkage": shrinkage}
    mine, other = RandomOverSampler(**kwargs), theirs.RandomOverSampler(**kwargs)
    assert_same_choice(mine, other, X, y)
    assert mine.shrinkage_ == other.shrinkage_


def test_random_over_sampler__keeps_float32_where_imbalanced_learn_widens():
    X, y = classes(3, dtype=np.float32)
    kwargs = {"random_state": 4, "shrinkage": 0.5}
    mine = RandomOverSampler(**kwargs).fit_resample(X, y)[0]
    other = theirs.RandomOverSampler(**kwargs).fit_resample(X, y)[0]
    assert (mine.dtype, other.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(mine, other.astype(np.float32))


@pytest.mark.parametrize(
    ("shrinkage", "words"),
    [
        ({0: 1.0}, "The missing classes are: {1}"),
        ({0: 1.0, 1: -1.0}, "needs to be >= 0"),
    ],
)
def test_random_over_sampler__refuses_a_bad_shrinkage(shrinkage, words):
    X, y = classes(3)
    for sampler in (RandomOverSampler, theirs.RandomOverSampler):
        with pytest.raises(ValueError, match=words):
            sampler(shrinkage=shrinkage).fit_resample(X, y)


def test_random_over_sampler__refuses_noise_on_text():
    X = np.array([["a"], ["b"], ["c"]], dtype=object)
    with pytest.raises(ValueError, match="needs to contain only numerical data"):
        RandomOverSampler(shrinkage=1.0).fit_resample(X, [0, 0, 1])
