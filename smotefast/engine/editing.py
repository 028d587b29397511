"""Rows that disagree with their nearest neighbours.

Codes of classes and neighbours flow in; which rows may stay flows out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from smotefast.engine.rows import MatrixRows
from smotefast.engine.searches import Searches
from smotefast.engine.votes import elected
from smotefast.neighbors import Neighbors, found_soon, own_come_first, own_first_pays


def agrees(
    codes: np.ndarray, rows: np.ndarray, neighbors: np.ndarray, kind_sel: str, *, n_threads: int
) -> np.ndarray:
    """Tell which rows have the class of their neighbours.

    Parameters
    ----------
    codes
        Class of every row of the data.
    rows
        Positions of the rows to judge, shape (n_rows,).
    neighbors
        Positions of their neighbours, shape (n_rows, k).
    kind_sel
        "all": every neighbour has to be of the row's class; "mode": that class has to have
        the most votes, of several the lowest.
    """
    if kind_sel == "all":
        return np.asarray((codes[neighbors] == codes[rows][:, np.newaxis]).all(axis=1))
    chosen = voted(codes, neighbors, n_threads=n_threads)
    return np.asarray(chosen == codes[rows])


def voted(codes: np.ndarray, neighbors: np.ndarray, *, n_threads: int) -> np.ndarray:
    """Return the class that most neighbours have, of several the lowest."""
    if neighbors.shape[1] == 1:
        return np.asarray(codes[neighbors[:, 0]])
    if len(codes) <= np.iinfo(np.int32).max:  # what the kernel is compiled for
        neighbors = np.ascontiguousarray(neighbors, dtype=np.int32)
    chosen = np.empty((neighbors.shape[0], 1), dtype=np.int32)
    everyone = np.arange(neighbors.shape[0])
    column = codes[:, np.newaxis]
    elected(column, neighbors, everyone, None, chosen, n_threads=n_threads)
    return chosen[:, 0]


def decided(
    rows: MatrixRows, labels: Collection[Any], k: int, kind_sel: str, searches: Searches
) -> np.ndarray | None:
    """Tell which rows may stay without looking for their neighbours, where that is cheaper.

    A row stays if enough rows of its class come before the rows of other classes.

    Returns
    -------
    ndarray of shape (n_samples,), bool, or None
        Rows of classes that are not in ``labels`` stay. None where neighbours are cheaper, or
        the votes of several classes have to be counted.
    """
    from scipy.sparse import issparse

    matrix = rows.everything()[0]
    own = [rows.sizes[label] for label in labels]
    is_simple = kind_sel == "all" or len(rows.sizes) == 2
    if not is_simple or not own_first_pays(
        own, *matrix.shape, search=searches.search, sparse=issparse(matrix)
    ):
        return None
    if found_soon(matrix, k):
        return None
    stays = np.ones(rows.n_samples, dtype=bool)
    for label in labels:
        n_own = k if kind_sel == "all" else _majority(k, label == next(iter(rows.sizes)))
        positions, threads = rows.positions(label), searches.n_threads
        n_others = k - n_own + 1
        found = own_come_first(matrix, positions, n_own, n_others, n_threads=threads)
        stays[positions] = found
    searches.note(Neighbors(np.empty((0, k), dtype=np.int32), "exact"))
    return stays


def _majority(k: int, is_lower: bool) -> int:
    """Return how many of k votes win against one other class; a tie is the lower one's."""
    return k // 2 if is_lower and k % 2 == 0 else k // 2 + 1


def by_class(kept: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the positions where ``kept`` is true, class after class."""
    positions = np.flatnonzero(kept)
    return positions[np.argsort(codes[positions], kind="stable")]
