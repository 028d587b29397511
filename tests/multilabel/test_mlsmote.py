"""MLSMOTE: rows between rows of a label, label sets, categories, containers."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from scipy.stats import kstest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

from smotefast import ResamplingWarning
from smotefast.multilabel import MLSMOTE, label_imbalance
from tests.helpers import reference_multilabel as reference


def data(n=90, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = (rng.random((n, 5)) < [0.8, 0.5, 0.3, 0.12, 0.12]).astype(int)
    y[:, 4] &= 1 - y[:, 3]
    return X, y


def mixed(n=90):
    X, y = data(n)
    rng = np.random.default_rng(1)
    # Numbers so near to each other that the categories count.
    frame = pd.DataFrame(X[:, :2] / 5, columns=["a", "b"]).round(2)
    frame["color"] = np.where(
        y[:, 3] > rng.random(n) / 2, "red", rng.choice(["blue", "pink"], n)
    )
    frame["shape"] = pd.Categorical(rng.choice(["round", "square", "flat"], n))
    return frame, y


def coordinates(X, y, label):
    """Return the numbers of each row, and the shares of its categories that have a label."""
    numbers = X.select_dtypes("number").to_numpy().tolist()
    texts = [X[name].astype(str) for name in X if X[name].dtype.kind not in "if"]
    shares = [pd.Series(y[:, label]).groupby(text).transform("mean") for text in texts]
    return numbers, list(zip(*shares, strict=True)) if shares else [()] * len(X)


def nearest(numbers, shares, candidates, row, k):
    """Return the k nearest candidates of a row, by the paper's distance."""
    pairs = [
        (reference.euclid_and_vdm(numbers[row], numbers[i], shares[row], shares[i]), i)
        for i in candidates
        if i != row
    ]
    return [i for _, i in sorted((round(distance, 12), i) for distance, i in pairs)[:k]]


@pytest.mark.parametrize(
    ("kind", "k", "with_categories"),
    [
        ("ranking", 4, False),
        ("union", 5, False),
        ("intersection", 2, False),
        ("ranking", 5, True),
        ("union", 2, True),
    ],
)
def test_samples__are_those_of_the_paper(kind, k, with_categories):
    X, y = mixed() if with_categories else data()
    X = pd.DataFrame(X)
    sampler = MLSMOTE(label_set=kind, k_neighbors=k, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    mean = reference.mean_ir(y.tolist())
    minority = [j for j, ratio in enumerate(reference.irlbl(y.tolist())) if ratio > mean]
    assert sampler.minority_labels_.tolist() == minority == [3, 4]
    rows, samples = X.to_numpy().tolist(), X_new.to_numpy().tolist()[len(X) :]
    draws = zip(samples, y_new[len(X) :].tolist(), *sampler.provenance_, strict=True)
    for label in minority:
        bag = np.flatnonzero(y[:, label]).tolist()
        numbers, shares = coordinates(X, y, label)
        for row in bag:
            sample, labels, base, neighbor, step = next(draws)
            near = nearest(numbers, shares, bag, row, k)
            assert base == row
            assert neighbor in near
            for j, value in enumerate(sample):
                votes = [rows[i][j] for i in near]
                if isinstance(value, str):
                    assert votes.count(value) == max(map(votes.count, votes))
                else:
                    one, other = rows[base][j], rows[neighbor][j]
                    assert value == pytest.approx(one + step * (other - one))
            assert labels == reference.label_set(y[[base, *near]].tolist(), kind)
    assert next(draws, None) is None
    np.testing.assert_array_equal(y_new[: len(X)], y)
    pd.testing.assert_frame_equal(X_new[: len(X)], X)


def test_neighbors_and_steps__are_drawn_uniformly():
    X, y = data(4_000)
    sampler = MLSMOTE(k_neighbors=3, random_state=0)
    sampler.fit_resample(X, y)
    _, _, step = sampler.provenance_
    assert kstest(step, "uniform").pvalue > 1e-3
    other = MLSMOTE(k_neighbors=3, random_state=1)
    other.fit_resample(X, y)
    changed = sampler.provenance_.neighbor != other.provenance_.neighbor
    assert changed.mean() == pytest.approx(2 / 3, abs=0.06)


def test_imbalance__is_lower_after():
    X, y = data(400)
    _, y_new = MLSMOTE(random_state=0).fit_resample(X, y)
    assert label_imbalance(y_new).mean_ir < 0.8 * label_imbalance(y).mean_ir


def test_sparse_rows__get_the_samples_of_dense_rows():
    X, y = data()
    X[X < 0] = 0
    expected, y_expected = MLSMOTE(random_state=0).fit_resample(X, y)
    given = sparse.csr_array(X), sparse.csc_matrix(y)
    found, y_found = MLSMOTE(random_state=0).fit_resample(*given)
    assert (type(found), type(y_found)) == tuple(map(type, given))
    np.testing.assert_allclose(found.toarray(), expected)
    np.testing.assert_array_equal(y_found.toarray(), y_expected)


def test_frames__come_back_in_their_type():
    X, y = mixed()
    expected, y_expected = MLSMOTE(random_state=0).fit_resample(X, y)
    assert expected.dtypes.tolist() == X.dtypes.tolist()
    names = list("abcde")
    given = pl.from_pandas(X), pl.DataFrame(y, schema=names)
    found, y_found = MLSMOTE(random_state=0).fit_resample(*given)
    assert (type(found), y_found.columns) == (pl.DataFrame, names)
    pd.testing.assert_frame_equal(found.to_pandas().astype(str), expected.astype(str))
    np.testing.assert_array_equal(y_found.to_numpy(), y_expected)
    only = X[["color", "shape"]]
    found, _ = MLSMOTE(random_state=0).fit_resample(only, y)
    assert len(found) == len(y_expected)


def test_threads__do_not_change_the_samples():
    X, y = data(500)
    one, other = (MLSMOTE(random_state=0, n_jobs=n).fit_resample(X, y) for n in (1, 3))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[1], other[1])


def test_rare_labels__use_the_rows_they_have_and_say_so():
    X, y = data()
    y[:, 3:] = 0
    y[:3, 3] = y[5, 4] = 1
    with pytest.warns(
        ResamplingWarning, match="Label 3 has 3 rows.*use 2.*Label 4 has one row"
    ):
        X_new, y_new = MLSMOTE(random_state=0).fit_resample(X, y)
    assert (len(X_new) - 90, y_new[90:, 3].tolist()) == (3, [1, 1, 1])


def test_balanced_labels__get_no_samples():
    X, y = data()
    y = np.ones((90, 2), dtype=int)
    sampler = MLSMOTE(random_state=0)
    with pytest.warns(ResamplingWarning, match="MLSMOTE adds no samples.*the mean, 1"):
        X_new, y_new = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    assert (y_new.shape, sampler.search_, len(sampler.provenance_.base)) == ((90, 2), None, 0)


def test_sampler__is_a_scikit_learn_estimator():
    X, y = mixed()
    sampler = MLSMOTE(label_set="union", random_state=0)
    assert clone(sampler).get_params() == sampler.get_params()
    X_new, y_new = pickle.loads(pickle.dumps(sampler)).fit_resample(X, y)
    sampler.fit_resample(X, y)
    pd.testing.assert_frame_equal(sampler.fit_resample(X, y)[0], X_new)
    assert sampler.feature_names_in_.tolist() == list(X)
    assert sampler.n_features_in_ == 4
    tags = sampler.__sklearn_tags__().target_tags
    assert (tags.multi_output, tags.two_d_labels, tags.single_output) == (True, True, False)
    positions = np.r_[np.arange(90), sampler.provenance_.base]
    np.testing.assert_array_equal(sampler.resample_aligned(np.arange(90)), positions)
    numbers = X_new[["a", "b"]]
    np.testing.assert_allclose(sampler.resample_aligned(X[["a", "b"]], "interpolate"), numbers)
    model = MultiOutputClassifier(LogisticRegression()).fit(numbers, y_new)
    assert model.predict(numbers).shape == y_new.shape


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (np.where(X > 2, np.nan, X), y), "NaN.*Impute"),
        (lambda X, y: (X[:-1], y), "X has 89 rows and y has 90"),
        (lambda X, y: (X, y[:, 0]), "one dimension"),
    ],
)
def test_data__are_refused_with_advice(change, message):
    with pytest.raises(ValueError, match=message):
        MLSMOTE().fit_resample(*change(*data()))


@pytest.mark.parametrize("categorical_features", [[0], [99], ["zz"], "auto"])
def test_categories_in_sparse_rows__are_refused(categorical_features):
    X, y = data()
    with pytest.raises(ValueError, match=r"X is sparse.*categorical_features=.*X.toarray"):
        MLSMOTE(categorical_features=categorical_features).fit(sparse.csr_array(X), y)


@pytest.mark.parametrize("parameters", [{"label_set": "rank"}, {"k_neighbors": 0}])
def test_parameters__are_refused_by_name(parameters):
    with pytest.raises(ValueError, match=f"'{next(iter(parameters))}' parameter"):
        MLSMOTE(**parameters).fit_resample(*data())
