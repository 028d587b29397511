"""Categories by majority: the most frequent one among the neighbours of a row."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange

# Rows of one task.
_TASK = 256


@inner
def _winners(codes, neighbors, row, column, ballots):  # type: ignore[no-untyped-def]
    """Sort the votes of a row's neighbours; put the winning codes first, ascending."""
    k = neighbors.shape[1]
    for place in range(k):
        code = codes[neighbors[row, place], column]
        hole = place
        while hole > 0 and ballots[hole - 1] > code:
            ballots[hole] = ballots[hole - 1]
            hole -= 1
        ballots[hole] = code
    most, n_winners, first = 0, 0, 0
    for place in range(1, k + 1):
        if place < k and ballots[place] == ballots[first]:
            continue
        votes = place - first
        winner = ballots[first]
        if votes > most:
            most, n_winners = votes, 0
        if votes == most:
            ballots[n_winners] = winner  # never beyond what was counted already
            n_winners += 1
        first = place
    return n_winners


@parallel_kernel
def count_winners(codes: np.ndarray, neighbors: np.ndarray, n_winners: np.ndarray) -> None:
    """Count for each row and column the categories that share the most votes.

    Parameters
    ----------
    codes : array of shape (n_rows, n_codes), int32
    neighbors : array of shape (n_rows, k), integers
        Positions in ``codes`` of the rows that vote.
    n_winners : array of shape (n_rows, n_codes), int32; written
    """
    n_rows, n_codes = n_winners.shape
    for task in prange((n_rows + _TASK - 1) // _TASK):
        ballots = np.empty(neighbors.shape[1], np.int32)
        for row in range(task * _TASK, min((task + 1) * _TASK, n_rows)):
            for column in range(n_codes):
                n_winners[row, column] = _winners(codes, neighbors, row, column, ballots)


@parallel_kernel
def elect_categories(
    codes: np.ndarray,
    neighbors: np.ndarray,
    rows: np.ndarray,
    picks: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write the category with the most votes; where several share them, the one picked.

    Parameters
    ----------
    codes, neighbors : as for ``count_winners``
    rows : array of shape (n_new,), integers
        Whose neighbours vote.
    picks : array of shape (n_new, n_codes) or (0, n_codes), integers
        Which of the winners in ascending order; the first where there are no picks.
    out : array of shape (n_new, n_codes), int32; written
    """
    n_new, n_codes = out.shape
    for task in prange((n_new + _TASK - 1) // _TASK):
        ballots = np.empty(neighbors.shape[1], np.int32)
        for i in range(task * _TASK, min((task + 1) * _TASK, n_new)):
            for column in range(n_codes):
                _winners(codes, neighbors, rows[i], column, ballots)
                pick = picks[i, column] if picks.shape[0] > 0 else 0
                out[i, column] = ballots[pick]
