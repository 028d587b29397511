"""Majority votes of neighbors over categories or classes, and their ties.

Codes and neighbors in, the code with the most votes out. While no kernel is loaded NumPy counts
few votes; the results are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.engine.draws import Draws
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
# Pairs that are listed, and looked through, at a time.
_PAIRS = 1 << 18
# Memory of votes of rows in files that are read at a time.
VOTE_BYTES = 24 << 20


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


def picks_of_samples(
    random_state: np.random.RandomState,
    codes: Rows,
    neighbors: Rows,
    draws: Draws,
    *,
    n_threads: int,
) -> np.ndarray | FilePicks | None:
    """Draw which of the tied categories each sample gets; in a file if the rows are.

    Parameters
    ----------
    random_state
        It ends where the shuffle of the last column ends.
    codes, neighbors
        Categories of the rows of a class, and neighbors of each row.
    draws
        Draws of the samples, which tell their base rows.

    Returns
    -------
    ndarray or FilePicks of shape (n_samples, n_codes), or None
        None if no column has a tie.
    """
    if isinstance(codes, RowFile):
        return _picks_in_file(random_state, codes, neighbors, draws, n_threads)
    assert isinstance(neighbors, np.ndarray)
    n_winners = winner_counts(codes, neighbors, n_threads=n_threads)
    rows = draws.choices(0, draws.n) // neighbors.shape[1]
    return draw_tie_picks(random_state, n_winners, rows)


def draw_tie_picks(
    random_state: np.random.RandomState, n_winners: np.ndarray, rows: np.ndarray
) -> np.ndarray | None:
    """Draw which of the tied categories each sample gets, as imbalanced-learn does.

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
    dtype = pick_type(int(n_winners.max()))
    for column in range(n_winners.shape[1]):
        drawn = pick_winners(random_state, n_winners[rows, column], dtype)
        if drawn is None:
            continue
        if picks is None:
            picks = np.zeros((len(rows), n_winners.shape[1]), dtype=dtype)
        picks[:, column] = drawn
    return picks


def pick_type(most: int) -> np.dtype[Any]:
    """Return the type of picks among so many winners at most."""
    return np.dtype(np.uint8 if most <= 256 else np.int32)


def pick_winners(
    random_state: np.random.RandomState, n_winners: np.ndarray, dtype: np.dtype[Any]
) -> np.ndarray | None:
    """Pick one of so many winners for each sample; None if each sample has one.

    imbalanced-learn lists all pairs of a sample and a winning category, shuffles the list, and
    takes the first pair of each sample. The pairs are shuffled here as numbers of four bytes,
    if they suffice.
    """
    most, n_pairs = int(n_winners.max()), int(n_winners.sum(dtype=np.int64))
    if most == 1:
        random_state.shuffle(np.empty(n_pairs, np.uint8))  # as many draws
        return None
    is_short, end = len(n_winners) * most <= 1 << 32, 0
    pairs = np.empty(n_pairs, np.uint32 if is_short else np.int64)
    for block in work_blocks(len(n_winners), most, _PAIRS, 1):
        counts = n_winners[block].astype(np.int64)
        # Each sample has as many numbers as any can have winners.
        starts = (block.start + np.arange(len(counts))) * most - np.cumsum(counts) + counts
        begin, end = end, end + int(counts.sum())
        pairs[begin:end] = np.repeat(starts, counts) + np.arange(end - begin)
    random_state.shuffle(pairs)
    picks = np.empty(len(n_winners), dtype)
    for last in range(n_pairs, 0, -_PAIRS):  # NumPy assigns in order: the first pair comes last
        samples, winners = np.divmod(pairs[max(0, last - _PAIRS) : last][::-1], most)
        picks[samples] = winners
    return picks


class FilePicks:
    """Numbers of each sample and column in a temporary file, column after column.

    Parameters
    ----------
    folder
        Where the file is created.
    shape
        Number of samples, and of columns.
    dtype
        Of the numbers.
    """

    def __init__(self, folder: str, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        self.shape = shape
        self._numbers = RowFile.new(folder, (shape[0] * shape[1],), dtype)

    def __getitem__(self, samples: slice) -> np.ndarray:
        """Read consecutive samples, shape (n, n_columns)."""
        return np.column_stack([self.read(j, samples) for j in range(self.shape[1])])

    def read(self, column: int, samples: slice = slice(None)) -> np.ndarray:
        """Read consecutive samples of a column."""
        return self._numbers[self._span(column, samples)]

    def write(self, column: int, values: np.ndarray, samples: slice = slice(None)) -> None:
        """Write consecutive samples of a column."""
        self._numbers[self._span(column, samples)] = values

    def _span(self, column: int, samples: slice) -> slice:
        start, stop, _ = samples.indices(self.shape[0])
        first = column * self.shape[0]
        return slice(first + start, first + stop)


def _picks_in_file(
    random_state: np.random.RandomState,
    codes: RowFile,
    neighbors: Rows,
    draws: Draws,
    n_threads: int,
) -> FilePicks | None:
    """Draw picks for rows in files; one column of the samples is in memory at a time."""
    k, n_codes = neighbors.shape[1], codes.shape[1]
    dtype = pick_type(k + 1)  # numbers of winners come first, which are up to k
    picks = FilePicks(codes.folder, (draws.n, n_codes), dtype)
    for block in work_blocks(draws.n, voter_bytes(k, n_codes), VOTE_BYTES, 1):
        stop = min(block.stop, draws.n)
        rows = draws.choices(block.start, stop) // k
        voters, ballots, rows = read_voters(codes, neighbors, rows)
        n_winners = winner_counts(voters, ballots, n_threads=n_threads)[rows]
        for column, counts in enumerate(n_winners.T):
            picks.write(column, counts, block)
    has_ties = False
    for column in range(n_codes):
        drawn = pick_winners(random_state, picks.read(column), dtype)
        has_ties |= drawn is not None
        picks.write(column, np.zeros(draws.n) if drawn is None else drawn)
    return picks if has_ties else None


def read_voters(
    codes: RowFile, neighbors: Rows, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read what votes for rows of a class in files, as arguments of ``majority_votes``.

    Returns
    -------
    codes, neighbors
        Of the rows that vote, and which of these vote for each row that occurs.
    rows
        Which of these each of the given rows is.
    """
    occurring, numbers = np.unique(rows, return_inverse=True)
    table = neighbors[occurring]
    voters, ballots = np.unique(table, return_inverse=True)
    return codes[voters], ballots.reshape(table.shape).astype(np.int32), numbers


def voter_bytes(k: int, n_codes: int) -> int:
    """Return the memory that ``read_voters`` takes for each row, in all its steps."""
    return k * (8 * n_codes + 40) + 4 * n_codes + 32


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
