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


def far_from_zero(seed, sizes=(60, 25), n_features=4, dtype=np.float64):
    """Move the data of odd seeds to 100, where float32 rounds squared distances."""
    X, y = classes(seed, sizes, n_features)
    return (X + 100 * (seed % 2)).astype(dtype), y


def apart(seed, sizes=(60, 25), n_features=3, dtype=np.float64):
    """Make classes that overlap less for some seeds, so that editing takes more passes."""
    X, y = classes(seed, sizes, n_features)
    gap = (0, 2, 3, 5)[seed % 4]
    return (X + gap * y[:, None]).astype(dtype), y


def clustered(seed, sizes=(150, 60, 90), n_features=4, dtype=np.float64):
    """Make classes that share three clusters; all but the first have most rows in one."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    place = (3 * rng.random(len(y)) ** (1 + 3 * y)).astype(int)
    X = rng.normal(size=(len(y), n_features)) * (1 + place[:, None] / 2) + 8 * place[:, None]
    return X.astype(dtype), y


def categories(seed, sizes=(60, 25), n_columns=6, n_categories=9):
    """Make codes of categories that go with the classes a little."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    shape = (len(y), n_columns)
    X = rng.integers(0, n_categories, shape) + y[:, None] * rng.integers(0, 3, shape)
    return X % n_categories, y
