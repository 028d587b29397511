"""Description of a search for the planner: sizes, options, and what the data are like."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from smotefast.kernels import kernels_are_compiled, kernels_are_loaded
from smotefast.kernels.points import Points
from smotefast.neighbors.cells.estimate import WalkCosts, walk_costs
from smotefast.neighbors.exact.duplicates import distinct_share
from smotefast.neighbors.exact.integer_keys import tied_share
from smotefast.neighbors.queries import CategoryPoints, DenseRows, P, Queries, SparseRows

Task = Literal["nearest", "farthest", "value_difference"]
SEARCHES = ("auto", "exact", "approximate")


class ProcessState:
    """What the searches of this process have done.

    Attributes
    ----------
    numpy_work
        Work done in NumPy while the kernels were not loaded.
    """

    def __init__(self) -> None:
        self.numpy_work = 0.0


process = ProcessState()


class DataProbes:
    """Measurements of the data on samples, each made when it is first needed."""

    def __init__(self, points: Points, queries: Queries[Any], k: int, n_threads: int) -> None:
        self._search = points, queries, k
        self._n_threads = n_threads

    @cached_property
    def distinct_share(self) -> float:
        """Share of distinct rows in the pool."""
        return distinct_share(self._search[0])

    @cached_property
    def tied_share(self) -> float:
        """Share of queries with equally distant neighbors, for integer rows."""
        return tied_share(*self._search)

    @cached_property
    def walk_costs(self) -> WalkCosts | None:
        """Rows compared with a query in cells; None if cells cannot serve the data."""
        return walk_costs(*self._search, n_threads=self._n_threads)


class KnownProbes(NamedTuple):
    """Probes of known results, by default of data that suit no special method."""

    distinct_share: float = 1.0
    tied_share: float = 0.0
    walk_costs: WalkCosts | None = None


class SearchProblem(NamedTuple):
    """A search to plan.

    Attributes
    ----------
    n_queries, n_pool, n_features, k
        Sizes.
    n_codes, has_codes
        Columns of categories, and whether they count in the distance.
    n_classes, n_shares
        Of the value difference metric: classes, and class shares of all categories.
    task
        Which rows to find, by which distance.
    search
        "auto", "exact" or "approximate".
    is_sparse
        Whether the rows are CSR.
    in_pool
        Whether queries are rows of the pool.
    cross_class
        Whether queries are rows of some classes in a pool of all.
    needs_distances
        Whether the caller needs squared distances from the search itself.
    kernels_loaded, kernels_compiled, numpy_work
        State of the process: compiled code in memory, compiled code on disk, and work done
        in NumPy before the kernels were loaded.
    probes
        What the data are like.
    """

    n_queries: int
    n_pool: int
    n_features: int
    k: int
    n_codes: int = 0
    has_codes: bool = False
    n_classes: int = 0
    n_shares: int = 0
    task: Task = "nearest"
    search: str = "exact"
    is_sparse: bool = False
    in_pool: bool = True
    cross_class: bool = False
    needs_distances: bool = False
    kernels_loaded: bool = True
    kernels_compiled: Callable[[], bool] = kernels_are_compiled
    numpy_work: float = 0.0
    probes: DataProbes | KnownProbes = KnownProbes()


def describe_search(
    points: Points | DenseRows | SparseRows,
    queries: Queries[P],
    k: int,
    *,
    task: Task = "nearest",
    search: str = "exact",
    n_codes: int | None = None,
    cross_class: bool = False,
    needs_distances: bool = False,
    n_threads: int = 1,
) -> SearchProblem:
    """Describe a search by distance.

    ``n_codes`` is the number of categorical columns given, if more than ``points`` holds: a
    weight of zero removes them. ``n_threads`` are for measurements of the data.
    """
    n_pool, n_features = points.values.shape
    kept_codes = 0
    probes: DataProbes | KnownProbes = KnownProbes()
    if isinstance(points, Points):
        kept_codes, probes = points.codes.shape[1], DataProbes(points, queries, k, n_threads)
    return SearchProblem(
        n_queries=len(queries.rows),
        n_pool=n_pool,
        n_features=n_features,
        k=k,
        n_codes=kept_codes if n_codes is None else n_codes,
        has_codes=kept_codes > 0,
        task=task,
        search=search,
        is_sparse=not isinstance(points.values, np.ndarray),
        in_pool=queries.points is points,
        cross_class=cross_class,
        needs_distances=needs_distances,
        kernels_loaded=kernels_are_loaded(),
        numpy_work=process.numpy_work,
        probes=probes,
    )


def describe_value_difference(
    points: CategoryPoints, queries: Queries[CategoryPoints], k: int, *, search: str
) -> SearchProblem:
    """Describe a search by the value difference metric."""
    n_pool, n_codes = points.codes.shape
    return SearchProblem(
        n_queries=len(queries.rows),
        n_pool=n_pool,
        n_features=0,
        k=k,
        n_codes=n_codes,
        has_codes=True,
        n_classes=points.shares[0].shape[1],
        n_shares=sum(of.size for of in points.shares),
        task="value_difference",
        search=search,
        kernels_loaded=kernels_are_loaded(),
    )
