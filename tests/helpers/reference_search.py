"""Slow, obvious references for searches in a pool, and for what under-samplers make of them."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def dense(rows):
    """Return rows of any kind as float64."""
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
    found = [np.lexsort((np.arange(len(row)), row))[:k] for row in squares(pool, queries)]
    return np.array(found, dtype=np.int64).reshape(len(found), k)


def lengths(pool, queries, positions):
    """Return the distances to some rows of the pool."""
    return np.sqrt(np.take_along_axis(squares(pool, queries), positions, axis=1))


def farthest(pool, queries, k):
    """Sort all distances and take the last k."""
    return np.sqrt(np.sort(squares(pool, queries), axis=1)[:, -k:])


def near_miss(minority, own, n_kept, *, version, k=3, k_ver3=3):
    """Return the rows of a class that NearMiss keeps, by place in it, the best first."""
    near = np.arange(own.shape[0])
    if version == 3:
        near = np.unique(nearest(own, minority, k_ver3))
    if version == 2:
        sums = farthest(minority, own, k).sum(axis=1)
    else:
        sums = lengths(minority, own[near], nearest(minority, own[near], k)).sum(axis=1)
    if version == 3:
        sums = -sums
    best = sorted(range(len(near)), key=lambda place: (sums[place], place))
    return near[best[:n_kept]]


def vote(codes, k_nearest):
    """Return the code that most of the nearest have, of several the lowest."""
    return int(np.argmax(np.bincount(codes[k_nearest])))


def condensed(X, codes, store, own, k):
    """Classify the rows of a class by a store one at a time; list those that join it.

    As in imbalanced-learn, the i-th row of the class is passed over where row i of all rows
    is a row of the class in the store.
    """
    store, added = list(store), []
    of_class = {row for row in store if codes[row] == codes[own[0]]}
    for place, row in enumerate(own):
        if place in of_class:
            continue
        near = nearest(X[store], X[[row]], k)[0]
        if vote(codes[store], near) != codes[row]:
            store.append(row)
            added.append(row)
            of_class.add(row)
    return np.array(added, dtype=np.int64)
