"""Mean distance between the rows of a cluster: that of all pairs."""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import pdist

from smotefast.over_sampling import _cluster_density as density
from smotefast.over_sampling._cluster_density import kernel_pays, mean_distance


def rows(seed, n):
    return np.random.default_rng(seed).normal(size=(n, 4))


@pytest.mark.parametrize(
    ("shape", "pays"),
    [
        ((2_048, 100), False),  # all distances at once
        ((5_000, 20), False),
        ((5_001, 20), True),
        ((2_300, 100), True),
        ((50_000, 101), False),  # wide
    ],
)
def test_kernel_pays__for_much_work_on_narrow_rows(shape, pays):
    assert kernel_pays(*shape) == pays


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
@pytest.mark.parametrize("kind", ["products", "kernel", "csr"])
def test_mean_distance__is_that_of_all_pairs(dtype, kind, monkeypatch):
    monkeypatch.setattr(density, "kernel_pays", lambda n_rows, n_features: kind == "kernel")
    values = (rows(1, 70) * 100).astype(dtype)
    matrix = sparse.csr_array(values) if kind == "csr" else values
    mean = mean_distance(matrix, n_threads=2)
    assert mean.dtype == (np.float32 if dtype == np.float32 else np.float64)
    expected = pdist(values.astype(np.float64)).mean()
    np.testing.assert_allclose(mean, expected, rtol=1e-6 if dtype == np.float32 else 1e-13)


@pytest.mark.parametrize("kind", ["dense", "csr"])
def test_mean_distance__needs_no_table_of_all_pairs(kind, monkeypatch):
    monkeypatch.setattr(density, "_DISTANCES_AT_ONCE", 0.05)  # megabytes: 21 rows of 300
    values = rows(2, 300)
    matrix = sparse.csr_array(values) if kind == "csr" else values
    np.testing.assert_allclose(
        mean_distance(matrix, n_threads=1), pdist(values).mean(), rtol=1e-13
    )
