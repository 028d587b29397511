"""Exact search by register tiles: float32 proposes, float64 disposes, a bound certifies.

Tiles keep a few candidates more than asked for. Those are ranked in float64; a row is
certain when its k-th distance lies below everything the tiles can have left out, with
rounding bounded per candidate. Rows that are not certain go to float64 tiles, and what
is left to a scan of all distances.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.neighbors.order import pieces, rank

# Candidates kept beyond k. More make certainty likelier and insertions costlier.
SPARE = {"float32": 6, "float64": 24}
# Up to so many uncertain rows a scan is cheaper than packing float64 tiles.
_FEW = 64
# Queries that tell whether float32 can settle the order on these data at all.
_PROBE = 384
# Squared norms up to which sums of products of integers are exact, with one bit for halves.
_EXACT_NORM = {np.dtype(np.float32): 2.0**22, np.dtype(np.float64): 2.0**51}
_L1_BYTES = 24 * 1024
# Multiply-adds of one call, about a second: a signal waits for the end of a call.
_WORK_AT_ONCE = 1e11


class Packed(NamedTuple):
    """Rows packed for tiles, and what their scores mean."""

    panels: np.ndarray
    halves: np.ndarray
    scale: float
    slack: float
    is_exact: bool


Found = tuple[np.ndarray, np.ndarray, np.ndarray]


def search_tiles(rows: np.ndarray, queries: np.ndarray, k: int, *, n_threads: int) -> Found:
    """Return distances, positions and whether each query's answer is certain."""
    packed = pack(rows, np.dtype(np.float32), n_threads=n_threads)
    if packed is None:
        return _nothing(queries.shape[0], k)
    if _is_too_coarse(rows, packed, queries, k, n_threads):
        del packed  # memory is planned for one packing at a time
        return search_once(rows, queries, k, np.dtype(np.float64), n_threads=n_threads)
    distances, positions, certain = _search(rows, packed, queries, k, n_threads)
    del packed
    # A k-th distance of zero means more duplicates than candidates kept: float64 tiles
    # could not tell them apart either, and the scan stops early on them.
    left = np.flatnonzero(~certain & (distances[:, -1] > 0))
    if left.shape[0] > _FEW:
        wide = np.dtype(np.float64)
        again = search_once(rows, queries[left], k, wide, n_threads=n_threads)
        distances[left], positions[left], certain[left] = again
    return distances, positions, certain


def _is_too_coarse(
    rows: np.ndarray, packed: Packed, queries: np.ndarray, k: int, n_threads: int
) -> bool:
    """Whether float32 leaves the order of more than a quarter of some queries open."""
    if packed.is_exact or queries.shape[0] <= 8 * _PROBE:
        return False
    # A copy, because kernels are compiled anew for what is not contiguous.
    probe = queries[:: queries.shape[0] // _PROBE].copy()
    distances, _, certain = _search(rows, packed, probe, k, n_threads)
    n_open = int(np.count_nonzero(~certain & (distances[:, -1] > 0)))
    return n_open > int(probe.shape[0]) // 4


def search_once(
    rows: np.ndarray, queries: np.ndarray, k: int, dtype: np.dtype, *, n_threads: int
) -> Found:
    """Search with tiles of one type; what that leaves open is not looked at again."""
    packed = pack(rows, dtype, n_threads=n_threads)
    assert packed is not None
    return _search(rows, packed, queries, k, n_threads)


def pack(rows: np.ndarray, dtype: np.dtype, *, n_threads: int) -> Packed | None:
    """Centre, scale and pack the rows; None where their range exceeds float64's."""
    from smotefast.kernels.microkernel import panel_lanes
    from smotefast.kernels.tiles import pack_panels

    n_pool, n_features = rows.shape
    lanes = panel_lanes(dtype)
    panels = np.empty((-(-n_pool // lanes), n_features, lanes), dtype=dtype)
    halves = np.empty((panels.shape[0], lanes), dtype=dtype)
    center, reach, integral = center_and_reach(rows)
    if not np.isfinite(reach):
        return None
    limit = _EXACT_NORM[dtype]
    if integral and reach <= limit**0.5:
        pack_panels(rows, center, 1.0, 0.0, panels, halves, n_threads=n_threads)
        if 2 * halves.reshape(-1)[:n_pool].max() <= limit and is_integral(rows):
            return Packed(panels, halves, 1.0, 0.0, True)
    scale = scale_for(reach)
    # Rounding of n_features + 1 sums, of the norms, of the casts, with a margin.
    slack = (2 * n_features + 16) * float(np.finfo(dtype).eps) / 2
    pack_panels(rows, center, scale, slack, panels, halves, n_threads=n_threads)
    return Packed(panels, halves, scale, slack, False)


def center_and_reach(rows: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Return a centre, the largest deviation from it, and whether a sample is integers.

    The centre is the median of a sample: far rows do not drag it away from the bulk.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sample = rows[:: max(1, rows.shape[0] // 1024)].astype(np.float64)
        integral = bool(np.all(sample == np.rint(sample)))
        center = np.median(sample, axis=0)
        center = np.rint(center) if integral else center
        highest = rows.max(axis=0).astype(np.float64) - center
        lowest = center - rows.min(axis=0).astype(np.float64)
        return center, float(max(highest.max(), lowest.max())), integral


def scale_for(reach: float) -> float:
    """Return the power of two that brings the largest deviation to about one."""
    if reach == 0:
        return 1.0
    return float(np.ldexp(1.0, int(np.clip(-np.frexp(reach)[1], -1000, 1000))))


def is_integral(rows: np.ndarray) -> bool:
    """Whether every value is a whole number, looked at in blocks."""
    step = max(1, (1 << 20) // rows.shape[1])
    return all(
        bool(np.all(rows[i : i + step] == np.rint(rows[i : i + step])))
        for i in range(0, rows.shape[0], step)
    )


def _search(
    rows: np.ndarray, packed: Packed, queries: np.ndarray, k: int, n_threads: int
) -> Found:
    """Search with one packing and certify what it found."""
    scores, candidates, norms = nearest_candidates(packed, queries, k, n_threads=n_threads)
    distances, positions = rank(rows, queries, candidates, k, n_threads=n_threads)
    if packed.is_exact:
        return distances, positions, np.ones(queries.shape[0], dtype=bool)
    tiny = 1e-36 if packed.panels.dtype == np.float32 else 1e-300
    rounding = 4 * (rows.shape[1] + 3) * np.finfo(np.float64).eps
    left_out = 2 * scores[:, 0].astype(np.float64) + norms * (1 - packed.slack) - tiny
    # Squares that are no normal numbers any more are off by up to the smallest of these.
    lost = rows.shape[1] * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        kth = (distances[:, -1] + lost) * packed.scale * packed.scale
        return distances, positions, kth * (1 + rounding) < left_out


def nearest_candidates(
    packed: Packed, queries: np.ndarray, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the tiles; return scores (worst first), candidates and query norms."""
    from smotefast.kernels.tiles import search_panels

    dtype = packed.panels.dtype
    n_kept = k if packed.is_exact else k + SPARE[dtype.name]
    scores = np.empty((queries.shape[0], n_kept), dtype=dtype)
    candidates = np.empty((queries.shape[0], n_kept), dtype=np.int64)
    norms = np.empty(queries.shape[0], dtype=np.float64)
    work = float(packed.panels.size)
    for some in pieces(queries.shape[0], work, _WORK_AT_ONCE, 768 * n_threads):
        asked = queries[some]
        block = queries_per_task(asked.shape[0], packed.panels, n_threads)
        search_panels(
            packed.panels, packed.halves, asked, block, scores[some], candidates[some],
            norms[some], n_threads=n_threads,
        )  # fmt: skip
    return scores, candidates, norms


def queries_per_task(n_queries: int, panels: np.ndarray, n_threads: int) -> int:
    """Return how many queries share a pass over the panels: what L1 holds, threads busy."""
    from smotefast.kernels.microkernel import GROUP

    fitting: int = _L1_BYTES // (panels.shape[1] * panels.itemsize)
    fair = -(-n_queries // (4 * n_threads))
    return max(1, min(fitting, fair, 192) // GROUP) * GROUP


def _nothing(n_queries: int, k: int) -> Found:
    """Leave every row to the scan."""
    distances = np.zeros((n_queries, k), dtype=np.float64)
    positions = np.zeros((n_queries, k), dtype=np.int64)
    return distances, positions, np.zeros(n_queries, dtype=bool)
