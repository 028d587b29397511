"""CondensedNearestNeighbour and OneSidedSelection: the condensed nearest neighbor rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import under_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast import under_sampling as ours
from smotefast.under_sampling import _condensing
from smotefast.under_sampling._condensing import StoreClassifier, condense_class
from tests.helpers import reference_search as naive_pool
from tests.helpers.assertions import assert_same_choice
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples

NAMES = ["CondensedNearestNeighbour", "OneSidedSelection"]
SIZES = (90, 25, 60)
both_samplers = pytest.mark.parametrize("name", NAMES)


def pair(name, **kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return getattr(ours, name)(**kwargs), getattr(theirs, name)(**kwargs)


def test_condensed__accepts_sparse_arrays_where_imbalanced_learn_raises():
    X, y = classes(6, (40, 15))
    mine, other = pair("CondensedNearestNeighbour")
    with pytest.raises(ValueError, match=r"2D|1D|reshape|dimension"):
        other.fit_resample(sparse.csr_array(X), y)  # a row of an array has one dimension
    mine.fit_resample(sparse.csr_array(X), y)
    other.fit_resample(X, y)
    np.testing.assert_array_equal(mine.sample_indices_, other.sample_indices_)


@pytest.mark.parametrize(("scale", "message"), [(1e160, "no comparable"), (1e-165, "vanish")])
@pytest.mark.parametrize("name", ["CondensedNearestNeighbour", "OneSidedSelection"])
def test_numbers_without_squares__are_refused(name, scale, message):
    X, y = classes(3, (90, 25, 60))
    with pytest.raises(ValueError, match=message):
        getattr(ours, name)(random_state=0).fit_resample(X * scale, y)


def test_one_sided_selection__goes_on_where_all_rows_of_a_class_are_in_its_store():
    X, y = classes(9, (30, 5, 5))
    mine, other = pair("OneSidedSelection", n_seeds_S=200, sampling_strategy=[1])
    with pytest.raises(ValueError, match="0 sample"):
        other.fit_resample(X, y)
    mine.fit_resample(X, y)
    first, searched, last = (np.flatnonzero(y == label) for label in range(3))
    drawn = np.random.RandomState(0).randint(0, 5, 200)
    kept = np.concatenate([first, searched[drawn], last])
    links = theirs.TomekLinks(sampling_strategy=[1])
    links.fit_resample(X[kept], y[kept])
    np.testing.assert_array_equal(mine.sample_indices_, kept[links.sample_indices_])


@both_samplers
def test_stores__start_with_the_lowest_label_of_equally_small_classes(name):
    X, _ = classes(6, (60,))
    y = np.repeat([2, 0, 1], [15, 30, 15])
    mine, other = pair(name)
    for sampler in (mine, other):
        sampler.fit_resample(X, y)
        assert list(sampler.sampling_strategy_) == [0, 2]
    assert [list(each.classes_) for each in mine.estimators_] == [[0, 1], [1, 2]]
    assert [list(each.classes_) for each in other.estimators_] == [[0, 2], [2]]
    assert (y[mine.sample_indices_] == 1).sum() == 15
    first = np.roll(np.arange(60), 15)  # where imbalanced-learn starts with that class as well
    assert_same_choice(*pair(name), X[first], y[first])


@both_samplers
@pytest.mark.parametrize("k", [None, 4, KNeighborsClassifier(3, weights="distance")])
def test_estimators__predict_what_imbalanced_learns_do(name, k):
    X, y = classes(7, SIZES)
    y = np.array(["z", "few", "many"])[y]
    mine, other = pair(name, n_neighbors=k, n_seeds_S=4)
    mine.fit_resample(X, y)
    other.fit_resample(X, y)
    assert len(mine.estimators_) == len(other.estimators_) == 2
    asked = np.random.default_rng(0).normal(size=(400, 4)) * 4
    for one, two in zip(mine.estimators_, other.estimators_, strict=True):
        assert one.n_samples_fit_ == two.n_samples_fit_
        assert one.n_neighbors == two.n_neighbors
        np.testing.assert_array_equal(one.predict(asked), two.predict(asked))


@both_samplers
def test_estimators__do_not_exist_before_resampling(name):
    sampler = pair(name)[0].fit(*classes(7, SIZES))
    with pytest.raises(AttributeError, match="has no estimators_ yet"):
        _ = sampler.estimators_


@both_samplers
@pytest.mark.parametrize("metric", ["manhattan", "chebyshev"])
def test_both__use_the_metric_of_a_classifier(name, metric):
    classifier = KNeighborsClassifier(n_neighbors=2, metric=metric)
    X, y = classes(8, SIZES)
    mine, other = pair(name, n_neighbors=classifier, n_seeds_S=3)
    assert_same_choice(mine, other, X, y)
    by_number = pair(name, n_neighbors=2, n_seeds_S=3)[0]
    by_number.fit_resample(X, y)
    assert list(by_number.sample_indices_) != list(mine.sample_indices_)
    assert not hasattr(classifier, "n_samples_fit_")


@both_samplers
def test_both__refuse_an_estimator_that_does_not_predict(name):
    mine, other = pair(name, n_neighbors=NearestNeighbors(n_neighbors=2))
    with pytest.raises(TypeError, match=r"only if it can predict: give a KNeighborsClassifier"):
        mine.fit_resample(*classes(8, SIZES))
    with pytest.raises(UnboundLocalError):
        other.fit_resample(*classes(8, SIZES))


@both_samplers
def test_both__refuse_more_neighbors_than_a_store_has_rows(name):
    for sampler in pair(name, n_neighbors=28, n_seeds_S=2):
        words = "Expected n_neighbors <= n_samples_fit, .*= 28, n_samples_fit = 27"
        with pytest.raises(ValueError, match=words):
            sampler.fit_resample(*classes(8, SIZES))
    mine, other = pair(name, n_neighbors=28, n_seeds_S=3)
    assert_same_choice(mine, other, *classes(8, SIZES))


@given(
    seed=st.integers(0, 9999),
    n_own=st.integers(65, 220),
    n_others=st.integers(4, 40),
    n_features=st.integers(1, 5),
    n_values=st.sampled_from([0, 2, 3, 9]),
    n_seeds=st.integers(1, 3),
    k=st.integers(1, 5),
    kind=st.sampled_from(["float32", "float64", "int16", "csr"]),
)
@examples(60)
def test_condense_class__classifies_rows_one_by_one_in_blocks_of_any_size(
    seed, n_own, n_others, n_features, n_values, n_seeds, k, kind
):
    rng = np.random.default_rng(seed)
    shape = (n_own + n_others, n_features)
    X = rng.integers(0, n_values, shape) if n_values else rng.normal(size=shape) * 50
    X = sparse.csr_array(X) if kind == "csr" else X.astype(kind)
    is_own = rng.permutation(np.arange(shape[0]) < n_own)
    codes = np.where(is_own, seed % 2, 1 - seed % 2).astype(np.int32)  # ties go either way
    own, others = np.flatnonzero(is_own), np.flatnonzero(~is_own)
    store = np.append(others, rng.choice(own, n_seeds))
    expected = naive_pool.condensed(X, codes, store, own, k)
    how = StoreClassifier("", k, 2)
    for n_values_at_once in (1, 100 * n_features, 1 << 30):  # 64 rows at a time, 100, or all
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_condensing, "_BLOCK", n_values_at_once)
            found = condense_class(X, codes, store, own, how)
        np.testing.assert_array_equal(found, expected)


def test_condense_class__uses_a_classifier_across_blocks(monkeypatch):
    X, y = classes(3, (200, 40))
    store = np.append(np.flatnonzero(y == 1), np.flatnonzero(y == 0)[[150]])
    found = {}
    for block in (1, 1 << 30):
        monkeypatch.setattr(_condensing, "_BLOCK", block)
        for k in (3, KNeighborsClassifier(3)):
            how = StoreClassifier("", k, 1)
            rows = np.flatnonzero(y == 0)
            found[block, type(k)] = condense_class(
                X, y.astype(np.int32), store, rows, how
            ).tolist()
    assert len({tuple(each) for each in found.values()}) == 1
    assert len(found[1, int]) > 20
