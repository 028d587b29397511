"""Samplers written out from their papers, one sample at a time, for given draws."""

from __future__ import annotations

import itertools
import math

import numpy as np

from tests.helpers.reference_kernels import nearest_rows


def nearest_of(X, candidates, row, k):
    """Return the k of the candidates (positions) that are nearest to a row of X."""
    rows = np.vstack([X[candidates], X[row]])
    itself = np.flatnonzero(np.asarray(candidates) == row)
    excluded = [itself[0] if len(itself) else len(candidates)]
    queries = {"query_values": rows}
    found = nearest_rows(rows[:-1], k, [len(candidates)], excluded, **queries)[0]
    return np.asarray(candidates)[found]


def sample_in_ball(base, end, normals, uniform, truncation, deformation):
    """Douzas and Bacao (2019): one sample of Geometric SMOTE."""
    radius = math.dist(base, end)
    if radius == 0:
        return base
    direction = (end - base) / radius
    point = normals / math.hypot(*normals) * uniform ** (1 / len(base))
    projection = point @ direction
    is_cut = truncation > 0 and projection < truncation - 1
    if is_cut or (truncation < 0 and projection > truncation + 1):
        point = point - 2 * projection * direction
    parallel = (point @ direction) * direction
    perpendicular = point - parallel
    return base + radius * (parallel + (1 - deformation) * perpendicular)


def geometric_neighbor(X, y, base, column, k, strategy):
    """Return the row that gives the radius: of the class, of another, or the nearer one."""
    others = np.flatnonzero(y != y[base])
    negative = nearest_of(X, others, base, 1)[0]
    if strategy == "majority":
        return negative
    positive = nearest_of(X, np.flatnonzero(y == y[base]), base, k)[column]
    if strategy == "combined" and math.dist(X[base], X[positive]) > math.dist(
        X[base], X[negative]
    ):
        return negative
    return positive


def safe_level(X, y, row, m):
    """Count the rows of the same class among the m nearest rows."""
    return int(np.sum(y[nearest_of(X, np.arange(len(X)), row, m)] == y[row]))


def safe_step(level, neighbor_level, uniform):
    """Bunkhumpornpat et al. (2009), figure 1: the five cases; None generates no sample."""
    ratio = level / neighbor_level if neighbor_level else math.inf
    if ratio == math.inf:
        return 0.0 if level else None
    if ratio == 1:
        return uniform
    if ratio > 1:
        return uniform / ratio
    return (1 - ratio) + uniform * ratio


def density_scale(rows):
    """Menardi and Torelli (2014): standard deviations of the normal kernel."""
    n, d = rows.shape
    factor = (4 / ((d + 2) * n)) ** (1 / (d + 4))
    return np.array([factor * math.sqrt(sum((x - np.mean(x)) ** 2) / (n - 1)) for x in rows.T])


def proximity_levels(X, y, label, k, n_levels):
    """Barua et al. (2013), steps 2 to 5: level of each row of a class, in the order of X."""
    level_of = {}
    remaining = set(np.flatnonzero(y == label).tolist())
    for level in range(1, n_levels):
        near = set()
        for row in np.flatnonzero(y != label):
            candidates = sorted(remaining)
            near.update(nearest_of(X, candidates, row, min(k, len(candidates))).tolist())
        level_of.update(dict.fromkeys(near, level))
        remaining -= near
    level_of.update(dict.fromkeys(remaining, n_levels))
    return [level_of[row] for row in np.flatnonzero(y == label).tolist()]


def lines(rows, topology):
    """Gazzah and Essoukri Ben Amara (2008): both ends of each line of a topology."""
    if topology == "star":
        return [(row, rows.mean(axis=0)) for row in rows]
    if topology == "bus":
        return list(itertools.pairwise(rows))
    return [(rows[i], rows[j]) for i in range(len(rows)) for j in range(i)]


def points_on(line, n):
    """Return n points on a line, at equal distances from each other and from its ends."""
    start, end = line
    return [start + i / (n + 1) * (end - start) for i in range(1, n + 1)]
