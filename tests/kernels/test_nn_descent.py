import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.compile_cache import pynndescent_is_possible

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="pynndescent runs compiled only")
N, WIDTH = 300, 4


@pytest.fixture(scope="module", autouse=True)
def _cache():
    assert pynndescent_is_possible()


def random_graph(rng):
    """Return neighbors of each row, a few of them missing, and rows that each is one of."""
    graph = (np.arange(N)[:, np.newaxis] + rng.integers(1, N, (N, WIDTH))) % N
    graph[rng.random(graph.shape) < 0.05] = N
    edges = np.zeros((N + 1, N), dtype=np.int8)
    edges[graph.ravel(), np.repeat(np.arange(N), WIDTH)] = 1
    by_target = sparse.csr_array(edges)
    starts, sources = by_target.indptr.astype(np.int64), by_target.indices.astype(np.int32)
    return graph.astype(np.int32), starts, sources


def joined(rows, graph, starts, sources, block, n_threads):
    from smotefast.kernels.nn_descent import join_neighbors

    improved = np.empty((N, WIDTH), dtype=np.int32)
    for first in range(0, N, block):
        part = improved[first : first + block]
        queries = np.arange(first, first + len(part), dtype=np.int32)
        join_neighbors(rows, graph, starts, sources, queries, part, n_threads=n_threads)
    return improved


@pytest.mark.parametrize(("block", "n_threads"), [(N, 1), (N, 2), (7, 2)])
def test_join_neighbors__keeps_the_nearest_of_all_that_it_compares(block, n_threads):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(N, 5)).astype(np.float32)
    graph, starts, sources = random_graph(rng)
    improved = joined(rows, graph, starts, sources, block, n_threads)
    for row in range(N):
        reverse = sources[starts[row] : starts[row + 1]]
        taken = min(len(reverse), WIDTH)
        reverse = [reverse[i * len(reverse) // taken] for i in range(taken)]
        between = [q for q in [*graph[row], *reverse] if q < N]
        compared = {*between, *(r for q in between for r in graph[q] if r < N)} - {row}
        distances = {r: np.square(rows[r] - rows[row]).sum() for r in compared}
        nearest = sorted(compared, key=distances.get)[:WIDTH]
        assert sorted(improved[row][improved[row] >= 0]) == sorted(nearest)


def test_join_neighbors__leaves_rows_without_neighbors_empty():
    graph = np.full((N, WIDTH), N, dtype=np.int32)
    starts, sources = np.zeros(N + 2, dtype=np.int64), np.empty(0, dtype=np.int32)
    rows = np.zeros((N, 2), dtype=np.float32)
    assert (joined(rows, graph, starts, sources, N, 2) == -1).all()


_SECOND = """
import numpy as np
from smotefast.neighbors import find_neighbors
pool = np.random.default_rng(0).normal(size=(5000, 4)).astype(np.float32)
find_neighbors(pool, 5, search="approximate", n_threads=2)
"""


@pytest.mark.long
def test_approximate_search__compiles_nothing_in_a_second_process(tmp_path):
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path),
        "NUMBA_DEBUG_CACHE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    outputs = [
        subprocess.run(
            [sys.executable, "-c", _SECOND],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert "data saved" in outputs[0]
    assert "data saved" not in outputs[1]
