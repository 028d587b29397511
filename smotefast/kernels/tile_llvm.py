"""LLVM code of the innermost tile: two loops and a conditional store, in vector registers.

``tile_kernel.score_tile`` documents what it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from smotefast.kernels.compile import target_has

if TYPE_CHECKING:
    from llvmlite import ir
    from numba.core import base, typing

# 6 queries x 2 vectors fill 12 of the 16 registers of AVX2, and enough of the 32 of AVX-512
# that no addition waits: 12 queries are not faster there, and fewer groups are full. numba keys
# its cache by the same features, so code for one width is never loaded where Python assumes the
# other.
_WIDE = target_has("avx512f")
GROUP = 6
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

    def of_words(self) -> _Tile:
        """Return the tile with panels and queries of words instead of int16."""
        from llvmlite import ir

        word = ir.IntType(32).as_pointer()
        words = {
            name: self.builder.bitcast(self.data[name], word) for name in ("panels", "queries")
        }
        return self._replace(data=self.data | words)

    def at(self, name: str, offset: ir.Value) -> ir.Value:
        """Return the pointer to an element of an array."""
        return self.builder.gep(self.data[name], [offset])


class _Columns(NamedTuple):
    """Columns of one type: where they are in the arrays, how many, and the type of a vector."""

    panels: str
    queries: str
    offset: ir.Value
    n_columns: ir.Value
    vector: ir.VectorType


_ARRAYS = {
    "panels": 0, "halves": 2, "codes": 4, "queries": 6, "query_codes": 7, "units": 12,
    "limits": 13, "scores": 14, "hits": 15,
}  # fmt: skip
_PANEL, _HALF, _CODE, _GROUP_AT, _N_WORDS, _N_CODES, _WEIGHT = 1, 3, 5, 8, 9, 10, 11


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
    element = context.get_value_type(signature.args[_ARRAYS["scores"]].dtype)
    vector = ir.VectorType(element, PANEL_BYTES // _bytes_of(element))
    tile = _Tile(builder, data, args, vector)
    word = ir.IntType(64)
    start = tile.load(tile.at("halves", args[_HALF]), vector)
    is_int16 = context.get_value_type(signature.args[0].dtype) == ir.IntType(16)
    emit_features = _emit_pairs if is_int16 else _emit_features
    sums = _emit_codes(tile, emit_features(tile, start))
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


def _emit_features(tile: _Tile, start: ir.Value) -> list[ir.Value]:
    """Emit ``sum[row] += query[feature, row] * panel[feature]`` over all features."""
    args, vector = tile.args, tile.vector

    def add(total: ir.Value, candidates: ir.Value, query: ir.Value) -> ir.Value:
        return _multiply_add(tile, query, candidates, total)

    features = _Columns("panels", "queries", args[_PANEL], args[_N_WORDS], vector)
    return _emit_loop(tile, features, [start] * GROUP, add)


def _emit_pairs(tile: _Tile, start: ir.Value) -> list[ir.Value]:
    """Emit the same for int16, two features a step, and what the integer sums count as.

    LLVM turns the products of a step and their sums into one instruction with AVX512-VNNI, into
    two with AVX2. A search keeps norms below 2^15, so that no sum overflows.
    """
    from llvmlite import ir

    builder, args, count = tile.builder, tile.args, tile.vector.count
    wide, narrow = ir.IntType(32), ir.IntType(16)
    sums, products = ir.VectorType(wide, count), ir.VectorType(wide, 2 * count)
    halves = ir.VectorType(narrow, 2 * count)
    even, odd = (ir.Constant(sums, list(range(part, 2 * count, 2))) for part in (0, 1))

    def add(total: ir.Value, candidates: ir.Value, query: ir.Value) -> ir.Value:
        pairs = (
            builder.sext(builder.bitcast(each, halves), products)
            for each in (candidates, query)
        )
        product = builder.mul(*pairs)
        both = (builder.shuffle_vector(product, product, lanes) for lanes in (even, odd))
        return builder.add(total, builder.add(*both))

    pairs = _Columns("panels", "queries", args[_PANEL], args[_N_WORDS], sums)
    totals = _emit_loop(tile.of_words(), pairs, [ir.Constant(sums, None)] * GROUP, add)
    scores = []
    for row, each in enumerate(totals):
        unit = _splat(builder, _of_query(tile, "units", row), tile.vector)
        scores.append(_multiply_add(tile, builder.sitofp(each, tile.vector), unit, start))
    return scores


def _multiply_add(tile: _Tile, one: ir.Value, other: ir.Value, total: ir.Value) -> ir.Value:
    """Emit ``one * other + total``."""
    from llvmlite import ir
    from numba.core import cgutils

    vector = tile.vector
    name = f"llvm.fmuladd.v{vector.count}{vector.element.intrinsic_name}"
    shape = ir.FunctionType(vector, [vector] * 3)
    function = cgutils.get_or_insert_function(tile.builder.module, shape, name)
    return tile.builder.call(function, [one, other, total])


def _emit_codes(tile: _Tile, sums: list[ir.Value]) -> list[ir.Value]:
    """Emit ``sum[row] += half_weight`` for each category that differs."""
    from llvmlite import ir

    builder, args, vector = tile.builder, tile.args, tile.vector
    weights, zeros = _splat(builder, args[_WEIGHT], vector), ir.Constant(vector, None)

    def add(total: ir.Value, candidates: ir.Value, query: ir.Value) -> ir.Value:
        differs = builder.icmp_signed("!=", candidates, query)
        return builder.fadd(total, builder.select(differs, weights, zeros))

    codes = ir.VectorType(ir.IntType(32), vector.count)
    columns = _Columns("codes", "query_codes", args[_CODE], args[_N_CODES], codes)
    return _emit_loop(tile, columns, sums, add)


def _emit_loop(
    tile: _Tile,
    columns: _Columns,
    starts: list[ir.Value],
    add: Callable[[ir.Value, ir.Value, ir.Value], ir.Value],
) -> list[ir.Value]:
    """Emit ``sum[row] = add(sum[row], panel[column], query[column, row])`` over all columns.

    There may be no columns. Returns the sums, which begin with ``starts``.
    """
    from llvmlite import ir

    builder, word = tile.builder, ir.IntType(64)
    group = builder.mul(tile.args[_GROUP_AT], builder.mul(columns.n_columns, word(GROUP)))
    before = builder.block
    loop = builder.append_basic_block(columns.panels)
    done = builder.append_basic_block(f"{columns.panels}.done")
    has_columns = builder.icmp_signed(">", columns.n_columns, word(0))
    builder.cbranch(has_columns, loop, done)
    builder.position_at_end(loop)
    column = builder.phi(word)
    column.add_incoming(word(0), before)
    sums = [builder.phi(start.type) for start in starts]
    offset = builder.add(columns.offset, builder.mul(column, word(tile.vector.count)))
    candidates = tile.load(tile.at(columns.panels, offset), columns.vector)
    first = builder.add(group, builder.mul(column, word(GROUP)))
    totals = []
    for row, (value, start) in enumerate(zip(sums, starts, strict=True)):
        value.add_incoming(start, before)
        scalar = builder.load(tile.at(columns.queries, builder.add(first, word(row))))
        total = add(value, candidates, _splat(builder, scalar, columns.vector))
        value.add_incoming(total, loop)
        totals.append(total)
    following = builder.add(column, word(1))
    column.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, columns.n_columns), loop, done)
    builder.position_at_end(done)
    joined = [builder.phi(start.type) for start in starts]
    for value, start, total in zip(joined, starts, totals, strict=True):
        value.add_incoming(start, before)
        value.add_incoming(total, loop)
    return joined


def _emit_below(tile: _Tile, row: int, value: ir.Value) -> ir.Value:
    """Emit one bit per lane: whether the score is below the query's limit."""
    from llvmlite import ir

    builder = tile.builder
    limit = _of_query(tile, "limits", row)
    below = builder.fcmp_ordered("<", value, _splat(builder, limit, value.type))
    return builder.bitcast(below, ir.IntType(value.type.count))


def _of_query(tile: _Tile, name: str, row: int) -> ir.Value:
    """Load the value of an array for a query of the group."""
    from llvmlite import ir

    builder, word = tile.builder, ir.IntType(64)
    offset = builder.add(builder.mul(tile.args[_GROUP_AT], word(GROUP)), word(row))
    return builder.load(tile.at(name, offset))


def _splat(builder: ir.IRBuilder, scalar: ir.Value, vector: ir.VectorType) -> ir.Value:
    from llvmlite import ir

    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
    return builder.shuffle_vector(first, undefined, zeros)
