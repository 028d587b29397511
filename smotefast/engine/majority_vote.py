"""Majority votes of neighbors over categories or classes, and their ties.

Codes and neighbors in, the code with the most votes out. While no kernel is loaded NumPy counts
few votes; the results are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smotefast.kernels import kernels_are_loaded
from smotefast.neighbors.queries import work_blocks

# Comparisons of codes that NumPy makes at a time.
_BLOCK = 1 << 18
# Up to this many comparisons NumPy takes less time (0.1 s) than loading the kernels.
_FEW_COMPARISONS = 1 << 25
# Up to this many NumPy is as fast as loaded kernels, which wake threads.
_FEW_BESIDE_KERNELS = 1 << 17
# The same of one kernel call and thread: about 0.2 s. A signal is handled after a call.
_PER_THREAD = 1 << 27
# Pairs of a shuffled list whose ranks are written at a time.
_PAIRS = 1 << 18


def winner_counts(codes: np.ndarray, neighbors: np.ndarray, *, n_threads: int) -> np.ndarray:
    """Count for each row and column the categories that share the most votes.

    Parameters
    ----------
    codes
        Codes of the rows of a class, shape (n_rows, n_codes).
    neighbors
        Neighbors of each row, shape (n_queries, k).

    Returns
    -------
    ndarray of shape (n_queries, n_codes), int32
    """
    counts = np.empty((neighbors.shape[0], codes.shape[1]), dtype=np.int32)
    if numpy_counts_votes(counts.size, neighbors.shape[1], kernels_are_loaded()):
        for block in _blocks(counts, neighbors.shape[1]):
            counts[block] = _sorted_votes(codes, neighbors[block])[1].sum(axis=1)
        return counts
    from smotefast.kernels.votes import count_winners

    for block in _kernel_blocks(counts, neighbors.shape[1], n_threads):
        count_winners(codes, neighbors[block], counts[block], n_threads=n_threads)
    return counts


def majority_votes(
    codes: np.ndarray,
    neighbors: np.ndarray,
    rows: np.ndarray,
    tie_picks: np.ndarray | None,
    out: np.ndarray,
    *,
    n_threads: int,
) -> None:
    """Write the code with the most votes among the neighbors of each row.

    Parameters
    ----------
    codes
        Codes of the rows that vote, shape (n_rows, n_codes).
    neighbors
        Neighbors that vote, shape (n_queries, k).
    rows
        Row of ``neighbors`` for each result, shape (n,).
    tie_picks
        Which of several codes with the most votes wins, in ascending order, shape (n, n_codes);
        None for the first.
    out
        Shape (n, n_codes), int32; written.
    """
    if tie_picks is None:
        tie_picks = np.empty((0, codes.shape[1]), dtype=np.uint8)
    if not numpy_counts_votes(out.size, neighbors.shape[1], kernels_are_loaded()):
        from smotefast.kernels.votes import elect_categories

        for block in _kernel_blocks(out, neighbors.shape[1], n_threads):
            picks, part = tie_picks[block], out[block]
            elect_categories(codes, neighbors, rows[block], picks, part, n_threads=n_threads)
        return
    for block in _blocks(out, neighbors.shape[1]):
        votes, is_winner = _sorted_votes(codes, neighbors[rows[block]])
        rank = np.cumsum(is_winner, axis=1) - 1
        picked = tie_picks[block][:, np.newaxis] if tie_picks.shape[0] else 0
        index = (is_winner & (rank == picked)).argmax(axis=1)
        out[block] = np.take_along_axis(votes, index[:, np.newaxis], axis=1)[:, 0]


def numpy_counts_votes(n_results: int, k: int, kernels_loaded: bool) -> bool:
    """Return whether NumPy counts the votes, and not a kernel."""
    limit = _FEW_BESIDE_KERNELS if kernels_loaded else _FEW_COMPARISONS
    return n_results * k * k <= limit


def load_votes(*, n_threads: int) -> None:
    """Run the kernels on a few rows, so that they are compiled and loaded."""
    from smotefast.kernels.votes import count_winners, elect_categories

    codes, rows = np.zeros((3, 1), np.int32), np.arange(3)
    neighbors = np.zeros((3, 2), np.int32)
    count_winners(codes, neighbors, codes.copy(), n_threads=n_threads)
    picks = np.zeros((3, 1), np.uint8)
    elect_categories(codes, neighbors, rows, picks, codes.copy(), n_threads=n_threads)


def draw_tie_picks(
    random_state: np.random.RandomState, n_winners: np.ndarray, rows: np.ndarray
) -> np.ndarray | None:
    """Draw which of the tied categories each sample gets, as imbalanced-learn does.

    For each column imbalanced-learn lists all pairs of a sample and a winning category,
    shuffles the list, and takes the first pair of each sample.

    Parameters
    ----------
    random_state
        It ends where the shuffle of the last column ends.
    n_winners
        Number of winning categories of each base row and column.
    rows
        Base row of each sample.

    Returns
    -------
    ndarray of shape (n_samples, n_codes), uint8 if that suffices, or None
        None if no column has a tie.
    """
    picks: np.ndarray | None = None
    for column in range(n_winners.shape[1]):
        counts = n_winners[rows, column]
        starts = np.cumsum(counts, dtype=np.int64) - counts
        order = random_state.permutation(int(counts.sum()))
        if counts.max() == 1:
            continue
        first_pairs = order[np.minimum.reduceat(_ranks(order), starts)]
        if picks is None:
            dtype = np.uint8 if n_winners.max() <= 256 else np.int32
            picks = np.zeros((len(rows), n_winners.shape[1]), dtype=dtype)
        picks[:, column] = first_pairs - starts
    return picks


def _ranks(order: np.ndarray) -> np.ndarray:
    """Return the inverse of a permutation, written block by block."""
    ranks = np.empty(len(order), np.int32 if len(order) < 2**31 else np.int64)
    for first in range(0, len(order), _PAIRS):
        block = order[first : first + _PAIRS]
        ranks[block] = np.arange(first, first + len(block))
    return ranks


def _kernel_blocks(table: np.ndarray, k: int, n_threads: int) -> Iterator[slice]:
    return work_blocks(len(table), table.shape[1] * k * k, _PER_THREAD * n_threads, 1)


def _blocks(table: np.ndarray, k: int) -> list[slice]:
    step = max(1, _BLOCK // max(1, table.shape[1] * k * k))
    return [slice(i, i + step) for i in range(0, table.shape[0], step)]


def _sorted_votes(codes: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the votes in ascending order, and which are the first vote for a winner.

    Both have shape (n_rows, k, n_codes).
    """
    votes = np.sort(codes[neighbors], axis=1)
    counts = (votes[:, :, np.newaxis] == votes[:, np.newaxis]).sum(axis=2)
    is_first = np.ones(votes.shape, dtype=bool)
    is_first[:, 1:] = votes[:, 1:] != votes[:, :-1]
    return votes, is_first & (counts == counts.max(axis=1, keepdims=True))
