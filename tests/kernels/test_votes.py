import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.kernels.compile import JIT_DISABLED
from smotefast.kernels.votes import count_winners, elect_categories
from tests.helpers import reference_kernels as naive
from tests.helpers.hypothesis_examples import examples

SOME = examples(8 if JIT_DISABLED else 60)
NO_PICKS = np.empty((0, 1), np.int32)


def election(seed, n_rows, n_codes, n_values, k, n_voted, kind=np.int32):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_values, (n_rows, n_codes)).astype(np.int32)
    return codes, rng.integers(0, n_rows, (n_voted, k)).astype(kind)


def counted(codes, neighbors, n_threads=1):
    out = np.full((len(neighbors), codes.shape[1]), -1, np.int32)
    count_winners(codes, neighbors, out, n_threads=n_threads)
    return out


def elected(codes, neighbors, rows, picks=NO_PICKS, n_threads=1):
    out = np.full((len(rows), codes.shape[1]), -1, np.int32)
    elect_categories(codes, neighbors, rows, picks, out, n_threads=n_threads)
    return out


@SOME
@given(
    seed=st.integers(0, 999),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 4)),
    n_values=st.integers(1, 9),
    k=st.integers(1, 12),
    kind=st.sampled_from([np.int32, np.int64]),
    n_threads=st.sampled_from([1, 2]),
)
def test_count_winners__counts_what_the_naive_election_lists(
    seed, shape, n_values, k, kind, n_threads
):
    codes, neighbors = election(seed, *shape, n_values, k, 30, kind)
    expected = [
        [len(naive.winners(codes, neighbors, row, j)) for j in range(shape[1])]
        for row in range(30)
    ]
    assert counted(codes, neighbors, n_threads).tolist() == expected


@SOME
@given(
    seed=st.integers(0, 999),
    n_values=st.integers(1, 9),
    k=st.integers(1, 12),
    kind=st.sampled_from([np.int32, np.uint8]),
    n_threads=st.sampled_from([1, 2]),
)
def test_elect_categories__writes_the_winner_that_was_picked(
    seed, n_values, k, kind, n_threads
):
    codes, neighbors = election(seed, 25, 3, n_values, k, 10)
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 10, 40)
    counts = counted(codes, neighbors)[rows]
    picks = rng.integers(0, counts).astype(kind)
    winners = [[naive.winners(codes, neighbors, row, j) for j in range(3)] for row in rows]
    for chosen in (NO_PICKS, picks):
        found = elected(codes, neighbors, rows, chosen, n_threads)
        places = chosen if len(chosen) else np.zeros_like(picks)
        expected = [[of[j][places[i, j]] for j in range(3)] for i, of in enumerate(winners)]
        assert found.tolist() == expected


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n", [255, 256, 257, 513])
def test_elect_categories__is_right_at_the_edges_of_tasks(n, n_threads):
    codes, neighbors = election(n, 20, 1, 3, 4, n)
    rows = np.arange(n)
    everyone = [naive.winners(codes, neighbors, row, 0) for row in range(n)]
    assert counted(codes, neighbors, n_threads)[:, 0].tolist() == [len(of) for of in everyone]
    assert elected(codes, neighbors, rows, n_threads=n_threads)[:, 0].tolist() == [
        of[0] for of in everyone
    ]


def test_elect_categories__takes_the_first_where_all_votes_differ_or_agree():
    codes = np.array([[7], [3], [9], [1]], np.int32)
    different, same = np.array([[0, 1, 2, 3]]), np.array([[2, 2, 2]])
    assert counted(codes, different).tolist() == [[4]]
    assert elected(codes, different, np.zeros(4, int), np.arange(4)[:, None]).tolist() == [
        [1], [3], [7], [9],
    ]  # fmt: skip
    assert counted(codes, same).tolist() == [[1]]
    assert elected(codes, same, np.zeros(1, int)).tolist() == [[9]]


def test_votes__of_no_rows_write_nothing():
    codes, neighbors = election(0, 5, 2, 3, 4, 3)
    assert elected(codes, neighbors, np.empty(0, int)).shape == (0, 2)
    assert counted(codes, neighbors[:0]).shape == (0, 2)
