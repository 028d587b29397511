"""The innermost tile of a search: a few queries against one panel, in registers.

A panel holds ``lanes`` candidates feature by feature; a query group holds ``GROUP``
negated queries feature by feature. The tile computes ``half - q . c`` for all pairs in
vector registers, adds half a weight for each category that differs, and stores scores
only where one is below its query's threshold, which after the first few panels is rare;
``first_lane`` then finds which ones.

Values are float32, float64 or int16. Of int16, two features are side by side in a word of four
bytes: processors multiply and add such pairs at twice the rate of float32.
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
    """Return the candidates per panel: as many scores as two vector registers hold."""
    return PANEL_BYTES // max(4, int(np.dtype(dtype).itemsize))


def features_per_word(dtype: npt.DTypeLike) -> int:
    """Return the features that are side by side in a panel: two of int16, otherwise one."""
    return max(1, 4 // int(np.dtype(dtype).itemsize))


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
        n_words: int,
        n_codes: int,
        half_weight: float,
        units: np.ndarray,
        limits: np.ndarray,
        scores: np.ndarray,
        hits: np.ndarray,
    ) -> bool:
        """Compute in Python what the intrinsic computes in registers."""
        lanes = scores.shape[0] // GROUP
        candidates = _features(panels, panel, n_words, lanes)
        negated = _features(queries, group * n_words * GROUP, n_words, GROUP)
        if panels.dtype == np.int16:
            products = (negated.astype(np.int64).T @ candidates).astype(np.float32)
            of_group = units[group * GROUP : (group + 1) * GROUP, None]
            tile = halves[half : half + lanes] + products * of_group
        else:
            tile = halves[half : half + lanes] + negated.T @ candidates
        candidate_codes = codes[code : code + n_codes * lanes].reshape(n_codes, 1, lanes)
        query = group * n_codes * GROUP
        group_codes = query_codes[query : query + n_codes * GROUP].reshape(n_codes, GROUP, 1)
        weights = np.where(candidate_codes != group_codes, scores.dtype.type(half_weight), 0)
        tile += weights.sum(axis=0, dtype=scores.dtype)
        below = tile < limits[group * GROUP : (group + 1) * GROUP, None]
        hits[:] = (below << np.arange(lanes, dtype=np.uint64)).sum(axis=1)
        scores[:] = tile.reshape(-1)
        return bool(below.any())

    def _features(packed: np.ndarray, first: int, n_words: int, n_rows: int) -> np.ndarray:
        """Return packed rows feature by feature; ``first`` counts words."""
        per_word = features_per_word(packed.dtype)
        part = packed[first * per_word : (first + n_words * n_rows) * per_word]
        words = part.reshape(n_words, n_rows, per_word)
        return words.transpose(0, 2, 1).reshape(n_words * per_word, n_rows)

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
        n_words: types.Integer,
        n_codes: types.Integer,
        half_weight: types.Float,
        units: types.Array,
        limits: types.Array,
        scores: types.Array,
        hits: types.Array,
    ) -> tuple[typing.Signature, Callable[..., ir.Value]]:
        """Score a group of queries against one panel; true if a score is below its limit.

        Arrays are flat; ``panel``, ``half`` and ``code`` are the offsets of the panel in them,
        ``group`` counts groups of queries, ``n_words`` the words of a row: its features, or
        pairs of int16. ``panel`` counts words, too. A product of int16 counts as the one of
        ``units`` of its query; these are not read otherwise.
        ``scores`` (GROUP * lanes) and ``hits`` (GROUP, uint64: one bit per lane whose score is
        below) are written only when it is true.
        """
        from numba.core import types

        at = types.intp
        signature = types.boolean(
            panels, at, halves, at, codes, at, queries, query_codes, at, at, at,
            scores.dtype, units, limits, scores, hits,
        )  # fmt: skip
        return signature, emit_tile

    @intrinsic  # type: ignore[untyped-decorator]
    def first_lane(
        typing_context: typing.BaseContext, mask: types.Integer
    ) -> tuple[typing.Signature, Callable[..., ir.Value]]:
        """Return the number of the lowest set bit of a uint64 that is not 0."""
        from numba.core import types

        return types.intp(types.uint64), emit_trailing_zeros
