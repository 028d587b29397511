"""LLVM code of the innermost tile: two loops and a conditional store, in vector registers.

``tile_kernel.score_tile`` documents what it computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from smotefast.kernels.compile import target_has

if TYPE_CHECKING:
    from llvmlite import ir
    from numba.core import base, typing

# 12 queries x 2 vectors of 64 bytes fill 24 of the 32 registers of AVX-512; 6 queries x 2
# vectors of 32 bytes fill 12 of the 16 of AVX2. numba keys its cache by the same features,
# so code for one width is never loaded where Python assumes the other.
_WIDE = target_has("avx512f")
GROUP = 12 if _WIDE else 6
PANEL_BYTES = 128 if _WIDE else 64


def emit_trailing_zeros(
    context: base.BaseContext,
    builder: ir.IRBuilder,
    signature: typing.Signature,
    args: Sequence[ir.Value],
) -> ir.Value:
    """Emit the number of the lowest set bit."""
    from llvmlite import ir

    return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))


class _Tile(NamedTuple):
    """What the parts of the tile are emitted from: builder, pointers, arguments, types."""

    builder: ir.IRBuilder
    data: dict[str, ir.Value]
    args: Sequence[ir.Value]
    vector: ir.VectorType

    def load(self, pointer: ir.Value, vector: ir.VectorType) -> ir.Value:
        """Load a vector without assuming that it is aligned to its own size."""
        value = self.builder.load(self.builder.bitcast(pointer, vector.as_pointer()))
        value.align = _bytes_of(vector.element)
        return value

    def at(self, name: str, offset: ir.Value) -> ir.Value:
        """Return the pointer to an element of an array."""
        return self.builder.gep(self.data[name], [offset])


_ARRAYS = {
    "panels": 0, "halves": 2, "codes": 4, "queries": 6, "query_codes": 7, "limits": 12,
    "scores": 13, "hits": 14,
}  # fmt: skip
_PANEL, _HALF, _CODE, _GROUP_AT, _N_FEATURES, _N_CODES, _WEIGHT = 1, 3, 5, 8, 9, 10, 11


def emit_tile(
    context: base.BaseContext,
    builder: ir.IRBuilder,
    signature: typing.Signature,
    args: Sequence[ir.Value],
) -> ir.Value:
    """Emit both loops, the comparison and the conditional store."""
    from llvmlite import ir

    data = {
        name: context.make_array(signature.args[i])(context, builder, args[i]).data
        for name, i in _ARRAYS.items()
    }
    element = context.get_value_type(signature.args[0].dtype)
    vector = ir.VectorType(element, PANEL_BYTES // _bytes_of(element))
    tile = _Tile(builder, data, args, vector)
    word = ir.IntType(64)
    start = tile.load(tile.at("halves", args[_HALF]), vector)
    sums = _emit_code_loop(tile, _emit_feature_loop(tile, start))
    masks = [_emit_below(tile, row, value) for row, value in enumerate(sums)]
    any_below = masks[0]
    for mask in masks[1:]:
        any_below = builder.or_(any_below, mask)
    is_hit = builder.icmp_unsigned("!=", any_below, any_below.type(0))
    with builder.if_then(is_hit, likely=False):
        for row, (value, mask) in enumerate(zip(sums, masks, strict=True)):
            target = tile.at("scores", word(row * vector.count))
            store = builder.store(value, builder.bitcast(target, vector.as_pointer()))
            store.align = _bytes_of(element)
            hit = builder.zext(mask, word)
            builder.store(hit, tile.at("hits", word(row)))
    return is_hit


def _bytes_of(element: ir.Type) -> int:
    from llvmlite import ir

    return 8 if isinstance(element, ir.DoubleType) else 4


def _emit_feature_loop(tile: _Tile, start: ir.Value) -> list[ir.Value]:
    """Emit ``sum[row] += query[feature, row] * panel[feature]`` over all features."""
    from llvmlite import ir
    from numba.core import cgutils

    builder, args, vector = tile.builder, tile.args, tile.vector
    word = ir.IntType(64)
    name = f"llvm.fmuladd.v{vector.count}{vector.element.intrinsic_name}"
    shape = ir.FunctionType(vector, [vector] * 3)
    multiply_add = cgutils.get_or_insert_function(builder.module, shape, name)
    group = builder.mul(args[_GROUP_AT], builder.mul(args[_N_FEATURES], word(GROUP)))
    before = builder.block
    loop = builder.append_basic_block("features")
    done = builder.append_basic_block("features.done")
    builder.branch(loop)
    builder.position_at_end(loop)
    feature = builder.phi(word)
    feature.add_incoming(word(0), before)
    sums = [builder.phi(vector) for _ in range(GROUP)]
    offset = builder.add(args[_PANEL], builder.mul(feature, word(vector.count)))
    candidates = tile.load(tile.at("panels", offset), vector)
    first = builder.add(group, builder.mul(feature, word(GROUP)))
    totals = []
    for row, value in enumerate(sums):
        value.add_incoming(start, before)
        scalar = builder.load(tile.at("queries", builder.add(first, word(row))))
        total = builder.call(multiply_add, [_splat(builder, scalar, vector), candidates, value])
        value.add_incoming(total, loop)
        totals.append(total)
    following = builder.add(feature, word(1))
    feature.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, args[_N_FEATURES]), loop, done)
    builder.position_at_end(done)
    return totals


def _emit_code_loop(tile: _Tile, starts: list[ir.Value]) -> list[ir.Value]:
    """Emit ``sum[row] += half_weight`` where a category differs, for 0 or more categories."""
    from llvmlite import ir

    builder, args, vector = tile.builder, tile.args, tile.vector
    word = ir.IntType(64)
    code_vector = ir.VectorType(ir.IntType(32), vector.count)
    weights = _splat(builder, args[_WEIGHT], vector)
    zeros = ir.Constant(vector, None)
    group = builder.mul(args[_GROUP_AT], builder.mul(args[_N_CODES], word(GROUP)))
    before = builder.block
    loop = builder.append_basic_block("codes")
    done = builder.append_basic_block("codes.done")
    has_codes = builder.icmp_signed(">", args[_N_CODES], word(0))
    builder.cbranch(has_codes, loop, done)
    builder.position_at_end(loop)
    column = builder.phi(word)
    column.add_incoming(word(0), before)
    sums = [builder.phi(vector) for _ in range(GROUP)]
    offset = builder.add(args[_CODE], builder.mul(column, word(vector.count)))
    candidates = tile.load(tile.at("codes", offset), code_vector)
    first = builder.add(group, builder.mul(column, word(GROUP)))
    totals = []
    for row, value in enumerate(sums):
        value.add_incoming(starts[row], before)
        scalar = builder.load(tile.at("query_codes", builder.add(first, word(row))))
        differs = builder.icmp_signed("!=", candidates, _splat(builder, scalar, code_vector))
        total = builder.fadd(value, builder.select(differs, weights, zeros))
        value.add_incoming(total, loop)
        totals.append(total)
    following = builder.add(column, word(1))
    column.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, args[_N_CODES]), loop, done)
    builder.position_at_end(done)
    joined = [builder.phi(vector) for _ in range(GROUP)]
    for value, start, total in zip(joined, starts, totals, strict=True):
        value.add_incoming(start, before)
        value.add_incoming(total, loop)
    return joined


def _emit_below(tile: _Tile, row: int, value: ir.Value) -> ir.Value:
    """Emit one bit per lane: whether the score is below the query's limit."""
    from llvmlite import ir

    builder, word = tile.builder, ir.IntType(64)
    offset = builder.add(builder.mul(tile.args[_GROUP_AT], word(GROUP)), word(row))
    limit = builder.load(tile.at("limits", offset))
    below = builder.fcmp_ordered("<", value, _splat(builder, limit, value.type))
    return builder.bitcast(below, ir.IntType(value.type.count))


def _splat(builder: ir.IRBuilder, scalar: ir.Value, vector: ir.VectorType) -> ir.Value:
    from llvmlite import ir

    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
    return builder.shuffle_vector(first, undefined, zeros)
