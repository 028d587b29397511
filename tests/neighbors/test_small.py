"""Few rows without compiled code: the same bits as the compiled search."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smotefast.neighbors.order import scan
from smotefast.neighbors.small import search_small

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
    rows = KINDS[kind](rng.normal(size=(n, n_features)))
    queries = np.sort(rng.choice(n, rng.integers(1, n + 1), replace=False))
    k = min(k, n - 1)
    with np.errstate(over="ignore"):  # what numpy says of kernels run without a compiler
        expected = scan(rows, queries, k, n_threads=1)[1]
    np.testing.assert_array_equal(search_small(rows, queries, k), expected)


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
