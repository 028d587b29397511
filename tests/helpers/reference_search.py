"""Slow, obvious references for searches in a pool, and for under-samplers that use them."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def dense(rows):
    """Return dense or sparse rows as a float64 array."""
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows, dtype=np.float64)


def squares(pool, queries):
    """Add up squared differences feature by feature, shape (n_queries, n_pool)."""
    pool, queries = dense(pool), dense(queries)
    totals = np.zeros((len(queries), len(pool)))
    for j in range(pool.shape[1]):
        difference = queries[:, [j]] - pool[:, j]
        totals += difference * difference
    return totals


def nearest(pool, queries, k):
    """Sort all rows of the pool by distance, then position, and take the first k."""
    order = [np.lexsort((np.arange(len(row)), row))[:k] for row in squares(pool, queries)]
    return np.array(order, dtype=np.int64).reshape(len(order), k)


def lengths(pool, queries, positions):
    """Return the distances of each query to its rows of the pool."""
    return np.sqrt(np.take_along_axis(squares(pool, queries), positions, axis=1))


def farthest(pool, queries, k):
    """Sort all distances and take the last k."""
    return np.sqrt(np.sort(squares(pool, queries), axis=1)[:, -k:])


def near_miss(minority, own, n_kept, *, version, k=3, k_ver3=3):
    """Return the rows of a class that NearMiss keeps, as positions in it, the best first."""
    rows = np.arange(own.shape[0])
    if version == 3:
        rows = np.unique(nearest(own, minority, k_ver3))
    if version == 2:
        sums = farthest(minority, own, k).sum(axis=1)
    else:
        sums = lengths(minority, own[rows], nearest(minority, own[rows], k)).sum(axis=1)
    if version == 3:
        sums = -sums
    best = sorted(range(len(rows)), key=lambda i: (sums[i], i))
    return rows[best[:n_kept]]


def vote(codes, k_nearest):
    """Return the most frequent code of the nearest rows, the lowest of several."""
    return int(np.argmax(np.bincount(codes[k_nearest])))


def condensed(X, codes, store, own, k):
    """Classify the rows of a class by a store, one at a time; return those added to the store.

    As in imbalanced-learn, the i-th row of the class is skipped if row i of all rows is a row
    of the class in the store.
    """
    store, added = list(store), []
    of_class = {row for row in store if codes[row] == codes[own[0]]}
    for i, row in enumerate(own):
        if i in of_class:
            continue
        neighbors = nearest(X[store], X[[row]], k)[0]
        if vote(codes[store], neighbors) != codes[row]:
            store.append(row)
            added.append(row)
            of_class.add(row)
    return np.array(added, dtype=np.int64)
