"""Weights of RandomUnderSampler: they restore the class sizes of the data."""

import pickle
from collections import Counter
from contextlib import nullcontext

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier

import smotefast
from smotefast import SMOTE, Combination, RandomUnderSampler
from tests.helpers.datasets import classes

SIZES = (600, 25, 170, 41)


def weighted_counts(sampler, y_new):
    """Add up the weights of each class of a result."""
    labels = np.asarray(y_new)
    weights = sampler.sample_weight_
    assert weights.shape == labels.shape
    assert weights.dtype == np.float64
    return {label: weights[labels == label].sum() for label in np.unique(labels).tolist()}


def assert_restored(sampler, X, y):
    _, y_new = sampler.fit_resample(X, y)
    expected = Counter(np.asarray(y).tolist())
    assert weighted_counts(sampler, y_new) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize(
    "strategy",
    ["auto", "majority", "all", {0: 7, 3: 40}, {0: 600}, lambda y: {2: 33}],
    ids=["auto", "majority", "all", "dict", "same size", "callable"],
)
def test_weights__restore_the_class_sizes(strategy, replacement):
    sampler = RandomUnderSampler(
        sampling_strategy=strategy, replacement=replacement, random_state=0
    )
    assert_restored(sampler, *classes(0, SIZES))


def test_weights__are_the_ratio_of_the_class_sizes():
    X, y = classes(0, SIZES)
    sampler = RandomUnderSampler(sampling_strategy={0: 150, 2: 170}, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.sample_weight_, np.where(y_new == 0, 4.0, 1.0))


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0])
def test_weights__restore_the_prior_of_two_classes(ratio):
    sampler = RandomUnderSampler(sampling_strategy=ratio, random_state=0)
    assert_restored(sampler, *classes(0, (900, 60)))


def test_weights__exist_for_every_type_of_data():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    X, y = classes(0, SIZES)
    text = np.array(["d", "a", "c", "b"])[y]
    names = list("pqrs")
    frame = pd.DataFrame(X, columns=names, index=np.arange(len(y))[::-1])
    for data, labels in [
        (sparse.csr_array(X), text),
        (X.tolist(), text.tolist()),
        (frame, pd.Series(text, index=frame.index)),
        (frame, pd.Series(pd.Categorical(text), index=frame.index)),
        (pl.DataFrame(X, schema=names), pl.Series(text)),
        (pa.table(dict(zip(names, X.T, strict=True))), pa.array(text)),
    ]:
        assert_restored(RandomUnderSampler(random_state=0), data, labels)


def test_a_class_without_rows_in_the_result__has_no_weight():
    X, y = classes(0, (60, 25))
    sampler = RandomUnderSampler(sampling_strategy={0: 0}, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert weighted_counts(sampler, y_new) == {1: 25}


def test_weights__multiply_those_that_the_data_have():
    X, y = classes(0, SIZES)
    given = np.random.default_rng(0).random(len(y))
    sampler = RandomUnderSampler(random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    weights = sampler.resample_aligned(given) * sampler.sample_weight_
    ratio = np.array(SIZES) / 25
    np.testing.assert_allclose(weights, given[sampler.sample_indices_] * ratio[y_new])


def test_weights__are_those_of_the_last_call():
    X, y = classes(0, SIZES)
    sampler = RandomUnderSampler(random_state=0)
    assert not hasattr(sampler, "sample_weight_")
    assert_restored(sampler, X, y)
    assert_restored(sampler, X[y > 0], y[y > 0])
    before = sampler.sample_weight_
    sampler.set_params(sampling_strategy={2: 30})
    np.testing.assert_array_equal(sampler.sample_weight_, before)
    assert_restored(sampler, X, y)
    sampler.fit(X, y)
    assert not hasattr(sampler, "sample_weight_")


def test_weights__are_absent_after_a_call_that_fails():
    X, y = classes(0, SIZES)
    sampler = RandomUnderSampler(random_state=0)
    sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="Got 1 class instead"):
        sampler.fit_resample(X, y * 0)
    with pytest.raises(AttributeError, match="has no sample_weight_ yet"):
        _ = sampler.sample_weight_


def test_changes_of_the_returned_array__do_not_change_the_sampler():
    sampler = RandomUnderSampler(random_state=0)
    _, y_new = sampler.fit_resample(*classes(0, SIZES))
    sampler.sample_weight_[:] = 0
    assert weighted_counts(sampler, y_new)[0] == pytest.approx(600)
    with pytest.raises(AttributeError):
        sampler.sample_weight_ = 1


@pytest.mark.parametrize("patched", [False, True])
def test_pickles_and_clones__keep_and_drop_the_weights(patched):
    from imblearn import under_sampling

    X, y = classes(0, SIZES)
    with smotefast.patch_imblearn() if patched else nullcontext():
        cls = under_sampling.RandomUnderSampler if patched else RandomUnderSampler
        sampler = cls(random_state=0)
        sampler.fit_resample(X, y)
        again = pickle.loads(pickle.dumps(sampler))
        np.testing.assert_array_equal(again.sample_weight_, sampler.sample_weight_)
        assert not hasattr(clone(sampler), "sample_weight_")


def test_pickles__do_not_contain_the_array():
    X, y = np.zeros((50_000, 1)), np.repeat([0, 1], [40_000, 10_000])
    sampler = RandomUnderSampler(sampling_strategy={0: 20_000}, random_state=0)
    sampler.fit_resample(X, y)
    size = len(pickle.dumps(sampler))
    assert len(sampler.sample_weight_) == 30_000
    assert len(pickle.dumps(sampler)) == size < 1.1 * sampler.sample_indices_.nbytes


def test_subclasses_and_pipelines__have_the_weights():
    class Mine(RandomUnderSampler):
        pass

    X, y = classes(0, SIZES)
    assert_restored(Mine(random_state=0), X, y)
    pipeline = make_pipeline(RandomUnderSampler(random_state=0), DecisionTreeClassifier())
    pipeline.fit(X, y)
    assert pipeline[0].sample_weight_.sum() == pytest.approx(len(y))


def test_weights_of_a_second_step__restore_the_sizes_after_the_first():
    X, y = classes(0, (900, 60))
    over = SMOTE(sampling_strategy={1: 300}, random_state=0)
    sampler = Combination(over, RandomUnderSampler(random_state=0))
    _, y_new = sampler.fit_resample(X, y)
    assert weighted_counts(sampler.selection_, y_new) == pytest.approx({0: 900, 1: 300})
