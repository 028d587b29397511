"""Slow, obvious references for every kernel, and imbalanced-learn's draws written out."""

from __future__ import annotations

import numpy as np


def interpolate(base, pool, neighbors, choices, steps, dtype):
    """Build the new rows one at a time, in numpy's arithmetic."""
    k = neighbors.shape[1]
    rows = []
    for choice, step in zip(choices, steps, strict=True):
        start = base[choice // k]
        end = pool[neighbors[choice // k, choice % k]]
        rows.append((start + step * (end - start)).astype(dtype))
    return np.array(rows, dtype=dtype).reshape(len(rows), base.shape[1])


def draw(seed, n, high):
    """Draw as imbalanced-learn does for one class: all integers, then all uniforms."""
    generator = np.random.RandomState(seed)
    return generator.randint(0, high, n), generator.uniform(size=n)


def squared_distances(pool, row):
    """Sum squared differences in float64, feature by feature, first to last."""
    totals = np.zeros(pool.shape[0])
    for j in range(pool.shape[1]):
        difference = pool[:, j].astype(np.float64) - np.float64(pool[row, j])
        totals += difference * difference
    return totals


def nearest_rows(pool, k, queries=None):
    """Sort all other rows by distance, then position, and take the first k."""
    queries = range(pool.shape[0]) if queries is None else queries
    found = []
    for row in queries:
        order = np.lexsort((np.arange(pool.shape[0]), squared_distances(pool, row)))
        found.append(order[order != row][:k])
    return np.array(found, dtype=np.int64).reshape(len(found), k)


def recall(pool, found, queries, k):
    """Count neighbours that are no farther than the true k-th."""
    hits = 0
    for row, others in zip(queries, found, strict=True):
        distances = squared_distances(pool, row)
        limit = np.sort(np.delete(distances, row))[k - 1]
        hits += int(np.sum(distances[others] <= limit))
    return hits / (k * len(found))
