"""Condensed nearest neighbor: 1-NN classification against a growing set of kept rows."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone

from smotefast.engine.class_counts import Counts
from smotefast.engine.rows import MatrixRows
from smotefast.neighbors import nearest_in_pool, squares_between
from smotefast.under_sampling._editing import voted
from smotefast.under_sampling.base import BaseCleaner

# Values of the rows that are looked up in the store at once.
_BLOCK = 1 << 14


class NearestClasses:
    """What ``n_neighbors`` of an under-sampler stands for: a number, or a classifier.

    Parameters
    ----------
    name
        Of the sampler, for messages.
    n_neighbors
        None means 1. An object needs ``predict``.
    n_threads
        Threads of a search.

    Attributes
    ----------
    classifier
        A clone of the user's, or None.
    k
        How many rows vote, where there is none.
    """

    def __init__(self, name: str, n_neighbors: Any, n_threads: int) -> None:
        self.classifier: Any = None
        self.k = 1
        self.n_threads = n_threads
        if isinstance(n_neighbors, Integral):
            self.k = int(n_neighbors)
        elif n_neighbors is not None:
            if not hasattr(n_neighbors, "predict"):
                raise TypeError(
                    f"{name} takes n_neighbors={n_neighbors!r} only if it can predict: give a "
                    "KNeighborsClassifier, a number, or None for 1."
                )
            self.classifier = clone(n_neighbors)

    def fitted(self, store: Any, codes: np.ndarray, labels: np.ndarray) -> Any:
        """Return the classifier, or one that does the same, fitted on a store."""
        from sklearn.neighbors import KNeighborsClassifier

        made = KNeighborsClassifier(self.k) if self.classifier is None else self.classifier
        return clone(made).fit(store, labels[codes])

    def predict(self, store: Any, codes: np.ndarray, rows: Any) -> np.ndarray:
        """Return the code of the class that the store gives each row.

        Parameters
        ----------
        store, rows
            Arrays or CSR matrices.
        codes
            Class of each row of the store.
        """
        if self.classifier is not None:
            return np.asarray(clone(self.classifier).fit(store, codes).predict(rows))
        self.refuse_few(store.shape[0])
        found = nearest_in_pool(store, rows, self.k, n_threads=self.n_threads)
        return voted(codes, found.indices, n_threads=self.n_threads)

    def refuse_few(self, n_store: int) -> None:
        """Refuse more votes than the store has rows."""
        if self.classifier is None and n_store < self.k:
            raise ValueError(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {self.k}, "
                f"n_samples_fit = {n_store}: n_neighbors={self.k} needs a store of at least "
                f"{self.k} rows. Lower n_neighbors or raise n_seeds_S."
            )


def condensed(
    matrix: Any, codes: np.ndarray, store: np.ndarray, rows: np.ndarray, how: NearestClasses
) -> np.ndarray:
    """Add to a store the rows of a class that it would give another, one after another.

    Each row is classified by the store as it is when its turn comes. Rows are looked up in
    the store a block at a time; what is added in the meantime is compared with the rest of
    the block.

    Parameters
    ----------
    matrix
        All rows.
    codes
        Their classes.
    store
        Positions of the rows to begin with.
    rows
        Positions of the rows of the class, ascending.
    how
        Who classifies.

    Returns
    -------
    ndarray
        Positions of the rows that were added, in this order.
    """
    how.refuse_few(len(store))
    seeds = store[codes[store] == codes[rows[0]]]
    added: list[int] = []
    # imbalanced-learn passes over the i-th row of a class if row i of all is in the store.
    is_passed = np.zeros(len(rows), dtype=bool)
    is_passed[seeds[seeds < len(rows)]] = True
    step = max(64, _BLOCK // matrix.shape[1])
    for start in range(0, len(rows), step):
        block = _Block(
            matrix, codes, [*store.tolist(), *added], rows[start : start + step], how
        )
        place = 0
        while True:
            is_wrong = block.is_wrong[place:] & ~is_passed[start + place : start + step]
            if not is_wrong.any():
                break
            place += int(np.argmax(is_wrong))
            row = int(rows[start + place])
            added.append(row)
            if row < len(rows):
                is_passed[row] = True
            place += 1
            block.add(row, place)
    return np.array(added, dtype=np.int64)


class _Block:
    """Some rows of a class, and whether a growing store would give them another.

    Attributes
    ----------
    is_wrong
        By row of the block.
    """

    def __init__(
        self,
        matrix: Any,
        codes: np.ndarray,
        store: list[int],
        rows: np.ndarray,
        how: NearestClasses,
    ) -> None:
        self._matrix, self._codes = matrix, codes
        self._store = store
        self._how = how
        self._own = codes[rows[0]]
        self._rows = matrix[rows]
        self.is_wrong = np.zeros(len(rows), dtype=bool)
        if how.classifier is None:
            found = nearest_in_pool(matrix[store], self._rows, how.k, n_threads=how.n_threads)
            self._near = codes[store][found.indices]
            self._squares = np.column_stack(
                [squares_between(matrix[store][place], self._rows) for place in found.indices.T]
            )
        self._judge(0)

    def add(self, row: int, first: int) -> None:
        """Add a row to the store, and judge the rows of the block from ``first`` on."""
        self._store = [*self._store, row]
        if self._how.classifier is None and first < len(self.is_wrong):
            self._compare(row, first)
        self._judge(first)

    def _compare(self, row: int, first: int) -> None:
        """Put a row in its place among the nearest; of equally near ones it is the last."""
        rows = self._rows[first:]
        squares = squares_between(rows, self._matrix[np.full(rows.shape[0], row)])
        nearer = np.flatnonzero(squares < self._squares[first:, -1])
        some = first + nearer
        self._squares[some, -1] = squares[nearer]
        self._near[some, -1] = self._codes[row]
        order = np.argsort(self._squares[some], axis=1, kind="stable")
        self._squares[some] = np.take_along_axis(self._squares[some], order, axis=1)
        self._near[some] = np.take_along_axis(self._near[some], order, axis=1)

    def _judge(self, first: int) -> None:
        how, left = self._how, len(self.is_wrong) - first
        if not left:
            return
        if how.classifier is not None:
            store = np.array(self._store)
            rows = self._rows[first:]
            given = how.predict(self._matrix[store], self._codes[store], rows)
        else:
            votes = np.arange(left * how.k).reshape(left, how.k)
            given = voted(self._near[first:].ravel(), votes, n_threads=1)
        self.is_wrong[first:] = given != self._own


class Stores:
    """Rows and classes of each store, and the classifiers that they make.

    Parameters
    ----------
    how
        Who classifies.
    labels
        The classes, in label order.
    """

    def __init__(self, how: NearestClasses, labels: np.ndarray) -> None:
        self._how = how
        self._labels = labels
        self._kept: list[tuple[Any, np.ndarray]] = []

    def keep(self, rows: MatrixRows, store: np.ndarray) -> None:
        """Keep copies of the rows at some positions."""
        self._kept.append((rows.rows_at(store), rows.codes[store]))

    def classifiers(self) -> list[Any]:
        """Return a classifier for each store, fitted."""
        return [self._how.fitted(rows, codes, self._labels) for rows, codes in self._kept]


class StoreSampler(BaseCleaner):
    """Base of samplers that classify the rows of a class by a store."""

    _stores: Stores

    n_neighbors: Any
    n_seeds_S: int

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class, or the data, have too few rows."""
        how = NearestClasses(type(self).__name__, self.n_neighbors, 1)
        if any(counts[label] > self.n_seeds_S for label in target_counts):
            how.refuse_few(min(counts.values()) + self.n_seeds_S)

    @property
    def estimators_(self) -> list[Any]:
        """A classifier for each class that may lose rows, fitted on its store."""
        if not hasattr(self, "_stores"):
            raise AttributeError(f"This {type(self).__name__} has no estimators_ yet.")
        return self._stores.classifiers()
