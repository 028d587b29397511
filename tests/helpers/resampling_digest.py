"""Hash of a resampling result, for tests that start other processes."""

import hashlib

import numpy as np
from scipy import sparse

from smotefast.over_sampling import SMOTE

# Rows of the minority class: enough for compiled kernels and threads, or few enough for the
# search without them.
LARGE, SMALL = 12_000, 1_000


def digest(seed: int = 0, search: str = "auto", n_minority: int = LARGE) -> str:
    """Resample 30,000 x 10 float32 and return a hash of the result."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30_000, 10)).astype(np.float32)
    y = (np.arange(30_000) < n_minority).astype(int)
    X_new, _ = SMOTE(random_state=seed, search=search).fit_resample(X, y)
    return hashlib.sha256(X_new.tobytes()).hexdigest()


def sparse_digest() -> str:
    """Resample a CSR matrix of 3,000 x 20 and return a hash of the values of the result."""
    X = sparse.random_array((3_000, 20), density=0.2, format="csr", random_state=0)
    X_new, _ = SMOTE(random_state=0).fit_resample(X, np.arange(3_000) < 500)
    return hashlib.sha256(X_new.data.tobytes()).hexdigest()
