"""Random data without ties, for comparing rows with imbalanced-learn's.

Two numbers that a sampler compares are tied if they are equal but for rounding. Which one is
smaller then depends on the order of additions, so imbalanced-learn and smotefast may choose
different rows. Every property test that compares the two draws its data through this module,
which leaves out data with a tie:

- Row distances (all samplers that search neighbors): from some row, two other rows are equally
  far. A row and its duplicate are equally far from the row itself, so duplicates are ties.
- Sums of distances (NearMiss): two rows of a class have equal sums of distances to their
  nearest or farthest rows of the smallest class. In one column, each row between the same
  others has the same sum, so an even number of neighbors usually ties.
- Distances between categories (SMOTEN): the k-th nearest row and the next one are equally far.

All of it is computed in float64, from differences, for all pairs of rows.
"""

from __future__ import annotations

import numpy as np
from hypothesis import reject
from imblearn.metrics.pairwise import ValueDifferenceMetric
from scipy.spatial.distance import cdist
from sklearn.preprocessing import OrdinalEncoder

# Share of the largest number involved that rounding may take. scikit-learn computes a squared
# distance from squared norms and a product, which loses a few 1e-16 of the largest norm.
ROUNDING = 1e-12
# Seeds that are tried for data without ties.
_SEEDS = 50


def are_tied(values, slack):
    """Tell whether two numbers along the last axis differ by no more than the slack."""
    return bool((np.diff(np.sort(values, axis=-1), axis=-1) <= slack).any())


def has_ties(X, y=None):
    """Tell whether two rows are equally far from a third one, or from one of the two."""
    rows = X.astype(np.float64)
    slack = ROUNDING * np.square(rows).sum(axis=1).max()
    return are_tied(cdist(rows, rows, "sqeuclidean"), slack)


def mixed_has_ties(X, y, n_numeric):
    """Tell the same of SMOTENC's distances, in each class; all but n_numeric columns are codes.

    A category that differs counts for the median deviation, which has the precision of X.
    """
    return any(_class_has_ties(X[y == label], n_numeric) for label in np.unique(y))


def _class_has_ties(rows, n_numeric):
    numbers, codes = np.split(rows.astype(np.float64), [n_numeric], axis=1)
    weight = np.median(numbers.std(axis=0)) ** 2
    differing = cdist(codes, codes, "hamming") * codes.shape[1]
    squares = cdist(numbers, numbers, "sqeuclidean") + weight * differing
    slack = ROUNDING * np.square(numbers).sum(axis=1).max()
    slack += 4 * np.finfo(rows.dtype).eps * weight * codes.shape[1]
    return are_tied(squares, slack)


def sums_are_tied(own, smallest, k, *, farthest):
    """Tell whether NearMiss cannot order rows of a class by distances to the smallest one."""
    distances = np.sort(cdist(own.astype(np.float64), smallest.astype(np.float64)), axis=1)
    sums = (distances[:, -k:] if farthest else distances[:, :k]).sum(axis=1)
    return are_tied(sums, ROUNDING * sums.max())


def categories_are_tied(X, y, k):
    """Tell whether SMOTEN cannot tell which rows of a class are the k nearest of some row."""
    codes = OrdinalEncoder(dtype=np.int32).fit_transform(X)
    metric = ValueDifferenceMetric().fit(codes, y)
    for label in np.unique(y):
        distances = np.sort(metric.pairwise(codes[y == label]), axis=1)
        if are_tied(distances[:, k : k + 2], ROUNDING * distances.max()):
            return True
    return False


def without_ties(make, seed, *args, tied=has_ties):
    """Return ``make(seed, *args)``, or what one of the next seeds makes if it has ties.

    An example is rejected if all have: 200 rows of one float32 column nearly always do.
    """
    for each in range(seed, seed + _SEEDS):
        X, y = made = make(each, *args)
        if not tied(X, y):
            return made
    return reject()
