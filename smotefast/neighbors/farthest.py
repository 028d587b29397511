"""The distances to the farthest rows of a pool: products propose them, differences settle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from smotefast._threads import one_blas_thread, run_in_threads
from smotefast.neighbors.exact.csr import farthest_sparse_pool
from smotefast.neighbors.exact.tiles import SPARE, Packed, nearest_candidates, pack
from smotefast.neighbors.planner import LITTLE_WORK, MOST_BY_TILES
from smotefast.neighbors.queries import Asked, points_of, rank
from smotefast.neighbors.search import distances_to, squares_between

# Pairs estimated at a time by one thread: 4 MB of float64.
_BLOCK_PAIRS = 1 << 19
# Queries packed for tiles at a time, and the pool anew with them: 65,536 and 50,000 rows of 20
# take 15 to 23 ms, and the search a second.
_TILED_QUERIES = 1 << 17
# Doubts so small, of a squared distance, are about rows that are equally far.
_HARMLESS = 1e-10
# Rows that the centre comes from.
_SAMPLE = 256


class _Pool(NamedTuple):
    """Rows around their middle, where estimates lose less, and their squared norms."""

    center: Any
    rows: Any
    norms: np.ndarray
    share: float


def farthest_in_pool(pool: Any, queries: Any, k: int, *, n_threads: int) -> np.ndarray:
    """Return the distances of each query to the k farthest rows of a pool, ascending.

    Tiles or estimates choose the rows. Where rounding leaves open which, all distances are
    taken.

    Parameters
    ----------
    pool, queries : arrays or CSR matrices
    k : rows per query, at most ``n_pool``
    n_threads : threads to use; the result does not depend on it

    Returns
    -------
    ndarray of shape (n_queries, k), float64
    """
    if not isinstance(pool, np.ndarray):
        return farthest_sparse_pool(pool, queries, k, n_threads=n_threads)
    if not _tiles_pay(pool, queries, k):
        return _by_products(pool, queries, k, n_threads)
    found = np.empty((queries.shape[0], k))
    for start in range(0, len(found), _TILED_QUERIES):
        some = slice(start, start + _TILED_QUERIES)
        found[some] = _by_tiles(pool, queries[some], k, n_threads)
    return found


def _by_tiles(pool: np.ndarray, queries: np.ndarray, k: int, n_threads: int) -> np.ndarray:
    found, is_certain = farthest_by_tiles(pool, queries, k, n_threads=n_threads)
    left = np.flatnonzero(~is_certain)
    if len(left):
        found[left] = _by_products(pool, queries[left], k, n_threads)
    return found


def _tiles_pay(pool: Any, queries: Any, k: int) -> bool:
    """Whether loading kernels pays, for rows that tiles can search."""
    if k > MOST_BY_TILES:
        return False
    work = float(queries.shape[0]) * pool.size
    return work > LITTLE_WORK and tiles_can(pool.shape[0], k)


def _by_products(pool: Any, queries: Any, k: int, n_threads: int) -> np.ndarray:
    data = _prepared(pool)
    found = np.empty((queries.shape[0], k))
    step = max(1, _BLOCK_PAIRS // pool.shape[0])

    def search(some: slice) -> None:
        found[some] = _farthest(data, pool, queries[some], k)

    with one_blas_thread():
        run_in_threads(search, queries.shape[0], step, n_threads)
    return found


def _farthest(data: _Pool, pool: Any, queries: Any, k: int) -> np.ndarray:
    n_pool = pool.shape[0]
    with np.errstate(over="ignore", invalid="ignore"):
        rows = queries - data.center
        estimates = rows @ data.rows.T
        estimates *= -2
        estimates += data.norms
        chosen = np.argpartition(estimates, -k, axis=1)[:, -k:]
        distances = np.sort(distances_to(pool, queries, chosen), axis=1)
        if k == n_pool:
            return distances
        # A row of norm n is estimated to about n and the query's norm times the share. The
        # norm of one that is not chosen is at most twice the query's and twice the distance.
        kth = np.take_along_axis(estimates, chosen, axis=1).min(axis=1)
        np.put_along_axis(estimates, chosen, -np.inf, axis=1)
        norms = _norms(rows)
        reach = np.abs(kth + norms)  # the squared distance
        doubt = 8 * data.share * (norms + reach)
        is_sure = kth - estimates.max(axis=1) > doubt
        is_sure |= doubt <= _HARMLESS * reach
    for row in np.flatnonzero(~is_sure):
        squares = squares_between(pool, queries[np.full(n_pool, row)])
        distances[row] = np.sqrt(np.sort(np.partition(squares, -k)[-k:]))
    return distances


def _prepared(pool: Any) -> _Pool:
    some = pool[:: max(1, pool.shape[0] // _SAMPLE)].astype(np.float64)
    center = np.median(some, axis=0)  # far rows do not drag it away
    with np.errstate(over="ignore", invalid="ignore"):
        rows = pool - center
        share = 8 * (pool.shape[1] + 16) * float(np.finfo(np.float64).eps)
        return _Pool(center, rows, _norms(rows), share)


def _norms(rows: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("if,if->i", rows, rows))


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
