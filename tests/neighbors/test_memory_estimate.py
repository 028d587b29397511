"""The peak memory of a search does not exceed the estimate."""

import os
import subprocess
import sys

import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.neighbors import estimated_bytes

pytestmark = [
    pytest.mark.skipif(
        not os.path.exists("/proc/self/clear_refs"), reason="only Linux resets a peak"
    ),
    pytest.mark.skipif(JIT_DISABLED, reason="plain Python cannot search so many rows"),
]
long = pytest.mark.long
SEARCH = """
import sys
import numpy as np
import smotefast.neighbors as neighbors
from smotefast.neighbors import runner
from smotefast.storage.process_memory import peak_bytes, release_memory, resident_bytes

kind, n, d, k, search, wanted = sys.argv[1], *map(int, sys.argv[2:5]), *sys.argv[5:]
runner.RECALL_WANTED = float(wanted)
rng = np.random.default_rng(0)
rows = rng.normal(size=(n, d))
if kind == "coarse":  # float32 cannot certify the order
    rows[:, 0] = rng.integers(0, 3, n) * 1e6 + 0.25
elif kind == "duplicates":
    rows = rows[rng.integers(0, n // 2, n)]
elif kind == "correlated":
    rows = rows @ rng.normal(size=(d, d))
elif kind == "tied":
    rows = rng.integers(0, 3, (n, d)) + 0.1
rows = rows.astype(np.float32 if kind == "float32" else np.float64)
loaded = "exact" if search == "exact" else "approximate"
neighbors.load_searches(rows.dtype, d, k, loaded, n_rows=n, n_threads=2)
release_memory()
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
before = resident_bytes()
found = neighbors.find_neighbors(rows, k, search=search, n_threads=2)
print(found.method, peak_bytes() - before)
"""


@pytest.mark.parametrize(
    ("kind", "n", "d", "k", "search", "wanted", "method"),
    [
        ("float32", 30_000, 12, 20, "exact", 0.95, "exact"),
        ("coarse", 30_000, 13, 15, "exact", 0.95, "exact"),
        pytest.param("tied", 30_000, 30, 5, "exact", 0.95, "exact", marks=long),
        ("float64", 150_000, 2, 5, "exact", 0.95, "exact"),
        pytest.param("duplicates", 40_000, 30, 5, "exact", 0.95, "exact", marks=long),
        pytest.param("float32", 50_000, 30, 5, "approximate", 0.0, "approximate", marks=long),
        ("correlated", 70_000, 30, 1, "auto", 2.0, "approximate"),
        pytest.param(
            "duplicates", 200_000, 30, 5, "approximate", 0.0, "approximate", marks=long
        ),
        pytest.param("float32", 100_000, 30, 5, "approximate", 0.0, "approximate", marks=long),
        pytest.param("float32", 50_000, 12, 40, "approximate", 2.0, "approximate", marks=long),
        pytest.param("correlated", 100_000, 30, 2, "auto", 2.0, "approximate", marks=long),
    ],
)
def test_find_neighbors__takes_no_more_than_estimated(kind, n, d, k, search, wanted, method):
    arguments = [kind, n, d, k, search, wanted]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SEARCH, *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    how, peak = done.stdout.split()
    assert how == method
    planned = estimated_bytes(n, d, k, search)
    assert 0.2 * planned < int(peak) <= planned
