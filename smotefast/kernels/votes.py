"""Majority vote: the most frequent category among the neighbors of a row."""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange

# Rows of one task.
_TASK = 256


@inner
def _winners(codes, neighbors, row, column, votes):  # type: ignore[no-untyped-def]
    """Sort the votes of a row's neighbors; put the winning codes first, ascending."""
    k = neighbors.shape[1]
    for i in range(k):
        code = codes[neighbors[row, i], column]
        hole = i
        while hole > 0 and votes[hole - 1] > code:
            votes[hole] = votes[hole - 1]
            hole -= 1
        votes[hole] = code
    most, n_winners, first = 0, 0, 0
    for i in range(1, k + 1):
        if i < k and votes[i] == votes[first]:
            continue
        n_votes = i - first
        winner = votes[first]
        if n_votes > most:
            most, n_winners = n_votes, 0
        if n_votes == most:
            votes[n_winners] = winner  # overwrites only votes that were counted already
            n_winners += 1
        first = i
    return n_winners


@parallel_kernel
def count_winners(codes: np.ndarray, neighbors: np.ndarray, n_winners: np.ndarray) -> None:
    """Count for each row and column the categories that share the most votes.

    Parameters
    ----------
    codes : array of shape (n_rows, n_codes), int32
    neighbors : array of shape (n_rows, k), integers
        Rows of ``codes`` that vote.
    n_winners : array of shape (n_rows, n_codes), int32; written
    """
    n_rows, n_codes = n_winners.shape
    for task in prange((n_rows + _TASK - 1) // _TASK):
        votes = np.empty(neighbors.shape[1], np.int32)
        for row in range(task * _TASK, min((task + 1) * _TASK, n_rows)):
            for column in range(n_codes):
                n_winners[row, column] = _winners(codes, neighbors, row, column, votes)


@parallel_kernel
def elect_categories(
    codes: np.ndarray,
    neighbors: np.ndarray,
    rows: np.ndarray,
    picks: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write the category with the most votes; of several with as many, the one picked.

    Parameters
    ----------
    codes, neighbors : as for ``count_winners``
    rows : array of shape (n_new,), integers
        Row of ``neighbors`` that votes for each new row.
    picks : array of shape (n_new, n_codes) or (0, n_codes), integers
        Which of the winners in ascending order; the first where there are no picks.
    out : array of shape (n_new, n_codes), int32; written
    """
    n_new, n_codes = out.shape
    for task in prange((n_new + _TASK - 1) // _TASK):
        votes = np.empty(neighbors.shape[1], np.int32)
        for i in range(task * _TASK, min((task + 1) * _TASK, n_new)):
            for column in range(n_codes):
                _winners(codes, neighbors, rows[i], column, votes)
                pick = picks[i, column] if picks.shape[0] > 0 else 0
                out[i, column] = votes[pick]
