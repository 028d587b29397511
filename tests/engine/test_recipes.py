"""Recipes in general: integers are widened and never wrap, sparse samples, dtypes of a job."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.recipes import Copy, NumberRecipe, Origins, widened_rows
from smotefast.over_sampling.random_over_sampler import NoisyCopy
from tests.helpers.hypothesis_examples import examples

N = 300
CUTS = st.lists(st.integers(0, N), max_size=4).map(lambda cuts: sorted([0, *cuts, N]))


@dataclass(frozen=True)
class Midpoint(NumberRecipe):
    """Samples in the middle of a base row and a neighbor, moved by normals."""

    width: float

    def samples(self, choices, *values):
        base, neighbor = self.pairs(choices)
        return (base + neighbor) / 2 + self.width * values[0]


def midpoints(base, width=0.0, step_size=None):
    rng = np.random.default_rng(0)
    n_rows, n_features = base.shape
    neighbors = rng.integers(0, n_rows, (n_rows, 3)).astype(np.int32)
    draws = Draws(np.random.RandomState(0), N, neighbors.size, (("normal", n_features),))
    positions = 10 * np.arange(n_rows)
    origins = Origins(1, positions, positions, neighbors, draws, step_size)
    return Midpoint.between(origins, base, base, width=width)


def noisy_copies(base, scale, dtype):
    positions, width = np.arange(base.shape[0]), base.shape[1]
    draws = Draws(np.random.RandomState(0), N, len(positions), (("normal", width),))
    origins = Origins(1, positions, positions, None, draws)
    return NoisyCopy(origins, base, base, np.dtype(dtype), scale)


def filled(recipe, dtype, cuts=(0, N)):
    out = np.empty((N, recipe.base.shape[1]), dtype)
    for start, stop in pairwise(cuts):
        recipe.fill(start, stop, out[start:stop], n_threads=1)
    return out


def test_widened_rows__are_floats_only_beyond_62_bits():
    for value, kind in ((2**62 - 1, "i"), (2**62, "f"), (-(2**62), "i"), (-(2**62) - 1, "f")):
        assert widened_rows(np.array([[value]])).dtype.kind == kind
        assert widened_rows(sparse.csr_array(np.array([[value]]))).dtype.kind == kind
    assert widened_rows(np.array([[2**63]], dtype=np.uint64)).dtype == np.float64
    assert widened_rows(np.array([[255]], dtype=np.uint8)).dtype == np.int64
    assert widened_rows(np.empty((0, 2), dtype=np.int64)).dtype == np.int64


@given(cuts=CUTS, dtype=st.sampled_from(["float64", "float32", "uint8", "int64"]))
@examples(30)
def test_number_recipes__do_not_depend_on_blocks(cuts, dtype):
    base = np.random.default_rng(0).integers(0, 256, (20, 3)).astype(np.uint8)
    for recipe in (
        noisy_copies(base, np.array([30.0, 1.0, 0.0]), dtype),
        midpoints(base.astype(dtype), 30.0),
    ):
        np.testing.assert_array_equal(filled(recipe, dtype, cuts), filled(recipe, dtype))


def test_number_recipes__truncate_integers_and_cut_them_to_their_range():
    base = np.random.default_rng(0).integers(0, 256, (20, 3)).astype(np.uint8)
    recipe = noisy_copies(base, np.array([90.0, 1.0, 0.0]), np.uint8)
    floats = filled(recipe, np.float64)
    assert floats.min() < 0
    assert floats.max() > 255
    expected = np.clip(np.trunc(floats), 0, 255)
    np.testing.assert_array_equal(filled(recipe, np.uint8), expected)


def test_number_recipes__are_the_same_in_sparse_rows():
    dense = np.arange(60.0).reshape(20, 3)
    new = midpoints(sparse.csr_array(dense)).csr_rows(40, 90, n_threads=1)
    np.testing.assert_array_equal(new.toarray(), filled(midpoints(dense), float)[40:90])


def test_provenance__of_samples_beside_the_line_has_rows_and_no_step():
    base = np.arange(60.0).reshape(20, 3)
    recipe = midpoints(base)
    provenance = provenance_of([recipe.origins])
    middle = (base[provenance.base // 10] + base[provenance.neighbor // 10]) / 2
    np.testing.assert_array_equal(filled(recipe, float), middle)
    assert np.isnan(provenance.step).all()


def test_job__has_the_dtype_of_its_samples():
    base = np.zeros((4, 2), np.float32)
    recipe = midpoints(base)
    assert Job([recipe]).dtype == np.float32
    assert Job([noisy_copies(base, np.ones(2), "float64")]).dtype == np.float64
    assert Job([Copy(recipe.origins)]).dtype is None
    assert Job([]).dtype is None


def test_sparse_rows__have_indices_of_32_bits():
    rows = sparse.random(30, 9, density=0.4, format="csr", random_state=0)
    for width in (np.int32, np.int64):
        wide = sparse.csr_array(rows)
        wide.indices, wide.indptr = rows.indices.astype(width), rows.indptr.astype(width)
        draws = Draws(np.random.RandomState(0), N, 60)
        positions, neighbors = np.arange(30), np.zeros((30, 2), np.int32)
        origins = Origins(1, positions, positions, neighbors, draws)
        for recipe in (
            Interpolate.between(origins, wide, wide),
            noisy_copies(wide, np.ones(9), "float64"),
        ):
            new = Job([recipe, recipe]).sparse_rows(0, 2 * N)
            assert new.shape == (2 * N, 9)
            assert (new.indices.dtype, new.indptr.dtype) == (np.int32, np.int32)


@pytest.mark.parametrize("n_positions", [1, 7])
def test_copies__are_their_own_neighbors_at_step_0(n_positions):
    positions = 5 * np.arange(n_positions)
    draws = Draws(np.random.RandomState(0), N, n_positions, ())
    copy = Copy(Origins("a", positions, positions, None, draws))
    provenance = provenance_of([copy.origins])
    np.testing.assert_array_equal(provenance.base, positions[draws.choices(0, N)])
    np.testing.assert_array_equal(provenance.neighbor, provenance.base)
    assert not provenance.step.any()
    np.testing.assert_array_equal(Job([copy]).positions(0, N), provenance.base)
    with pytest.raises(TypeError, match="Copied rows are taken from the data"):
        Job([copy]).fill(0, N, np.empty((N, 1)))
