"""Small tables for tests of comparisons."""

from __future__ import annotations

import numpy as np

COLORS = np.array(["red", "green", "<b>blue</b>"], dtype=object)


def numbers(n=300, share=0.2, seed=0, n_features=3):
    """Return numbers and two classes that differ in the first column."""
    rng = np.random.default_rng(seed)
    y = (rng.permutation(n) < share * n).astype(int)
    X = rng.normal(size=(n, n_features))
    X[:, 0] += 1.2 * y
    return X, y


def mixed(n=300, seed=0):
    """Return a dict of columns of numbers and categories, with missing values; and labels."""
    X, y = numbers(n, seed=seed)
    rng = np.random.default_rng(seed + 1)
    X[rng.random(n) < 0.1, 1] = np.nan
    color = COLORS[rng.integers(0, 3, n)]
    color[rng.random(n) < 0.1] = None
    columns = {"a": X[:, 0], "b & <c>": X[:, 1], "color": color, "flag": rng.random(n) < 0.5}
    return columns, np.where(y, "yes", "no")


def three_classes(n=400, seed=0):
    """Return numbers and three classes."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=[0.7, 0.2, 0.1])
    X = rng.normal(size=(n, 3))
    X[:, 0] += y
    return X, np.array(["big", "middle", "small"])[y]
