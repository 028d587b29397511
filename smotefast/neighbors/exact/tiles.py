"""Exact search by register tiles: float32 proposes, float64 disposes, a bound certifies.

Tiles keep a few candidates more than asked for. Those are ranked in float64; a row is
certain when its k-th distance lies below everything the tiles can have left out, with
rounding bounded per candidate. Rows that are not certain go to float64 tiles, and what
is left to a scan of all distances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smotefast.kernels.points import Points
from smotefast.neighbors.exact.integer_keys import are_integers
from smotefast.neighbors.queries import Asked, pieces, rank

if TYPE_CHECKING:
    from smotefast.kernels.tiles import Panels

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
# Rows that the centre comes from, or up to twice as many: their median in 100 columns takes
# 0.2 ms, that of 2,000 rows 2 ms.
_SAMPLE = 256


class Packed(NamedTuple):
    """Rows packed for tiles, the queries packed alike, and what their scores mean."""

    panels: Panels
    asked: Panels
    half_weight: float
    scale: float
    slack: float
    is_exact: bool


Found = tuple[np.ndarray, np.ndarray, np.ndarray]


def search_tiles(points: Points, asked: Asked, k: int, *, n_threads: int) -> Found:
    """Return distances, positions and whether each query's answer is certain."""
    packed = pack(points, asked.points, np.dtype(np.float32), n_threads=n_threads)
    if packed is None:
        return _nothing(asked.n, k)
    if _is_too_coarse(points, packed, asked, k, n_threads):
        del packed  # memory is planned for one packing at a time
        return search_once(points, asked, k, np.dtype(np.float64), n_threads=n_threads)
    distances, positions, certain = _search(points, packed, asked, k, n_threads)
    del packed
    # A k-th distance of zero means more duplicates than candidates kept: float64 tiles
    # could not tell them apart either, and the scan stops early on them.
    left = np.flatnonzero(~certain & (distances[:, -1] > 0))
    if left.shape[0] > _FEW:
        wide = np.dtype(np.float64)
        again = search_once(points, asked.some(left), k, wide, n_threads=n_threads)
        distances[left], positions[left], certain[left] = again
    return distances, positions, certain


def _is_too_coarse(
    points: Points, packed: Packed, asked: Asked, k: int, n_threads: int
) -> bool:
    """Whether float32 leaves the order of more than a quarter of some queries open."""
    if packed.is_exact or asked.n <= 8 * _PROBE:
        return False
    # Copies, because kernels are compiled anew for what is not contiguous.
    some = np.arange(0, asked.n, asked.n // _PROBE)
    distances, _, certain = _search(points, packed, asked.some(some), k, n_threads)
    n_open = int(np.count_nonzero(~certain & (distances[:, -1] > 0)))
    return n_open > len(some) // 4


def search_once(
    points: Points, asked: Asked, k: int, dtype: np.dtype, *, n_threads: int
) -> Found:
    """Search with tiles of one type; what that leaves open is not looked at again."""
    packed = pack(points, asked.points, dtype, n_threads=n_threads)
    assert packed is not None
    return _search(points, packed, asked, k, n_threads)


def pack(points: Points, asked: Points, dtype: np.dtype, *, n_threads: int) -> Packed | None:
    """Centre, scale and pack the rows; None where their range exceeds float64's."""
    center, reach, integral = center_and_reach(points.values)
    if asked is not points:
        reach = max(reach, _reach(asked.values, center))
        integral = integral and are_integers(asked.values)
    if not np.isfinite(reach):
        return None
    limit = _EXACT_NORM[dtype]
    if integral and reach <= limit**0.5 and not points.codes.shape[1]:
        packed = _packed(points, asked, dtype, center, 1.0, 0.0, n_threads)
        if _largest_norm(packed) <= limit and are_integers(points.values):
            return packed._replace(is_exact=True)
    # Rounding of n_features + 1 sums and of one for each category, of the norms, of the
    # casts, with a margin.
    n_sums = points.values.shape[1] + points.codes.shape[1]
    slack = (2 * n_sums + 16) * float(np.finfo(dtype).eps) / 2
    return _packed(points, asked, dtype, center, scale_for(reach), slack, n_threads)


def _packed(
    points: Points,
    asked: Points,
    dtype: np.dtype,
    center: np.ndarray,
    scale: float,
    slack: float,
    n_threads: int,
) -> Packed:
    from smotefast.kernels.tiles import pack_panels

    made = []
    for each in (points,) if asked is points else (points, asked):
        panels = _empty_panels(each, dtype)
        pack_panels(each, center, scale, slack, *panels, n_threads=n_threads)
        made.append(panels)
    half_weight = 0.5 * points.weight * scale * scale
    return Packed(made[0], made[-1], half_weight, scale, slack, False)


def _empty_panels(points: Points, dtype: np.dtype) -> Panels:
    from smotefast.kernels.tile_kernel import panel_lanes
    from smotefast.kernels.tiles import Panels

    n_rows, n_features = points.values.shape
    lanes = panel_lanes(dtype)
    n_panels = -(-n_rows // lanes)
    return Panels(
        np.empty((n_panels, n_features, lanes), dtype=dtype),
        np.empty((n_panels, lanes), dtype=dtype),
        np.empty((n_panels, points.codes.shape[1], lanes), dtype=np.int32),
    )


def _largest_norm(packed: Packed) -> float:
    """Return the largest squared norm of rows packed without slack."""
    halves = [panels.halves for panels in (packed.panels, packed.asked)]
    return 2 * max(float(each[np.isfinite(each)].max()) for each in halves)


def center_and_reach(rows: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Return a centre, the largest deviation from it, and whether a sample is integers.

    The centre is the median of a sample: far rows do not drag it away from the bulk.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sample = rows[:: max(1, rows.shape[0] // _SAMPLE)].astype(np.float64)
        integral = bool(np.all(sample == np.rint(sample)))
        center = np.median(sample, axis=0)
        center = np.rint(center) if integral else center
        return center, _reach(rows, center), integral


def _reach(rows: np.ndarray, center: np.ndarray) -> float:
    """Return the largest deviation from a centre, looked for in blocks that fit the cache."""
    highest = np.full(rows.shape[1], -np.inf)
    lowest = np.full(rows.shape[1], np.inf)
    for some in pieces(rows.shape[0], rows.shape[1], 1 << 16, 1):
        block = rows[some]
        np.maximum(highest, block.max(axis=0), out=highest)
        np.minimum(lowest, block.min(axis=0), out=lowest)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(max((highest - center).max(), (center - lowest).max()))


def scale_for(reach: float) -> float:
    """Return the power of two that brings the largest deviation to about one."""
    if reach == 0:
        return 1.0
    return float(np.ldexp(1.0, int(np.clip(-np.frexp(reach)[1], -1000, 1000))))


def _search(points: Points, packed: Packed, asked: Asked, k: int, n_threads: int) -> Found:
    """Search with one packing and certify what it found."""
    scores, candidates, norms = nearest_candidates(packed, asked, k, n_threads=n_threads)
    distances, positions = rank(points, asked, candidates, k, n_threads=n_threads)
    if packed.is_exact:
        return distances, positions, np.ones(asked.n, dtype=bool)
    n_features = points.values.shape[1]
    tiny = 1e-36 if packed.panels.values.dtype == np.float32 else 1e-300
    rounding = 4 * (n_features + 3) * np.finfo(np.float64).eps
    left_out = 2 * scores[:, 0].astype(np.float64) + norms * (1 - packed.slack) - tiny
    # Squares that are no normal numbers any more are off by up to the smallest of these.
    lost = n_features * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        kth = (distances[:, -1] + lost) * packed.scale * packed.scale
        return distances, positions, kth * (1 + rounding) < left_out


def nearest_candidates(
    packed: Packed, asked: Asked, k: int, *, n_threads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the tiles; return scores (worst first), candidates and query norms."""
    from smotefast.kernels.tiles import search_panels

    dtype = packed.panels.values.dtype
    n_kept = k if packed.is_exact else k + SPARE[dtype.name]
    scores = np.empty((asked.n, n_kept), dtype=dtype)
    candidates = np.empty((asked.n, n_kept), dtype=np.int64)
    norms = np.empty(asked.n, dtype=np.float64)
    work = float(packed.panels.values.size + packed.panels.codes.size)
    for some in pieces(asked.n, work, _WORK_AT_ONCE, 768 * n_threads):
        part = asked.some(some)
        block = queries_per_task(part.n, packed.panels.values, n_threads)
        search_panels(
            packed.panels, packed.asked, part.rows, part.own, packed.half_weight, block,
            scores[some], candidates[some], norms[some], n_threads=n_threads,
        )  # fmt: skip
    return scores, candidates, norms


def queries_per_task(n_queries: int, panels: np.ndarray, n_threads: int) -> int:
    """Return how many queries share a pass over the panels: what L1 holds, threads busy."""
    from smotefast.kernels.tile_kernel import GROUP

    fitting: int = _L1_BYTES // (panels.shape[1] * panels.itemsize)
    fair = -(-n_queries // (4 * n_threads))
    return max(1, min(fitting, fair, 192) // GROUP) * GROUP


def _nothing(n_queries: int, k: int) -> Found:
    """Leave every row to the scan."""
    distances = np.zeros((n_queries, k), dtype=np.float64)
    positions = np.zeros((n_queries, k), dtype=np.int64)
    return distances, positions, np.zeros(n_queries, dtype=bool)
