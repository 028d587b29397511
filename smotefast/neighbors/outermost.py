"""The farthest rows by register tiles, which keep what is nearest: all signs are turned.

Half a squared distance is half the row's squared norm, less its product with the query, and
half the query's squared norm. Of rows packed with both signs turned, the lowest scores are
those of the farthest.
"""

from __future__ import annotations

import numpy as np

from smotefast.neighbors.order import Asked, points_of, rank
from smotefast.neighbors.tiled import SPARE, Packed, nearest_candidates, pack

_WIDTH = np.dtype(np.float32)


def tiles_can(n_pool: int, k: int) -> bool:
    """Whether a pool has as many rows as tiles keep for k of them."""
    return n_pool >= k + SPARE[_WIDTH.name]


def farthest_by_tiles(
    pool: np.ndarray, queries: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances to the k farthest rows, ascending, and which are certain.

    Parameters
    ----------
    pool : array of shape (n_pool, n_features), of rows that ``tiles_can`` search
    queries : array of shape (n_queries, n_features)
    k : rows per query
    n_threads : threads to use; the result does not depend on it

    Returns
    -------
    distances : ndarray of shape (n_queries, k), float64
    is_certain : ndarray of shape (n_queries,), bool
        Where it is false the distances mean nothing: float32 left open which rows they are.
    """
    n = queries.shape[0]
    points = points_of(pool)
    asked = Asked(points_of(queries), np.arange(n), np.full(n, -1))
    packed = pack(points, asked.points, _WIDTH, n_threads=n_threads)
    if packed is None:
        return np.empty((n, k)), np.zeros(n, dtype=bool)
    found = nearest_candidates(_turned(packed), asked, k, n_threads=n_threads)
    scores, candidates, norms = found
    n_kept = candidates.shape[1]
    squares = rank(points, asked, candidates, n_kept, n_threads=n_threads)[0][:, n_kept - k :]
    is_certain = np.ones(n, dtype=bool)
    if not packed.is_exact:
        is_certain = _are_farther(squares[:, 0], scores[:, 0], norms, packed, pool.shape[1])
    return np.sqrt(squares), is_certain


def _turned(packed: Packed) -> Packed:
    """Turn the signs of the pool's rows, in place, and of their halves.

    A half is lowered by the slack as before: a row that was left out is certainly no farther
    than the worst score kept says.
    """
    panels = packed.panels
    np.negative(panels.values, out=panels.values)
    halves = panels.halves.astype(np.float64)
    halves *= -(0.5 + packed.slack) / (0.5 - packed.slack)
    halves[np.isinf(halves)] = np.inf  # lanes without a row
    return packed._replace(panels=panels._replace(halves=halves.astype(_WIDTH)))


def _are_farther(
    squares: np.ndarray,
    worst_scores: np.ndarray,
    norms: np.ndarray,
    packed: Packed,
    n_features: int,
) -> np.ndarray:
    """Whether squared distances lie above all that the tiles can have left out."""
    tiny = 1e-36
    rounding = 4 * (n_features + 3) * np.finfo(np.float64).eps
    left_out = norms * (1 + packed.slack) - 2 * worst_scores.astype(np.float64) + tiny
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = squares * packed.scale * packed.scale * (1 - rounding)
        return np.asarray(scaled > left_out)
