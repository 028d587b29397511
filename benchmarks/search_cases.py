"""The neighbor search beside other libraries: the 5 nearest other rows of all rows.

Of each library the fastest of its settings with a recall of 0.95 is kept, or the most accurate
one. Libraries that are not installed are left out: faiss-cpu, hnswlib, usearch.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from benchmarks import real_tables as tables
from benchmarks.data import Generated, Table
from benchmarks.measure import Case, Side
from smotefast.bench.cases import DataSet

# The package of each library.
LIBRARIES = {
    **{f"smotefast {search}": "smotefast" for search in ("exact", "auto", "approximate")},
    **{f"faiss {index}": "faiss" for index in ("Flat", "IVF", "HNSW")},
    **{name: name for name in ("hnswlib", "usearch", "pynndescent")},
}
_EXACT = ("smotefast exact", "faiss Flat")  # left out of large clusters


def _case(name: str, title: str, data: Generated | Table, left_out: Sequence[str] = ()) -> Case:
    sides = {
        library: Side("search_sides:search_rows", {"library": library, "data": data})
        for library, package in LIBRARIES.items()
        if library not in left_out and importlib.util.find_spec(package)
    }
    table = data.table if isinstance(data, Table) else ""
    return Case(name, title, sides, rounds=1, table=table)


def _generated(shape: str, n_rows: int = 100_000) -> Generated:
    return Generated(DataSet(shape, n_rows=n_rows, n_features=30, seed=7), "float32")


_SIZE, _ROWS, _FULL = (
    "100,000 x 30",
    "distinct rows, standardized",
    "clusters of full dimension",
)
SEARCHES = (
    _case("search_kdd", f"KDD Cup 99, {_ROWS}", Table(tables.KDD)),
    _case("search_credit", f"Give Me Some Credit, {_ROWS}", Table(tables.CREDIT)),
    _case("search_clusters", f"{_FULL}, {_SIZE}", _generated("clusters")),
    *(
        _case(f"search_clusters_{n}", f"{_FULL}, {n:,} x 30", _generated("clusters", n), _EXACT)
        for n in (300_000, 1_000_000)
    ),
    _case("search_low_rank", f"clusters of 5 directions, {_SIZE}", _generated("low-rank")),
    _case("search_gaussian", f"one Gaussian, {_SIZE}", _generated("gaussian")),
)
