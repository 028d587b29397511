"""RepeatedEditedNearestNeighbours and AllKNN: passes, user's estimators, stop conditions."""

import numpy as np
import pytest
from imblearn import under_sampling as theirs
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast import under_sampling as ours
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes

RENN = "RepeatedEditedNearestNeighbours"
each_sampler = pytest.mark.parametrize("name", [RENN, "AllKNN"])


def pair(name, **kwargs):
    return getattr(ours, name)(**kwargs), getattr(theirs, name)(**kwargs)


def apart(seed, sizes, gap=3, n_features=3, dtype=np.float64):
    """Make classes at a distance, so that editing takes more passes."""
    X, y = classes(seed, sizes, n_features)
    return (X + gap * y[:, np.newaxis]).astype(dtype), y


def test_renn__of_separate_classes_sets_the_indices_that_imbalanced_learn_gets_wrong():
    X, y = apart(0, (40, 30), gap=90)
    mine, other = pair(RENN)
    X_new, _ = mine.fit_resample(X, y)
    X_other, _ = other.fit_resample(X, y)
    assert mine.n_iter_ == other.n_iter_ == 1
    np.testing.assert_array_equal(X_new, X_other)
    np.testing.assert_array_equal(X_new, X[mine.sample_indices_])
    assert (X_other != X[other.sample_indices_]).any()


def test_renn__makes_no_more_passes_than_max_iter():
    X, y = apart(0, (2_000, 1_200, 200), gap=2, n_features=6)
    longer, shorter = (pair(RENN, n_neighbors=4, max_iter=n)[0] for n in (100, 3))
    assert len(longer.fit_resample(X, y)[0]) < len(shorter.fit_resample(X, y)[0])
    assert (longer.n_iter_ > 4, shorter.n_iter_) == (True, 3)


def test_renn__fits_an_estimator_again_in_each_pass():
    estimator = NearestNeighbors(n_neighbors=4, metric="manhattan")
    X, y = apart(2, (90, 60, 25))
    mine, other = pair(RENN, n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert mine.n_iter_ > 2
    assert mine.nn_.n_samples_fit_ < len(X)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("estimator", None, None)
    assert not hasattr(estimator, "n_samples_fit_")


@each_sampler
def test_repeated_edits__accept_a_classifier_where_imbalanced_learn_may_not(name):
    X, y = apart(2, (90, 60, 25))
    mine, other = pair(name, n_neighbors=KNeighborsClassifier(4))
    if name == RENN:
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
            other.fit_resample(X, y)
    expected = pair(name)[0].fit_resample(X, y)[0]
    np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)


def test_all_knn__uses_only_n_neighbors_of_an_estimator():
    X, y = apart(2, (90, 60, 25))
    estimator = NearestNeighbors(n_neighbors=4, metric="manhattan")
    mine, other = pair("AllKNN", n_neighbors=estimator)
    assert_same_choice(mine, other, X, y)
    assert_same_choice(mine, pair("AllKNN")[1], X, y)
    assert mine.search_ == "exact"


def test_all_knn__continues_below_the_smallest_class_if_allowed():
    X, y = classes(0, (60, 40, 25))
    sizes = []
    for allow_minority in (False, True):
        mine, other = pair("AllKNN", n_neighbors=6, allow_minority=allow_minority)
        assert_same_choice(mine, other, X, y)
        sizes.append(len(mine.sample_indices_))
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(("name", "kind_sel"), [(RENN, "mode"), ("AllKNN", "all")])
def test_the_smallest_of_two_classes__is_the_lowest_label_unlike_imbalanced_learn(
    name, kind_sel
):
    X, y = classes(0, (60, 25, 25), 2)
    orders = [np.r_[start, np.delete(np.arange(len(y)), start)] for start in find_first(y)]
    kept = []
    for order in orders:
        mine, other = pair(name, kind_sel=kind_sel)
        mine.fit_resample(X[order], y[order])
        X_other, _ = other.fit_resample(X[order], y[order])
        kept.append((set(order[mine.sample_indices_]), set(X_other[:, 0])))
    assert kept[0][0] == kept[1][0]  # ours does not depend on the order of the rows
    assert kept[0][1] != kept[1][1]
    assert {X[row, 0] for row in kept[0][0]} == kept[0][1]  # and is theirs if 1 comes first


def find_first(y):
    return [np.flatnonzero(y == label)[0] for label in (1, 2)]


@each_sampler
def test_repeated_edits__call_a_strategy_in_each_pass(name):
    X, y = apart(3, (90, 60, 9))
    n_labels = []

    def choose(labels):
        n_labels.append(len(labels))
        return [0, 1]

    mine = pair(name, sampling_strategy=choose)[0]
    expected = pair(name, sampling_strategy=[0, 1])[1].fit_resample(X, y)[0]
    np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)
    assert n_labels[0] == len(y) > n_labels[2] > n_labels[3]  # twice for all rows


@each_sampler
def test_repeated_edits__need_one_row_more_than_neighbors(name):
    for sampler in pair(name, n_neighbors=85, kind_sel="mode"):
        with pytest.raises(ValueError, match="n_neighbors = 86, n_samples_fit = 85"):
            sampler.fit_resample(*apart(0, (60, 25), gap=90))
