"""Metrics and samples with missing values written out from their definitions, pair by pair."""

from __future__ import annotations

import math

import numpy as np


def distance(a, b, metric, inverse=None):
    """Return the distance of two rows; ``inverse`` is that of the covariance."""
    if metric == "manhattan":
        return sum(abs(x - y) for x, y in zip(a, b, strict=True))
    if metric == "cosine":
        if not any(a) or not any(b):  # without a direction: like each other, unlike the rest
            return float(any(a) or any(b))
        product = sum(x * y for x, y in zip(a, b, strict=True))
        return 1 - product / math.hypot(*a) / math.hypot(*b)
    if metric == "mahalanobis":
        return math.sqrt(max(0.0, (a - b) @ inverse @ (a - b)))
    return math.sqrt(common_square(a, b))


def common_square(a, b, codes_a=(), codes_b=(), weight=0.0):
    """Dixon (1979): the squared distance over common columns, scaled to all; inf for none.

    A category is a column that is never missing, and adds ``weight`` if it differs.
    """
    squares = [
        (x - y) ** 2 for x, y in zip(a, b, strict=True) if not (math.isnan(x) or math.isnan(y))
    ]
    squares += [weight * (c != d) for c, d in zip(codes_a, codes_b, strict=True)]
    n_all = len(a) + len(codes_a)
    return n_all * sum(squares) / len(squares) if squares else math.inf


def nearest_by(pool, query, k, distances):
    """Sort the other rows of the pool by distance, then by index, and take the first k.

    ``distances`` takes the indices of two rows.
    """
    others = [i for i in range(len(pool)) if i != query]
    return sorted(others, key=lambda i: (distances(query, i), i))[:k]


def interpolated(base, neighbor, step):
    """Return a sample: of a value that one row misses, the value of the other row."""
    sample = []
    for x, y in zip(base, neighbor, strict=True):
        if math.isnan(x) or math.isnan(y):
            sample.append(y if math.isnan(x) else x)
        else:
            sample.append(x + step * (y - x))
    return np.array(sample)
