"""Recipes whose values need care: integers at their limits, noise on integers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine.draws import Draws
from smotefast.engine.job import Job
from smotefast.engine.recipes import Copy, Interpolate, Origins, Smooth, widened_rows
from tests.helpers.hypothesis_examples import examples

CUTS = st.lists(st.integers(0, 300), max_size=4).map(lambda cuts: sorted([0, *cuts, 300]))
TOP = 2**63 - 1


def interpolation(base, k=2, n_new=300, seed=0):
    rng = np.random.default_rng(seed)
    neighbors = rng.integers(0, base.shape[0], (base.shape[0], k)).astype(np.int32)
    draws = Draws(np.random.RandomState(seed), n_new, neighbors.size)
    positions = np.arange(base.shape[0])
    return Interpolate.between(Origins(1, positions, positions, neighbors, draws), base, base)


def noise(base, scale, dtype, n_new=300):
    positions, width = np.arange(base.shape[0]), base.shape[1]
    draws = Draws(np.random.RandomState(0), n_new, len(positions), then="normal", width=width)
    return Smooth(Origins(1, positions, positions, None, draws), base, scale, np.dtype(dtype))


def filled(recipe, dtype, cuts=(0, 300)):
    out = np.empty((300, recipe.base.shape[1]), dtype)
    for start, stop in pairwise(cuts):
        recipe.fill(start, stop, out[start:stop], n_threads=1)
    return out


@pytest.fixture(params=["compiled", "numpy"], autouse=True)
def _way(request, monkeypatch):
    """Run every test through the kernels and through the way taken before they load."""
    loaded = request.param == "compiled"
    monkeypatch.setattr("smotefast.engine.recipes.kernels_are_loaded", lambda: loaded)


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


def test_widened_rows__are_floats_only_beyond_62_bits():
    for value, kind in ((2**62 - 1, "i"), (2**62, "f"), (-(2**62), "i"), (-(2**62) - 1, "f")):
        assert widened_rows(np.array([[value]])).dtype.kind == kind
        assert widened_rows(sparse.csr_array(np.array([[value]]))).dtype.kind == kind
    assert widened_rows(np.array([[2**63]], dtype=np.uint64)).dtype == np.float64
    assert widened_rows(np.array([[255]], dtype=np.uint8)).dtype == np.int64
    assert widened_rows(np.empty((0, 2), dtype=np.int64)).dtype == np.int64


@given(cuts=CUTS, dtype=st.sampled_from(["float64", "float32", "uint8", "int64"]))
@examples(30)
def test_smooth__does_not_depend_on_blocks(cuts, dtype):
    base = np.random.default_rng(0).integers(0, 256, (20, 3)).astype(np.uint8)
    recipe = noise(base, np.array([30.0, 1.0, 0.0]), dtype)
    np.testing.assert_array_equal(filled(recipe, dtype, cuts), filled(recipe, dtype))


def test_smooth__into_integers_is_the_noise_in_floats_cut_to_their_range():
    base = np.random.default_rng(0).integers(0, 256, (20, 3)).astype(np.uint8)
    recipe = noise(base, np.array([90.0, 1.0, 0.0]), np.uint8)
    wide = filled(recipe, np.float64)
    assert wide.min() < 0
    assert wide.max() > 255
    expected = np.clip(np.trunc(wide), 0, 255)
    np.testing.assert_array_equal(filled(recipe, np.uint8), expected)


def test_job__knows_the_type_of_its_rows():
    base = np.zeros((4, 2), np.float32)
    origins = interpolation(base).origins
    assert Job([interpolation(base)]).dtype == np.float32
    assert Job([noise(base, np.ones(2), "float64")]).dtype == np.float64
    assert Job([Copy(origins)]).dtype is None
    assert Job([]).dtype is None


def test_sparse_rows__have_indices_of_32_bits():
    rows = sparse.random(30, 9, density=0.4, format="csr", random_state=0)
    for width in (np.int32, np.int64):
        wide = sparse.csr_array(rows)
        wide.indices, wide.indptr = rows.indices.astype(width), rows.indptr.astype(width)
        for recipe in (interpolation(wide), noise(wide, np.ones(9), "float64")):
            new = Job([recipe, recipe]).sparse_rows(0, 600)
            assert new.shape == (600, 9)
            assert (new.indices.dtype, new.indptr.dtype) == (np.int32, np.int32)
