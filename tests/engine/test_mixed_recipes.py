"""Rows of numbers and categories: the samples do not depend on blocks or threads."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from smotefast.engine import draws as draws_module
from smotefast.engine.class_counts import counts_by_class
from smotefast.engine.draws import Draws
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.job import Job
from smotefast.engine.majority_vote import draw_tie_picks, winner_counts
from smotefast.engine.mixed_recipes import MixedInterpolate, MixedMatrix, first_rows
from smotefast.engine.recipes import Origins
from smotefast.over_sampling.smote_n import MajorityVote, class_shares
from tests.helpers import reference_kernels
from tests.helpers.hypothesis_examples import examples

N = 300
CUTS = st.lists(st.integers(0, 2 * N), max_size=5).map(lambda c: sorted([0, *c, 2 * N]))
THREADS = st.sampled_from([1, 2, 3])
IMPLEMENTED_TWICE = ["smotefast.engine.interpolate", "smotefast.engine.majority_vote"]


@pytest.fixture(params=["kernels", "numpy"], autouse=True)
def _both_implementations(request, monkeypatch):
    """Run every test with kernels, and with NumPy as before they are loaded."""
    for module in IMPLEMENTED_TWICE:
        monkeypatch.setattr(f"{module}.kernels_are_loaded", lambda: request.param == "kernels")
    monkeypatch.setattr(draws_module, "_CHECKPOINT", 64)


def class_of(seed, n_rows=20, n_numeric=3, n_codes=2, k=5, dtype=np.float64):
    """Return rows of a class, and neighbors of each."""
    rng = np.random.default_rng(seed)
    numbers = (rng.normal(size=(n_rows, n_numeric)) * 50).astype(dtype)
    codes = rng.integers(0, 3, (n_rows, n_codes)).astype(np.int32)
    return numbers, codes, rng.integers(0, n_rows, (n_rows, k)).astype(np.int32)


def origins_of(label, neighbors, draws):
    positions = np.arange(neighbors.shape[0])
    return Origins(label, positions, positions, neighbors, draws)


def mixed_recipe(seed, label, **kwargs):
    numbers, codes, neighbors = class_of(seed, **kwargs)
    draws = Draws(np.random.RandomState(seed), N, neighbors.size)
    winners = winner_counts(codes, neighbors, n_threads=1)
    rows = draws.choices(0, N) // neighbors.shape[1]
    picks = draw_tie_picks(np.random.RandomState(seed), winners, rows)
    origins = origins_of(label, neighbors, draws)
    return MixedInterpolate(Interpolate.between(origins, numbers, numbers), codes, picks)


def filled(job, out, cuts):
    for start, stop in pairwise(cuts):
        job.fill(start, stop, out[start:stop])
    return out


def mixed_rows(recipes, cuts, n_threads):
    shape = recipes[0].numbers.base.shape[1], recipes[0].codes.shape[1]
    dtype = Job(recipes).dtype
    out = MixedMatrix(np.empty((2 * N, shape[0]), dtype), np.empty((2 * N, shape[1]), np.int32))
    return filled(Job(recipes, n_threads=n_threads), out, cuts)


@given(
    seed=st.integers(0, 999),
    cuts=CUTS,
    n_threads=THREADS,
    n_codes=st.integers(1, 4),
    dtype=st.sampled_from([np.float64, np.float32, np.int64, np.uint8]),
)
@examples(30)
def test_mixed_interpolate__does_not_depend_on_blocks_or_threads(
    seed, cuts, n_threads, n_codes, dtype
):
    recipes = [mixed_recipe(seed + i, i, n_codes=n_codes, dtype=dtype) for i in (0, 1)]
    whole, parts = mixed_rows(recipes, (0, 2 * N), 1), mixed_rows(recipes, cuts, n_threads)
    np.testing.assert_array_equal(parts.numbers, whole.numbers)
    np.testing.assert_array_equal(parts.codes, whole.codes)
    assert whole.numbers.dtype == recipes[0].dtype == dtype


@given(seed=st.integers(0, 999), n_codes=st.integers(1, 4), k=st.integers(1, 6))
@examples(20)
def test_mixed_interpolate__interpolates_numbers_and_takes_the_picked_category_of_a_tie(
    seed, n_codes, k
):
    recipes = [mixed_recipe(seed + i, i, n_codes=n_codes, k=k) for i in (0, 1)]
    out = mixed_rows(recipes, (0, 2 * N), 2)
    for label, recipe in enumerate(recipes):
        rows = slice(label * N, (label + 1) * N)
        neighbors = recipe.origins.neighbors
        choices, steps = reference_kernels.draw(seed + label, N, neighbors.size)
        expected = reference_kernels.interpolate(
            recipe.numbers.base, recipe.numbers.base, neighbors, choices, steps, np.float64
        )
        np.testing.assert_array_equal(out.numbers[rows], expected)
        for i, row in enumerate(choices // k):
            for j in range(n_codes):
                winners = reference_kernels.winners(recipe.codes, neighbors, row, j)
                pick = 0 if recipe.tie_picks is None else recipe.tie_picks[i, j]
                assert out.codes[rows][i, j] == winners[pick]


@given(seed=st.integers(0, 999), cuts=CUTS, n_threads=THREADS)
@examples(30)
def test_majority_vote__does_not_depend_on_blocks_or_threads(seed, cuts, n_threads):
    recipes = []
    for label in (0, 1):
        modes = np.random.default_rng(seed + label).integers(0, 9, (12, 4)).astype(np.int32)
        draws = Draws(np.random.RandomState(seed), N, 12, ())
        origins = Origins(label, np.arange(12), np.arange(12), None, draws)
        recipes.append(MajorityVote(origins, modes))
    job = Job(recipes, n_threads=n_threads)
    whole = filled(job, np.empty((2 * N, 4), np.int32), (0, 2 * N))
    np.testing.assert_array_equal(filled(job, np.empty_like(whole), cuts), whole)
    drawn = np.random.RandomState(seed).randint(0, 12, N)
    np.testing.assert_array_equal(whole[:N], recipes[0].modes[drawn])
    assert job.dtype == np.int32


def test_mixed_matrix__gives_views_of_slices_and_copies_of_rows():
    numbers, codes, _ = class_of(0)
    matrix = MixedMatrix(numbers, codes)
    assert matrix.shape == (20, 5)
    assert matrix.dtype == np.float64
    part = matrix[2:7]
    assert np.shares_memory(part.numbers, numbers)
    assert np.shares_memory(part.codes, codes)
    rows = MixedMatrix(np.asfortranarray(numbers), codes)[np.array([3, 1])]
    assert rows.numbers.flags.c_contiguous
    np.testing.assert_array_equal(rows.numbers, numbers[[3, 1]])
    np.testing.assert_array_equal(rows.codes, codes[[3, 1]])


def test_mixed_matrix__returns_rows_of_csr_as_arrays():
    numbers, codes, _ = class_of(0)
    rows = MixedMatrix(sparse.csr_array(numbers), codes)[np.array([3, 1])]
    np.testing.assert_array_equal(rows.numbers, numbers[[3, 1]])


@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=1, max_size=40))
def test_first_rows__are_the_first_with_each_category(rows):
    codes = np.array(rows, dtype=np.int32)
    for column, first in zip(codes.T, first_rows(codes), strict=True):
        values = column.tolist()
        expected = [values.index(c) if c in values else -1 for c in range(max(values) + 1)]
        assert first.tolist() == expected


@given(
    seed=st.integers(0, 999),
    n_rows=st.integers(2, 40),
    n_categories=st.integers(1, 9),
    n_classes=st.integers(2, 5),
)
def test_class_shares__are_those_of_a_loop_over_rows(seed, n_rows, n_categories, n_classes):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_categories, (n_rows, 3)).astype(np.int32)
    y = np.array(list("badce"))[rng.integers(0, n_classes, n_rows)]
    shares = class_shares(counts_by_class(codes, y))
    for column, expected in zip(shares, reference_kernels.class_shares(codes, y), strict=True):
        np.testing.assert_array_equal(column, expected)
