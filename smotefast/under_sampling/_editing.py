"""Edited nearest neighbors: keep rows that agree with their neighbors, once or repeatedly."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from smotefast.engine.majority_vote import majority_votes
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import classes_to_clean
from smotefast.engine.user_estimators import check_n_rows
from smotefast.neighbors import (
    NeighborGraph,
    Neighbors,
    same_class_comes_first,
    same_class_first_pays,
)


def agree_with_neighbors(
    codes: np.ndarray, rows: np.ndarray, neighbors: np.ndarray, kind_sel: str, *, n_threads: int
) -> np.ndarray:
    """Return whether each row has the same class as its neighbors.

    Parameters
    ----------
    codes
        Class of every row of the data.
    rows
        Positions of the rows, shape (n_rows,).
    neighbors
        Positions of their neighbors, shape (n_rows, k).
    kind_sel
        "all": every neighbor has the class of the row. "mode": it is the majority class of
        the neighbors, and the lowest of several.
    """
    if kind_sel == "all":
        return np.asarray((codes[neighbors] == codes[rows][:, np.newaxis]).all(axis=1))
    return np.asarray(majority_class(codes, neighbors, n_threads=n_threads) == codes[rows])


def majority_class(codes: np.ndarray, neighbors: np.ndarray, *, n_threads: int) -> np.ndarray:
    """Return the class of most neighbors; of several the lowest."""
    if neighbors.shape[1] == 1:
        return np.asarray(codes[neighbors[:, 0]])
    if len(codes) <= np.iinfo(np.int32).max:  # what the kernel is compiled for
        neighbors = np.ascontiguousarray(neighbors, dtype=np.int32)
    majority = np.empty((neighbors.shape[0], 1), dtype=np.int32)
    all_rows = np.arange(neighbors.shape[0])
    column = codes[:, np.newaxis]
    majority_votes(column, neighbors, all_rows, None, majority, n_threads=n_threads)
    return majority[:, 0]


def keep_agreeing(
    rows: MatrixRows,
    queries: np.ndarray,
    neighbors: np.ndarray,
    kind_sel: str,
    search: NeighborSearch,
    find_exactly: Callable[[np.ndarray, int], np.ndarray] | None = None,
) -> np.ndarray:
    """Return whether each query agrees with its neighbors; compare with exact search.

    Parameters
    ----------
    rows
        The data.
    queries
        Positions of the rows, ascending.
    neighbors
        Positions of their neighbors, as ``search`` found them.
    kind_sel
        As for ``agree_with_neighbors``.
    search
        The search. It records the disagreement if it was approximate.
    find_exactly
        Takes positions of rows and k; returns their neighbors by exact search. None searches
        among all rows.
    """
    k = neighbors.shape[1]

    def agree(subset: np.ndarray, found: np.ndarray) -> np.ndarray:
        threads = search.n_threads
        return agree_with_neighbors(rows.codes, subset, found, kind_sel, n_threads=threads)

    def agree_exactly(subset: np.ndarray) -> np.ndarray:
        if find_exactly is None:
            return agree(subset, search.exact_indices(rows, subset, k))
        return agree(subset, find_exactly(subset, k))

    is_kept = agree(queries, neighbors)
    search.measure_disagreement(queries, is_kept, agree_exactly)
    return is_kept


def same_class_decides(
    rows: MatrixRows, labels: Collection[Any], k: int, kind_sel: str, search: NeighborSearch
) -> bool:
    """Whether ``keep_where_class_comes_first`` is faster than finding neighbors.

    The votes of three and more classes need the neighbors.
    """
    if kind_sel == "mode" and len(rows.sizes) != 2:
        return False
    class_sizes = [rows.sizes[label] for label in labels]
    return same_class_first_pays(
        rows.all_rows()[0], class_sizes, k, search=search.search, n_threads=search.n_threads
    )


def keep_where_class_comes_first(
    rows: MatrixRows, labels: Collection[Any], k: int, kind_sel: str, search: NeighborSearch
) -> np.ndarray:
    """Return whether each row agrees with its k neighbors, without finding these.

    A row agrees if enough rows of its class come before the rows of other classes.

    Returns
    -------
    ndarray of shape (n_samples,), bool
        True for rows of classes that are not in ``labels``.
    """
    matrix = rows.all_rows()[0]
    is_kept = np.ones(rows.n_samples, dtype=bool)
    for label in labels:
        n_same = k if kind_sel == "all" else _majority(k, label == next(iter(rows.sizes)))
        positions = rows.positions(label)
        is_kept[positions] = same_class_comes_first(
            matrix, positions, n_same, k - n_same + 1, n_threads=search.n_threads
        )
    search.record(Neighbors(np.empty((0, k), dtype=np.int32), "exact"))
    return is_kept


def _majority(k: int, is_lower: bool) -> int:
    """Return how many of k votes win against one other class; a tie is the lower one's."""
    return k // 2 if is_lower and k % 2 == 0 else k // 2 + 1


def positions_by_class(is_kept: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the positions of the kept rows, class after class."""
    positions = np.flatnonzero(is_kept)
    return positions[np.argsort(codes[positions], kind="stable")]


class RepeatedEditing:
    """Repeated removal of the rows that disagree with their neighbors.

    Each pass searches among the remaining rows, and checks a row again only if one of its
    neighbors was removed.

    Parameters
    ----------
    rows
        The data.
    sampling_strategy
        The classes that may lose rows; resolved again for the remaining rows of each pass.
    kind_sel
        As for ``agree_with_neighbors``.
    k_max
        Largest number of neighbors of a pass.
    search
        The parameters of the search, and its record.
    estimator
        The user's neighbor estimator or None. It is fitted again in each pass.
    """

    def __init__(
        self,
        rows: MatrixRows,
        sampling_strategy: Any,
        kind_sel: str,
        k_max: int,
        search: NeighborSearch,
        estimator: Any = None,
    ) -> None:
        self._rows = rows
        self._strategy = sampling_strategy
        self._kind_sel = kind_sel
        self._search = search
        self._graph = NeighborGraph(
            rows.all_rows()[0],
            k_max,
            search=search.search,
            n_threads=search.n_threads,
            on_search=search.record,
            estimator=estimator,
        )
        self._labels = list(rows.sizes)
        # The neighbors that each row agreed with; -1 for rows that were not checked.
        self._agreed_with = np.full((rows.n_samples, k_max), -1, dtype=self._graph.dtype)
        self._has_estimator = estimator is not None
        self._n_passes = 0

    def edit(self, k: int) -> int:
        """Remove the rows that disagree with their k neighbors; return their number."""
        remaining = self._graph.remaining
        self._remaining_before, self._n_passes = remaining.copy(), self._n_passes + 1
        check_n_rows("n_neighbors", k, int(np.count_nonzero(remaining)))
        queries = self._rows_to_check(k)
        neighbors = self._graph.nearest(queries, k)
        is_kept = keep_agreeing(
            self._rows, queries, neighbors, self._kind_sel, self._search,
            self._graph.nearest_exact,
        )  # fmt: skip
        self._agreed_with[queries, :k] = neighbors
        remaining[queries[~is_kept]] = False
        return int(np.count_nonzero(~is_kept))

    def counts(self) -> dict[Any, int]:
        """Return the number of remaining rows of each class; 0 for an empty one."""
        codes = self._rows.codes[self._graph.remaining]
        sizes = np.bincount(codes, minlength=len(self._labels)).tolist()
        return dict(zip(self._labels, sizes, strict=True))

    def positions(self) -> np.ndarray:
        """Return the positions of the remaining rows, class after class."""
        return positions_by_class(self._graph.remaining, self._rows.codes)

    def last_pass(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the last pass, and which of them it kept.

        The first array contains positions in the data, in the order of the result of the pass
        before; the second one indices of the first, class after class.
        """
        codes = self._rows.codes
        searched = np.arange(len(codes))
        if self._n_passes > 1:
            searched = positions_by_class(self._remaining_before, codes)
        return searched, positions_by_class(self._graph.remaining[searched], codes[searched])

    def _rows_to_check(self, k: int) -> np.ndarray:
        """Return the positions of the rows to check in a pass, ascending."""
        remaining = self._graph.remaining
        counts = {label: n for label, n in self.counts().items() if n}
        y = self._rows.all_rows()[1]
        target_counts = classes_to_clean(self._strategy, counts, y[remaining])
        rows = np.flatnonzero(remaining & self._rows.in_classes(target_counts))
        if self._has_estimator:
            return rows
        agreed_with = self._agreed_with[rows, :k]
        is_settled = (agreed_with >= 0).all(axis=1) & remaining[agreed_with].all(axis=1)
        to_check: np.ndarray = rows[~is_settled]
        return to_check


def majority_became_minority(
    before: dict[Any, int], after: dict[Any, int], minority: Any
) -> bool:
    """Whether a class has fewer rows than the minority class had before, or none."""
    others = [n for label, n in after.items() if label != minority and n]
    return any(n < before[minority] for n in others) or not all(after.values())
