"""The innermost tile of the exact search: a few queries against one panel, in registers.

A panel holds ``lanes`` candidates feature by feature; a query group holds ``GROUP``
queries feature by feature, negated. The tile computes ``half - q . c`` for all pairs in
vector registers and stores scores only where one is below its query's threshold, which
after the first few panels is rare; ``first_lane`` then finds which ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.kernels.compile import JIT_DISABLED, intrinsic, target_has

# 12 queries x 2 vectors of 64 bytes fill 24 of the 32 registers of AVX-512; 6 queries x 2
# vectors of 32 bytes fill 12 of the 16 of AVX2. numba keys its cache by the same features,
# so code made for one width is never loaded where Python counts with the other.
_WIDE = target_has("avx512f")
GROUP = 12 if _WIDE else 6
PANEL_BYTES = 128 if _WIDE else 64


def panel_lanes(dtype: Any) -> int:
    """Candidates per panel: what two vector registers hold."""
    return PANEL_BYTES // int(np.dtype(dtype).itemsize)


if JIT_DISABLED:

    def score_tile(
        panels: np.ndarray,
        panel: int,
        halves: np.ndarray,
        half: int,
        queries: np.ndarray,
        query: int,
        n_features: int,
        limits: np.ndarray,
        limit: int,
        scores: np.ndarray,
        hits: np.ndarray,
    ) -> bool:
        """Do in Python what the intrinsic does in registers."""
        lanes = scores.shape[0] // GROUP
        candidates = panels[panel : panel + n_features * lanes].reshape(n_features, lanes)
        negated = queries[query : query + n_features * GROUP].reshape(n_features, GROUP)
        tile = halves[half : half + lanes] + negated.T @ candidates
        below = tile < limits[limit : limit + GROUP, None]
        hits[:] = (below << np.arange(lanes, dtype=np.uint64)).sum(axis=1)
        scores[:] = tile.reshape(-1)
        return bool(below.any())

    def first_lane(mask: np.uint64) -> int:
        """Return the number of the lowest bit set."""
        return (int(mask) & -int(mask)).bit_length() - 1

else:

    @intrinsic  # type: ignore[untyped-decorator]  # numba ships no types
    def score_tile(
        typing_context: Any,
        panels: Any,
        panel: Any,
        halves: Any,
        half: Any,
        queries: Any,
        query: Any,
        n_features: Any,
        limits: Any,
        limit: Any,
        scores: Any,
        hits: Any,
    ) -> Any:
        """Score GROUP queries against one panel; true when any score is below its limit.

        ``scores`` (GROUP * lanes) and ``hits`` (GROUP, uint64: one bit per lane whose score
        is below) are written only then.
        """
        from numba.core import types

        signature = types.boolean(
            panels,
            types.intp,
            halves,
            types.intp,
            queries,
            types.intp,
            types.intp,
            limits,
            types.intp,
            scores,
            hits,
        )
        return signature, _emit_tile

    @intrinsic  # type: ignore[untyped-decorator]
    def first_lane(typing_context: Any, mask: Any) -> Any:
        """Return the number of the lowest bit set in an uint64 that is not 0."""
        from numba.core import types

        return types.intp(types.uint64), _emit_trailing_zeros


def _emit_trailing_zeros(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    from llvmlite import ir

    return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))


def _emit_tile(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Emit the feature loop, the comparison and the conditional store."""
    from llvmlite import ir

    data = {
        name: context.make_array(signature.args[i])(context, builder, args[i]).data
        for name, i in (
            ("panels", 0), ("halves", 2), ("queries", 4), ("limits", 7), ("scores", 9),
            ("hits", 10),
        )
    }  # fmt: skip
    element = context.get_value_type(signature.args[0].dtype)
    size = 4 if isinstance(element, ir.FloatType) else 8
    vector = ir.VectorType(element, PANEL_BYTES // size)
    word = ir.IntType(64)

    def load_vector(pointer: Any) -> Any:
        value = builder.load(builder.bitcast(pointer, vector.as_pointer()))
        value.align = size
        return value

    start = load_vector(builder.gep(data["halves"], [args[3]]))
    sums = _emit_feature_loop(builder, data, args, start, load_vector, vector)
    masks = [
        _emit_below(builder, data["limits"], args[8], row, value)
        for row, value in enumerate(sums)
    ]
    some = masks[0]
    for mask in masks[1:]:
        some = builder.or_(some, mask)
    found = builder.icmp_unsigned("!=", some, some.type(0))
    with builder.if_then(found, likely=False):
        for row, (value, mask) in enumerate(zip(sums, masks, strict=True)):
            place = builder.gep(data["scores"], [word(row * vector.count)])
            store = builder.store(value, builder.bitcast(place, vector.as_pointer()))
            store.align = size
            hit = builder.zext(mask, word)
            builder.store(hit, builder.gep(data["hits"], [word(row)]))
    return found


def _emit_feature_loop(
    builder: Any, data: Any, args: Any, start: Any, load_vector: Any, vector: Any
) -> list[Any]:
    """Emit ``sum[row] += query[feature, row] * panel[feature]`` over all features."""
    from llvmlite import ir
    from numba.core import cgutils

    word = ir.IntType(64)
    name = f"llvm.fmuladd.v{vector.count}{vector.element.intrinsic_name}"
    shape = ir.FunctionType(vector, [vector] * 3)
    multiply_add = cgutils.get_or_insert_function(builder.module, shape, name)
    before = builder.block
    loop = builder.append_basic_block("features")
    done = builder.append_basic_block("features.done")
    builder.branch(loop)
    builder.position_at_end(loop)
    feature = builder.phi(word)
    feature.add_incoming(word(0), before)
    sums = [builder.phi(vector) for _ in range(GROUP)]
    offset = builder.add(args[1], builder.mul(feature, word(vector.count)))
    candidates = load_vector(builder.gep(data["panels"], [offset]))
    first = builder.gep(
        data["queries"], [builder.add(args[5], builder.mul(feature, word(GROUP)))]
    )
    totals = []
    for row, value in enumerate(sums):
        value.add_incoming(start, before)
        scalar = builder.load(builder.gep(first, [word(row)]))
        total = builder.call(multiply_add, [_splat(builder, scalar, vector), candidates, value])
        value.add_incoming(total, loop)
        totals.append(total)
    following = builder.add(feature, word(1))
    feature.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, args[6]), loop, done)
    builder.position_at_end(done)
    return totals


def _emit_below(builder: Any, limits: Any, start: Any, row: int, value: Any) -> Any:
    """Emit one bit per lane: whether the score is below the query's limit."""
    from llvmlite import ir

    limit = builder.load(builder.gep(limits, [builder.add(start, ir.IntType(64)(row))]))
    below = builder.fcmp_ordered("<", value, _splat(builder, limit, value.type))
    return builder.bitcast(below, ir.IntType(value.type.count))


def _splat(builder: Any, scalar: Any, vector: Any) -> Any:
    from llvmlite import ir

    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
    return builder.shuffle_vector(one, undefined, zeros)
