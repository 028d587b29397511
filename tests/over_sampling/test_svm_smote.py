"""SVMSMOTE: imbalanced-learn's rows, lost shares, and machines that it does not take."""

import warnings
from collections import Counter

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from sklearn.datasets import make_classification
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC, NuSVC, OneClassSVM

from smotefast import ResamplingWarning
from smotefast.over_sampling import SVMSMOTE
from tests.helpers.assertions import assert_same
from tests.helpers.case_names import name_of
from tests.helpers.datasets import classes


def assert_alike(X, y, mine=None, **parameters):
    """Compare rows; lost shares are told of and not looked at here."""
    mine = SVMSMOTE(**(mine or parameters), search="exact")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResamplingWarning)
        assert_same(mine, theirs.SVMSMOTE(**parameters), X, y)
    return mine


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(kernel="linear", C=0.1),
        SVC(class_weight={0: 1, 1: 5, 2: 2}, random_state=4),
        NuSVC(nu=0.1, random_state=np.random.RandomState(1)),
        OneClassSVM(nu=0.4),
    ],
    ids=name_of,
)
def test_svm_smote__takes_a_machine_that_says_its_support_vectors(estimator):
    mine = assert_alike(*classes(2, (200, 50, 90)), random_state=0, svm_estimator=estimator)
    assert type(mine.svm_estimator_) is type(estimator)
    assert not hasattr(estimator, "support_")  # it was cloned


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("estimator", [SVC(random_state=0), SVC()], ids=str)
def test_svm_smote__goes_on_with_a_random_state_as_imbalanced_learn_does(seed, estimator):
    one, two = np.random.RandomState(seed), np.random.RandomState(seed)
    for _ in range(2):
        how = {"svm_estimator": estimator}
        assert_alike(
            *classes(seed, (200, 50, 90)),
            mine={"random_state": one, **how},
            random_state=two,
            **how,
        )
    assert one.uniform() == two.uniform()


def test_svm_smote__draws_from_numpys_global_generator_for_a_machine_without_a_seed():
    X, y = classes(4, (200, 50, 90))
    results = []
    for one in (SVMSMOTE, theirs.SVMSMOTE):
        np.random.seed(11)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)
            X_new = one(svm_estimator=SVC()).fit_resample(X, y)[0]
        results.append((X_new, np.random.uniform()))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]


def test_svm_smote__uses_users_neighbor_estimators():
    mine = assert_alike(
        *classes(8, (200, 60)),
        random_state=0,
        k_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"),
        m_neighbors=NearestNeighbors(n_neighbors=8, algorithm="kd_tree"),
    )
    assert mine.search_ == "estimator"
    assert (mine.nn_k_.metric, mine.nn_m_.n_neighbors) == ("manhattan", 8)


def test_svm_smote__fits_once_where_every_fit_is_the_same():
    fits = []

    class Counted(SVC):
        def fit(self, X, y, sample_weight=None):
            fits.append(self.random_state)
            return super().fit(X, y, sample_weight)

    X, y = classes(9, (200, 60, 90))
    for seed in (0, None):
        machine = Counted(random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)
            SVMSMOTE(random_state=0, svm_estimator=machine).fit_resample(X, y)
    assert fits == [0, None, None]


def test_svm_smote__makes_rows_in_danger_first_and_safe_ones_outwards():
    X, y = classes(10, (200, 60))
    sampler = SVMSMOTE(random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    assert set(base) <= set(sampler.svm_estimator_.support_)
    assert set(y[base]) == set(y[neighbor]) == {1}
    n_danger = np.flatnonzero(step < 0)[0]
    assert (step[:n_danger] >= 0).all()
    assert (step[n_danger:] <= 0).all()
    assert step.min() >= -0.5
    assert not set(base[:n_danger]) & set(base[n_danger:])
    rows = X[base] + step[:, None] * (X[neighbor] - X[base])
    np.testing.assert_array_equal(X_new[len(X) :], rows)


def lost(side):
    """Make two classes of which one has no support vector in danger, or no safe one."""
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [150, 40])
    X = rng.normal(size=(190, 2))
    if side == "in danger":
        X[150:] += 20
    else:
        X[:150] *= 3
        X[150:] = X[:40] + 0.01 * rng.normal(size=(40, 2))
    return X, y


@pytest.mark.parametrize("side", ["in danger", "safe"])
def test_svm_smote__keeps_the_share_that_is_lost(side):
    X, y = lost(side)
    expected, _ = theirs.SVMSMOTE(random_state=0).fit_resample(X, y)
    n_new = len(expected) - len(X)
    words = (
        f"^Class 1 gets {n_new} synthetic samples instead of 110: none .* support .* {side},"
    )
    with pytest.warns(ResamplingWarning, match=words) as told:
        found, y_new = SVMSMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(found, expected)
    assert Counter(y_new.tolist()) == {0: 150, 1: 40 + n_new}
    assert 0 < n_new < 110
    assert len(told) == 1


def test_svm_smote__of_one_new_row_tells_of_no_loss_where_there_is_none():
    X, y = lost("in danger")
    for seed in range(8):
        how = {"random_state": seed, "sampling_strategy": {1: 41}}
        expected, _ = theirs.SVMSMOTE(**how).fit_resample(X, y)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found, _ = SVMSMOTE(**how).fit_resample(X, y)
        np.testing.assert_array_equal(found, expected)
        assert bool(told) == (len(found) == len(X))


def test_svm_smote__refuses_a_class_of_noise():
    X, y = make_classification(
        1000,
        n_classes=3,
        class_sep=0.001,
        weights=[0.004, 0.451, 0.545],
        n_informative=3,
        n_redundant=0,
        flip_y=0,
        n_features=3,
        random_state=10,
    )
    for one in (SVMSMOTE, theirs.SVMSMOTE):
        with pytest.raises(ValueError, match="SVM-SMOTE is not adapted to your dataset"):
            one(k_neighbors=3, random_state=42).fit_resample(X, y)
