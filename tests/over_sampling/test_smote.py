"""SMOTE: provenance, duplicates, integers, small classes and estimators of the user."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs
from scipy import sparse
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from smotefast.over_sampling import SMOTE
from tests.helpers.assertions import assert_same
from tests.helpers.datasets import classes


def data(sizes=(40, 12), n_features=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return rng.normal(size=(len(y), n_features)), y


def test_provenance__computes_every_synthetic_sample():
    X, y = data((60, 20, 30))
    sampler = SMOTE(random_state=0)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)
    assert (y[base] == y[neighbor]).all()
    assert (base != neighbor).all()


def test_provenance__without_samples_is_empty():
    X, y = data((20, 20))
    sampler = SMOTE().fit(X, y)
    with pytest.raises(AttributeError, match="call fit_resample first"):
        _ = sampler.provenance_
    sampler.fit_resample(X, y)
    assert [len(part) for part in sampler.provenance_] == [0, 0, 0]


def test_provenance__of_a_shared_generator_survives_later_draws():
    X, y = data((60, 20, 30))
    generator = np.random.RandomState(1)
    sampler = SMOTE(random_state=generator)
    new = sampler.fit_resample(X, y)[0][len(X) :]
    generator.uniform(size=1000)
    base, neighbor, step = sampler.provenance_
    np.testing.assert_array_equal(X[base] + step[:, None] * (X[neighbor] - X[base]), new)


def test_smote__never_takes_a_row_as_its_own_neighbor_among_duplicates():
    rng = np.random.default_rng(0)
    minority = np.repeat(rng.integers(0, 9, (20, 3)), 4, axis=0).astype(float)
    X = np.concatenate([rng.normal(size=(300, 3)), minority])
    y = np.repeat([0, 1], [300, 80])
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    base, neighbor, _ = sampler.provenance_
    assert (base != neighbor).all()


def test_smote__of_small_unsigned_integers_stays_inside_the_class():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (100, 3)).astype(np.uint8)
    y = np.repeat([0, 1], [70, 30])
    new = SMOTE(random_state=0).fit_resample(X, y)[0][100:]
    assert new.dtype == np.uint8
    assert (new >= X[70:].min(0)).all()
    assert (new <= X[70:].max(0)).all()


def test_smote__returns_balanced_data_unchanged():
    X, y = data((20, 20))
    X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)
    csr = SMOTE(random_state=0).fit_resample(sparse.csr_array(X), y)[0]
    np.testing.assert_array_equal(csr.toarray(), X)


def test_smote__refuses_no_threads():
    with pytest.raises(ValueError, match="n_jobs=0 is not valid"):
        SMOTE(n_jobs=0).fit_resample(*data())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda X: np.full(X.shape, "a"), "text|string|numeric|convert"),
        (lambda X: X + 1j, "Complex data not supported"),
        (lambda X: X > 0, "cannot interpolate between booleans"),
    ],
    ids=["text", "complex", "booleans"],
)
def test_smote__refuses_data_that_it_cannot_compute_with(change, words):
    X, y = data()
    with pytest.raises((ValueError, TypeError), match=words):
        SMOTE(random_state=0).fit_resample(change(X), y)


def test_smote__refuses_a_class_with_too_few_rows():
    X, y = data((40, 4))
    with pytest.raises(ValueError, match=r"Expected n_neighbors <= n_samples_fit.*class 1"):
        SMOTE().fit_resample(X, y)
    SMOTE(k_neighbors=3).fit_resample(X, y)  # what the message advises


@pytest.mark.parametrize("n_neighbors", [1, 0])
def test_smote__refuses_an_estimator_that_finds_only_the_row_itself(n_neighbors):
    estimator = NearestNeighbors(n_neighbors=n_neighbors)
    words = rf"k_neighbors=NearestNeighbors\(n_neighbors={n_neighbors}\).*n_neighbors=2 or more"
    with pytest.raises(ValueError, match=words):
        SMOTE(k_neighbors=estimator).fit_resample(*data())


def test_smote__ignores_a_small_class_that_gets_no_samples():
    X, y = data((40, 4, 20))
    X_new, y_new = SMOTE(sampling_strategy={2: 30}, random_state=0).fit_resample(X, y)
    assert (y_new == 1).sum() == 4
    assert len(X_new) == 74


@pytest.mark.parametrize(
    "estimator",
    [
        NearestNeighbors(n_neighbors=4, metric="manhattan"),
        NearestNeighbors(n_neighbors=6, algorithm="kd_tree"),
    ],
)
def test_smote__uses_a_users_neighbor_estimator_unchanged(estimator):
    mine = SMOTE(random_state=0, k_neighbors=estimator)
    assert_same(mine, theirs.SMOTE(random_state=0, k_neighbors=estimator), *classes(1))
    assert mine.search_ == "estimator"
    assert not hasattr(estimator, "n_samples_fit_")  # it was cloned


def test_smote__takes_an_estimator_of_any_class_with_kneighbors():
    estimator = KNeighborsRows(n_neighbors=4)
    mine = SMOTE(random_state=0, k_neighbors=estimator)
    other = theirs.SMOTE(random_state=0, k_neighbors=estimator)
    assert_same(mine, other, *classes(1))


class KNeighborsRows(KNeighborsClassifier):
    """A neighbor estimator that fits without a target."""

    def fit(self, X, y=None):
        return super().fit(X, np.zeros(X.shape[0]))
