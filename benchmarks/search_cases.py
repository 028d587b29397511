"""The neighbor search beside other libraries: the 5 nearest other rows of all rows.

Of each library the fastest of its settings with a recall of 0.95 is kept, or the most accurate
one. Libraries that are not installed are left out: faiss-cpu, hnswlib, usearch.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from functools import partial
from typing import Any, NamedTuple

from benchmarks import real_tables as tables
from benchmarks.data import Generated, Table
from benchmarks.measure import Found, Plan, case_of
from smotefast.bench.cases import DataSet
from smotefast.bench.processes import call
from smotefast.bench.spread import summarize

K, THREADS, LEAST_RECALL = 5, 2, 0.95
_SAMPLE, _FEW = 1_000, 5_000
_GRAPH = [16, 32, 64, 128]
# What each library is, the package to install, and its settings from fast to accurate.
LIBRARIES: dict[str, tuple[str, str, list[Any]]] = {
    "smotefast exact": ("smotefast", "smotefast", ["exact"]),
    "smotefast auto": ("smotefast", "smotefast", ["auto"]),
    "smotefast approximate": ("smotefast", "smotefast", ["approximate"]),
    "faiss Flat": ("faiss_flat", "faiss", [0]),
    "faiss IVF": ("FaissNeighbors", "faiss", [8, 16, 32, 64, 128]),
    "faiss HNSW": ("faiss_hnsw", "faiss", _GRAPH),
    "hnswlib": ("HnswlibNeighbors", "hnswlib", _GRAPH),
    "usearch": ("usearch", "usearch", _GRAPH),
    "pynndescent": ("PynndescentNeighbors", "pynndescent", [10, 15, 30]),
}


class SearchCase(NamedTuple):
    """A search on rows of one class, or on the distinct rows of a table."""

    name: str
    title: str
    data: Generated | Table

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the case: a side for each library."""
        data, sides = self.data.arguments(plan), {}
        limits: list[float] = []  # the exact search, which is the first one, gives them
        for name, (kind, package, settings) in LIBRARIES.items():
            for setting in settings if importlib.util.find_spec(package) else []:
                given = {"kind": kind, "setting": setting, "data": data}
                search = partial(call, "benchmarks.search_cases:search_rows", **given)
                answers = [search() for _ in range(plan.rounds(1))]
                squared = answers[0]["squared"]
                limits = limits or [max(row) * (1 + 1e-6) for row in squared]  # float32 rounds
                recall = statistics.mean(
                    distance <= limit
                    for row, limit in zip(squared, limits, strict=True)
                    for distance in row
                )
                seconds = summarize([answer["seconds"] for answer in answers])
                sides[name] = {"first_call": seconds, "search": f"{setting}", "recall": recall}
                if recall >= LEAST_RECALL:
                    break
        return case_of(self.title, {}, sides, [])


def search_rows(kind: str, setting: Any, data: dict[str, Any]) -> Found:
    """Return the seconds of a search, and the squared distances that it found of a sample.

    A call on few rows comes first, which loads the code. Distances and not row numbers count:
    any of equally far rows is right.
    """
    import numpy as np

    from benchmarks.sides import load

    X = load(**data)[0]
    if "table" in data:
        X = np.unique(X[:, np.ptp(X, axis=0) > 0], axis=0)
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    rows = np.ascontiguousarray(X, dtype=np.float32)
    search = globals().get(kind) or partial(by_estimator, name=kind)
    if kind == "smotefast":
        from smotefast.neighbors import load_searches

        sizes = {"n_rows": len(rows), "n_threads": THREADS}
        load_searches(rows.dtype, rows.shape[1], K, "approximate", **sizes)
    search(rows[:_FEW].copy(), setting)
    start = time.perf_counter()
    found = search(rows, setting)
    seconds = time.perf_counter() - start
    sample = np.random.default_rng(0).choice(len(rows), min(_SAMPLE, len(rows)), replace=False)
    squared = np.square(rows[found[sample]].astype(np.float64) - rows[sample, np.newaxis])
    return {"seconds": seconds, "squared": squared.sum(axis=2).tolist()}


def smotefast(rows: Any, search: str) -> Any:
    """Search by smotefast."""
    from smotefast.neighbors import find_neighbors

    return find_neighbors(rows, K, search=search, n_threads=THREADS).indices


def by_estimator(rows: Any, effort: int, name: str) -> Any:
    """Search by an estimator of the package."""
    from smotefast.bench import neighbor_estimators

    cls = getattr(neighbor_estimators, name)
    estimator = cls(n_neighbors=K + 1, effort=effort, n_jobs=THREADS)
    return without_self(estimator.fit(rows).kneighbors(return_distance=False))


def faiss_flat(rows: Any, _: int) -> Any:
    """Compare all pairs."""
    import faiss

    faiss.omp_set_num_threads(THREADS)
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(rows)
    return without_self(index.search(rows, K + 1)[1])


def faiss_hnsw(rows: Any, effort: int) -> Any:
    """Search a graph of small worlds."""
    import faiss

    faiss.omp_set_num_threads(THREADS)
    index = faiss.IndexHNSWFlat(rows.shape[1], 16)
    index.hnsw.efConstruction = max(40, effort)
    index.hnsw.efSearch = effort
    index.add(rows)
    return without_self(index.search(rows, K + 1)[1])


def usearch(rows: Any, effort: int) -> Any:
    """Search a graph of small worlds."""
    import numpy as np
    from usearch.index import Index

    index = Index(
        ndim=rows.shape[1], metric="l2sq", dtype="f32", connectivity=16,
        expansion_add=max(40, effort), expansion_search=effort,
    )  # fmt: skip
    index.add(np.arange(len(rows)), rows, threads=THREADS)
    return without_self(index.search(rows, K + 1, threads=THREADS).keys.astype(np.int64))


def without_self(found: Any) -> Any:
    """Remove each row from its own neighbors; the last one if it was not found."""
    import numpy as np

    is_self = found == np.arange(len(found))[:, np.newaxis]
    is_self[~is_self.any(axis=1), -1] = True
    return found[~is_self].reshape(len(found), -1)[:, :K]


def _generated(name: str, title: str, shape: str) -> SearchCase:
    data = Generated(DataSet(shape, n_rows=100_000, n_features=30, seed=7), "float32")
    return SearchCase(name, f"{title}, 100,000 x 30", data)


_DISTINCT = "distinct rows, standardized"
SEARCHES = (
    SearchCase("search_kdd", f"KDD Cup 99, {_DISTINCT}", Table(tables.KDD)),
    SearchCase("search_credit", f"Give Me Some Credit, {_DISTINCT}", Table(tables.CREDIT)),
    _generated("search_clusters", "clusters of full dimension", "one-class"),
    _generated("search_low_rank", "clusters of 5 directions", "low-rank"),
    _generated("search_gaussian", "one Gaussian", "gaussian"),
)
