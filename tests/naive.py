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
