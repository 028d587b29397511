"""Resample arrays whose rows belong to the rows of X: weights, groups, texts, images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from smotefast._messages import did_you_mean
from smotefast._typing import Container
from smotefast.engine.recipes import Provenance, widened_rows, write_numbers
from smotefast.tables import keep_index, open_table
from smotefast.tables.column_types import is_missing
from smotefast.tables.numeric_target import column_as_frame
from smotefast.tables.protocol import library_of

_WORDS = ("base", "interpolate")
# For check_is_fitted.
NOT_RESAMPLED = (
    "This %(name)s instance has resampled nothing yet. Call fit_resample first; fit does not "
    "resample."
)


class Alignment(NamedTuple):
    """Where the rows of a result come from.

    Attributes
    ----------
    n_samples
        Number of rows of X.
    positions
        Position in X of each row of the result; of a synthetic sample, that of its base row.
    provenance
        Of the synthetic samples, which are the last rows of the result; None if all rows of the
        result are rows of X.
    keeps_index
        Whether rows of pandas containers keep their index.
    """

    n_samples: int
    positions: np.ndarray
    provenance: Provenance | None = None
    keeps_index: bool = False

    @property
    def n_synthetic(self) -> int:
        """Number of synthetic samples."""
        return 0 if self.provenance is None else len(self.provenance.base)


def resample_aligned(array: Any, alignment: Alignment, synthetic: Any) -> Any:
    """Resample an array as X was resampled.

    Parameters
    ----------
    array
        A container with as many rows as X, of one or more dimensions.
    alignment
        Where the rows of the result come from.
    synthetic
        Values for synthetic samples: "base", "interpolate" or a constant.
    """
    word = synthetic if isinstance(synthetic, str) else None
    if word not in _WORDS and word is not None and (hint := did_you_mean(word, _WORDS)):
        raise ValueError(f"synthetic={word!r} is neither of {_WORDS}.{hint}")
    is_list = isinstance(synthetic, list | tuple) and isinstance(array, np.ndarray)
    if is_list or (hasattr(synthetic, "__array__") and np.ndim(synthetic)):
        raise ValueError(
            f"synthetic is of type {type(synthetic).__name__}. Pass 'base', 'interpolate' or "
            "one value; each array to resample needs a call of its own."
        )
    if not alignment.n_synthetic:
        word = "base"
    elif word in _WORDS and alignment.provenance is not None:
        _check_base_rows(alignment.provenance, word)
    library = library_of(array)
    if library == "narwhals":
        from smotefast.tables.narwhals_frames import wrapper_like

        return wrapper_like(array)(resample_aligned(array.to_native(), alignment, synthetic))
    if library is not None:
        return _resample_frame(array, library, alignment, word, synthetic)
    if isinstance(array, list | tuple):
        return _resample_list(array, alignment, word, synthetic)
    return _resample_array(array, alignment, word, synthetic)


def _check_base_rows(provenance: Provenance, word: str) -> None:
    if (provenance.base < 0).any():
        raise ValueError(
            f"synthetic={word!r} needs base rows, and these samples come from no row of X. "
            "Pass a constant for them, such as synthetic=1.0 for weights."
        )


def _check_rows(n_rows: int, alignment: Alignment) -> None:
    if n_rows != alignment.n_samples:
        raise ValueError(
            f"The array has {n_rows} rows, and the X that was resampled has "
            f"{alignment.n_samples}. Pass an array with one row for each row of X."
        )


def _resample_list(
    items: list[Any] | tuple[Any, ...], alignment: Alignment, word: str | None, constant: Any
) -> list[Any]:
    """Return a list with the same items, and the values of synthetic samples."""
    _check_rows(len(items), alignment)
    taken = [items[i] for i in alignment.positions.tolist()]
    n_kept = len(taken) - alignment.n_synthetic
    if word == "base":
        return taken
    if word == "interpolate":
        new: list[Any] = _interpolated(np.asarray(items), alignment).tolist()
        return taken[:n_kept] + new
    return taken[:n_kept] + [constant] * alignment.n_synthetic


def _resample_array(
    array: Any, alignment: Alignment, word: str | None, constant: Any
) -> np.ndarray:
    is_array = hasattr(array, "__array__") or hasattr(array, "__array_interface__")
    if isinstance(array, range):
        array, is_array = np.asarray(array), True
    if not is_array or not np.ndim(array):
        raise TypeError(f"Cannot resample {type(array).__name__}. Pass an array or a list.")
    values = array if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
    _check_rows(len(values), alignment)
    taken: np.ndarray = values[alignment.positions]
    if word == "base":
        return taken
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError("Only synthetic='base' is possible for masked arrays.")
    kept = taken[: len(taken) - alignment.n_synthetic]
    if word == "interpolate":
        return np.concatenate([kept, _interpolated(values, alignment)])
    filled = np.full((alignment.n_synthetic, *values.shape[1:]), constant, object)
    if values.dtype.kind in "US" and isinstance(constant, str | bytes):
        return np.concatenate([kept, filled.astype(values.dtype.kind)])  # may be longer
    try:
        new = filled.astype(values.dtype)
    except (TypeError, ValueError, OverflowError):
        new = None
    if new is None or not _is_same(new.reshape(-1)[:1].tolist(), constant):
        raise _cannot_hold(values.dtype, constant)
    return np.concatenate([kept, new])


def _interpolated(values: np.ndarray, alignment: Alignment) -> np.ndarray:
    """Return values between those of base rows and neighbors, as the samplers compute them."""
    if values.dtype.kind not in "iuf":
        raise ValueError(
            f"Values of dtype {values.dtype} cannot be interpolated; use synthetic='base'."
        )
    assert alignment.provenance is not None
    base, neighbor, steps = alignment.provenance
    if n_others := int(np.count_nonzero(np.isnan(steps))):
        raise ValueError(
            f"{n_others:,} of the {len(steps):,} synthetic samples do not lie between two "
            "rows: they are rows with noise, or computed from several rows. Nothing can be "
            "interpolated for them; use synthetic='base'."
        )
    wide = widened_rows(values.reshape(len(values), int(np.prod(values.shape[1:]))))
    samples = wide[base] + steps[:, np.newaxis] * (wide[neighbor] - wide[base])
    if np.isnan(samples).any():
        raise ValueError(
            "Missing or infinite values cannot be interpolated: impute them, or use "
            "synthetic='base'."
        )
    out = np.empty(samples.shape, values.dtype)
    write_numbers(samples, out)
    return out.reshape(len(base), *values.shape[1:])


def _resample_frame(
    array: Any, library: str, alignment: Alignment, word: str | None, constant: Any
) -> Container:
    """Resample a frame, a series or a sparse matrix of a library."""
    if library == "pandas" and not hasattr(array, "iloc"):  # an index or extension array
        _check_rows(len(array), alignment)
        if word == "base":
            return array.take(alignment.positions)
        raise ValueError(f"Pass a Series instead of {type(array).__name__}.")
    frame, unwrap = column_as_frame(array, library)
    table = open_table(frame)
    _check_rows(table.n_samples, alignment)
    if word == "interpolate" and not table.is_sparse:
        matrix = table.to_matrix()
        if not isinstance(matrix, np.ndarray):
            raise ValueError('Only synthetic="base" is possible for sparse columns.')

        def fill(out: np.ndarray) -> None:
            out[:] = _interpolated(matrix, alignment)

        return unwrap(table.extend(alignment.n_synthetic, fill, matrix.dtype))
    taken = table.take(alignment.positions)
    if alignment.keeps_index:
        taken = keep_index(taken, frame, alignment.positions)
    if word == "base":
        return unwrap(taken)
    if table.is_sparse:
        raise ValueError('Only synthetic="base" is possible for sparse matrices.')
    filled = _with_constant(taken, library, alignment.n_synthetic, constant)
    for old_type, new_type, value in _last_values(taken, filled, library):
        if old_type != new_type or not _is_same([value], constant):
            raise _cannot_hold(old_type, constant)
    return unwrap(filled)


def _with_constant(frame: Any, library: str, n_synthetic: int, constant: Any) -> Any:
    """Replace the values of the last rows of a frame or table."""
    n_rows = frame.shape[0]
    is_original = np.arange(n_rows) < n_rows - n_synthetic
    try:
        if library == "pandas":
            if not np.isscalar(constant) and hasattr(constant, "__len__"):
                raise TypeError(constant)
            mask = np.broadcast_to(is_original[:, np.newaxis], frame.shape)
            return frame.where(mask, constant)
        if library == "polars":
            import polars as pl

            kept = pl.when(pl.Series(is_original)).then(pl.all())
            return frame.with_columns(kept.otherwise(pl.lit(constant)).name.keep())
        import pyarrow as pa
        import pyarrow.compute as pc

        is_kept = pa.array(is_original)
        columns = [
            pc.if_else(is_kept, column, pa.scalar(constant, type=column.type))
            for column in frame.columns
        ]
        return type(frame).from_arrays(columns, schema=frame.schema)
    except (TypeError, ValueError, NotImplementedError, OverflowError) as error:
        types = {str(old_type): None for old_type, _, _ in _last_values(frame, frame, library)}
        raise _cannot_hold(", ".join(types), constant) from error


def _last_values(old: Any, new: Any, library: str) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the old and new type and the last value of each column."""
    if library == "pandas":
        for j in range(old.shape[1]):
            yield old.dtypes.iloc[j], new.dtypes.iloc[j], new.iloc[-1:, j].tolist()[0]
    elif library == "polars":
        for before, after in zip(old.get_columns(), new.get_columns(), strict=True):
            yield before.dtype, after.dtype, after[-1]
    else:
        for before, after in zip(old.columns, new.columns, strict=True):
            yield before.type, after.type, after[-1].as_py()


def _is_same(values: list[Any], constant: Any) -> bool:
    """Tell whether the values are the constant, or are missing as it is."""
    return all(
        is_missing(constant) if is_missing(value) else bool(value == constant)
        for value in values
    )


def _cannot_hold(what: Any, constant: Any) -> ValueError:
    return ValueError(
        f"{what} cannot hold the constant {constant!r} without changing other values. Convert "
        "the array to a type that can, or use synthetic='base'."
    )
