"""A search of smotefast or of another library, as run inside a fresh process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from benchmarks.sides import load
from smotefast.bench import neighbor_estimators
from smotefast.bench.worker import time_calls
from smotefast.neighbors import find_neighbors, load_searches

K, THREADS, LEAST_RECALL = 5, 2, 0.95
_SAMPLE, _FEW = 1_000, 5_000


class FaissIndex(neighbor_estimators.FaissNeighbors):
    """All pairs with ``effort`` 0, and else a graph of small worlds."""

    def _build(self, rows: np.ndarray) -> Any:
        import faiss

        faiss.omp_set_num_threads(self.n_threads)
        index = faiss.index_factory(rows.shape[1], "HNSW16" if self.effort else "Flat")
        if self.effort:
            index.hnsw.efConstruction, index.hnsw.efSearch = max(40, self.effort), self.effort
        index.add(rows)
        return index


class Usearch(neighbor_estimators.FaissNeighbors):
    """A graph of small worlds (usearch)."""

    def _build(self, rows: np.ndarray) -> Any:
        from usearch.index import Index

        how = {"expansion_add": max(40, self.effort), "expansion_search": self.effort}
        index = Index(ndim=rows.shape[1], metric="l2sq", dtype="f32", connectivity=16, **how)
        index.add(np.arange(len(rows)), rows, threads=self.n_threads)
        return index

    def _query(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        found = self._index.search(rows, k, threads=self.n_threads)
        return found.distances, found.keys


_GRAPH = (16, 32, 64, 128)
# The estimator of each library, and its settings from fast to accurate.
_ESTIMATORS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "faiss Flat": (FaissIndex, (0,)),
    "faiss IVF": (neighbor_estimators.FaissNeighbors, (8, 16, 32, 64, 128)),
    "faiss HNSW": (FaissIndex, _GRAPH),
    "hnswlib": (neighbor_estimators.HnswlibNeighbors, _GRAPH),
    "usearch": (Usearch, _GRAPH),
    "pynndescent": (neighbor_estimators.PynndescentNeighbors, (10, 15, 30)),
}


def search_rows(library: str, data: dict[str, Any]) -> dict[str, Any]:
    """Time the search of all rows, and return its setting and its recall in a sample.

    A call on few rows comes first, which loads the code. Distances and not row numbers count:
    any of equally far rows is right.
    """
    X = load(**data)[0]
    if "table" in data:
        X = np.unique(X[:, np.ptp(X, axis=0) > 0], axis=0)
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    rows = np.ascontiguousarray(X, dtype=np.float32)
    sample = np.random.default_rng(0).choice(len(rows), min(_SAMPLE, len(rows)), replace=False)
    exact = NearestNeighbors(n_neighbors=K + 1, algorithm="kd_tree").fit(rows)
    farthest = exact.kneighbors(rows[sample])[0][:, -1:] * (1 + 1e-6)  # float32 rounds
    answer: dict[str, Any] = {}
    for setting, search in _searches(library, rows):
        search(rows[:_FEW].copy())
        answer, found = time_calls(partial(search, rows), 0)
        away = rows[found[sample]].astype(np.float64) - rows[sample, np.newaxis]
        recall = float((np.linalg.norm(away, axis=2) <= farthest).mean())
        answer |= {"search": f"{setting}", "recall": recall}
        if recall >= LEAST_RECALL:
            break
    return answer


def _searches(library: str, rows: np.ndarray) -> Iterator[tuple[Any, Any]]:
    """Yield each setting of a library, and a function of rows that returns their neighbors."""
    if library not in _ESTIMATORS:
        search = library.removeprefix("smotefast ")
        sizes = {"n_rows": len(rows), "n_threads": THREADS}
        load_searches(rows.dtype, rows.shape[1], K, "approximate", **sizes)
        how: dict[str, Any] = {"search": search, "n_threads": THREADS}
        yield search, lambda queries: find_neighbors(queries, K, **how).indices
        return
    cls, settings = _ESTIMATORS[library]
    for effort in settings:
        yield effort, partial(_by_estimator, cls(K + 1, effort, THREADS))


def _by_estimator(estimator: Any, rows: np.ndarray) -> np.ndarray:
    """Remove each row from its own neighbors; the last one if it was not found."""
    found = estimator.fit(rows).kneighbors(return_distance=False)
    is_self = found == np.arange(len(found))[:, np.newaxis]
    is_self[~is_self.any(axis=1), -1] = True
    return found[~is_self].reshape(len(found), -1)[:, :K]
