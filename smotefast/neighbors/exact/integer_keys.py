"""Rows of whole numbers: their squared distances are exact, so a position fits beside one.

Counts, codes and one-hot columns give many equal distances. The k nearest by distance and
position are then the k smallest of one number, and need no second look.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.neighbors.queries import pieces

# Integers up to it, and sums of them, are exact in float64, and in float32.
_EXACT, _EXACT32 = 2.0**53, 2.0**24


def are_integers(values: np.ndarray) -> bool:
    """Whether every value is a whole number, looked at in blocks."""
    blocks = (values[some] for some in pieces(len(values), values[:1].size, 1 << 20, 1))
    return all(bool(np.all(block == np.rint(block))) for block in blocks)


def keys_are_exact(norms: np.ndarray, n_pool: int) -> bool:
    """Whether |a|^2 - 2ab + |b|^2 of integers of such squared norms, and a position, fit."""
    return bool(norms.max() * 4 * n_pool < _EXACT)


def key_type(norms: np.ndarray, n_pool: int) -> type[np.floating[Any]]:
    """Return the shorter type in which keys of rows of such squared norms are exact."""
    return np.float32 if (norms.max() + 1) * 4 * n_pool < _EXACT32 else np.float64


def positions_of_least(keys: np.ndarray, k: int) -> np.ndarray:
    """Return the positions in the k least keys of each row: their rests by the row's length."""
    keys.partition(k - 1, axis=1)
    nearest = np.sort(keys[:, :k], axis=1)
    positions: np.ndarray = nearest.astype(np.int64) % keys.shape[1]
    return positions
