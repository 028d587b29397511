"""EditedNearestNeighbours: naive rows for tied distances, user's estimators, disagreement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast.under_sampling import EditedNearestNeighbours
from tests.helpers import reference_kernels as naive
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.wrong_search import spoil

SOME = examples(60)
both_kinds = pytest.mark.parametrize("kind_sel", ["all", "mode"])


def pair(**kwargs):
    return EditedNearestNeighbours(**kwargs), theirs.EditedNearestNeighbours(**kwargs)


@SOME
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(2, 25), min_size=2, max_size=5),
    n_features=st.integers(1, 3),
    n_values=st.integers(1, 6),
    k=st.integers(1, 3),
    kind_sel=st.sampled_from(["all", "mode"]),
    is_sparse=st.booleans(),
    data=st.data(),
)
def test_enn__of_duplicates_selects_the_rows_of_a_naive_loop(
    seed, sizes, n_features, n_values, k, kind_sel, is_sparse, data
):
    X, y = classes(seed, sizes, n_features)
    X = np.random.default_rng(seed).integers(0, n_values, X.shape).astype(float)
    cleaned = data.draw(st.lists(st.integers(0, len(sizes) - 1), unique=True))
    mine = EditedNearestNeighbours(sampling_strategy=cleaned, n_neighbors=k, kind_sel=kind_sel)
    mine.fit_resample(sparse.csr_array(X) if is_sparse else X, y)
    assert mine.sample_indices_.tolist() == naive.edited(X, y, cleaned, k, kind_sel)


def test_enn__of_equal_rows_of_two_classes_removes_both_unlike_imbalanced_learn():
    X = np.repeat(np.random.default_rng(0).normal(size=(40, 2)), 2, axis=0)
    y = np.tile([0, 1], 40)
    mine, other = pair(sampling_strategy="all", n_neighbors=1)
    assert len(mine.fit_resample(X, y)[0]) == 0  # the nearest row of each row is its duplicate
    assert len(other.fit_resample(X, y)[0]) > 0  # for some it is the row itself


@both_kinds
@pytest.mark.parametrize("metric", ["manhattan", "chebyshev"])
def test_enn__uses_an_estimator_as_given(kind_sel, metric):
    estimator = NearestNeighbors(n_neighbors=5, metric=metric)
    X, y = classes(1, (90, 40, 60))
    mine, other = pair(n_neighbors=estimator, kind_sel=kind_sel, sampling_strategy="all")
    assert_same_choice(mine, other, X, y)
    assert not hasattr(estimator, "n_samples_fit_")  # it was cloned
    assert mine.nn_.n_samples_fit_ == len(X)
    assert (mine.search_, mine.recall_, mine.disagreement_) == ("estimator", None, None)
    mine.set_params(n_neighbors=4).fit_resample(X, y)
    assert set(mine.sample_indices_) != set(other.sample_indices_)


@both_kinds
def test_enn__accepts_a_classifier_where_imbalanced_learn_raises(kind_sel):
    X, y = classes(1, (90, 40, 60))
    mine, other = pair(n_neighbors=KNeighborsClassifier(5), kind_sel=kind_sel)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        other.fit_resample(X, y)
    mine.fit_resample(X, y)
    expected = theirs.EditedNearestNeighbours(n_neighbors=4, kind_sel=kind_sel)
    expected.fit_resample(X, y)
    np.testing.assert_array_equal(mine.sample_indices_, expected.sample_indices_)
    assert isinstance(mine.nn_, KNeighborsClassifier)


def test_nn__is_an_estimator_after_resampling():
    mine = EditedNearestNeighbours(n_neighbors=4)
    with pytest.raises(AttributeError, match="no nn_ yet"):
        _ = mine.nn_
    mine.fit_resample(*classes(0))
    assert mine.nn_.n_neighbors == 5
    assert mine.nn_.n_samples_fit_ == len(classes(0)[1])


def test_enn__accepts_text_labels_by_vote_where_imbalanced_learn_raises():
    X, y = classes(8)
    labels = np.array(["b", "a"])[y]
    mine, other = pair(kind_sel="mode")
    with pytest.raises(TypeError, match="not recognized as numeric"):
        other.fit_resample(X, labels)
    assert set(mine.fit_resample(X, labels)[1]) == {"a", "b"}


def test_enn__needs_one_row_more_than_neighbors():
    for sampler in pair(n_neighbors=85):
        with pytest.raises(ValueError, match="n_neighbors = 86, n_samples_fit = 85"):
            sampler.fit_resample(*classes(0))
    mine, other = pair(n_neighbors=84, sampling_strategy="all", kind_sel="mode")
    assert_same_choice(mine, other, *classes(0))


def test_enn__refuses_sparse_approximate_search_and_a_single_neighbor():
    X, y = classes(0)
    with pytest.raises(ValueError, match="search='approximate' needs dense rows"):
        EditedNearestNeighbours(search="approximate").fit_resample(sparse.csr_array(X), y)
    with pytest.raises(ValueError, match=r"n_neighbors=1\).*n_neighbors=2 or more"):
        EditedNearestNeighbours(n_neighbors=NearestNeighbors(n_neighbors=1)).fit_resample(X, y)


@both_kinds
@pytest.mark.parametrize("every", [None, 5])
def test_disagreement__is_the_share_of_rows_that_exact_search_decides_differently(
    kind_sel, every, monkeypatch
):
    X, y = classes(5, (150, 120, 90), 2)
    exact = EditedNearestNeighbours(kind_sel=kind_sel)
    exact.fit_resample(X, y)
    is_wrong = np.zeros(len(y), dtype=bool)
    is_wrong[:: every or len(y)] = every is not None
    spoil(monkeypatch, is_wrong, 3)
    mine = EditedNearestNeighbours(search="approximate", kind_sel=kind_sel)
    mine.fit_resample(X, y)
    n_differ = len(np.setxor1d(mine.sample_indices_, exact.sample_indices_))
    assert (n_differ > 0) == (every is not None)
    assert mine.disagreement_ == n_differ / 270
    assert (mine.search_, mine.recall_) == ("approximate", 0.8)
