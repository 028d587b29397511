"""Which method a search uses, as one table."""

from __future__ import annotations

import pytest

from smotefast.neighbors import rules
from smotefast.neighbors.cells.estimate import Compared, WalkCosts
from smotefast.neighbors.planner import METHODS, plan_search
from smotefast.neighbors.problem import (
    KnownProbes,
    SearchProblem,
)


def problem(n_queries, n_pool, n_features, k=5, *, is_compiled=True, **changes):
    changes = {"search": "auto", **changes}
    return SearchProblem(
        n_queries, n_pool, n_features, k, kernels_compiled=lambda: is_compiled, **changes
    )


COLD = {"kernels_loaded": False}
CROSS = {"cross_class": True}
OTHERS = {"in_pool": False, "search": "exact"}
STREAM = {"search": "exact", "needs_distances": True}
CODES = {"has_codes": True}
FARTHEST = {"task": "farthest", "in_pool": False}
CATEGORIES = {"task": "value_difference", "n_shares": 300, "n_classes": 3, "has_codes": True}
DISTINCT, TIED = KnownProbes(distinct_share=0.3), KnownProbes(tied_share=0.9)


def compared(exact, approximate, n_pool=25_000):
    """Return the rows compared in a sample of the pool."""
    costs = WalkCosts(Compared(exact, n_pool), Compared(approximate, n_pool))
    return KnownProbes(walk_costs=costs)


NEAR = compared(400, 350)  # a real table of 100,000 rows
LOW = compared(3_300, 360)  # clusters of few directions
CLUSTERS = compared(24_000, 2_200)  # of 30 directions
EVEN = compared(25_000, 12_700)  # one Gaussian
EVEN_1M = compared(250_000, 127_000, 250_000)
EVEN_60K, EVEN_40K = compared(15_000, 6_270, 15_000), compared(10_000, 4_760, 10_000)
WIDE = compared(25_000, 20_000)  # one Gaussian of more columns


def categories(n_rows, n_codes=10, **changes):
    return problem(n_rows, n_rows, 0, n_codes=n_codes, **{**CATEGORIES, **changes})


TABLE = [
    # sizes decide between scan and tiles
    (problem(100, 1_000, 5), "integer_keys"),  # which waking threads takes longer than
    (problem(1_000, 1_000, 20), "scan"),
    (problem(40_000, 250, 50, **OTHERS), "scan"),
    (problem(40_000, 800, 50, **OTHERS), "tiles"),
    (problem(5_000, 5_000, 20), "tiles"),
    (problem(30_000, 30_000, 30), "tiles"),
    (problem(100_000, 100_000, 30), "tiles"),  # data that cells cannot serve
    (problem(1_000_000, 1_000_000, 2), "tiles"),
    (problem(100_000, 100_000, 30, search="exact"), "tiles"),
    (problem(9_000, 9_000, 5, search="approximate"), "nn_descent"),
    # more neighbors than tiles keep, and all rows of the pool
    (problem(30_000, 30_000, 5, 256), "tiles"),
    (problem(30_000, 30_000, 5, 257), "scan"),
    (problem(900_000, 250, 5, 250, **OTHERS), "scan"),
    # few rows of some classes in a pool of all stay exact
    (problem(40_000, 1_000_000, 30, **CROSS), "tiles"),
    (problem(100_000, 300_000, 30, probes=CLUSTERS, **CROSS), "approximate_cells"),
    (problem(40_000, 1_000_000, 30, probes=CLUSTERS, **CROSS), "tiles"),
    (problem(40_000, 300_000, 30, probes=NEAR, **CROSS), "cells"),
    (problem(50_000, 20_000, 30, **CROSS), "tiles"),
    (problem(2_000, 50_000_000, 30, **CROSS), "tiles"),
    # categories beside numbers
    (problem(200_000, 200_000, 16, n_codes=4, **CODES), "tiles"),
    (problem(200_000, 200_000, 16, n_codes=4, probes=NEAR, **CODES), "cells"),
    (problem(300_000, 300_000, 16, n_codes=4, probes=CLUSTERS, **CODES), "approximate_cells"),
    # cells
    (problem(100_000, 100_000, 30, probes=NEAR), "cells"),
    (problem(100_000, 100_000, 30, probes=LOW), "cells"),
    (problem(100_000, 100_000, 30, probes=CLUSTERS), "approximate_cells"),
    (problem(100_000, 100_000, 30, probes=EVEN), "approximate_cells"),
    (problem(1_000_000, 1_000_000, 30, probes=EVEN_1M), "approximate_cells"),
    (problem(100_000, 100_000, 30, probes=WIDE), "tiles"),
    (problem(60_000, 60_000, 20, probes=EVEN_60K), "approximate_cells"),
    (problem(40_000, 40_000, 20, probes=EVEN_40K), "tiles"),  # 1.9 times as long
    (problem(100_000, 100_000, 30, search="exact", probes=LOW), "cells"),
    (problem(100_000, 100_000, 30, search="exact", probes=CLUSTERS), "tiles"),
    (problem(100_000, 100_000, 30, search="approximate", probes=NEAR), "nn_descent"),
    (problem(50_000, 100_000, 30, search="approximate"), "approximate_cells"),
    (problem(100_000, 100_000, 30, 254, search="approximate"), "approximate_cells"),
    (problem(4_000, 4_000, 30, search="approximate"), "tiles"),  # too few rows
    (problem(700, 100_000, 30, search="approximate"), "tiles"),  # too few queries
    (problem(100_000, 100_000, 30, 256, probes=NEAR), "cells"),
    (problem(100_000, 100_000, 30, 257, probes=NEAR), "scan"),
    (problem(20_000, 20_000, 3, probes=NEAR), "tiles"),  # little work
    (problem(50_000, 50_000, 2, probes=NEAR), "cells"),
    (problem(10, 30_000_000, 3, probes=NEAR), "tiles"),  # few queries
    (problem(1_000, 1_000_000, 30, probes=NEAR), "tiles"),
    (problem(300_000, 100_000, 30, probes=NEAR, **OTHERS), "cells"),
    (problem(300_000, 100_000, 30, probes=NEAR, **STREAM), "cells"),
    (problem(63_000, 100_000, 30, probes=CLUSTERS), "approximate_cells"),
    (problem(10_000, 100_000, 30, probes=CLUSTERS), "tiles"),
    # duplicates
    (problem(30_000, 30_000, 20, probes=DISTINCT), "distinct"),
    (problem(100_000, 100_000, 30, search="approximate", probes=DISTINCT), "distinct"),
    (problem(30_000, 30_000, 20, probes=KnownProbes(distinct_share=0.51)), "tiles"),
    (problem(8_000, 30_000, 20, probes=DISTINCT), "tiles"),
    (problem(9_000, 9_000, 5, probes=DISTINCT), "tiles"),
    (problem(30_000, 30_000, 20, probes=DISTINCT, **OTHERS), "tiles"),
    (problem(30_000, 30_000, 20, probes=DISTINCT, **STREAM), "tiles"),
    # NumPy until the kernels are loaded
    (problem(300, 300, 20, **COLD), "integer_keys"),
    (problem(300, 300, 20, n_codes=2, **CODES, **COLD), "all_pairs"),
    (problem(1_000, 1_000, 20, **COLD), "scikit_learn"),
    (problem(1_000, 1_000, 20, probes=TIED, **COLD), "integer_keys"),
    (problem(3_000, 3_000, 20, probes=TIED, **COLD), "scikit_learn"),
    (problem(5_000, 5_000, 20, **COLD), "scikit_learn"),
    (problem(5_100, 5_000, 20, **COLD), "tiles"),
    (problem(1_000, 1_000, 20, numpy_work=9e8, **COLD), "scikit_learn"),
    (problem(1_000, 1_000, 20, numpy_work=9.7e8, **COLD), "scan"),
    (problem(5_000, 5_000, 20, numpy_work=9e8, **COLD), "tiles"),
    (problem(5_000, 5_000, 20, numpy_work=9e8, is_compiled=False, **COLD), "scikit_learn"),
    (problem(100, 400, 20, numpy_work=9e9, **COLD), "integer_keys"),
    (problem(2, 500_000, 20, **COLD), "scan"),  # a large pool is not copied
    (problem(1, 400_000, 20, **COLD), "scikit_learn"),
    (problem(300_000, 1, 40, 1, **OTHERS, **COLD), "scan"),
    (problem(1_000, 1_000, 20, **STREAM, **COLD), "all_pairs"),
    (problem(100, 100, 2, **STREAM), "all_pairs"),
    # sparse rows
    (problem(100, 100, 20, is_sparse=True), "csr"),
    (problem(1_000_000, 1_000_000, 30, is_sparse=True), "csr"),
    # the farthest rows
    (problem(1_000, 5_000, 20, 3, **FARTHEST), "farthest_products"),
    (problem(20_000, 2_000, 15, 3, **FARTHEST), "farthest_tiles"),
    (problem(20_000, 2_000, 15, 257, **FARTHEST), "farthest_products"),
    (problem(90_000_000, 8, 15, 3, **FARTHEST), "farthest_products"),
    (problem(20_000, 2_000, 15, 3, is_sparse=True, **FARTHEST), "farthest_csr"),
    # the value difference metric
    (categories(90_000, n_classes=2), "two_classes"),
    (categories(90_000), "share_cells"),
    (categories(90_000, search="exact"), "lookup"),
    (categories(70_000), "lookup"),
    (categories(9_000, search="approximate"), "share_cells"),
    (categories(9_000, search="approximate", n_classes=26), "lookup"),
    (categories(1_000, **COLD), "numpy_lookup"),
    (categories(1_000), "lookup"),
    (categories(100), "numpy_lookup"),
    (categories(2_000, **COLD), "lookup"),
]


def described(given):
    """Name a problem by its sizes and what is unusual about it."""
    if not isinstance(given, SearchProblem):
        return str(given)
    usual = problem(0, 0, 0)._asdict()
    changes = {name: value for name, value in given._asdict().items() if value != usual[name]}
    return ",".join(f"{name}={changes[name]}" for name in changes if "compiled" not in name)


@pytest.mark.parametrize(("given", "method"), TABLE, ids=described)
def test_plan_search__chooses(given, method):
    plan = plan_search(given)
    assert plan.method == method
    assert plan.reason


ORDERS = [
    (
        problem(300, 300, 20, **COLD),
        ["integer_keys", "all_pairs", "scan", "tiles", "float64_tiles"],
    ),
    (
        problem(30_000, 30_000, 20, search="approximate", probes=DISTINCT),
        ["distinct", "nn_descent", "approximate_cells", "tiles", "float64_tiles"],
    ),
    (
        problem(100_000, 100_000, 30, probes=CLUSTERS),
        ["approximate_cells", "tiles", "float64_tiles"],
    ),
    (problem(60_000, 60_000, 20, probes=NEAR), ["cells", "tiles", "float64_tiles"]),
    (categories(9_000, search="approximate"), ["share_cells", "lookup"]),
]


def order_of(given):
    """List the methods that are tried, each after one that cannot serve the data."""
    order, method = [], None
    while not method or method not in ("float64_tiles", "lookup"):
        method = plan_search(given, after=method).method
        order.append(method)
    return order


@pytest.mark.parametrize(("given", "expected"), ORDERS, ids=described)
def test_plan_search__chooses_after_a_method_that_cannot_serve_the_data(given, expected):
    assert order_of(given) == expected


def test_table__has_all_methods():
    planned = {method for _, method in TABLE} | {m for _, order in ORDERS for m in order}
    assert planned == set(METHODS)


def test_numpy_work__is_counted_until_the_budget_is_spent():
    given, n_searches = problem(3_200, 3_200, 20, **COLD), 0  # 3.7e8 each
    while plan_search(given).method == "scikit_learn":
        given = given._replace(numpy_work=given.numpy_work + rules.numpy_work(given))
        n_searches += 1
    assert n_searches == 2
    assert rules.numpy_work(problem(100, 100, 20)) == 0


@pytest.mark.parametrize(
    ("class_sizes", "n_rows", "changes", "expected"),
    [
        ([50_000], 55_000, {}, True),
        ([50_000], 55_000, {"search": "exact"}, True),
        ([50_000], 55_000, {"search": "approximate"}, False),
        ([50_000], 55_000, {"is_sparse": True}, False),
        ([50_000], 55_000, {"probes": DISTINCT}, False),
        ([50_000], 55_000, {"probes": NEAR}, False),
        ([900], 1_000, {"search": "exact"}, False),  # little work for either
        ([50_000, 50_000], 100_000, {}, False),  # an approximate search is faster
        ([50_000, 50_000], 100_000, {"search": "exact"}, True),
        ([10_000] * 10, 100_000, {"search": "exact"}, False),  # most rows are of other classes
        ([450_000], 500_000, {}, False),
        ([450_000], 500_000, {"search": "exact"}, True),
    ],
)
def test_same_class_first__pays_if_most_rows_are_of_the_class(
    class_sizes, n_rows, changes, expected
):
    given = problem(n_rows, n_rows, 20, 3, **changes)
    assert rules.same_class_first_pays(given, class_sizes) is expected
