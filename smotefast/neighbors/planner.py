"""The search planner: the only place where a search method is chosen.

``METHODS`` lists every method with what it can do and when it pays. A search uses the first one
that can do it and pays; to add a method, add an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from smotefast.neighbors import rules
from smotefast.neighbors.cells.approximate import search_cells_approximately
from smotefast.neighbors.cells.nn_descent import search_nn_descent, why_no_descent
from smotefast.neighbors.cells.search import search_cells
from smotefast.neighbors.exact.csr import search_csr, search_farthest_csr
from smotefast.neighbors.exact.duplicates import search_distinct
from smotefast.neighbors.exact.farthest import search_farthest_products, search_farthest_tiles
from smotefast.neighbors.exact.integer_keys import search_integer_keys
from smotefast.neighbors.exact.numpy_search import search_all_pairs, search_scikit_learn
from smotefast.neighbors.exact.scan import search_scan
from smotefast.neighbors.exact.tiles import search_float64_tiles, search_tiles
from smotefast.neighbors.problem import SearchProblem, Task
from smotefast.neighbors.result import SearchResult, SmallerSearch
from smotefast.neighbors.value_difference import (
    search_lookup_kernel,
    search_lookup_numpy,
    search_share_cells,
    search_two_classes,
)


class SearchPlan(NamedTuple):
    """The method chosen for a search, a key of ``METHODS``, and the rule that it pays by."""

    method: str
    reason: str


SearchFunction = Callable[..., SearchResult | SmallerSearch | None]
Attempts = Callable[..., Iterator[SearchResult]]


class Method(NamedTuple):
    """A search method: ``search(points, queries, k, *, n_threads)``.

    ``search`` returns a result, a smaller search that gives the same neighbors, or None if
    the method cannot serve these data; then the next one that pays is used.

    Attributes
    ----------
    task
        What it finds.
    pays
        Whether it is faster than the methods after it.
    may_pay
        Whether it may pay for some data with these sizes.
    takes_sparse, takes_codes
        Whether it searches CSR rows, and rows with categories.
    max_k
        Most neighbors of a query; 0 for no limit.
    gives_distances
        Whether it returns squared distances.
    omits_distances
        Whether it takes ``with_distances=False`` to need less memory, and its finishers, too.
    needs_kernels
        Whether it runs compiled code.
    finishers
        What searches for the queries it leaves unresolved, each with a choice of them.
    attempts
        Of an approximate method, instead of ``search``: yields results with their recall, each
        of a higher one; nothing if the method cannot serve these data.
    unavailable
        Of an approximate method: why this process cannot run it, or None.
    """

    task: Task
    search: SearchFunction | None
    pays: Callable[[SearchProblem], bool]
    may_pay: Callable[[SearchProblem], bool] = rules.always
    takes_sparse: bool = False
    takes_codes: bool = False
    max_k: int = 0
    gives_distances: bool = True
    omits_distances: bool = False
    needs_kernels: bool = True
    finishers: tuple[tuple[SearchFunction, Callable[[SearchResult], np.ndarray]], ...] = ()
    attempts: Attempts | None = None
    unavailable: Callable[[], str | None] | None = None

    @property
    def is_approximate(self) -> bool:
        """Whether it may miss neighbors."""
        return self.attempts is not None


# Methods in NumPy.
_numpy = partial(Method, "nearest", gives_distances=False, needs_kernels=False)
# Compiled methods for dense rows.
_dense = partial(Method, "nearest", takes_codes=True, max_k=rules.MAX_K)
_in_blocks = partial(_dense, omits_distances=True)
# Approximate methods.
_attempts = partial(Method, search=None, takes_codes=True, gives_distances=False)
_by_scan = (search_scan, rules.all_unresolved)
_by_float64 = (search_float64_tiles, rules.many_resolvable)
_by_products = (search_farthest_products, rules.all_unresolved)

# In this order: the first method that can do a search and pays is used.
METHODS: dict[str, Method] = {
    "csr": Method("nearest", search_csr, rules.always, takes_sparse=True),
    "distinct": _dense(
        search_distinct, rules.distinct_pays, rules.distinct_may_pay, gives_distances=False,
        max_k=0,
    ),
    "nn_descent": _attempts(
        "nearest", pays=rules.descent_pays, may_pay=rules.descent_pays,
        attempts=search_nn_descent, unavailable=why_no_descent,
    ),
    "approximate_cells": _attempts(
        "nearest", pays=rules.approximate_cells_pay, may_pay=rules.approximate_cells_may_pay,
        max_k=rules.MAX_K, attempts=search_cells_approximately,
    ),
    "integer_keys": _numpy(search_integer_keys, rules.integer_keys_pay),
    "scikit_learn": _numpy(search_scikit_learn, rules.scikit_learn_pays),
    "all_pairs": _numpy(
        search_all_pairs, rules.numpy_pays, takes_codes=True, gives_distances=True
    ),
    "scan": _in_blocks(search_scan, rules.scan_pays, max_k=0),
    "cells": _in_blocks(
        search_cells, rules.cells_pay, rules.cells_may_pay, finishers=(_by_float64, _by_scan)
    ),
    "tiles": _in_blocks(search_tiles, rules.always, finishers=(_by_float64, _by_scan)),
    "float64_tiles": _in_blocks(search_float64_tiles, rules.always, finishers=(_by_scan,)),
    "farthest_csr": Method("farthest", search_farthest_csr, rules.always, takes_sparse=True),
    "farthest_tiles": Method(
        "farthest", search_farthest_tiles, rules.farthest_tiles_pay, max_k=rules.MAX_K,
        finishers=(_by_products,),
    ),
    "farthest_products": Method(
        "farthest", search_farthest_products, rules.always, needs_kernels=False
    ),
    "two_classes": Method(
        "value_difference", search_two_classes, rules.has_two_classes, takes_codes=True,
        gives_distances=False,
    ),
    "share_cells": _attempts(
        "value_difference", pays=rules.share_cells_pay, attempts=search_share_cells,
    ),
    "numpy_lookup": Method(
        "value_difference", search_lookup_numpy, rules.numpy_lookup_pays, takes_codes=True,
        needs_kernels=False,
    ),
    "lookup": Method("value_difference", search_lookup_kernel, rules.always, takes_codes=True),
}  # fmt: skip


def plan_search(problem: SearchProblem, *, after: str | None = None) -> SearchPlan:
    """Choose the first method that can do a search and pays.

    ``after`` is the method chosen before, which could not serve the data.
    """
    names = methods_for(
        problem.task, problem.is_sparse, problem.has_codes, problem.needs_distances
    )
    first = names.index(after) + 1 if after in names else 0
    for name in names[first:]:
        method = METHODS[name]
        if (not method.max_k or problem.k <= method.max_k) and method.pays(problem):
            return SearchPlan(name, method.pays.__doc__ or "")
    raise AssertionError("one method of each task serves all data")


@cache
def methods_for(
    task: Task, is_sparse: bool, has_codes: bool, needs_distances: bool
) -> tuple[str, ...]:
    """Return the methods that can do a kind of search."""
    return tuple(
        name
        for name, method in METHODS.items()
        if method.task == task
        and method.takes_sparse == is_sparse
        and (method.takes_codes or not has_codes)
        and (method.gives_distances or not needs_distances)
    )
