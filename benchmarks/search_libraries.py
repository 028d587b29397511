"""The neighbor search beside other libraries: seconds at a recall of 0.95, two threads.

    python -m benchmarks.search_libraries [--rows N ...] [--files FILE.npy ...] [--repeats N]

Finds the 5 nearest other rows of all rows. Data: clusters of full dimension, clusters of five
directions, one Gaussian, each of N rows and 30 columns of float32; or the arrays of FILES.
Each setting of each library runs in a process of its own, after a call on few rows that loads
its code; the table has the fastest one whose recall on 1,000 rows is at least 0.95, and the
exact ones. Libraries that are not installed are left out: faiss-cpu, hnswlib, usearch.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from smotefast.bench import neighbor_estimators as estimators
from smotefast.bench.processes import call
from smotefast.bench.shapes import clustered_rows

K, THREADS, LEAST_RECALL = 5, 2, 0.95
_SAMPLE, _FEW = 1_000, 5_000
_COLUMNS = 30


def smotefast(rows: np.ndarray, search: str) -> np.ndarray:
    """Search by smotefast: "exact", "auto" or "approximate"."""
    from smotefast.neighbors import find_neighbors

    return find_neighbors(rows, K, search=search, n_threads=THREADS).indices


def by_estimator(rows: np.ndarray, effort: int, name: str) -> np.ndarray:
    """Search by an estimator of the package."""
    estimator = getattr(estimators, name)(n_neighbors=K + 1, effort=effort, n_jobs=THREADS)
    return without_self(estimator.fit(rows).kneighbors(return_distance=False))


def faiss_flat(rows: np.ndarray, _: int) -> np.ndarray:
    """Compare all pairs."""
    import faiss

    faiss.omp_set_num_threads(THREADS)
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(rows)
    return without_self(index.search(rows, K + 1)[1])


def faiss_hnsw(rows: np.ndarray, effort: int) -> np.ndarray:
    """Search a graph of small worlds."""
    import faiss

    faiss.omp_set_num_threads(THREADS)
    index = faiss.IndexHNSWFlat(rows.shape[1], 16)
    index.hnsw.efConstruction = max(40, effort)
    index.hnsw.efSearch = effort
    index.add(rows)
    return without_self(index.search(rows, K + 1)[1])


def usearch(rows: np.ndarray, effort: int) -> np.ndarray:
    """Search a graph of small worlds."""
    from usearch.index import Index

    index = Index(
        ndim=rows.shape[1], metric="l2sq", dtype="f32", connectivity=16,
        expansion_add=max(40, effort), expansion_search=effort,
    )  # fmt: skip
    index.add(np.arange(len(rows)), rows, threads=THREADS)
    return without_self(index.search(rows, K + 1, threads=THREADS).keys.astype(np.int64))


# What each library is, the package to install, and its settings from fast to accurate.
SIDES: dict[str, tuple[Callable[..., np.ndarray], str, list[Any]]] = {
    "smotefast": (smotefast, "smotefast", ["exact", "auto", "approximate"]),
    "faiss Flat": (faiss_flat, "faiss", [0]),
    "faiss IVF": (partial(by_estimator, name="FaissNeighbors"), "faiss", [8, 16, 32, 64, 128]),
    "faiss HNSW": (faiss_hnsw, "faiss", [16, 32, 64, 128]),
    "hnswlib": (partial(by_estimator, name="HnswlibNeighbors"), "hnswlib", [16, 32, 64, 128]),
    "usearch": (usearch, "usearch", [16, 32, 64, 128]),
    "pynndescent": (
        partial(by_estimator, name="PynndescentNeighbors"), "pynndescent", [10, 15, 30]
    ),
}  # fmt: skip


def without_self(found: np.ndarray) -> np.ndarray:
    """Remove each row from its own neighbors; the last one if it was not found."""
    is_self = found == np.arange(len(found))[:, np.newaxis]
    is_self[~is_self.any(axis=1), -1] = True
    return found[~is_self].reshape(len(found), -1)[:, :K]


def shapes(n_rows: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield names and rows of generated data."""
    rng = np.random.default_rng(7)
    full = clustered_rows(np.ones(n_rows, dtype=int), _COLUMNS, rng)
    yield "clusters", np.ascontiguousarray(full, dtype=np.float32)
    home, maps = rng.integers(0, 80, n_rows), rng.normal(size=(80, 5, _COLUMNS))
    low = 3 * rng.normal(size=(80, _COLUMNS))[home] + 0.05 * rng.normal(size=full.shape)
    low += np.einsum("ni,nij->nj", rng.normal(size=(n_rows, 5)), maps[home])
    yield "clusters of 5 directions", low.astype(np.float32)
    yield "one Gaussian", rng.normal(size=full.shape).astype(np.float32)


def measure(name: str, setting: Any, file: str) -> dict[str, Any]:
    """Return the seconds of a search, and the squared distances that it found of a sample."""
    search = SIDES[name][0]
    rows = np.load(file)
    if name == "smotefast":
        from smotefast.neighbors import load_searches

        load_searches(
            rows.dtype, rows.shape[1], K, "approximate", n_rows=len(rows), n_threads=THREADS
        )
    search(rows[:_FEW].copy(), setting)
    start = time.perf_counter()
    found = search(rows, setting)
    seconds = time.perf_counter() - start
    sample = np.random.default_rng(0).choice(len(rows), min(_SAMPLE, len(rows)), replace=False)
    # Distances and not row numbers count: any of equally far rows is right.
    squared = np.square(rows[found[sample]].astype(np.float64) - rows[sample, np.newaxis])
    return {"seconds": seconds, "squared": squared.sum(axis=2).tolist()}


def run(name: str, setting: Any, file: Path, repeats: int) -> tuple[float, np.ndarray]:
    """Measure in processes; return the median of the seconds and the squared distances."""
    results = [
        call("benchmarks.search_libraries:measure", name=name, setting=setting, file=str(file))
        for _ in range(repeats)
    ]
    seconds = statistics.median(result["seconds"] for result in results)
    return seconds, np.array(results[-1]["squared"])


def compare(title: str, rows: np.ndarray, repeats: int, folder: Path) -> None:
    """Print a line of the table for each library."""
    file = folder / "rows.npy"
    np.save(file, rows)
    exact_seconds, exact = run("smotefast", "exact", file, repeats)
    kth = exact.max(axis=1)[:, np.newaxis] * (1 + 1e-6)  # float32 of others rounds
    print(f"| {title} | smotefast, exact | {exact_seconds:.2f} | 1.000 |", flush=True)
    for name, (_, package, settings) in SIDES.items():
        if importlib.util.find_spec(package) is None:
            continue
        for setting in [one for one in settings if one != "exact"]:
            seconds, squared = run(name, setting, file, repeats)
            recall = float(np.mean(squared <= kth))
            if recall >= LEAST_RECALL or setting == settings[-1]:
                line = f"| {title} | {name}, {setting} | {seconds:.2f} | {recall:.3f} |"
                print(line, flush=True)
                if name != "smotefast":
                    break


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--files", type=Path, nargs="*", default=[])
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    print("| data | library, setting | s | recall |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="smotefast-search-") as folder:
        for path in options.files:
            rows = np.load(path)
            title = f"{path.stem}, {len(rows):,} x {rows.shape[1]}"
            compare(title, rows, options.repeats, Path(folder))
        for n_rows in options.rows:
            for title, rows in shapes(n_rows):
                compare(f"{title}, {n_rows:,}", rows, options.repeats, Path(folder))


if __name__ == "__main__":
    main()
