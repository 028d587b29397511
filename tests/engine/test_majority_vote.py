"""Majority votes by NumPy, by kernels and by loops; ties broken as in imbalanced-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast._row_files import RowFile
from smotefast.engine import majority_vote
from smotefast.engine.draws import Draws
from smotefast.engine.majority_vote import (
    draw_tie_picks,
    majority_votes,
    numpy_counts_votes,
    picks_of_samples,
    read_voters,
    winner_counts,
)
from smotefast.kernels.compile import JIT_DISABLED
from tests.helpers import reference_kernels
from tests.helpers.hypothesis_examples import examples

EXAMPLES = examples(10 if JIT_DISABLED else 60)
KERNELS_LOADED = [True, False]


@st.composite
def ballots(draw):
    """Draw codes of a class, voters for several rows, and rows to vote for."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    n_rows, n_codes = draw(st.integers(1, 40)), draw(st.integers(1, 5))
    codes = rng.integers(0, draw(st.integers(1, 6)), (n_rows, n_codes)).astype(np.int32)
    shape = draw(st.integers(1, 50)), draw(st.integers(1, 9))
    dtype = draw(st.sampled_from([np.int32, np.int64]))
    rows = rng.integers(0, shape[0], draw(st.integers(1, 60)))
    return codes, rng.integers(0, n_rows, shape).astype(dtype), rows


def call_with(kernels_loaded, function, *args, **kwargs):
    """Call a function with kernels, or as before they are loaded."""
    original = majority_vote.kernels_are_loaded
    majority_vote.kernels_are_loaded = lambda: kernels_loaded
    try:
        return function(*args, **kwargs)
    finally:
        majority_vote.kernels_are_loaded = original


@EXAMPLES
@given(ballots(), st.sampled_from([1, 2]))
def test_winner_counts__are_those_of_a_loop(ballots, n_threads):
    codes, neighbors, _ = ballots
    expected = [
        [
            len(reference_kernels.winners(codes, neighbors, row, j))
            for j in range(codes.shape[1])
        ]
        for row in range(len(neighbors))
    ]
    for is_loaded in KERNELS_LOADED:
        counts = call_with(is_loaded, winner_counts, codes, neighbors, n_threads=n_threads)
        assert counts.dtype == np.int32
        assert counts.tolist() == expected


@EXAMPLES
@given(ballots(), st.sampled_from([1, 2]), st.booleans())
def test_majority_votes__are_those_of_a_loop(ballots, n_threads, with_picks):
    codes, neighbors, rows = ballots
    winners = [
        [reference_kernels.winners(codes, neighbors, row, j) for j in range(codes.shape[1])]
        for row in rows
    ]
    picks = None
    if with_picks:
        picks = np.array([[i % len(w) for w in row] for i, row in enumerate(winners)], np.int32)
    expected = [
        [w[0 if picks is None else picks[i, j]] for j, w in enumerate(row)]
        for i, row in enumerate(winners)
    ]
    for is_loaded in KERNELS_LOADED:
        out = np.full((len(rows), codes.shape[1]), -1, np.int32)
        args = codes, neighbors, rows, picks, out
        call_with(is_loaded, majority_votes, *args, n_threads=n_threads)
        assert out.tolist() == expected


@pytest.mark.parametrize("step", [1, 7, 1 << 18])
def test_majority_votes__by_numpy_do_not_depend_on_its_blocks(step, monkeypatch):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (30, 3)).astype(np.int32)
    neighbors = rng.integers(0, 30, (30, 6))
    rows, out = rng.integers(0, 30, 100), np.empty((100, 3), np.int32)
    winners = call_with(True, winner_counts, codes, neighbors, n_threads=1)
    picks = draw_tie_picks(np.random.RandomState(0), winners, rows)
    call_with(True, majority_votes, codes, neighbors, rows, picks, out, n_threads=1)
    monkeypatch.setattr(majority_vote, "_BLOCK", step)
    monkeypatch.setattr(majority_vote, "kernels_are_loaded", lambda: False)
    again = np.empty_like(out)
    majority_votes(codes, neighbors, rows, picks, again, n_threads=1)
    np.testing.assert_array_equal(again, out)
    np.testing.assert_array_equal(winner_counts(codes, neighbors, n_threads=1), winners)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_base=st.integers(1, 20),
    n_new=st.integers(1, 50),
    n_columns=st.integers(1, 4),
    most=st.integers(1, 5),
    at_once=st.sampled_from([1, 7, 1 << 18]),
)
@examples(80)
def test_tie_picks__are_the_first_pairs_of_a_shuffled_list(
    seed, n_base, n_new, n_columns, most, at_once
):
    rng = np.random.default_rng(seed)
    n_winners = rng.integers(1, most + 1, (n_base, n_columns)).astype(np.int32)
    rows = rng.integers(0, n_base, n_new)
    ours, reference = np.random.RandomState(seed), np.random.RandomState(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(majority_vote, "_PAIRS", at_once)
        picks = draw_tie_picks(ours, n_winners, rows)
    expected = reference_kernels.tie_picks(reference, n_winners, rows)
    if picks is None:
        assert not expected.any()
        assert (n_winners[rows] == 1).all()
    else:
        np.testing.assert_array_equal(picks, expected)
        assert picks.dtype == np.uint8
    assert ours.uniform() == reference.uniform()


@given(seed=st.integers(0, 2**32 - 1), n_new=st.integers(1, 40), n_categories=st.integers(1, 5))
@examples(60)
def test_tie_picks__are_imbalanced_learns_choice(seed, n_new, n_categories):
    is_max = np.random.default_rng(seed).random((n_new, n_categories)) < 0.6
    is_max[~is_max.any(axis=1), 0] = True
    shuffled = np.random.RandomState(seed).permutation(np.argwhere(is_max))  # as in its code
    rows, first = np.unique(shuffled[:, 0], return_index=True)
    np.testing.assert_array_equal(rows, np.arange(n_new))
    expected = shuffled[first, 1]
    counts = is_max.sum(axis=1, keepdims=True).astype(np.int32)
    picks = draw_tie_picks(np.random.RandomState(seed), counts, np.arange(n_new))
    picks = np.zeros_like(counts) if picks is None else picks
    picked = [np.flatnonzero(row)[pick] for row, pick in zip(is_max, picks[:, 0], strict=True)]
    np.testing.assert_array_equal(picked, expected)


@pytest.mark.skipif(JIT_DISABLED, reason="needs a million rows")
def test_tie_picks__pick_each_winner_equally_often():
    n = 100_000
    counts = np.full((1, 1), 4, np.int32)
    picks = draw_tie_picks(np.random.RandomState(0), counts, np.zeros(n, int))
    shares = np.bincount(picks[:, 0], minlength=4) / n
    assert np.abs(shares - 0.25).max() < 0.01


@pytest.mark.parametrize(("most", "dtype"), [(256, np.uint8), (257, np.int32)])
def test_tie_picks__take_one_byte_if_that_suffices(most, dtype):
    counts = np.array([[1, 2], [most, 1]], np.int32)
    rows = np.repeat([1, 0], [500, 5])
    picks = draw_tie_picks(np.random.RandomState(0), counts, rows)
    assert picks.dtype == dtype
    np.testing.assert_array_equal(
        picks, reference_kernels.tie_picks(np.random.RandomState(0), counts, rows)
    )


@pytest.mark.parametrize(
    ("n_results", "k", "kernels_loaded", "expected"),
    [
        (1 << 21, 4, False, True),  # 2**25 comparisons take less time than loading kernels
        ((1 << 21) + 1, 4, False, False),
        (1 << 13, 4, True, True),  # 2**17 comparisons take less time than waking threads
        ((1 << 13) + 1, 4, True, False),
    ],
)
def test_numpy_counts_votes__of_few_neighbors(n_results, k, kernels_loaded, expected):
    assert numpy_counts_votes(n_results, k, kernels_loaded) == expected


@examples(30)
@given(
    seed=st.integers(0, 9999),
    k=st.integers(1, 6),
    n_new=st.integers(1, 200),
    at_once=st.sampled_from([1, 2_000, 1 << 20]),
)
def test_votes_of_rows_in_files__are_those_of_rows_in_memory(
    tmp_path_factory, seed, k, n_new, at_once
):
    rng, folder = np.random.default_rng(seed), str(tmp_path_factory.mktemp("rows"))
    codes = rng.integers(0, 4, (30, 3)).astype(np.int32)
    neighbors = rng.integers(0, 30, (30, k)).astype(np.int32)
    stored = [RowFile.new(folder, each.shape, each.dtype) for each in (codes, neighbors)]
    stored[0][:], stored[1][:] = codes, neighbors
    draws = Draws(np.random.RandomState(seed), n_new, 30 * k)
    states = [np.random.RandomState(1) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(majority_vote, "VOTE_BYTES", at_once)
        picks = [
            picks_of_samples(state, *rows, draws, n_threads=1)
            for state, rows in zip(states, [(codes, neighbors), stored], strict=True)
        ]
    assert states[0].uniform() == states[1].uniform()
    if picks[0] is None:
        assert picks[1] is None
    else:
        np.testing.assert_array_equal(picks[1][:], picks[0])
        np.testing.assert_array_equal(picks[1][5:9], picks[0][5:9])
    rows = draws.choices(0, n_new) // k
    found = read_voters(*stored, rows)
    np.testing.assert_array_equal(found[0][found[1][found[2]]], codes[neighbors[rows]])
