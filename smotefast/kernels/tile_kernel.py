"""The innermost tile of the exact search: a few queries against one panel, in registers.

A panel holds ``lanes`` candidates feature by feature; a query group holds ``GROUP``
negated queries feature by feature. The tile computes ``half - q . c`` for all pairs in
vector registers, adds half a weight for each category that differs, and stores scores
only where one is below its query's threshold, which after the first few panels is rare;
``first_lane`` then finds which ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from smotefast.kernels.compile import JIT_DISABLED, intrinsic
from smotefast.kernels.tile_llvm import GROUP as GROUP
from smotefast.kernels.tile_llvm import PANEL_BYTES, emit_tile, emit_trailing_zeros

if TYPE_CHECKING:
    from llvmlite import ir
    from numba.core import types, typing


def panel_lanes(dtype: npt.DTypeLike) -> int:
    """Return the candidates per panel: as many as two vector registers hold."""
    return PANEL_BYTES // int(np.dtype(dtype).itemsize)


if JIT_DISABLED:

    def score_tile(
        panels: np.ndarray,
        panel: int,
        halves: np.ndarray,
        half: int,
        codes: np.ndarray,
        code: int,
        queries: np.ndarray,
        query_codes: np.ndarray,
        group: int,
        n_features: int,
        n_codes: int,
        half_weight: float,
        limits: np.ndarray,
        scores: np.ndarray,
        hits: np.ndarray,
    ) -> bool:
        """Compute in Python what the intrinsic computes in registers."""
        lanes = scores.shape[0] // GROUP
        candidates = panels[panel : panel + n_features * lanes].reshape(n_features, lanes)
        query = group * n_features * GROUP
        negated = queries[query : query + n_features * GROUP].reshape(n_features, GROUP)
        tile = halves[half : half + lanes] + negated.T @ candidates
        candidate_codes = codes[code : code + n_codes * lanes].reshape(n_codes, 1, lanes)
        query = group * n_codes * GROUP
        group_codes = query_codes[query : query + n_codes * GROUP].reshape(n_codes, GROUP, 1)
        weights = np.where(candidate_codes != group_codes, panels.dtype.type(half_weight), 0)
        tile += weights.sum(axis=0, dtype=panels.dtype)
        below = tile < limits[group * GROUP : (group + 1) * GROUP, None]
        hits[:] = (below << np.arange(lanes, dtype=np.uint64)).sum(axis=1)
        scores[:] = tile.reshape(-1)
        return bool(below.any())

    def first_lane(mask: np.uint64) -> int:
        """Return the number of the lowest set bit."""
        return (int(mask) & -int(mask)).bit_length() - 1

else:

    @intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
    def score_tile(
        typing_context: typing.BaseContext,
        panels: types.Array,
        panel: types.Integer,
        halves: types.Array,
        half: types.Integer,
        codes: types.Array,
        code: types.Integer,
        queries: types.Array,
        query_codes: types.Array,
        group: types.Integer,
        n_features: types.Integer,
        n_codes: types.Integer,
        half_weight: types.Float,
        limits: types.Array,
        scores: types.Array,
        hits: types.Array,
    ) -> tuple[typing.Signature, Callable[..., ir.Value]]:
        """Score a group of queries against one panel; true if a score is below its limit.

        Arrays are flat; ``panel``, ``half`` and ``code`` are the offsets of the panel in them,
        ``group`` counts groups of queries. ``scores`` (GROUP * lanes) and ``hits`` (GROUP,
        uint64: one bit per lane whose score is below) are written only when it is true.
        """
        from numba.core import types

        at = types.intp
        signature = types.boolean(
            panels, at, halves, at, codes, at, queries, query_codes, at, at, at,
            panels.dtype, limits, scores, hits,
        )  # fmt: skip
        return signature, emit_tile

    @intrinsic  # type: ignore[untyped-decorator]
    def first_lane(
        typing_context: typing.BaseContext, mask: types.Integer
    ) -> tuple[typing.Signature, Callable[..., ir.Value]]:
        """Return the number of the lowest set bit of a uint64 that is not 0."""
        from numba.core import types

        return types.intp(types.uint64), emit_trailing_zeros
