"""Sparse results go on to scikit-learn's estimators, some of which take 32-bit indices only."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from smotefast.over_sampling import SMOTE, RandomOverSampler

FLAVOURS = ["csr_array", "csc_array", "coo_array", "csr_matrix", "csc_matrix", "lil_array"]
SAMPLERS = [
    SMOTE(random_state=0),
    RandomOverSampler(random_state=0),
    RandomOverSampler(random_state=0, shrinkage=0.5),
    SMOTE(sampling_strategy={}),
]


def data():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat([0, 1], [90, 30]))
    X = rng.normal(size=(len(y), 8)) + y[:, None]
    return np.where(X > 0.3, X, 0), y


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=str)
def test_sparse_results__suit_liblinear_and_libsvm(sampler, flavour):
    X, y = data()
    X_new, y_new = sampler.fit_resample(getattr(sparse, flavour)(X), y)
    assert (X_new.indices.dtype, X_new.indptr.dtype) == (np.int32, np.int32)
    for estimator in (LogisticRegression(solver="liblinear"), SVC()):
        assert estimator.fit(X_new, y_new).score(X_new, y_new) > 0.5


@pytest.mark.parametrize("sampler", SAMPLERS, ids=str)
def test_sparse_results__of_wide_indices_are_narrow_and_the_given_ones_stay(sampler):
    X, y = data()
    rows = sparse.csr_array(X)
    rows.indices, rows.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
    narrow = sampler.fit_resample(sparse.csr_array(X), y)[0]
    X_new, _ = sampler.fit_resample(rows, y)
    assert (X_new.indices.dtype, X_new.indptr.dtype) == (np.int32, np.int32)
    assert (rows.indices.dtype, rows.indptr.dtype) == (np.int64, np.int64)
    np.testing.assert_array_equal(X_new.toarray(), narrow.toarray())
