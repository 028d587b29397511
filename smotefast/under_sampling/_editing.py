"""Edited nearest neighbors: select rows that agree with their neighbors, once or repeatedly."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from smotefast.engine.majority_vote import elected
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import classes_to_clean
from smotefast.engine.user_estimators import check_n_rows
from smotefast.neighbors import (
    Neighbors,
    NeighborsLeft,
    found_soon,
    own_come_first,
    own_first_pays,
)


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
    rows: MatrixRows, labels: Collection[Any], k: int, kind_sel: str, search: NeighborSearch
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

    matrix = rows.all_rows()[0]
    own = [rows.sizes[label] for label in labels]
    is_simple = kind_sel == "all" or len(rows.sizes) == 2
    if not is_simple or not own_first_pays(
        own, *matrix.shape, search=search.search, sparse=issparse(matrix)
    ):
        return None
    if found_soon(matrix, k):
        return None
    stays = np.ones(rows.n_samples, dtype=bool)
    for label in labels:
        n_own = k if kind_sel == "all" else _majority(k, label == next(iter(rows.sizes)))
        positions, threads = rows.positions(label), search.n_threads
        n_others = k - n_own + 1
        found = own_come_first(matrix, positions, n_own, n_others, n_threads=threads)
        stays[positions] = found
    search.record(Neighbors(np.empty((0, k), dtype=np.int32), "exact"))
    return stays


def _majority(k: int, is_lower: bool) -> int:
    """Return how many of k votes win against one other class; a tie is the lower one's."""
    return k // 2 if is_lower and k % 2 == 0 else k // 2 + 1


def by_class(kept: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the positions where ``kept`` is true, class after class."""
    positions = np.flatnonzero(kept)
    return positions[np.argsort(codes[positions], kind="stable")]


class Editing:
    """Passes over the data, each of which takes away rows that disagree with their neighbours.

    Each pass looks among the rows that are left, and judges anew only those of which a
    neighbour has gone.

    Parameters
    ----------
    rows
        The data.
    sampling_strategy
        Resolved before each pass for the rows that are left.
    kind_sel
        As for ``agrees``.
    k_most
        The most neighbours that a pass will ask for.
    search
        How to search.
    estimator
        NeighborSearch instead, if it is not None; it is fitted anew for each pass.
    """

    def __init__(
        self,
        rows: MatrixRows,
        sampling_strategy: Any,
        kind_sel: str,
        k_most: int,
        search: NeighborSearch,
        estimator: Any = None,
    ) -> None:
        self._rows = rows
        self._strategy = sampling_strategy
        self._kind_sel = kind_sel
        self._search = search
        self._graph = NeighborsLeft(
            rows.all_rows()[0],
            k_most,
            search=search.search,
            n_threads=search.n_threads,
            note=search.record,
            estimator=estimator,
        )
        self._labels = list(rows.sizes)
        # What rows were judged by and stayed; -1 for those that were not.
        self._judged_by = np.full((rows.n_samples, k_most), -1, dtype=self._graph.dtype)
        self._asks_again = estimator is not None
        self._n_passes = 0

    def edit(self, k: int) -> int:
        """Take away the rows that disagree with their k neighbours; return how many."""
        left = self._graph.left
        self._left_before, self._n_passes = left.copy(), self._n_passes + 1
        check_n_rows("n_neighbors", k, int(np.count_nonzero(left)))
        rows = self._open_rows(k)
        neighbors = self._graph.nearest(rows, k)
        stays = self._stays(rows, neighbors)
        self._search.measure_disagreement(
            rows, stays, lambda some: self._stays(some, self._graph.exact(some, k))
        )
        self._judged_by[rows, :k] = neighbors
        left[rows[~stays]] = False
        return int(np.count_nonzero(~stays))

    def counts(self) -> dict[Any, int]:
        """Return how many rows are left of each class, those with none included."""
        left = self._rows.codes[self._graph.left]
        sizes = np.bincount(left, minlength=len(self._labels)).tolist()
        return dict(zip(self._labels, sizes, strict=True))

    def positions(self) -> np.ndarray:
        """Return the rows that are left, class after class."""
        return by_class(self._graph.left, self._rows.codes)

    def last_pass(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that the last pass went over, and the places of those that stayed.

        Rows are in the order in which the pass before leaves them: class after class.
        """
        codes = self._rows.codes
        seen = np.arange(len(codes))
        if self._n_passes > 1:
            seen = by_class(self._left_before, codes)
        return seen, by_class(self._graph.left[seen], codes[seen])

    def _open_rows(self, k: int) -> np.ndarray:
        """Return the rows that have to be judged in a pass, ascending."""
        left = self._graph.left
        counts = {label: n for label, n in self.counts().items() if n}
        y = self._rows.all_rows()[1]
        target_counts = classes_to_clean(self._strategy, counts, y[left])
        rows = np.flatnonzero(left & self._rows.in_classes(target_counts))
        if self._asks_again:
            return rows
        judged = self._judged_by[rows, :k]
        is_settled = (judged >= 0).all(axis=1) & left[judged].all(axis=1)
        open_rows: np.ndarray = rows[~is_settled]
        return open_rows

    def _stays(self, rows: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
        threads = self._search.n_threads
        return agrees(self._rows.codes, rows, neighbors, self._kind_sel, n_threads=threads)


def overtaken(before: dict[Any, int], after: dict[Any, int], minority: Any) -> bool:
    """Whether a class has become smaller than the smallest was, or none of it is left."""
    others = [n for label, n in after.items() if label != minority and n]
    return any(n < before[minority] for n in others) or not all(after.values())
