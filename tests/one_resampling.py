"""One resampling large enough for threads, for the tests that start other processes."""

import hashlib

import numpy as np

from smotefast.over_sampling import SMOTE


def digest(seed: int = 0, search: str = "auto") -> str:
    """Resample 30,000 x 10 rows and return a hash of the result's bits."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30_000, 10)).astype(np.float32)
    y = (np.arange(30_000) < 5_000).astype(int)
    X_new, _ = SMOTE(random_state=seed, search=search).fit_resample(X, y)
    return hashlib.sha256(X_new.tobytes()).hexdigest()
