"""BorderlineSMOTE: imbalanced-learn's rows on data without ties, and what it says of none."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from smotefast.over_sampling import BorderlineSMOTE
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import classes

KINDS = ["borderline-1", "borderline-2"]
quiet = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
both_kinds = pytest.mark.parametrize("kind", KINDS)


def pair(**kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return BorderlineSMOTE(**kwargs), theirs.BorderlineSMOTE(**kwargs)


def assert_same_danger(mine, other):
    assert list(mine.in_danger_indices) == list(other.in_danger_indices)
    for label, positions in other.in_danger_indices.items():
        np.testing.assert_array_equal(mine.in_danger_indices[label], positions)


def test_borderline_2__takes_sparse_matrices_where_imbalanced_learn_raises():
    X, y = classes(6, (70, 30, 20))
    mine, other = pair(kind="borderline-2")
    with pytest.raises(ValueError, match="mismatch"):
        other.fit_resample(sparse.csr_matrix(X), y)  # it multiplies matrices
    found = mine.fit_resample(sparse.csr_matrix(X), y)[0]
    np.testing.assert_array_equal(found.toarray(), other.fit_resample(X, y)[0])


@both_kinds
def test_borderline_smote__on_sparse_data_gives_the_rows_of_dense_data(kind):
    dense, y = classes(6, (70, 30, 20), 5)
    dense[np.random.default_rng(0).random(dense.shape) < 0.3] = 0
    out = BorderlineSMOTE(random_state=0, kind=kind).fit_resample(sparse.csr_array(dense), y)[0]
    expected = BorderlineSMOTE(random_state=0, kind=kind).fit_resample(dense, y)[0]
    np.testing.assert_array_equal(out.toarray(), expected)


@both_kinds
def test_borderline_smote__fits_users_estimators_on_a_class_and_on_all_rows(kind):
    kwargs = {
        "k_neighbors": NearestNeighbors(n_neighbors=4, metric="manhattan"),
        "m_neighbors": NearestNeighbors(n_neighbors=8, metric="chebyshev"),
    }
    mine, other = pair(kind=kind, **kwargs)
    X, y = classes(1)
    assert_same(mine, other, X, y)
    assert_same_danger(mine, other)
    assert mine.nn_m_.n_samples_fit_ == len(X)
    assert mine.nn_k_.n_samples_fit_ == other.nn_k_.n_samples_fit_
    assert mine.search_ == "estimator"
    assert not hasattr(kwargs["m_neighbors"], "n_samples_fit_")


def test_borderline_smote__shows_unfitted_estimators_for_numbers():
    sampler = BorderlineSMOTE(k_neighbors=3, m_neighbors=7, random_state=0)
    for name in ("nn_k_", "nn_m_"):
        with pytest.raises(AttributeError, match=f"no {name} yet"):
            getattr(sampler, name)
    sampler.fit_resample(*classes(0))
    assert (sampler.nn_k_.n_neighbors, sampler.nn_m_.n_neighbors) == (4, 8)


def test_borderline_2__of_integers_lies_between_where_imbalanced_learn_raises():
    X, y = classes(2)
    X = (X * 1e6).astype(np.int64)
    mine, other = pair(kind="borderline-2")
    with pytest.raises(TypeError, match="Cannot cast ufunc"):
        other.fit_resample(X, y)
    new = mine.fit_resample(X, y)[0][len(X) :]
    assert new.dtype == np.int64
    base, neighbor, _ = mine.provenance_
    low, high = np.minimum(X[base], X[neighbor]), np.maximum(X[base], X[neighbor])
    assert ((low <= new) & (new <= high)).all()
    floats = BorderlineSMOTE(random_state=0, kind="borderline-2").fit_resample(
        X.astype(float), y
    )[0]
    assert np.abs(floats[len(X) :] - new).max() <= 1  # what truncation takes


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
@both_kinds
def test_borderline_smote__of_small_integers_stays_inside(kind, dtype):
    rng = np.random.default_rng(0)
    X = rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, (120, 3)).astype(dtype)
    y = np.repeat([0, 1], [80, 40])
    sampler = BorderlineSMOTE(random_state=0, kind=kind)
    new = sampler.fit_resample(X, y)[0][120:]
    base, neighbor, _ = sampler.provenance_
    low, high = np.minimum(X[base], X[neighbor]), np.maximum(X[base], X[neighbor])
    assert new.dtype == dtype
    assert ((low <= new) & (new <= high)).all()


@pytest.mark.parametrize("form", ["dense", "csr"])
@both_kinds
def test_provenance__computes_every_synthetic_sample(kind, form):
    X, y = classes(3, (60, 25, 30))
    sampler = BorderlineSMOTE(random_state=0, kind=kind)
    container = X if form == "dense" else sparse.csr_array(X)
    X_new, y_new = sampler.fit_resample(container, y)
    new = (X_new if form == "dense" else X_new.toarray())[len(X) :]
    base, neighbor, step = sampler.provenance_
    rebuilt = X[base] + step[:, None] * (X[neighbor] - X[base])
    if kind == "borderline-1":
        np.testing.assert_array_equal(rebuilt, new)
    else:  # a step is the product of two factors, which multiply the difference in turn
        np.testing.assert_allclose(rebuilt, new, rtol=1e-12, atol=1e-14)
    assert (y[base] == y_new[len(X) :]).all()
    for label, positions in sampler.in_danger_indices.items():
        assert set(base[y[base] == label]) <= set(positions)
    is_other = y[neighbor] != y[base]
    assert is_other.any() == (kind == "borderline-2")
    assert (step[is_other] < 0.5).all()
    assert (base != neighbor).all()


@quiet
@both_kinds
def test_borderline_smote__never_takes_a_row_as_its_own_neighbor_among_duplicates(kind):
    rng = np.random.default_rng(0)
    X = np.repeat(rng.integers(0, 9, (60, 3)), 3, axis=0).astype(float)
    y = np.repeat([0, 1], [120, 60])
    sampler = BorderlineSMOTE(random_state=0, kind=kind)
    sampler.fit_resample(X, y)
    base, neighbor, _ = sampler.provenance_
    assert len(base)
    assert (base != neighbor).all()


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"m_neighbors": 85}, "n_neighbors = 86, n_samples_fit = 85: m_neighbors=85 needs"),
        ({"k_neighbors": 25}, "n_neighbors = 26, n_samples_fit = 25: k_neighbors=25 needs"),
        (
            {"k_neighbors": 85, "kind": "borderline-2"},
            "n_neighbors = 86, n_samples_fit = 85: k_neighbors=85 needs",
        ),
        (
            {"m_neighbors": NearestNeighbors(n_neighbors=1)},
            r"m_neighbors=NearestNeighbors\(n_neighbors=1\).*n_neighbors=2 or more",
        ),
    ],
)
def test_borderline_smote__refuses_more_neighbors_than_rows(kwargs, words):
    X, y = classes(0)
    with pytest.raises(ValueError, match=words):
        BorderlineSMOTE(**kwargs).fit_resample(X, y)
    if "NearestNeighbors" not in words:
        with pytest.raises(ValueError, match=words.partition(":")[0]):
            theirs.BorderlineSMOTE(**kwargs).fit_resample(X, y)
