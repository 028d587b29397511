"""Exact search by register tiles: low precision proposes candidates, a bound certifies them.

Tiles keep a few candidates more than k. These are ranked in float64; a query is resolved if its
k-th distance is below that of every row the tiles can have left out, with the rounding error
bounded per candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smotefast._row_files import RowFile
from smotefast.kernels.points import Points
from smotefast.neighbors.exact.integer_keys import are_integers
from smotefast.neighbors.exact.scan import rank_candidates, search_scan
from smotefast.neighbors.queries import (
    Queries,
    counted_blocks,
    result_blocks,
    row_sample,
    work_blocks,
)
from smotefast.neighbors.result import ResultInBlocks, SearchResult

if TYPE_CHECKING:
    from smotefast.kernels.tiles import Panels

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
INT16 = np.dtype(np.int16)
# Candidates beyond k. More resolve more queries and take longer to insert.
SPARE = {"float32": 6, "float64": 24}
# Queries that show whether float32 can certify the order of these data. Float64 tiles serve
# all queries if more than a quarter of these stay unresolved.
_PROBE = 384
# Squared norms up to which sums of products of integers are exact, with one bit for halves.
_EXACT_NORM = {FLOAT32: 2.0**22, FLOAT64: 2.0**51}
_L1_BYTES = 24 * 1024
# Multiply-adds in float32 of one call and thread, about 0.3 s: a signal is handled after it. A
# category counts as so many numbers: more than it costs, so that no call takes longer. A call
# has at least so many queries for a thread.
CODE_COST = 4
_WORK_PER_THREAD, _FEWEST_QUERIES = 1.5e10, 192
# Rows that the center is the median of, or up to twice as many: the median of these in 100
# columns takes 0.2 ms, of 2,000 rows 2 ms. Wide rows have fewer: 452 x 278 took 1 ms.
_SAMPLE, _SAMPLE_VALUES, _FEWEST_SAMPLED = 256, 1 << 15, 64


class Packed(NamedTuple):
    """Pool rows and query rows packed for tiles, and the scale and error of their scores."""

    panels: Panels
    query_panels: Panels
    half_weight: float
    scale: float
    slack: float
    is_exact: bool


def search_tiles(
    points: Points,
    queries: Queries[Points],
    k: int,
    *,
    n_threads: int,
    with_distances: bool = True,
) -> SearchResult | None:
    """Find the k nearest rows by float32 tiles; None if float32 certifies too few."""
    packed = pack(points, queries.points, FLOAT32, n_threads=n_threads)
    if packed is None:
        return _all_unresolved(len(queries.rows), k, with_distances)
    if _is_too_coarse(points, packed, queries, k, n_threads):
        return None
    return _search(points, packed, queries, k, n_threads, with_distances=with_distances)


def search_float64_tiles(
    points: Points,
    queries: Queries[Points],
    k: int,
    *,
    n_threads: int,
    with_distances: bool = True,
) -> SearchResult:
    """Find the k nearest rows by float64 tiles."""
    packed = pack(points, queries.points, FLOAT64, n_threads=n_threads)
    if packed is None:
        return _all_unresolved(len(queries.rows), k, with_distances)
    return _search(points, packed, queries, k, n_threads, with_distances=with_distances)


def nearest_rows(points: Points, queries: Queries[Points], *, n_threads: int) -> np.ndarray:
    """Return the nearest row of each query, of few rows: float32 tiles, then a scan."""
    packed = pack(points, queries.points, FLOAT32, n_threads=n_threads)
    if packed is None:
        return search_scan(points, queries, 1, n_threads=n_threads).indices[:, 0]
    result = _search(points, packed, queries, 1, n_threads, spare=1)
    rest = result.unresolved
    if len(rest):
        part = queries.subset(rest)
        result.indices[rest] = search_scan(points, part, 1, n_threads=n_threads).indices
    return result.indices[:, 0]


def _is_too_coarse(
    points: Points, packed: Packed, queries: Queries[Points], k: int, n_threads: int
) -> bool:
    """Whether float32 leaves more than a quarter of a sample of the queries unresolved."""
    if packed.is_exact or len(queries.rows) <= 8 * _PROBE:
        return False
    # An index array gives copies: kernels are compiled again for arrays with strides.
    sample = queries.subset(np.arange(0, len(queries.rows), len(queries.rows) // _PROBE))
    result = _search(points, packed, sample, k, n_threads)
    return len(resolvable(result)) > len(sample.rows) // 4


def resolvable(result: SearchResult) -> np.ndarray:
    """Return the unresolved queries that tiles of higher precision can resolve.

    A k-th distance of zero means more duplicates than candidates. No tiles can tell these
    apart, and the scan stops early on them.
    """
    return np.setdiff1d(result.unresolved, result.tied, assume_unique=True)


def pack(
    points: Points, query_points: Points, dtype: np.dtype[np.floating], *, n_threads: int
) -> Packed | None:
    """Center, scale and pack the rows; None if their range exceeds that of float64."""
    center, reach, is_integral = center_and_reach(points.values)
    if query_points is not points:
        reach = max(reach, reach_of(query_points.values, center))
        is_integral = is_integral and are_integers(query_points.values)
    if not np.isfinite(reach):
        return None
    limit = _EXACT_NORM[dtype]
    if is_integral and reach <= limit**0.5 and not points.codes.shape[1]:
        packed = _packed(points, query_points, dtype, center, 1.0, 0.0, n_threads)
        if _largest_norm(packed) <= limit and are_integers(points.values):
            return packed._replace(is_exact=True)
    # Rounding of n_features + 1 sums and of one for each category, of the norms and of the
    # casts, with a margin.
    n_sums = points.values.shape[1] + points.codes.shape[1]
    slack = (2 * n_sums + 16) * float(np.finfo(dtype).eps) / 2
    return _packed(points, query_points, dtype, center, scale_for(reach), slack, n_threads)


def _packed(
    points: Points,
    query_points: Points,
    dtype: np.dtype[np.floating],
    center: np.ndarray,
    scale: float,
    slack: float,
    n_threads: int,
) -> Packed:
    from smotefast.kernels.tile_kernel import panel_lanes
    from smotefast.kernels.tiles import pack_panels

    packed = []
    for rows in (points,) if query_points is points else (points, query_points):
        panels = empty_panels(rows, -(-len(rows.values) // panel_lanes(dtype)), dtype)
        pack_panels(rows, center, scale, slack, *panels, n_threads=n_threads)
        packed.append(panels)
    half_weight = 0.5 * points.weight * scale * scale
    return Packed(packed[0], packed[-1], half_weight, scale, slack, False)


def empty_panels(points: Points, n_panels: int, dtype: np.dtype[Any]) -> Panels:
    """Return panels for rows like those of some points, not yet written."""
    from smotefast.kernels.tile_kernel import features_per_word, panel_lanes
    from smotefast.kernels.tiles import Panels

    lanes, per_word = panel_lanes(dtype), features_per_word(dtype)
    n_words = -(-points.values.shape[1] // per_word)
    return Panels(
        np.empty((n_panels, n_words, lanes * per_word), dtype=dtype),
        np.empty((n_panels, lanes), dtype=FLOAT32 if dtype == INT16 else dtype),
        np.empty((n_panels, points.codes.shape[1], lanes), dtype=np.int32),
    )


def _largest_norm(packed: Packed) -> float:
    """Return the largest squared norm of rows that were packed without slack."""
    halves = [panels.halves for panels in (packed.panels, packed.query_panels)]
    return 2 * max(float(each[np.isfinite(each)].max()) for each in halves)


def center_and_reach(rows: np.ndarray | RowFile) -> tuple[np.ndarray, float, bool]:
    """Return a center, the largest deviation from it, and whether a sample is integers.

    The center is the median of the sample: outliers do not move it away from the bulk.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        n_sample = max(_FEWEST_SAMPLED, min(_SAMPLE, _SAMPLE_VALUES // rows.shape[1]))
        sample = row_sample(rows, n_sample).astype(np.float64)
        is_integral = bool(np.all(sample == np.rint(sample)))
        center = np.median(sample, axis=0)
        center = np.rint(center) if is_integral else center
        return center, reach_of(rows, center), is_integral


def reach_of(rows: np.ndarray | RowFile, center: np.ndarray) -> float:
    """Return the largest deviation from a center, computed in blocks that fit the cache."""
    highest = np.full(rows.shape[1], -np.inf)
    lowest = np.full(rows.shape[1], np.inf)
    for block in work_blocks(rows.shape[0], rows.shape[1], 1 << 16, 1):
        part = rows[block]
        np.maximum(highest, part.max(axis=0), out=highest)
        np.minimum(lowest, part.min(axis=0), out=lowest)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(max((highest - center).max(), (center - lowest).max()))


def scale_for(reach: float, exponent: int = 0) -> float:
    """Return the power of two that scales the largest deviation to about 2^exponent."""
    if reach == 0:
        return 1.0
    return float(np.ldexp(1.0, int(np.clip(exponent - np.frexp(reach)[1], -1000, 1000))))


def _search(
    points: Points,
    packed: Packed,
    queries: Queries[Points],
    k: int,
    n_threads: int,
    spare: int | None = None,
    *,
    with_distances: bool = True,
) -> SearchResult:
    """Search with one packing and certify the result, in blocks of queries."""
    n_pool, n_features = points.values.shape
    n_kept = _n_kept(packed, k, spare)
    results = ResultInBlocks(len(queries.rows), k, n_pool, with_distances=with_distances)
    for block in result_blocks(len(queries.rows), n_kept, k, n_threads):
        part = queries.subset(block)
        scores, candidates, norms = nearest_candidates(
            packed, part, k, n_threads=n_threads, spare=spare
        )
        found = rank_candidates(points, part, candidates, k, n_threads=n_threads)
        is_certain: np.ndarray | bool = packed.is_exact
        if not packed.is_exact:
            kth = found.squared()[:, -1]
            is_certain = _are_below_rest(packed, kth, scores[:, 0], norms, n_features)
        results.add(block, found, is_certain)
    return results.result()


def _n_kept(packed: Packed, k: int, spare: int | None) -> int:
    """Return the candidates of a query."""
    spare = SPARE[packed.panels.values.dtype.name] if spare is None else spare
    return k if packed.is_exact else k + spare


def _are_below_rest(
    packed: Packed, squared: np.ndarray, worst: np.ndarray, norms: np.ndarray, n_features: int
) -> np.ndarray:
    """Whether squared distances are below those of all rows that tiles can have left out.

    ``worst`` are the worst scores kept, ``norms`` the squared norms of the queries.
    """
    tiny = 1e-36 if packed.panels.values.dtype == FLOAT32 else 1e-300
    left_out = 2 * worst.astype(np.float64) + norms * (1 - packed.slack) - tiny
    return are_below(squared, left_out, packed.scale, n_features)


def are_below(
    squared: np.ndarray, bounds: np.ndarray, scale: float, n_features: int
) -> np.ndarray:
    """Whether squared distances are below bounds of scaled ones, however they were rounded."""
    rounding = 4 * (n_features + 3) * np.finfo(np.float64).eps
    # Squares below the smallest normal number are off by up to that number.
    underflow = n_features * np.finfo(np.float64).tiny
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (squared + underflow) * scale * scale
        return np.asarray(scaled * (1 + rounding) < bounds)


def nearest_candidates(
    packed: Packed,
    queries: Queries[Points],
    k: int,
    *,
    n_threads: int,
    spare: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the tiles; return scores (worst first), candidates and squared query norms."""
    from smotefast.kernels.tiles import search_panels

    dtype, n_kept = packed.panels.values.dtype, _n_kept(packed, k, spare)
    scores = np.empty((len(queries.rows), n_kept), dtype=dtype)
    candidates = np.empty((len(queries.rows), n_kept), dtype=np.int64)
    norms = np.empty(len(queries.rows), dtype=np.float64)
    work = float(packed.panels.values.size + CODE_COST * packed.panels.codes.size)
    work *= dtype.itemsize / FLOAT32.itemsize
    per_call, fewest = _WORK_PER_THREAD * n_threads, _FEWEST_QUERIES * n_threads
    for block in counted_blocks(len(queries.rows), work, per_call, fewest):
        part = queries.subset(block)
        per_task = queries_per_task(len(part.rows), packed.panels.values, n_threads)
        search_panels(
            packed.panels, packed.query_panels, part.rows, part.excluded, packed.half_weight,
            per_task, scores[block], candidates[block], norms[block], n_threads=n_threads,
        )  # fmt: skip
    return scores, candidates, norms


def queries_per_task(n_queries: int, panels: np.ndarray, n_threads: int) -> int:
    """Return the queries of a task: they fit the L1 cache and leave work for all threads."""
    from smotefast.kernels.tile_kernel import GROUP

    fitting: int = _L1_BYTES // (panels.shape[1] * panels.itemsize)
    fair = -(-n_queries // (4 * n_threads))
    return max(1, min(fitting, fair, 192) // GROUP) * GROUP


def _all_unresolved(n_queries: int, k: int, with_distances: bool) -> SearchResult:
    """Leave every query to the scan."""
    every = np.arange(n_queries)
    squared = np.zeros((n_queries, k)) if with_distances else None
    return SearchResult(np.zeros((n_queries, k), np.int64), squared, every, tied=every)
