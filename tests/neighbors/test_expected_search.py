"""The search that a plan expects is the one that will run."""

from __future__ import annotations

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import expected_search
from smotefast.neighbors.planner import plan_search
from smotefast.neighbors.problem import describe_search
from smotefast.neighbors.queries import as_points, pool_queries

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plain Python cannot search so many rows")


def rows_of(kind, n_rows=30_000, n_columns=20):
    rng = np.random.default_rng(0)
    if kind == "clusters":
        centers = rng.normal(scale=50, size=(200, n_columns))
        return centers[rng.integers(0, 200, n_rows)] + rng.normal(size=(n_rows, n_columns))
    if kind == "duplicates":
        return rng.normal(size=(500, n_columns))[rng.integers(0, 500, n_rows)]
    return rng.normal(size=(n_rows, n_columns))


@pytest.mark.parametrize(
    ("kind", "method"),
    [("gaussian", "tiles"), ("clusters", "cells"), ("duplicates", "distinct")],
)
def test_a_sample__tells_the_method(kind, method):
    rows = rows_of(kind)
    points = as_points(rows)
    every = pool_queries(points, np.arange(len(rows)))
    problem = describe_search(points, every, 5, n_threads=2)._replace(kernels_loaded=True)
    assert plan_search(problem).method == method
    sample = rows[::6]
    found = expected_search(len(rows), len(rows), 20, 5, sample=sample, n_threads=2)
    assert (found.method, found.is_decided, found.is_approximate) == (method, True, False)


def test_a_search_that_bounds_shorten__takes_less_work():
    taken = [
        expected_search(30_000, 30_000, 20, 5, sample=rows_of(kind)[::6]).work
        for kind in ("gaussian", "clusters", "duplicates")
    ]
    assert taken[0] > taken[1] > taken[2]


def test_without_a_sample__it_is_open_if_the_data_decide():
    assert not expected_search(100_000, 100_000, 20, 5, search="auto").is_decided
    assert not expected_search(100_000, 100_000, 20, 5, sample=np.zeros((40, 20))).is_decided
    assert expected_search(5_000, 5_000, 20, 5, search="auto").is_decided


def test_without_a_sample__it_is_exact_unless_the_data_may_lead_to_an_approximate_search():
    assert expected_search(100_000, 100_000, 20, 5, search="auto").is_approximate is None
    little = expected_search(10_026, 10_026, 8, 5, search="auto")
    assert (little.is_decided, little.is_approximate) == (False, False)


def test_an_approximate_search__is_expected_if_the_caller_chose_it():
    found = expected_search(50_000, 50_000, 10, 5, search="approximate", sample=rows_of("x"))
    assert found.is_approximate
    assert found.method == "nn_descent"
    assert not expected_search(500, 500, 10, 5, search="approximate").is_approximate


@pytest.mark.parametrize("n_rows", [2, 300, 3_000])
def test_small_classes__need_no_kernel(n_rows):
    assert expected_search(n_rows, n_rows, 2, 1).method in (
        *("integer_keys", "all_pairs", "scikit_learn"),
        *("scan", "tiles"),
    )
