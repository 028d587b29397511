"""Which category a new row gets: the one that most neighbours of its base row have.

Codes of a class and its neighbours flow in; a code for each new row and column flows out.
Until the kernels are loaded numpy counts the votes; the codes are the same.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels import kernels_are_loaded

# Comparisons at a time that numpy makes.
_BLOCK = 1 << 18
# Comparisons up to which numpy takes less (0.1 s) than loading the kernels.
_LITTLE = 1 << 25
# And those that it makes while threads wake up.
_TINY = 1 << 17
# Pairs whose places in a shuffled list are noted at a time.
_PAIRS = 1 << 18


def winner_counts(codes: np.ndarray, neighbors: np.ndarray, *, n_threads: int) -> np.ndarray:
    """Count for each row and column the categories that share the most votes."""
    counts = np.empty((neighbors.shape[0], codes.shape[1]), dtype=np.int32)
    if _is_little(counts.size, neighbors.shape[1]):
        for some in _blocks(counts, neighbors.shape[1]):
            counts[some] = _sorted_winners(codes, neighbors[some])[1].sum(axis=1)
        return counts
    from smotefast.kernels.votes import count_winners

    count_winners(codes, neighbors, counts, n_threads=n_threads)
    return counts


def elected(
    codes: np.ndarray,
    neighbors: np.ndarray,
    rows: np.ndarray,
    picks: np.ndarray | None,
    out: np.ndarray,
    *,
    n_threads: int,
) -> None:
    """Write the category with the most votes; where several share them, the one picked.

    Parameters
    ----------
    codes
        Of the rows of a class, shape (n_rows, n_codes).
    neighbors
        Who votes, shape (n_rows, k).
    rows
        Base row of each new row.
    picks
        Which of the winning categories, of shape (n_new, n_codes); None for the first.
    out
        Shape (n_new, n_codes), int32; written.
    """
    if picks is None:
        picks = np.empty((0, codes.shape[1]), dtype=np.uint8)
    if not _is_little(out.size, neighbors.shape[1]):
        from smotefast.kernels.votes import elect_categories

        elect_categories(codes, neighbors, rows, picks, out, n_threads=n_threads)
        return
    for some in _blocks(out, neighbors.shape[1]):
        votes, wins = _sorted_winners(codes, neighbors[rows[some]])
        place = np.cumsum(wins, axis=1) - 1
        wanted = picks[some][:, np.newaxis] if picks.shape[0] else 0
        chosen = (wins & (place == wanted)).argmax(axis=1)
        out[some] = np.take_along_axis(votes, chosen[:, np.newaxis], axis=1)[:, 0]


def load_votes(*, n_threads: int) -> None:
    """Bring the kernels of the votes into the process, as a job of files wants."""
    from smotefast.kernels.votes import count_winners, elect_categories

    codes, rows = np.zeros((3, 1), np.int32), np.arange(3)
    neighbors = np.zeros((3, 2), np.int32)
    count_winners(codes, neighbors, codes.copy(), n_threads=n_threads)
    picks = np.zeros((3, 1), np.uint8)
    elect_categories(codes, neighbors, rows, picks, codes.copy(), n_threads=n_threads)


def _is_little(n_votes: int, k: int) -> bool:
    return n_votes * k * k <= (_TINY if kernels_are_loaded() else _LITTLE)


def _blocks(table: np.ndarray, k: int) -> list[slice]:
    step = max(1, _BLOCK // max(1, table.shape[1] * k * k))
    return [slice(i, i + step) for i in range(0, table.shape[0], step)]


def _sorted_winners(codes: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return votes in ascending order, and where the first vote for a winner stands.

    Both have shape (n_rows, k, n_codes).
    """
    votes = np.sort(codes[neighbors], axis=1)
    counts = (votes[:, :, np.newaxis] == votes[:, np.newaxis]).sum(axis=2)
    first = np.ones(votes.shape, dtype=bool)
    first[:, 1:] = votes[:, 1:] != votes[:, :-1]
    return votes, first & (counts == counts.max(axis=1, keepdims=True))


def tie_picks(
    random_state: np.random.RandomState, n_winners: np.ndarray, rows: np.ndarray
) -> np.ndarray | None:
    """Draw which of the winning categories each new row gets, as imbalanced-learn does.

    It lists for a column all pairs of a new row and a winning category, shuffles the list,
    and takes the first pair of each row. One shuffle a column, in the order of the columns.

    Parameters
    ----------
    random_state
        Left where the last shuffle ends.
    n_winners
        Winning categories of each base row and column.
    rows
        Base row of each new row.

    Returns
    -------
    ndarray of shape (n_new, n_codes), uint8 where that suffices, or None
        None where no column has a tie.
    """
    picks: np.ndarray | None = None
    for column in range(n_winners.shape[1]):
        counts = n_winners[rows, column]
        starts = np.cumsum(counts, dtype=np.int64) - counts
        order = random_state.permutation(int(counts.sum()))
        if counts.max() == 1:
            continue
        places = np.empty(len(order), np.int32 if len(order) < 2**31 else np.int64)
        for first in range(0, len(order), _PAIRS):
            some = order[first : first + _PAIRS]
            places[some] = np.arange(first, first + len(some))
        first_pairs = np.minimum.reduceat(places, starts)
        del places
        if picks is None:
            kind = np.uint8 if n_winners.max() <= 256 else np.int32
            picks = np.zeros((len(rows), n_winners.shape[1]), dtype=kind)
        picks[:, column] = order[first_pairs] - starts
    return picks
