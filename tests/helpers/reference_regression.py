"""SMOTER and SMOGN written out from their papers, one row at a time."""

from __future__ import annotations

import itertools
import math

import numpy as np


def relevance(points, y):
    """Ribeiro (2011): the cubic between two points, (value, relevance, slope) each."""
    if y <= points[0][0]:
        return points[0][1]
    for (x0, p0, m0), (x1, p1, m1) in itertools.pairwise(points):
        if y <= x1:
            t, h = (y - x0) / (x1 - x0), x1 - x0
            return (
                (2 * t**3 - 3 * t**2 + 1) * p0
                + (t**3 - 2 * t**2 + t) * h * m0
                + (3 * t**2 - 2 * t**3) * p1
                + (t**3 - t**2) * h * m1
            )
    return points[-1][1]


def bins_of(y, relevances, threshold):
    """Branco et al. (2017): positions of rows by ascending target, split where it crosses."""
    bins, before = [], None
    for row in sorted(range(len(y)), key=lambda row: y[row]):
        is_rare = relevances[row] >= threshold
        if is_rare != before:
            bins.append([])
        bins[-1].append(row)
        before = is_rare
    return bins


def heom(one, other, ranges):
    """Wilson and Martinez (1997): text differs by 0 or 1, numbers in units of their range."""
    total = 0.0
    for a, b, width in zip(one, other, ranges, strict=True):
        if isinstance(a, str):
            total += float(a != b)
        elif width > 0:
            total += ((a - b) / width) ** 2
    return math.sqrt(total)


def ranges_of(rows):
    """Return the range of each column in a bin; None for columns of text."""
    columns = zip(*rows, strict=True)
    return [None if isinstance(c[0], str) else max(c) - min(c) for c in columns]


def nearest_in(rows, i, k):
    """Return the k nearest other rows of a bin by HEOM, as a set."""
    ranges = ranges_of(rows)
    others = [j for j in range(len(rows)) if j != i]
    return set(sorted(others, key=lambda j: (heom(rows[i], rows[j], ranges), j))[:k])


def half_median(rows, i):
    """Return half the median distance of a row to the rows of its bin, itself included."""
    ranges = ranges_of(rows)
    return float(np.median([heom(rows[i], other, ranges) for other in rows])) / 2


def target_between(sample, base, neighbor, y_base, y_neighbor, ranges):
    """Torgo et al. (2013): the mean of two targets, weighted by the distance to the other."""
    d1, d2 = heom(sample, base, ranges), heom(sample, neighbor, ranges)
    if d1 == d2:
        return (y_base + y_neighbor) / 2
    return (d2 * y_base + d1 * y_neighbor) / (d1 + d2)
