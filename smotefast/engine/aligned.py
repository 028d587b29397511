"""Resample arrays whose rows belong to the rows of X: weights, groups, texts, images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from smotefast._typing import Container
from smotefast.engine.recipes import Provenance, widened_rows, write_numbers
from smotefast.tables import Table, keep_index, open_table
from smotefast.tables.protocol import library_of


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


def resample_aligned(array: Any, alignment: Alignment, synthetic: Any) -> Container:
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
    n_samples = array.shape[0] if hasattr(array, "shape") else len(array)
    if n_samples != alignment.n_samples:
        raise ValueError(
            f"The array has {n_samples} rows, and the X that was resampled "
            f"{alignment.n_samples}. Pass an array with one row for each row of X."
        )
    word = synthetic if isinstance(synthetic, str) else None
    library = library_of(array)
    if library is None:
        resampled = _resample_array(np.asarray(array), alignment, synthetic)
        if isinstance(array, list | tuple):
            return _as_list(array, resampled, alignment, word)
        return resampled
    frame, unwrap = _as_frame(array, library)
    table = open_table(frame)
    if not alignment.n_synthetic or word == "base":
        taken = table.take(alignment.positions)
        if alignment.keeps_index:
            taken = keep_index(taken, frame, alignment.positions)
        return unwrap(taken)
    if table.is_sparse:
        raise ValueError('Only synthetic="base" is possible for sparse matrices.')
    if word == "interpolate":
        return unwrap(_interpolate_table(table, alignment))
    taken = table.take(alignment.positions)
    return unwrap(_with_constant(taken, library, alignment.n_synthetic, synthetic))


def _resample_array(array: np.ndarray, alignment: Alignment, synthetic: Any) -> np.ndarray:
    word = synthetic if isinstance(synthetic, str) else None
    if not alignment.n_synthetic or word == "base":
        taken: np.ndarray = array[alignment.positions]
        return taken
    if word == "interpolate":
        if array.dtype.kind not in "iuf":
            raise ValueError(
                f"Values of dtype {array.dtype} cannot be interpolated; use synthetic='base'."
            )
        rows = array.reshape(len(array), -1)
        samples = np.empty((alignment.n_synthetic, rows.shape[1]), array.dtype)
        _interpolate(rows, alignment, samples)
        return np.concatenate([array, samples.reshape(-1, *array.shape[1:])])
    shape = alignment.n_synthetic, *array.shape[1:]
    is_number = isinstance(synthetic, bool | int | float) and array.dtype.kind in "biuf"
    dtype = np.result_type(array.dtype, synthetic) if is_number else None
    return np.concatenate([array, np.full(shape, synthetic, dtype)])


def _interpolate(rows: Any, alignment: Alignment, out: np.ndarray) -> None:
    """Write the samples between base rows and neighbors, as the samplers compute them."""
    assert alignment.provenance is not None
    base, neighbor, steps = alignment.provenance
    if np.isnan(steps).any():
        raise ValueError(
            "The synthetic samples do not lie between two rows, so nothing can be "
            "interpolated; use synthetic='base'."
        )
    wide = widened_rows(rows)
    write_numbers(wide[base] + steps[:, np.newaxis] * (wide[neighbor] - wide[base]), out)


def _interpolate_table(table: Table, alignment: Alignment) -> Container:
    matrix = table.to_matrix()
    return table.extend(
        alignment.n_synthetic, lambda out: _interpolate(matrix, alignment, out), matrix.dtype
    )


def _as_list(array: Any, resampled: np.ndarray, alignment: Alignment, word: str | None) -> Any:
    """Return a list with the items of a list, and the new values of synthetic samples."""
    if word == "base":
        return [array[i] for i in alignment.positions.tolist()]
    n_kept = len(resampled) - alignment.n_synthetic
    kept = [array[i] for i in alignment.positions[:n_kept].tolist()]
    return kept + resampled[n_kept:].tolist()


def _as_frame(array: Any, library: str) -> tuple[Any, Callable[[Any], Any]]:
    """Return a column as a frame or table, and the function that returns it as a column."""
    if library == "pandas" and array.ndim == 1:
        return array.to_frame(), lambda frame: frame.iloc[:, 0].rename(array.name)
    if library == "polars" and hasattr(array, "to_frame"):
        return array.to_frame(), lambda frame: frame.to_series()
    if library == "pyarrow" and not hasattr(array, "schema"):
        import pyarrow as pa

        return pa.table({"values": array}), lambda table: table.column(0).combine_chunks()
    return array, lambda frame: frame


def _with_constant(frame: Any, library: str, n_synthetic: int, constant: Any) -> Any:
    """Replace the values of the last rows of a frame or table."""
    is_original = np.arange(len(frame)) < len(frame) - n_synthetic
    if library == "pandas":
        mask = np.broadcast_to(is_original[:, np.newaxis], frame.shape)
        return frame.where(mask, constant)
    if library == "polars":
        import polars as pl

        values = pl.when(pl.Series(is_original)).then(pl.all()).otherwise(pl.lit(constant))
        return frame.with_columns(values.name.keep())
    if library == "pyarrow":
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = [
            pc.if_else(pa.array(is_original), column, pa.scalar(constant, type=column.type))
            for column in frame.columns
        ]
        return pa.table(columns, schema=frame.schema)
    raise ValueError(f"A constant is not possible for {type(frame).__name__}.")
