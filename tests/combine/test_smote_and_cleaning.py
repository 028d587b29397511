"""SMOTEENN and SMOTETomek: what both do, beside imbalanced-learn."""

import numpy as np
import pytest
from imblearn import over_sampling as their_over
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast import over_sampling as ours_over
from tests.helpers.combinations import ENN, SIZES, TOMEK
from tests.helpers.datasets import classes


@pytest.fixture(params=[ENN, TOMEK], ids=lambda kind: kind.name)
def kind(request):
    return request.param


def integer_columns(pd, width, with_floats):
    X, y = classes(8, SIZES)
    columns = {"a": (X[:, 0] * width).astype(np.int32), "b": (X[:, 1] * width).astype(int)}
    if with_floats:
        columns |= {"c": X[:, 2], "d": X[:, 3].astype(np.float32)}
    frame = pd.DataFrame(columns, index=y * 7)
    return frame, pd.Series(np.array(["z", "few", "many"])[y], name="label")


@pytest.mark.parametrize("width", [0.5, 2, 60, 100_000])
def test_integer_columns__are_not_rounded_between_the_steps(kind, width):
    pd = pytest.importorskip("pandas")
    frame, labels = integer_columns(pd, width, with_floats=True)
    mine, other = kind.pair()
    kind.assert_same(mine, other, frame, labels)
    X_new, _ = mine.fit_resample(frame, labels)
    assert list(X_new.dtypes) == list(frame.dtypes)
    as_floats = kind.pair()[0]
    as_floats.fit_resample(frame.to_numpy().astype(float), labels)
    kept = list(kind.cleaned(mine).sample_indices_)
    assert kept == list(kind.cleaned(as_floats).sample_indices_)
    if width == 0.5:  # where rounding makes a difference
        after = kind.ours(sampling_strategy="all")
        after.fit_resample(*ours_over.SMOTE(random_state=0).fit_resample(frame, labels))
        assert kept != list(after.sample_indices_)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_integers_alone__give_imbalanced_learns_rows(kind, dtype):
    pd = pytest.importorskip("pandas")
    X, y = classes(3, SIZES, 6)
    kind.assert_same(*kind.pair(), (X * 1e5).astype(dtype), y)
    kind.assert_same(*kind.pair(), *integer_columns(pd, 100_000, with_floats=False))


def test_lists__come_back_as_lists(kind):
    X, y = classes(9, SIZES)
    kind.assert_same(*kind.pair(), X.tolist(), y.tolist())
    numbers = (X * 1e5).astype(int)
    kind.assert_same(*kind.pair(), numbers.tolist(), y.tolist())


def test_sparse_pandas_columns__go_through_both_steps(kind):
    pd = pytest.importorskip("pandas")
    dense, y = classes(6, SIZES, 15)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    frame = pd.DataFrame(dense).astype(pd.SparseDtype(float, 0.0))
    X_new, y_new = kind.pair()[0].fit_resample(frame, y)
    expected, y_expected = kind.pair()[1].fit_resample(sparse.csr_matrix(dense), y)
    assert all(isinstance(each, pd.SparseDtype) for each in X_new.dtypes)
    np.testing.assert_array_equal(X_new.to_numpy(), expected.toarray())
    np.testing.assert_array_equal(y_new, y_expected)


OVER = {"k_neighbors": 3, "random_state": 5, "sampling_strategy": {1: 80}}


@pytest.mark.parametrize("given_steps", [["over"], ["clean"], ["over", "clean"]])
@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_given_steps__are_used_as_they_are(kind, given_steps, whose):
    steps = {
        "over": ("smote", ours_over.SMOTE, their_over.SMOTE, OVER),
        "clean": (kind.step, kind.ours, kind.theirs, kind.parameters),
    }
    mine, other = kind.pair(random_state=1)
    for name, our_maker, their_maker, kwargs in map(steps.get, given_steps):
        step = (our_maker if whose == "ours" else their_maker)(**kwargs)
        mine.set_params(**{name: step})
        other.set_params(**{name: their_maker(**kwargs)})
        assert mine.get_params()[name] is step
    kind.assert_same(mine, other, *classes(7, SIZES))
    for name, *_ in map(steps.get, given_steps):
        assert getattr(mine, f"{name}_") is not getattr(mine, name)
        assert type(getattr(mine, f"{name}_")) is type(getattr(mine, name))
        assert not hasattr(getattr(mine, name), "sampling_strategy_")


def test_given_steps__may_be_of_other_kinds_and_have_estimators(kind):
    X, y = classes(7, SIZES)
    over = ours_over.SMOTE(k_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"))
    steps = {"smote": over.set_params(random_state=2), kind.step: kind.other}
    sampler = kind.pair()[0].set_params(**steps)
    X_new, y_new = sampler.fit_resample(X, y)
    expected, y_expected = kind.other.fit_resample(*over.fit_resample(X, y))
    np.testing.assert_array_equal(X_new, expected)
    np.testing.assert_array_equal(y_new, y_expected)
    assert sampler.smote_.search_ == "estimator"


def test_search__reaches_both_steps(kind):
    X, y = classes(0, (3_000, 1_500), 6)
    sampler = kind.pair()[0].set_params(search="approximate", n_jobs=2)
    sampler.fit_resample(X, y)
    for step in (sampler.smote_, kind.cleaned(sampler)):
        assert (step.search, step.n_jobs) == ("approximate", 2)
    assert kind.cleaned(sampler).search_ == "approximate"
    assert 0 <= kind.cleaned(sampler).disagreement_ < 0.1
    sampler.set_params(**{kind.step: kind.ours()}).fit_resample(X, y)
    cleaned = kind.cleaned(sampler)
    assert (cleaned.search, cleaned.search_) == ("auto", "exact")
