"""Condensed nearest neighbor: 1-NN classification with a growing store of prototypes."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from smotefast._phases import advance
from smotefast.engine.class_counts import Counts
from smotefast.engine.rows import MatrixRows
from smotefast.neighbors import find_neighbors_in_pool, squared_distances
from smotefast.under_sampling._editing import majority_class
from smotefast.under_sampling.base import BaseCleaner

# Values of the rows that are classified with one search of the store.
_BLOCK = 1 << 14


class Store(NamedTuple):
    """Copies of the prototypes of a store, and their labels."""

    rows: Any
    labels: np.ndarray


class StoreClassifier:
    """Classify rows by their nearest neighbors in a store, or with the user's classifier.

    Parameters
    ----------
    sampler_name
        Name of the sampler, for messages.
    n_neighbors
        Number of neighbors that vote, a classifier with ``predict``, or None for 1.
    n_threads
        Threads of a search.

    Attributes
    ----------
    classifier
        A clone of the user's classifier, or None.
    k
        Number of neighbors that vote, if ``classifier`` is None.
    """

    def __init__(self, sampler_name: str, n_neighbors: Any, n_threads: int) -> None:
        self.classifier: Any = None
        self.k = 1
        self.n_threads = n_threads
        if isinstance(n_neighbors, Integral):
            self.k = int(n_neighbors)
        elif n_neighbors is not None:
            if not hasattr(n_neighbors, "predict"):
                raise TypeError(
                    f"{sampler_name} takes n_neighbors={n_neighbors!r} only if it can predict: "
                    "give a KNeighborsClassifier, a number, or None for 1."
                )
            self.classifier = clone(n_neighbors)

    def fitted_on(self, store: Store) -> Any:
        """Return an equivalent scikit-learn classifier, fitted on a store."""
        from sklearn.neighbors import KNeighborsClassifier

        template = KNeighborsClassifier(self.k) if self.classifier is None else self.classifier
        return clone(template).fit(store.rows, store.labels)

    def predict(self, store: Any, codes: np.ndarray, rows: Any) -> np.ndarray:
        """Return the code of the class that a store predicts for each row.

        Parameters
        ----------
        store, rows
            Arrays or CSR matrices.
        codes
            Class of each row of the store.
        """
        if self.classifier is not None:
            return np.asarray(clone(self.classifier).fit(store, codes).predict(rows))
        self.check_store_size(store.shape[0])
        nearest = find_neighbors_in_pool(store, self.k, queries=rows, n_threads=self.n_threads)
        return majority_class(codes, nearest.indices, n_threads=self.n_threads)

    def check_store_size(self, n_rows: int) -> None:
        """Raise an error for a store with fewer rows than neighbors that vote."""
        if self.classifier is None and n_rows < self.k:
            raise ValueError(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {self.k}, "
                f"n_samples_fit = {n_rows}: n_neighbors={self.k} needs a store of at least "
                f"{self.k} rows. Lower n_neighbors or raise n_seeds_S."
            )


def condense_class(
    matrix: Any,
    codes: np.ndarray,
    store: np.ndarray,
    class_rows: np.ndarray,
    classifier: StoreClassifier,
) -> np.ndarray:
    """Return the rows of a class that a growing store misclassifies.

    The rows are classified one after another; a misclassified row joins the store before the
    next one is classified. One search classifies a block of rows; each row that joins is then
    compared with the rest of the block.

    Parameters
    ----------
    matrix
        All rows.
    codes
        Class of each row.
    store
        Positions of the rows of the initial store.
    class_rows
        Positions of the rows of the class, ascending.
    classifier
        Classifies rows with the store.

    Returns
    -------
    ndarray
        Positions of the rows, in the order in which they join the store.
    """
    classifier.check_store_size(len(store))
    seeds = store[codes[store] == codes[class_rows[0]]]
    added: list[int] = []
    # imbalanced-learn skips the i-th row of the class if row i of all is in the store.
    is_skipped = np.zeros(len(class_rows), dtype=bool)
    is_skipped[seeds[seeds < len(class_rows)]] = True
    step = max(64, _BLOCK // matrix.shape[1])
    for start in range(0, len(class_rows), step):
        block_rows = class_rows[start : start + step]
        block = _Block(matrix, codes, [*store.tolist(), *added], block_rows, classifier)
        index = block.first_misclassified(0, is_skipped[start:])
        while index is not None:
            row = int(block_rows[index])
            added.append(row)
            if row < len(class_rows):
                is_skipped[row] = True
            block.add_to_store(row, index + 1)
            index = block.first_misclassified(index + 1, is_skipped[start:])
        advance(len(block_rows))
    return np.array(added, dtype=np.int64)


class _Block:
    """A block of rows of a class, classified by a growing store."""

    def __init__(
        self,
        matrix: Any,
        codes: np.ndarray,
        store: list[int],
        block_rows: np.ndarray,
        classifier: StoreClassifier,
    ) -> None:
        self._matrix, self._codes = matrix, codes
        self._store = store
        self._classifier = classifier
        self._class_code = codes[block_rows[0]]
        self._rows = matrix[block_rows]
        self._is_misclassified = np.zeros(len(block_rows), dtype=bool)
        if classifier.classifier is None:
            self._search()
        self._classify(0)

    def first_misclassified(self, start: int, is_skipped: np.ndarray) -> int | None:
        """Return the index in the block of the next row to add to the store, or None."""
        candidates = self._is_misclassified[start:]
        candidates = candidates & ~is_skipped[start : len(self._is_misclassified)]
        return start + int(np.argmax(candidates)) if candidates.any() else None

    def add_to_store(self, row: int, start: int) -> None:
        """Add a row to the store, and classify the rows from index ``start`` on again."""
        self._store = [*self._store, row]
        if self._classifier.classifier is None and start < len(self._is_misclassified):
            self._insert_neighbor(row, start)
        self._classify(start)

    def _search(self) -> None:
        """Find the nearest rows of the store, their classes and squared distances."""
        store, how = self._matrix[self._store], self._classifier
        nearest = find_neighbors_in_pool(
            store, how.k, queries=self._rows, n_threads=how.n_threads
        ).indices
        self._nearest_codes = self._codes[self._store][nearest]
        self._squares = np.column_stack(
            [squared_distances(store[column], self._rows) for column in nearest.T]
        )

    def _insert_neighbor(self, row: int, start: int) -> None:
        """Insert a row into the nearest neighbors, after those at the same distance."""
        rows = self._rows[start:]
        squares = squared_distances(rows, self._matrix[np.full(rows.shape[0], row)])
        is_nearer = np.flatnonzero(squares < self._squares[start:, -1])
        subset = start + is_nearer
        self._squares[subset, -1] = squares[is_nearer]
        self._nearest_codes[subset, -1] = self._codes[row]
        order = np.argsort(self._squares[subset], axis=1, kind="stable")
        for table in (self._squares, self._nearest_codes):
            table[subset] = np.take_along_axis(table[subset], order, axis=1)

    def _classify(self, start: int) -> None:
        how, n_rows = self._classifier, len(self._is_misclassified) - start
        if not n_rows:
            return
        if how.classifier is not None:
            store = np.array(self._store)
            rows = self._rows[start:]
            predicted = how.predict(self._matrix[store], self._codes[store], rows)
        else:
            votes = np.arange(n_rows * how.k).reshape(n_rows, how.k)
            nearest_codes = self._nearest_codes[start:].ravel()
            predicted = majority_class(nearest_codes, votes, n_threads=1)
        self._is_misclassified[start:] = predicted != self._class_code


class StoreSampler(BaseCleaner):
    """Base of samplers that classify the rows of a class with a store of prototypes."""

    n_neighbors: Any
    n_seeds_S: int

    _stores: list[Store]
    _classifier: StoreClassifier

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a store would have fewer rows than neighbors that vote."""
        classifier = StoreClassifier(type(self).__name__, self.n_neighbors, 1)
        if any(counts[label] > self.n_seeds_S for label in target_counts):
            classifier.check_store_size(min(counts.values()) + self.n_seeds_S)

    def _start_stores(self, n_threads: int) -> StoreClassifier:
        """Begin a call: set the classifier and an empty list of stores."""
        self._stores = []
        self._classifier = StoreClassifier(type(self).__name__, self.n_neighbors, n_threads)
        return self._classifier

    def _keep_store(self, rows: MatrixRows, positions: np.ndarray) -> None:
        """Copy a store for ``estimators_``."""
        self._stores.append(Store(rows.rows_at(positions), rows.all_rows()[1][positions]))

    @property
    def estimators_(self) -> list[Any]:
        """One classifier for each class that may lose rows, fitted on its store."""
        self._check_fitted("estimators_", "_stores")
        return [self._classifier.fitted_on(store) for store in self._stores]
