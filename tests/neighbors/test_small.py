"""Few rows without compiled code: the same bits as the compiled search."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smotefast.neighbors.order import points_of, scan, within
from smotefast.neighbors.small import search_small
from tests import naive
from tests.some_points import WEIGHTS, mixed

KINDS = {
    "even": lambda values: values,
    "far off": lambda values: values + 1e6,
    "tied": lambda values: np.rint(values),
    "one place": lambda values: np.zeros_like(values),
    "huge": lambda values: values * 1e160,
    "tiny": lambda values: values * 1e-170,
    "subnormal squares": lambda values: np.rint(values * 9) * 1e-161,
    "float32": lambda values: values.astype(np.float32),
}


@given(
    seed=st.integers(0, 9999),
    n=st.one_of(st.integers(2, 150), st.just(500)),
    n_features=st.integers(1, 30),
    k=st.integers(1, 9),
    kind=st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=200, deadline=None)
def test_search_small__finds_what_the_compiled_scan_finds(seed, n, n_features, k, kind):
    rng = np.random.default_rng(seed)
    points = points_of(KINDS[kind](rng.normal(size=(n, n_features))))
    queries = np.sort(rng.choice(n, rng.integers(1, n + 1), replace=False))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # what numpy says of kernels run without a compiler
        expected = scan(points, within(points, queries), k, n_threads=1)[1]
    np.testing.assert_array_equal(search_small(points, queries, k), expected)


@given(
    seed=st.integers(0, 9999),
    n=st.one_of(st.integers(2, 90), st.just(300)),
    n_features=st.integers(1, 30),
    n_codes=st.integers(1, 9),
    weight=st.sampled_from(WEIGHTS),
    k=st.integers(1, 9),
    kind=st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=200, deadline=None)
def test_search_small__of_categories_finds_what_sorting_all_distances_finds(
    seed, n, n_features, n_codes, weight, k, kind
):
    rng = np.random.default_rng(seed)
    pool = mixed(rng, n, n_features, n_codes=n_codes, weight=weight)
    points = points_of(KINDS[kind](pool.values), pool.codes, weight)
    asked = within(points, np.sort(rng.choice(n, min(n, 40), replace=False)))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # what the naive sum says of numbers that are huge
        expected = naive.nearest_points(points, asked, k)
    np.testing.assert_array_equal(search_small(points, asked.rows, k), expected)


@pytest.mark.parametrize("weight", [0.1, 0.7])
@pytest.mark.parametrize("rest", [-5e-11, 1e-11, 5e-11])
def test_search_small__bounds_the_rounding_of_thousands_of_categories(weight, rest):
    # one row differs in all of them, the other in few and by a number as large as the rest
    values, codes = np.zeros((3, 1)), np.zeros((3, 10_000))
    codes[1], codes[2, :500] = 1, 1
    values[2] = np.sqrt(weight * 9_500 + rest)
    points = points_of(values, codes, weight)
    asked = within(points, np.array([0]))
    expected = naive.nearest_points(points, asked, 2)
    np.testing.assert_array_equal(search_small(points, asked.rows, 2), expected)
    np.testing.assert_array_equal(search_small(points, asked.rows, 1), expected[:, :1])


@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_small_job__never_loads_numba_and_a_large_one_does(size):
    code = f"""
import sys
import numpy as np
from smotefast.over_sampling import SMOTE
X = np.random.default_rng(0).normal(size=({size}, 20))
SMOTE(random_state=0).fit_resample(X, np.arange({size}) < {size} // 10)
print("numba" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    assert done.stdout.strip() == str(size > 1_000), done.stderr
