"""SHA-256 of results: container types, dtypes, names and values, whatever library they use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy import sparse


def digest(value: Any) -> str:
    """Return a SHA-256 of all that identifies a value."""
    sha = hashlib.sha256()
    for piece in _pieces(value):
        sha.update(piece if isinstance(piece, bytes) else f"{len(piece)}:{piece}".encode())
    return sha.hexdigest()


def _pieces(value: Any) -> Iterator[str | bytes]:
    """Yield types, shapes and values; of a container, those of everything that it holds."""
    library = type(value).__module__.partition(".")[0]
    yield type(value).__name__
    if isinstance(value, np.ndarray):
        yield repr((value.dtype, value.shape, value.flags.c_contiguous))
        yield repr(value.tolist()) if value.dtype.kind in "OT" else value.tobytes()
    elif sparse.issparse(value):
        yield repr((value.format, value.shape))
        stored = ("data", "indices", "indptr", "row", "col")
        yield from _pieces([getattr(value, name) for name in stored if hasattr(value, name)])
    elif library in _LIBRARIES:
        yield from _LIBRARIES[library](value)
    elif isinstance(value, Mapping):
        yield from _pieces([each for item in value.items() for each in item])
    elif isinstance(value, list | tuple):
        yield str(len(value))
        for each in value:
            yield from _pieces(each)
    elif isinstance(value, np.random.RandomState):
        yield from _pieces(value.get_state(legacy=False))
    elif hasattr(value, "get_params"):
        yield from _pieces(public_state(value))
    elif " at 0x" not in (text := repr(value)):  # an address differs from run to run
        yield text


def _pandas_pieces(value: Any) -> Iterator[str | bytes]:
    if getattr(value, "ndim", 1) == 2:
        columns = [value.iloc[:, j] for j in range(value.shape[1])]
        yield from _pieces([value.columns, value.index, value.attrs, *columns])
        return
    if hasattr(value, "levels"):
        yield from _pieces([list(value), list(value.names)])
        return
    if not hasattr(value, "array"):  # a scalar or a dtype
        yield repr(value)
        return
    yield repr((value.dtype, value.name, list(getattr(value, "names", []))))
    if hasattr(value, "index"):
        yield from _pieces(value.index)
    if hasattr(value.dtype, "categories"):
        array = value.array
        yield from _pieces([array.codes, array.categories, array.ordered])
    elif isinstance(value.dtype, np.dtype):
        yield from _pieces(value.to_numpy())
    else:
        yield repr(value.tolist())


def _polars_pieces(value: Any) -> Iterator[str | bytes]:
    yield repr(getattr(value, "schema", None) or (value.name, value.dtype))
    yield from _pieces(value.to_arrow())


def _arrow_pieces(value: Any) -> Iterator[str | bytes]:
    """Yield schema and values; how columns are cut into chunks does not count."""
    import pyarrow as pa

    if hasattr(value, "schema"):
        yield value.schema.to_string(truncate_metadata=False)
        yield from _pieces(value.columns)
        return
    if isinstance(value, pa.ChunkedArray):
        value = value.unify_dictionaries().combine_chunks()
    yield repr((str(value.type), len(value), value.null_count))
    is_number = pa.types.is_integer(value.type) or pa.types.is_floating(value.type)
    if pa.types.is_dictionary(value.type):
        yield from _pieces([value.indices, value.dictionary])
    elif is_number and not value.null_count:
        yield value.to_numpy().tobytes()
    else:
        yield repr(value.to_pylist())


def _narwhals_pieces(value: Any) -> Iterator[str | bytes]:
    yield from _pieces(value.to_native())


_LIBRARIES = {
    "pandas": _pandas_pieces,
    "polars": _polars_pieces,
    "pyarrow": _arrow_pieces,
    "narwhals": _narwhals_pieces,
}


def public_state(estimator: Any) -> dict[str, Any]:
    """Return the parameters and all public attributes of an estimator, by name."""
    state = {f"{name}=": value for name, value in estimator.get_params(deep=False).items()}
    for name in dir(estimator):
        if name.startswith("_") or f"{name}=" in state:
            continue
        try:
            value = getattr(estimator, name)
        except Exception as error:  # the attribute exists for some parameters only
            value = type(error).__name__
        if not callable(value):
            state[name] = value
    if hasattr(estimator, "_fit_X"):  # the rows that NearestNeighbors was fitted on
        state["_fit_X"] = estimator._fit_X
    return state
