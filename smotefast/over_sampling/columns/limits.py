"""Bounds and rounding of samples: ``bounds`` and ``round_columns`` as limits of the columns.

A sample is rounded by ``round_columns`` and, when it is stored, to the numbers that its column
can hold. Bounds are moved to the nearest of these numbers inside of them, so that a rounded
value never leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

import numpy as np

from smotefast._messages import quote_name
from smotefast.engine.interpolate import Limits
from smotefast.over_sampling.columns.positions import column_positions
from smotefast.tables import TableSchema
from smotefast.tables.casting import number_range
from smotefast.tables.decimals import DecimalType
from smotefast.tables.protocol import library_of
from smotefast.typing import Bounds, RoundColumns

# Digits of the largest float64 and of the smallest multiple of a decimal of 76 digits.
_DIGITS = 400


def limits_of(
    bounds: Bounds | None,
    round_columns: RoundColumns | None,
    columns: TableSchema,
    numeric: Sequence[int],
) -> Limits | None:
    """Resolve ``bounds`` and ``round_columns`` to limits of the numeric columns.

    Parameters
    ----------
    bounds, round_columns
        The parameters.
    columns
        The columns of the data.
    numeric
        Positions of the numeric columns.

    Raises
    ------
    ValueError
        If a column does not exist or is categorical, or no value lies within its bounds.
    """
    if bounds is None and round_columns is None:
        return None
    numeric = list(numeric)
    low, high = _bounds_by_column(bounds, columns, numeric)
    dtypes, decimals = columns.numpy_dtypes(numeric), columns.decimal_types(numeric)
    is_rounded = _rounded_columns(round_columns, columns, numeric, dtypes)
    for j, dtype, decimal in zip(numeric, dtypes, decimals, strict=True):
        scale = _scale_of(dtype, decimal, bool(is_rounded[j]))
        low[j] = _nearest_inside(low[j], scale, ROUND_CEILING)
        high[j] = _nearest_inside(high[j], scale, ROUND_FLOOR)
        if low[j] > high[j]:
            raise ValueError(
                f"bounds of column {_name(columns, j)!r} leave no value: the lower one is "
                f"above the upper one{_none_between(scale)}. Give (low, high), each a number "
                "or None."
            )
        low[j], high[j] = _within_range(low[j], high[j], dtype, decimal, _name(columns, j))
        if decimal is not None and is_rounded[j]:
            # 999.98 is 1000, which a decimal(5, 2) clips to 999.99: the largest is 999.
            largest = _nearest_inside(decimal.largest, scale, ROUND_FLOOR)
            low[j], high[j] = max(low[j], -largest), min(high[j], largest)
    return Limits(low[numeric], high[numeric], is_rounded[numeric])


def refuse_nonzero(limits: Limits, columns: TableSchema) -> None:
    """Refuse bounds that exclude 0 for sparse rows, which would become dense."""
    for j in np.flatnonzero((limits.low > 0) | (limits.high < 0)).tolist():
        raise ValueError(
            f"bounds of column {_name(columns, j)!r} exclude 0, and X is sparse: all "
            "elements that are not stored would change. Densify X (X.toarray()), or include 0."
        )


def _rounded_columns(
    round_columns: RoundColumns | None,
    columns: TableSchema,
    numeric: list[int],
    dtypes: list[np.dtype[Any]],
) -> np.ndarray:
    """Return which of all columns are rounded to whole numbers."""
    is_rounded = np.zeros(columns.n_features, dtype=bool)
    if isinstance(round_columns, str):  # "integer"
        is_rounded[numeric] = [dtype.kind in "iu" for dtype in dtypes]
    elif round_columns is not None:
        rounded = column_positions(round_columns, columns, "round_columns")
        _refuse_categories(rounded, numeric, columns, "round_columns")
        is_rounded[rounded] = True
    return is_rounded


def _scale_of(
    dtype: np.dtype[Any], decimal: DecimalType | None, is_rounded: bool
) -> int | None:
    """Return how many digits after the point values keep; None for floats that keep all.

    Fewer than 0 are tens, hundreds and so on, as in decimals of a negative scale.
    """
    if decimal is not None:
        return min(0, decimal.scale) if is_rounded else decimal.scale
    return 0 if is_rounded or dtype.kind in "biu" else None


def _nearest_inside(bound: float, scale: int | None, rounding: str) -> float:
    """Return the multiple of ``10 ** -scale`` that is nearest to a bound, on its inner side.

    The bound is the number that prints: 0.07 is a multiple of 0.01, although the float is
    slightly larger.
    """
    if scale is None or not np.isfinite(bound):
        return bound
    with localcontext(prec=_DIGITS):
        unit = Decimal(1).scaleb(-scale)
        multiples = (Decimal(repr(float(bound))) / unit).to_integral_value(rounding)
        return float(multiples * unit) + 0.0  # -0.0 becomes 0.0


def _none_between(scale: int | None) -> str:
    if scale is None:
        return ""
    if scale == 0:
        return ", or no whole number lies between"
    unit = Decimal(1).scaleb(-scale)
    return f", or no multiple of {unit} lies between, which is what the column holds"


def _within_range(
    low: float, high: float, dtype: np.dtype[Any], decimal: DecimalType | None, name: Any
) -> tuple[float, float]:
    """Return bounds that do not overflow; refuse those that a column cannot hold."""
    least, largest = number_range(dtype, decimal)
    if low > largest or high < least:
        raise ValueError(
            f"bounds of column {name!r} leave no value: they lie outside of {least:.4g} to "
            f"{largest:.4g}, the range of its dtype {decimal or dtype}. Convert the column "
            "to a wider dtype, or change the bounds."
        )
    if dtype.kind == "f":  # so that no bound overflows
        low = -np.inf if low < least else low
        high = np.inf if high > largest else high
    return low, high


def _bounds_by_column(
    bounds: Bounds | None, columns: TableSchema, numeric: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of all columns, infinite for none."""
    low, high = np.full(columns.n_features, -np.inf), np.full(columns.n_features, np.inf)
    if isinstance(bounds, Mapping):
        positions = column_positions(list(bounds), columns, "bounds")
        _refuse_categories(positions, numeric, columns, "bounds")
        for j, pair in zip(positions.tolist(), bounds.values(), strict=True):
            sides = _pair(pair, 1)
            if sides is None:
                raise ValueError(
                    f"bounds of column {_name(columns, j)!r} are {quote_name(pair)} and must "
                    "be a pair (low, high) of numbers; None is no bound, and NaN is refused."
                )
            low[j], high[j] = sides[0][0], sides[1][0]
    elif bounds is not None:
        sides = _pair(bounds, columns.n_features)
        if sides is None:
            raise ValueError(
                f"bounds={quote_name(bounds)} must be a dict of columns and pairs (low, high), "
                "or one pair (low, high) of numbers, or of arrays with one for each of "
                f"{columns.n_features} columns; None is no bound, and NaN is not allowed."
            )
        low, high = sides
        others = np.setdiff1d(np.arange(columns.n_features), numeric)
        low[others], high[others] = -np.inf, np.inf
    return low, high


def _pair(pair: Any, n_columns: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return two bounds of each of ``n_columns``; None for what is no pair of bounds."""
    _refuse_labels(pair)
    try:
        low, high = pair
        sides = _side(low, -np.inf, n_columns), _side(high, np.inf, n_columns)
    except (TypeError, ValueError):
        return None
    return None if np.isnan(sides).any() else sides


def _side(side: Any, none: float, n_columns: int) -> np.ndarray:
    """Return one side of the bounds as float64, ``none`` for None."""
    items = np.asarray(side, dtype=object)
    numbers = [none if item is None else item for item in items.ravel().tolist()]
    shaped = np.array(numbers, dtype=np.float64).reshape(items.shape)
    return np.array(np.broadcast_to(shaped, n_columns))


def _refuse_labels(pair: Any) -> None:
    """Refuse pandas objects, whose labels might be in another order than the columns."""
    sides = pair if isinstance(pair, list | tuple) else ()
    if any(library_of(each) == "pandas" for each in (pair, *sides)):
        raise ValueError(
            "bounds has a pandas object, and a pair is read by position, not by label. Give a "
            "dict of columns and pairs (low, high), such as "
            "dict(zip(low.index, zip(low, high))), or arrays in the order of the columns."
        )


def _refuse_categories(
    positions: np.ndarray, numeric: list[int], columns: TableSchema, parameter: str
) -> None:
    for j in np.setdiff1d(positions, numeric).tolist():
        raise ValueError(
            f"{parameter} names {_name(columns, j)!r}, which is a categorical column. Only "
            "numeric columns have limits; leave it out."
        )


def _name(columns: TableSchema, j: int) -> Any:
    """Return the name of a column as parameters give it: its position if it has none."""
    return j if columns.names is None else columns.names[j]
