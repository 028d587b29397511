"""SMOTETomek: imbalanced-learn's rows in its order, and where each of them comes from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn import combine as theirs
from imblearn import over_sampling as their_over
from imblearn import under_sampling as their_under
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast import over_sampling as ours_over
from smotefast import under_sampling as ours_under
from smotefast.combine import SMOTETomek
from tests.same_rows import assert_equal, classes

SIZES = (90, 25, 60)


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return SMOTETomek(**kwargs), theirs.SMOTETomek(**kwargs)


def assert_same(mine, other, X, y):
    """Compare what both return, and which rows they took away."""
    X_mine, y_mine = mine.fit_resample(X, y)
    X_other, y_other = other.fit_resample(X, y)
    assert_equal(X_mine, X_other)
    assert_equal(y_mine, y_other)
    np.testing.assert_array_equal(mine.tomek_.sample_indices_, other.tomek_.sample_indices_)
    assert dict(mine.sampling_strategy_) == dict(other.smote_.sampling_strategy_)


@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(6, 90), min_size=2, max_size=5),
    n_features=st.integers(1, 25),
    dtype=st.sampled_from([np.float32, np.float64]),
    cleaned=st.sampled_from(["all", "majority", "not majority", [1]]),
)
@settings(max_examples=50, deadline=None)
def test_smote_tomek__gives_imbalanced_learns_rows(seed, sizes, n_features, dtype, cleaned):
    X, y = classes(seed, sizes, n_features, dtype)
    mine, other = pair(random_state=seed)
    if cleaned != "all":
        mine.set_params(tomek=ours_under.TomekLinks(sampling_strategy=cleaned))
        other.set_params(tomek=their_under.TomekLinks(sampling_strategy=cleaned))
    assert_same(mine, other, X, y)


@pytest.mark.parametrize("seed", range(4))
def test_smote_tomek__takes_both_rows_of_links_away(seed):
    X, y = classes(seed, SIZES)
    mine, other = pair(random_state=seed)
    assert_same(mine, other, X, y)
    all_rows, labels = ours_over.SMOTE(random_state=seed).fit_resample(X, y)
    gone = np.delete(np.arange(270), mine.tomek_.sample_indices_)
    apart = np.linalg.norm(all_rows[:, np.newaxis] - all_rows, axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    links = (nearest[nearest] == np.arange(270)) & (labels[nearest] != labels)
    np.testing.assert_array_equal(gone, np.flatnonzero(links))
    assert len(gone)


def test_smote_tomek__gives_imbalanced_learns_rows_on_thousands():
    mine, other = pair()
    assert_same(mine, other, *classes(0, (4_000, 600, 1_500), 12))
    assert mine.smote_.search_ == mine.tomek_.search_ == "exact"


@pytest.mark.parametrize("strategy", ["minority", "not minority", "all", {1: 70, 2: 60}, {}])
def test_smote_tomek__follows_every_strategy(strategy):
    assert_same(*pair(sampling_strategy=strategy), *classes(5, SIZES))


def test_smote_tomek__follows_a_ratio_and_a_callable():
    for strategy in (0.7, lambda y: {1: int((y == 1).sum()) + 9}):
        assert_same(*pair(sampling_strategy=strategy), *classes(5))


def test_smote_tomek__continues_a_random_state_across_calls():
    one, two = np.random.RandomState(9), np.random.RandomState(9)
    for seed in range(3):
        mine, other = pair(random_state=one)[0], pair(random_state=two)[1]
        assert_same(mine, other, *classes(seed, SIZES))
    assert one.uniform() == two.uniform()


def test_smote_tomek__draws_from_numpys_global_generator_without_a_seed():
    X, y = classes(4, SIZES)
    mine, other = pair(random_state=None)
    np.random.seed(8)
    expected, state = other.fit_resample(X, y)[0], np.random.uniform()
    np.random.seed(8)
    np.testing.assert_array_equal(mine.fit_resample(X, y)[0], expected)
    assert np.random.uniform() == state


def integer_columns(pd, width, with_floats):
    X, y = classes(8, SIZES)
    columns = {"a": (X[:, 0] * width).astype(np.int32), "b": (X[:, 1] * width).astype(int)}
    if with_floats:
        columns |= {"c": X[:, 2], "d": X[:, 3].astype(np.float32)}
    frame = pd.DataFrame(columns, index=y * 7)
    return frame, pd.Series(np.array(["z", "few", "many"])[y], name="label")


@pytest.mark.parametrize("width", [0.5, 2, 60, 100_000])
def test_integer_columns__are_not_rounded_between_the_steps(width):
    pd = pytest.importorskip("pandas")
    frame, labels = integer_columns(pd, width, with_floats=True)
    mine, other = pair()
    assert_same(mine, other, frame, labels)
    X_new, _ = mine.fit_resample(frame, labels)
    assert list(X_new.dtypes) == list(frame.dtypes)
    as_floats = pair()[0]
    as_floats.fit_resample(frame.to_numpy().astype(float), labels)
    kept = list(mine.tomek_.sample_indices_)
    assert kept == list(as_floats.tomek_.sample_indices_)
    if width == 0.5:  # where rounding makes a difference
        after = ours_under.TomekLinks(sampling_strategy="all")
        after.fit_resample(*ours_over.SMOTE(random_state=0).fit_resample(frame, labels))
        assert kept != list(after.sample_indices_)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_integers_alone__give_imbalanced_learns_rows(dtype):
    pd = pytest.importorskip("pandas")
    X, y = classes(3, SIZES, 6)
    assert_same(*pair(), (X * 1e5).astype(dtype), y)
    assert_same(*pair(), *integer_columns(pd, 100_000, with_floats=False))


def test_polars_and_arrow_frames__give_the_rows_of_pandas():
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    X, y = classes(9, SIZES)
    columns = {"a": (X[:, 0] * 10).astype(np.int32), "b": X[:, 1].astype(np.float32)}
    columns["c"] = X[:, 2]
    expected, y_expected = pair()[1].fit_resample(pd.DataFrame(columns), y)
    for frame in (pl.DataFrame(columns), pa.table(columns)):
        X_new, y_new = pair()[0].fit_resample(frame, y)
        assert type(X_new) is type(frame)
        assert X_new.schema == frame.schema
        pd.testing.assert_frame_equal(X_new.to_pandas(), expected)
        np.testing.assert_array_equal(y_new, y_expected)


def test_lists__come_back_as_lists():
    X, y = classes(9, SIZES)
    assert_same(*pair(), X.tolist(), y.tolist())
    numbers = (X * 1e5).astype(int)
    assert_same(*pair(), numbers.tolist(), y.tolist())


@pytest.mark.parametrize("flavour", ["csr_matrix", "csr_array", "csc_matrix", "csc_array"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_rows__are_those_of_imbalanced_learn(flavour, dtype):
    dense, y = classes(6, SIZES, 15, dtype)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    assert_same(*pair(), getattr(sparse, flavour)(dense), y)


def test_sparse_pandas_columns__go_through_both_steps():
    pd = pytest.importorskip("pandas")
    dense, y = classes(6, SIZES, 15)
    dense[np.random.default_rng(0).random(dense.shape) < 0.6] = 0
    frame = pd.DataFrame(dense).astype(pd.SparseDtype(float, 0.0))
    X_new, y_new = pair()[0].fit_resample(frame, y)
    expected, y_expected = pair()[1].fit_resample(sparse.csr_matrix(dense), y)
    assert all(isinstance(each, pd.SparseDtype) for each in X_new.dtypes)
    np.testing.assert_array_equal(X_new.to_numpy(), expected.toarray())
    np.testing.assert_array_equal(y_new, y_expected)


STEPS = {
    "smote": {"k_neighbors": 3, "random_state": 5, "sampling_strategy": {1: 80}},
    "tomek": {"sampling_strategy": [2]},
}


@pytest.mark.parametrize("given_steps", [["smote"], ["tomek"], ["smote", "tomek"]])
@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_given_steps__are_used_as_they_are(given_steps, whose):
    makers = {
        "ours": {"smote": ours_over.SMOTE, "tomek": ours_under.TomekLinks},
        "theirs": {"smote": their_over.SMOTE, "tomek": their_under.TomekLinks},
    }
    mine, other = pair(random_state=1)
    for name in given_steps:
        kwargs = STEPS[name]
        own = makers[whose][name](**kwargs)
        mine.set_params(**{name: own})
        other.set_params(**{name: makers["theirs"][name](**kwargs)})
        assert mine.get_params()[name] is own
    assert_same(mine, other, *classes(7, SIZES))
    for name in given_steps:
        assert getattr(mine, f"{name}_") is not getattr(mine, name)
        assert type(getattr(mine, f"{name}_")) is type(getattr(mine, name))
        assert not hasattr(getattr(mine, name), "sampling_strategy_")


def test_given_steps__may_be_of_other_kinds_and_have_estimators():
    X, y = classes(7, SIZES)
    over = ours_over.SMOTE(k_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"))
    under = ours_under.OneSidedSelection(sampling_strategy="all", random_state=4)
    sampler = SMOTETomek(smote=over.set_params(random_state=2), tomek=under)
    X_new, y_new = sampler.fit_resample(X, y)
    expected, y_expected = under.fit_resample(*over.fit_resample(X, y))
    np.testing.assert_array_equal(X_new, expected)
    np.testing.assert_array_equal(y_new, y_expected)
    assert sampler.smote_.search_ == "estimator"


def test_search__reaches_both_steps():
    X, y = classes(0, (3_000, 1_500), 6)
    sampler = SMOTETomek(random_state=0, search="approximate", n_jobs=2)
    sampler.fit_resample(X, y)
    for step in (sampler.smote_, sampler.tomek_):
        assert (step.search, step.n_jobs) == ("approximate", 2)
    assert sampler.tomek_.search_ == "approximate"
    assert 0 <= sampler.tomek_.disagreement_ < 0.1
    sampler.set_params(tomek=ours_under.TomekLinks()).fit_resample(X, y)
    assert (sampler.tomek_.search, sampler.tomek_.search_) == ("auto", "exact")
