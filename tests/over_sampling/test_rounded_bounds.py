"""Bounds of columns that round: no value that is stored leaves them."""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast import SMOTE, SMOTENC
from tests.helpers.hypothesis_examples import examples

TYPES = {
    "decimal with 1 place": pa.decimal128(6, 1),
    "decimal with 2 places": pa.decimal64(12, 2),
    "decimal with 25 places": pa.decimal128(38, 25),
    "decimal of tens": pa.decimal128(5, -1),
    "int16": pa.int16(),
    "bool": pa.bool_(),
    "float32": pa.float32(),
}
# Some are multiples of 0.1 or 0.01 whose floats are above or below the decimal.
BOUNDS = [-20.0, -10.5, -0.955, -0.3, 0.0, 0.045, 0.07, 0.295, 0.45, 1, 1.055, 9.966, 12, 30]
Y = np.repeat([0, 1], [24, 12])


def column(kind, seed):
    numbers = np.random.default_rng(seed).normal(scale=12, size=len(Y))
    if pa.types.is_boolean(kind):
        return pa.array(numbers > 0)
    if pa.types.is_integer(kind):
        return pa.array(np.rint(numbers).astype(np.int64)).cast(kind)
    if pa.types.is_floating(kind):
        return pa.array(numbers, kind)
    unit = Decimal(1).scaleb(-min(kind.scale, 3))
    return pa.array([Decimal(round(each / float(unit))) * unit for each in numbers], kind)


def unlimited(sampler, table):
    """Return the samples of the first column as they are before they are stored."""
    floats = table.set_column(0, "p", pa.array(map(float, table["p"].to_pylist())))
    return sampler.fit_resample(floats, Y)[0]["p"].to_numpy()[len(Y) :].tolist()


def stored(value, kind, rounded, low, high):
    """Return the value that the column holds: rounded, then moved into the bounds."""
    if pa.types.is_floating(kind) and not rounded:
        dtype = np.dtype(kind.to_pandas_dtype()).type
        return float(np.clip(dtype(value), dtype(low), dtype(high)))
    is_decimal = pa.types.is_decimal(kind)
    unit = Decimal(1).scaleb(-kind.scale) if is_decimal else Decimal(1)
    if rounded or pa.types.is_boolean(kind):
        unit = max(unit, Decimal(1))
        value = np.rint(value) if rounded else float(value >= 0.5)
    rounding = ROUND_HALF_EVEN if is_decimal else "ROUND_DOWN"
    n_units = int((Decimal(value) / unit).to_integral_value(rounding))
    n_units = max(n_units, math.ceil(Fraction(repr(low)) / Fraction(unit)))
    n_units = min(n_units, math.floor(Fraction(repr(high)) / Fraction(unit)))
    return float(n_units * Fraction(unit))


def containers(table):
    yield table
    if getattr(table.schema.field("p").type, "scale", 0) >= 0:  # polars has no other ones
        yield pl.from_arrow(table)
    yield table.to_pandas(types_mapper=pd.ArrowDtype)


@examples(50)
@given(
    name=st.sampled_from(list(TYPES)),
    pair=st.lists(st.sampled_from(BOUNDS), min_size=2, max_size=2).map(sorted),
    is_open=st.sampled_from([None, None, 0, 1]),
    rounded=st.sampled_from([False, False, True]),
    has_categories=st.booleans(),
    seed=st.integers(0, 9),
)
def test_stored_values__are_the_nearest_inside_of_the_bounds(
    name, pair, is_open, rounded, has_categories, seed
):
    kind = TYPES[name]
    low, high = (None if side == is_open else bound for side, bound in enumerate(pair))
    least, most = (-1e6 if low is None else float(low)), (1e6 if high is None else float(high))
    table = pa.table({"p": column(kind, seed), "x": np.arange(len(Y)) % 7 - 3.5})
    sampler = SMOTE(random_state=seed)
    if has_categories:
        table = table.append_column("c", pa.array(np.array(list("abc"))[np.arange(len(Y)) % 3]))
        sampler = SMOTENC(["c"], random_state=seed)
    values = unlimited(sampler, table)
    sampler.set_params(bounds={"p": (low, high)}, round_columns=["p"] if rounded else None)
    if not has_value_between(kind, rounded, least, most):
        with pytest.raises(ValueError, match="bounds of column 'p' leave no value"):
            sampler.fit_resample(table, Y)
        return
    found = [sampler.fit_resample(X, Y)[0]["p"] for X in containers(table)]
    expected = [stored(value, kind, rounded, least, most) for value in values]
    for each in found:
        new = list(map(float, each.to_pylist() if hasattr(each, "to_pylist") else each))
        assert new[len(Y) :] == expected


def has_value_between(kind, rounded, low, high):
    """Tell whether a column holds a value within bounds."""
    if pa.types.is_boolean(kind):
        return any(low <= each <= high for each in (0, 1))
    if pa.types.is_floating(kind) and not rounded:
        return True
    scale = kind.scale if pa.types.is_decimal(kind) else 0
    unit = Fraction(10) ** -(min(scale, 0) if rounded else scale)
    lowest, highest = (Fraction(repr(each)) / unit for each in (low, high))
    return math.ceil(lowest) <= math.floor(highest)


@pytest.mark.parametrize(
    ("kind", "pair", "words"),
    [
        (pa.decimal128(6, 1), (0.01, 0.09), "or no multiple of 0.1 lies between"),
        (pa.decimal128(5, -1), (1, 9), r"or no multiple of 1E\+1 lies between"),
        (pa.decimal128(4, 1), (1000, 2000), r"-999.9 to 999.9, the range of its dtype decimal"),
        (pa.bool_(), (0.2, 0.8), "or no whole number lies between"),
    ],
)
def test_bounds_without_a_value__are_refused_by_name(kind, pair, words):
    table = pa.table({"p": column(kind, 0), "x": np.arange(36.0) % 7})
    for X in containers(table):
        with pytest.raises(ValueError, match=f"bounds of column 'p' leave no value.*{words}"):
            SMOTE(bounds={"p": pair}).fit_resample(X, Y)
