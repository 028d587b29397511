"""Random data sets of overlapping classes: numbers, or numbers and categories."""

from __future__ import annotations

import numpy as np


def classes(seed, sizes=(60, 25), n_features=4, dtype=np.float64):
    """Return overlapping classes of these sizes, with rows in random order."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.normal(size=(len(y), n_features)) * 3 + y[:, None]
    return X.astype(dtype), y


def mixed(seed, sizes=(60, 25, 30), n_numeric=3, n_categories=(4, 3), dtype=np.float64):
    """Return numeric columns, then categorical columns that depend weakly on the class."""
    X, y = classes(seed, sizes, n_numeric, dtype)
    rng = np.random.default_rng(seed + 1)
    codes = [(rng.integers(0, n, len(y)) + y * rng.integers(0, 2, len(y))) % n
             for n in n_categories]  # fmt: skip
    return np.column_stack([X, *codes]).astype(dtype), y
