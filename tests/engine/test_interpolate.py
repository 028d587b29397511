"""Interpolation: integers at their limits, and when NumPy computes instead of the kernel."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate, numpy_interpolates
from smotefast.engine.job import Job
from smotefast.engine.recipes import Origins
from tests.helpers.hypothesis_examples import examples

CUTS = st.lists(st.integers(0, 300), max_size=4).map(lambda cuts: sorted([0, *cuts, 300]))
TOP = 2**63 - 1


def interpolation(base, k=2, n_new=300, seed=0):
    rng = np.random.default_rng(seed)
    neighbors = rng.integers(0, base.shape[0], (base.shape[0], k)).astype(np.int32)
    draws = Draws(np.random.RandomState(seed), n_new, neighbors.size)
    positions = np.arange(base.shape[0])
    return Interpolate.between(Origins(1, positions, positions, neighbors, draws), base, base)


def filled(recipe, dtype, cuts=(0, 300)):
    out = np.empty((300, recipe.base.shape[1]), dtype)
    for start, stop in pairwise(cuts):
        recipe.fill(start, stop, out[start:stop], n_threads=1)
    return out


@pytest.fixture(params=["kernel", "numpy"])
def _both_implementations(request, monkeypatch):
    is_loaded = request.param == "kernel"
    monkeypatch.setattr("smotefast.engine.interpolate.kernels_are_loaded", lambda: is_loaded)


pytestmark = pytest.mark.usefixtures("_both_implementations")


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_interpolate__of_a_constant_at_the_limit_stays_there(dtype):
    limits = np.iinfo(dtype)
    for value in (limits.max, limits.min):
        base = np.full((6, 2), value, dtype)
        base[:, 1] = np.arange(6)
        new = filled(interpolation(base), dtype)
        assert (new[:, 0] == value).all()
        assert new[:, 1].max() <= 5


def test_interpolate__between_the_limits_stays_between_them_and_is_spread():
    base = np.array([[TOP], [-TOP - 1]])
    new = filled(interpolation(base), np.int64).astype(float)
    inside = np.abs(new[np.abs(new) < 2**63])
    assert len(inside) > 100
    assert inside.std() > 2**60


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_interpolate__at_the_limits_is_the_same_in_sparse_rows(dtype):
    dense = np.zeros((8, 3), dtype)
    dense[::2, 0], dense[:, 2] = np.iinfo(dtype).max, np.arange(8)
    rows = interpolation(sparse.csr_array(dense))
    new = Job([rows]).sparse_rows(0, 300)
    assert new.dtype == dtype
    np.testing.assert_array_equal(new.toarray(), filled(interpolation(dense), dtype))


@given(cuts=CUTS)
@examples(15)
def test_interpolate__at_the_limits_does_not_depend_on_blocks(cuts):
    base = np.array([[TOP, 3], [-TOP, 9], [5, 2**62], [0, 0]])
    recipe = interpolation(base)
    np.testing.assert_array_equal(filled(recipe, np.int64, cuts), filled(recipe, np.int64))


MILLION = 1 << 20


@pytest.mark.parametrize(
    ("dtype", "computed", "n_values", "kernels_loaded", "expected"),
    [
        ("float64", "float64", MILLION, False, True),  # few values, and no kernel is loaded
        ("float64", "float64", MILLION, True, False),
        ("float64", "float64", MILLION + 1, False, False),
        ("float32", "float32", MILLION + 1, True, False),
        ("int16", "int64", MILLION + 1, True, False),
        ("float16", "float16", MILLION + 1, True, True),  # numba has no such dtypes
        ("longdouble", "longdouble", MILLION + 1, True, True),
        ("int64", "float64", MILLION + 1, True, True),  # floats that may exceed the range
        ("uint64", "float64", 1, True, True),
    ],
)
def test_numpy_interpolates__what_the_kernel_cannot_and_few_values_before_one_is_loaded(
    dtype, computed, n_values, kernels_loaded, expected
):
    dtypes = np.dtype(dtype), np.dtype(computed)
    assert numpy_interpolates(*dtypes, n_values, kernels_loaded=kernels_loaded) == expected
