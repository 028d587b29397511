import os
import subprocess
import sys

import numpy as np
import pytest

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.compile_cache import graph_is_possible
from tests.helpers import reference_kernels as naive

pytestmark = pytest.mark.skipif(
    JIT_DISABLED, reason="pynndescent's building blocks run compiled only"
)
N = 600


@pytest.fixture(scope="module", autouse=True)
def _cache():
    assert graph_is_possible()


def refined(data, n_threads, block=10_000):
    from smotefast.kernels.nn_descent import descend

    rng = np.random.default_rng(0)
    rows = np.arange(N)[:, np.newaxis]
    indices = ((rows + 1 + rng.permuted(np.tile(np.arange(N - 1), (N, 1)), axis=1)) % N)[:, :8]
    differences = data[indices] - data[rows]
    distances = np.einsum("nkf,nkf->nk", differences, differences).astype(np.float32)
    order = np.argsort(-distances, axis=1)  # a descending row is a max-heap
    indices = np.take_along_axis(indices, order, axis=1).astype(np.int32)
    distances = np.take_along_axis(distances, order, axis=1)
    flags = np.ones(indices.shape, np.uint8)
    done = descend(data, indices, distances, flags, 8, 20, 0, block, 1, n_threads=n_threads)
    return indices, done


def test_descend__finds_near_rows_from_random_ones():
    data = np.random.default_rng(1).normal(size=(N, 4)).astype(np.float32)
    indices, done = refined(data, 2)
    assert 1 < done <= 20
    found = np.array(
        [
            row[np.argsort(naive.squared_distances(data, i)[row])][:5]
            for i, row in enumerate(indices)
        ]
    )
    assert naive.recall(data, found, range(N), 5) > 0.9


@pytest.mark.parametrize("block", [64, 10_000])
def test_descend__does_not_depend_on_the_threads(block):
    data = np.random.default_rng(2).normal(size=(N, 4)).astype(np.float32)
    assert np.array_equal(refined(data, 1, block)[0], refined(data, 2, block)[0])


def test_leaf_array__holds_every_row_once_a_tree_whatever_the_threads():
    from smotefast.kernels.nn_descent import leaf_array

    data = np.random.default_rng(3).normal(size=(N, 4)).astype(np.float32)
    leaves = leaf_array(data, 3, 50, 7, n_threads=2)
    assert np.array_equal(np.bincount(leaves[leaves >= 0]), np.full(N, 3))
    assert np.array_equal(leaf_array(data, 3, 50, 7, n_threads=1), leaves)


_SECOND = """
import numpy as np
from smotefast.neighbors import find_neighbors
pool = np.random.default_rng(0).normal(size=(5000, 4)).astype(np.float32)
find_neighbors(pool, 5, search="approximate", n_threads=2)
"""


@pytest.mark.long
def test_descend__compiles_nothing_in_a_second_process(tmp_path):
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
