"""Generators of the cases, beside those of the package: a plugin of ``smotefast bench``."""

from __future__ import annotations

import numpy as np

from smotefast.bench.cases import DataSet
from smotefast.bench.shapes import Rows, clustered_rows, random_labels


def _little_overlap(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return clusters of two classes; 5% of the majority lie in those of the minority."""
    y = random_labels(data.class_counts(), rng)
    home = np.where(rng.random(len(y)) < 0.05, 1, y)
    return clustered_rows(home, data.n_features, rng), y


def _low_rank(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return 80 clusters, each of 5 directions, with a little noise."""
    n, d = data.n_rows, data.n_features
    y, maps = rng.integers(0, 80, n), rng.normal(size=(80, 5, d))
    X = 3 * rng.normal(size=(80, d))[y] + 0.05 * rng.normal(size=(n, d))
    return X + np.einsum("ni,nij->nj", rng.normal(size=(n, 5)), maps[y]), y


def _gaussian(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return rows of one Gaussian."""
    return rng.normal(size=(data.n_rows, data.n_features)), rng.integers(0, 2, data.n_rows)


def _rare_values(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return normal columns, and the exponential of the sum of two of them."""
    X, _ = _gaussian(data, rng)
    return X, np.exp(X[:, 0] + X[:, 1])


def _ten_labels(data: DataSet, rng: np.random.Generator) -> Rows:
    """Return normal columns, and ten labels of shares from 0.8 to 0.003."""
    X, _ = _gaussian(data, rng)
    shares = np.geomspace(0.8, 0.003, 10)
    return X, (rng.random((len(X), len(shares))) < shares).astype(int)


SHAPES = {
    "little-overlap": _little_overlap,
    "low-rank": _low_rank,
    "gaussian": _gaussian,
    "rare-values": _rare_values,
    "ten-labels": _ten_labels,
}
