"""Approximate neighbors of other libraries, as estimators for ``k_neighbors``.

faiss, hnswlib and pynndescent are not dependencies; each is imported by its estimator's
``fit``. The estimators return what imbalanced-learn and smotefast expect: the row itself first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

_ROWS_PER_CELL = 39  # with fewer, faiss warns that its clusters are poor
Found = np.ndarray | tuple[np.ndarray, np.ndarray]


class _IndexNeighbors(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Neighbors of an index of another library.

    Parameters
    ----------
    n_neighbors : int, default=6
        Number of neighbors, the row itself included.
    effort : int, default=64
        How much each query looks at, in units of the library; more is slower and finds more.
    n_jobs : int or None, default=1
        Number of threads; None, which samplers of imbalanced-learn set, is 1.
    """

    def __init__(self, n_neighbors: int = 6, effort: int = 64, n_jobs: int | None = 1) -> None:
        self.n_neighbors = n_neighbors
        self.effort = effort
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> _IndexNeighbors:
        """Build the index of dense rows X of shape (n_samples, n_features)."""
        self._rows = np.ascontiguousarray(X, dtype=np.float32)
        self._index = self._build(self._rows)
        return self

    def kneighbors(
        self, X: Any = None, n_neighbors: int | None = None, return_distance: bool = True
    ) -> Found:
        """Return distances and row numbers of shape (n_queries, n_neighbors), or the latter."""
        rows = self._rows if X is None else np.ascontiguousarray(X, dtype=np.float32)
        k = min(self.n_neighbors if n_neighbors is None else n_neighbors, len(self._rows))
        squared, indices = self._query(rows, k)
        indices = np.asarray(indices, dtype=np.int64)
        if not return_distance:
            return indices
        return np.sqrt(np.maximum(squared, 0)), indices

    def kneighbors_graph(self, X: Any = None, n_neighbors: int | None = None) -> Any:
        """Return the sparse matrix that has 1 for each neighbor of each row."""
        from scipy.sparse import csr_matrix

        found = np.asarray(self.kneighbors(X, n_neighbors, return_distance=False))
        starts = np.arange(0, found.size + 1, found.shape[1])
        shape = len(found), len(self._rows)
        return csr_matrix((np.ones(found.size), found.ravel(), starts), shape=shape)

    @property
    def n_threads(self) -> int:
        """Number of threads, as the libraries take it."""
        return self.n_jobs or 1

    def _build(self, rows: np.ndarray) -> Any:
        raise NotImplementedError

    def _query(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        raise NotImplementedError


class FaissNeighbors(_IndexNeighbors):
    """Neighbors in the ``effort`` nearest of 4 sqrt(n) cells (faiss ``IndexIVFFlat``)."""

    def _build(self, rows: np.ndarray) -> Any:
        import faiss  # type: ignore[import-not-found,import-untyped,unused-ignore]  # optional

        faiss.omp_set_num_threads(self.n_threads)
        n_cells = max(1, min(len(rows) // _ROWS_PER_CELL, int(4 * len(rows) ** 0.5)))
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(rows.shape[1]), rows.shape[1], n_cells)
        index.train(rows)
        index.add(rows)
        index.nprobe = self.effort
        return index

    def _query(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        squared, indices = self._index.search(rows, k)
        # -1 where fewer than k rows are in the cells: the row found first stands for it.
        return squared, np.where(indices < 0, indices[:, :1], indices)


class HnswlibNeighbors(_IndexNeighbors):
    """Neighbors in a graph of small worlds (hnswlib), with ``effort`` as ef."""

    def _build(self, rows: np.ndarray) -> Any:
        import hnswlib  # type: ignore[import-not-found,import-untyped,unused-ignore]  # optional

        index = hnswlib.Index("l2", rows.shape[1])
        index.init_index(len(rows), ef_construction=max(40, self.effort), M=16)
        index.set_num_threads(self.n_threads)
        index.add_items(rows, num_threads=self.n_threads)
        return index

    def _query(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        self._index.set_ef(max(self.effort, k))
        indices, squared = self._index.knn_query(rows, k, num_threads=self.n_threads)
        return squared, indices


class PynndescentNeighbors(_IndexNeighbors):
    """Neighbors by trees and NN-descent (pynndescent); ``effort`` is the size of its lists."""

    def __init__(self, n_neighbors: int = 6, effort: int = 30, n_jobs: int | None = 1) -> None:
        super().__init__(n_neighbors, effort, n_jobs)

    def _build(self, rows: np.ndarray) -> Any:
        from pynndescent import NNDescent

        n_listed = max(self.effort, self.n_neighbors)
        return NNDescent(rows, n_neighbors=n_listed, n_jobs=self.n_threads, random_state=0)

    def _query(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        if rows is self._rows or np.array_equal(rows, self._rows):  # known since the build
            indices, distances = self._index.neighbor_graph
        else:
            indices, distances = self._index.query(rows, k=k)
        return np.square(distances[:, :k]), indices[:, :k]
