"""SMOTENC: imbalanced-learn's rows on data without ties, and majority votes."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn import over_sampling as theirs

from smotefast.engine import majority_vote as votes
from smotefast.over_sampling import SMOTENC
from tests.helpers.assertions import assert_equal, assert_same
from tests.helpers.datasets import mixed
from tests.helpers.distance_ties import mixed_has_ties, without_ties
from tests.helpers.hypothesis_examples import examples
from tests.helpers.mixed_tables import as_frame, as_objects, other_frames, pair


@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(7, 90), min_size=2, max_size=4),
    n_numeric=st.integers(1, 20),
    n_categories=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    kind=st.sampled_from([np.float32, np.float64, object]),
    k=st.integers(1, 6),
    order=st.randoms(),
)
@examples(100)
def test_smote_nc__gives_imbalanced_learns_rows(
    seed, sizes, n_numeric, n_categories, kind, k, order
):
    shape = (sizes, n_numeric, n_categories, np.float64 if kind is object else kind)
    tied = partial(mixed_has_ties, n_numeric=n_numeric)
    X, y = without_ties(mixed, seed, *shape, tied=tied)
    X = as_objects(X, n_numeric) if kind is object else X
    columns = list(range(n_numeric, X.shape[1]))
    order.shuffle(columns)
    mine, other = pair(columns, random_state=seed, k_neighbors=k)
    assert_same(mine, other, X, y)
    assert mine.median_std_.keys() == other.median_std_.keys()
    rtol = 1e-5 if X.dtype == np.float32 else 1e-12
    for label, median in other.median_std_.items():
        np.testing.assert_allclose(mine.median_std_[label], median, rtol=rtol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smote_nc__gives_imbalanced_learns_rows_on_thousands(dtype):
    X, y = mixed(0, (4_000, 1_500, 800), 10, (5, 12, 3), dtype)
    strategy = {1: 2_000, 2: 4_000}  # fewer new rows than rows, and more
    mine, other = pair((10, 11, 12), sampling_strategy=strategy)
    assert_same(mine, other, X, y)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_smote_nc__of_integers_beyond_the_truncated_weight_gives_imbalanced_learns_rows(dtype):
    X, y = mixed(2)
    X[:, :3] = np.abs(X[:, :3]) * 3e3  # a weight of thousands: its truncation orders nothing
    mine, other = pair()
    X_mine = mine.fit_resample(X.astype(dtype), y)[0]
    assert X_mine.dtype == dtype
    if dtype != np.uint16:  # theirs wraps around
        assert_equal(X_mine, other.fit_resample(X.astype(dtype), y)[0])
    else:
        top = X[y == 1].astype(dtype).max(axis=0)
        assert (X_mine[len(y) :][mine.fit_resample(X, y)[1][len(y) :] == 1] <= top).all()


@pytest.mark.parametrize("as_a_frame", [False, True])
@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_smote_nc__of_small_integers_lets_the_majority_decide(dtype, as_a_frame):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [240, 40])
    X = np.column_stack([rng.integers(0, 3, (280, 2)), rng.integers(0, 6, 280)])
    X[y == 1, 2] = 0  # all of the small class have category 0
    container = X.astype(dtype)
    if as_a_frame:
        container = pytest.importorskip("pandas").DataFrame(container, columns=list("abc"))
    new = np.asarray(SMOTENC([2], random_state=0).fit_resample(container, y)[0])[280:, 2]
    assert (new == 0).all()
    other = np.asarray(theirs.SMOTENC([2], random_state=0).fit_resample(container, y)[0])[
        280:, 2
    ]
    assert ((other == 0).mean() < 0.5) == (dtype == np.int64)  # weight 0.6 was cut to 0


def test_smote_nc__of_numbers_of_tiny_scale_lets_the_majority_decide():
    X, y = mixed(3, (240, 40), 2, (6,))
    X[y == 1, 2] = 0
    X[:, :2] *= 1e-10
    new = SMOTENC([2], random_state=0).fit_resample(X, y)[0][280:, 2]
    assert (new == 0).all()
    other = theirs.SMOTENC([2], random_state=0).fit_resample(X, y)[0][280:, 2]
    assert (other == 0).mean() < 0.5


def test_smote_nc__of_constant_numbers_keeps_them_and_votes():
    X, y = mixed(4, (60, 25))
    X[y == 1, :3] = 3.0
    sampler = SMOTENC([3, 4], random_state=0)
    new = sampler.fit_resample(X, y)[0][85:]
    assert sampler.median_std_ == {1: 0.0}
    assert (new[:, :3] == 3.0).all()
    _check_votes(sampler, X, new)


def test_smote_nc__of_mostly_constant_numbers_gives_imbalanced_learns_rows():
    X, y = mixed(4, (60, 25))
    X[y == 1, :2] = 3.0  # the median is 0, and one column still orders all rows
    assert_same(*pair(), X, y)


def _check_votes(sampler, X, new):
    """Every new category has the most votes among the neighbors of the base row."""
    (origins,) = sampler._origins
    rows = origins.draws.choices(0, len(new)) // origins.neighbors.shape[1]
    for i, row in enumerate(rows):
        voters = X[origins.pool_positions[origins.neighbors[row]]]
        for j in sampler.categorical_features_:
            votes_for = {value: int((voters[:, j] == value).sum()) for value in voters[:, j]}
            assert votes_for[new[i, j]] == max(votes_for.values())


@given(seed=st.integers(0, 9999), n_categories=st.integers(1, 9), k=st.integers(1, 7))
@examples(30)
def test_smote_nc__votes_with_all_neighbors_of_the_base_row(seed, n_categories, k):
    X, y = mixed(seed, (40, 15), 2, (n_categories, 3))
    sampler = SMOTENC([2, 3], random_state=seed, k_neighbors=k)
    new = sampler.fit_resample(X, y)[0][55:]
    _check_votes(sampler, X, new)
    base, neighbor, step = sampler.provenance_
    difference = X[neighbor, :2] - X[base, :2]
    np.testing.assert_array_equal(X[base, :2] + step[:, None] * difference, new[:, :2])
    for j in (2, 3):
        assert set(new[:, j]) <= set(X[y == 1, j])


@pytest.mark.parametrize("seed", range(5))
def test_smote_nc__gives_the_same_rows_with_and_without_kernels(seed, monkeypatch):
    X, y = mixed(seed, (300, 100, 50), 3, (5, 2, 9))
    results = []
    for loaded in (True, False):
        monkeypatch.setattr(votes, "kernels_are_loaded", lambda loaded=loaded: loaded)
        results.append(SMOTENC([5, 3, 4], random_state=seed).fit_resample(X, y)[0])
    np.testing.assert_array_equal(*results)


def test_smote_nc__does_not_change_its_input_and_leaves_balanced_data_alone():
    frame, y = as_frame()
    kept = frame.copy(deep=True)
    SMOTENC(["kind", "flag", "name"], random_state=0).fit_resample(frame, y)
    assert_equal(frame, kept)
    columns = ["kind", "flag", "name"]
    for given_frame in (frame, *other_frames(frame)):
        half = given_frame[:50]
        out, labels = SMOTENC(columns).fit_resample(half, np.arange(len(half)) % 2)
        assert len(out) == len(labels) == len(half)


def bad(name):
    X, y = mixed(0)
    if name == "text":
        X = as_objects(X)
    elif name == "frame":
        X = as_frame()[0]
    return X, y


@pytest.mark.parametrize(
    ("name", "kwargs", "words"),
    [
        ("", {"categorical_features": range(5)}, "not designed to work only with categorical"),
        ("", {"categorical_features": []}, "not designed to work only with numerical"),
        ("", {"categorical_features": [False] * 5}, "only with numerical.*Use SMOTE, or name"),
        ("", {"categorical_features": [5]}, r"all features must be in \[0, 4\]"),
        ("", {"categorical_features": [-6, 0]}, r"all features must be in \[0, 4\]"),
        ("", {"categorical_features": [True] * 3}, "mask of 3 values, and X has 5 columns"),
        ("", {"categorical_features": [3, 3]}, "names a column twice"),
        ("", {"categorical_features": [4, -1]}, "names a column twice"),
        ("", {"categorical_features": [[3]]}, "list of positions, names or booleans"),
        ("", {"categorical_features": [3.0]}, "give one type"),
        ("", {"categorical_features": ["a"]}, "only supported for dataframes"),
        ("", {"categorical_features": "auto"}, "input data should be a pandas.DataFrame"),
        ("frame", {"categorical_features": ["kind", "q"]}, r"has 'q'\. The columns are"),
        ("frame", {"categorical_features": ["kind"]}, "Column 'name' of X is"),
        ("frame", {"categorical_features": ["kind", "kind"]}, "names a column twice"),
        ("text", {"categorical_features": [4]}, "could not convert string to float"),
        ("", {"k_neighbors": 25}, r"Expected n_neighbors <= n_samples_fit.*class 1"),
    ],
)
def test_smote_nc__refuses_in_plain_words(name, kwargs, words):
    kwargs = {"categorical_features": [3, 4], **kwargs}
    with pytest.raises(ValueError, match=words):
        SMOTENC(**kwargs).fit_resample(*bad(name))


def test_smote_nc__refuses_categories_that_cannot_be_compared():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(40.0), "b": [[1, 2]] * 40})
    words = "Column 'b' of X holds values that cannot be categories"
    with pytest.raises(ValueError, match=words):
        SMOTENC(["b"]).fit_resample(frame, np.repeat([0, 1], [25, 15]))
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(ValueError, match=words):
        SMOTENC(["b"]).fit_resample(pa.table(dict(frame)), np.repeat([0, 1], [25, 15]))
