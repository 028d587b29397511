"""Categories as numbers: the columns that hold names rather than amounts.

A column of anything flows in; a number for each row flows out, counted in the order of the
sorted values, with missing values as one more category after all others. That is the order
of scikit-learn's encoders.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from smotefast.tables.decimals import widened


class Codes(NamedTuple):
    """A column of categories.

    Attributes
    ----------
    codes
        A number for each row, of shape (n_rows,), int32.
    values
        What the numbers stand for, in order; None at the end for missing values.
    """

    codes: np.ndarray
    values: list[Any]


class NewColumns(NamedTuple):
    """What new rows hold.

    Attributes
    ----------
    numbers
        Values of the numeric columns, of shape (n_new, n_numeric).
    numeric
        Where these columns stand in the table.
    picks
        For each of the other columns, by position, the rows whose values come again, of
        shape (n_new,).
    """

    numbers: np.ndarray
    numeric: Sequence[int]
    picks: dict[int, np.ndarray]

    @property
    def n_new(self) -> int:
        """How many rows there are."""
        return int(self.numbers.shape[0])


def ranked(codes: np.ndarray, values: Sequence[Any]) -> Codes:
    """Return codes in the order of their sorted values.

    Parameters
    ----------
    codes
        Positions in ``values``; -1 where the value is missing.
    values
        The values that occur, in any order; missing ones among them count as missing, and
        equal ones (Arrow tells 0.0 from -0.0) as one.
    """
    known = [i for i, value in enumerate(values) if not is_missing(value)]
    order = _sorted(known, values)
    names: list[Any] = []
    places = []
    for i in order:
        if not names or values[i] != names[-1]:
            names.append(values[i])
        places.append(len(names) - 1)
    ranks = np.full(len(values) + 1, len(names), dtype=np.int32)
    ranks[order] = places
    found = ranks[codes]  # -1 is the last of them, the rank of missing values
    if found.size and found.max() == len(names):
        names.append(None)
    return Codes(found, names)


def occurring(codes: np.ndarray, n_values: int) -> tuple[np.ndarray, np.ndarray]:
    """Leave out values that no row has: a dictionary may hold very many of them.

    Parameters
    ----------
    codes
        Positions in the dictionary; -1 where the value is missing.
    n_values
        Length of the dictionary.

    Returns
    -------
    codes
        Positions among the values that occur.
    positions
        Where these stand in the dictionary.
    """
    present = np.bincount(codes + 1, minlength=n_values + 1)[1:] > 0
    places = np.append(np.cumsum(present) - 1, -1)
    return places[codes], np.flatnonzero(present)


def _sorted(known: list[int], values: Sequence[Any]) -> list[int]:
    try:
        return sorted(known, key=values.__getitem__)
    except TypeError:  # numbers beside texts: by type, then as text
        return sorted(known, key=lambda i: (type(values[i]).__name__, str(values[i])))


def encode_array(values: np.ndarray) -> Codes:
    """Encode one column of a NumPy array."""
    if values.dtype.kind in "OT":  # texts of variable width may have missing ones
        return _encode_objects(values)
    if values.dtype.kind in "biu" and values.size and _is_narrow(values):
        return _encode_narrow(values)
    unique, codes = np.unique(values, return_inverse=True)
    return ranked(codes.reshape(-1), unique.tolist())


def _is_narrow(values: np.ndarray) -> bool:
    return int(values.max()) - int(values.min()) < max(1024, 4 * values.size)


def _encode_narrow(values: np.ndarray) -> Codes:
    """Encode integers by counting them: 1,000,000 take 3 ms, where sorting takes 60."""
    wide = values if values.dtype.kind == "u" else values.astype(np.int64)
    lowest = wide.min()
    places = (wide - lowest).astype(np.int64)  # uint64 may begin beyond int64
    present = np.bincount(places) > 0
    codes = (np.cumsum(present) - 1)[places]
    names = (np.flatnonzero(present).astype(wide.dtype) + lowest).astype(values.dtype).tolist()
    return Codes(codes.astype(np.int32), names)


def _encode_objects(values: np.ndarray) -> Codes:
    known: dict[Any, int] = {}
    codes = [
        -1 if value is None else known.setdefault(value, len(known))
        for value in values.tolist()
    ]
    return ranked(np.array(codes, dtype=np.int64), list(known))


def encode_arrow(column: Any) -> Codes:
    """Encode an Arrow Array or ChunkedArray."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type):
        return ranked(np.full(len(column), -1), [])
    column = _with_dictionary(column)
    indices = pc.fill_null(column.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    codes, positions = occurring(indices, len(column.dictionary))
    return ranked(codes, column.dictionary.take(pa.array(positions)).to_pylist())


def _with_dictionary(column: Any) -> Any:
    """Return a column as one Array with a dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_run_end_encoded(column.type):
        column = pc.run_end_decode(column)
    if pa.types.is_float16(column.type):  # of chunks of these, Arrow takes the bits
        column = column.cast(pa.float32())
    column = without_view(widened(column))
    kind = column.type
    if isinstance(column, pa.ChunkedArray) and pa.types.is_dictionary(kind):
        if any(chunk.dictionary.null_count for chunk in column.chunks):
            column = column.cast(kind.value_type)  # Arrow does not join such dictionaries
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column


def plain_values(column: Any) -> Any:
    """Return a column without a dictionary or a view, which pyarrow cannot look up."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return without_view(column)


def without_view(column: Any) -> Any:
    """Return text views as text: pyarrow can neither take nor compare views."""
    import pyarrow as pa

    kinds = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
    kind = kinds.get(str(column.type))
    return column if kind is None else column.cast(kind)


def is_missing(value: Any) -> bool:
    """Tell whether a value stands for none: None, NaN, NaT, pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return bool(isinstance(value, float | np.floating) and value != value) or (
        isinstance(value, np.datetime64 | np.timedelta64) and bool(np.isnat(value))
    )


def array_kind(values: np.ndarray) -> str:
    """Return what a column of an array holds: "number", "boolean", "text" or "other"."""
    if values.dtype.kind == "b":
        return "boolean"
    if values.dtype.kind in "iuf":
        return "number"
    if values.dtype.kind in "UST":
        return "text"
    if values.dtype.kind != "O":
        return "other"
    kinds = {_kind(value) for value in values.tolist() if not is_missing(value)}
    if len(kinds) == 1:
        return kinds.pop()
    return "number" if not kinds else "text" if "text" in kinds else "other"


def _kind(value: Any) -> str:
    if isinstance(value, str | bytes):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "boolean"
    if isinstance(value, np.ndarray) and not value.ndim:
        return _kind(value.item())
    return "number" if isinstance(value, Real | Decimal) else "other"


def arrow_kind(arrow_type: Any) -> str:
    """Return what an Arrow column holds; "category" is a dictionary."""
    import pyarrow as pa

    kinds = pa.types
    if kinds.is_dictionary(arrow_type):
        return "category"
    if kinds.is_boolean(arrow_type):
        return "boolean"
    if kinds.is_integer(arrow_type) or kinds.is_floating(arrow_type):
        return "number"
    if kinds.is_decimal(arrow_type):
        return "number"
    texts = (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary)
    if any(test(arrow_type) for test in texts) or str(arrow_type).endswith("_view"):
        return "text"
    return "other"
