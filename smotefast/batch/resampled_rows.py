"""``ResampledRows``: rows that a job would write, as record batches, any number of times."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa

from smotefast._messages import did_you_mean, list_names, quote_name
from smotefast.batch.output_rows import OutputRows, batches_of
from smotefast.batch.row_matrix import RowMatrix, check_dtype
from smotefast.report import Summary
from smotefast.storage import (
    ScratchFolder,
    SourceChangedError,
    release_memory,
    uses_jemalloc,
)

# Bytes of batches after which allocators return free memory, as after a row group of a job.
_RELEASE_AFTER = 48 << 20


@dataclass
class PreparedRows:
    """What all views of the rows share, and what closing releases.

    Attributes
    ----------
    output
        The rows; None when closed.
    target, features
        Names of columns.
    needed
        Columns that others, or the choice of rows, are computed from.
    summary
        Class sizes and other facts.
    scratch
        Holds a copy of the source; None without one, and in other processes.
    """

    output: OutputRows | None
    target: str
    features: tuple[str, ...]
    needed: frozenset[str]
    summary: Summary
    scratch: ScratchFolder | None

    def opened(self) -> OutputRows:
        """Return the rows; raise ValueError if they are closed."""
        if self.output is None:
            raise ValueError("These rows are closed. Call iter_resampled again.")
        return self.output

    def close(self) -> None:
        """Release the memory, and remove the scratch folder."""
        self.output = None
        if self.scratch is not None:
            self.scratch.remove()

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "scratch": None}  # it belongs to one process


class ResampledRows:
    """Resampled rows as record batches, computed in each iteration, always the same.

    ``iter_resampled`` returns them. Several iterations may run at the same time, in threads and
    in other processes, to which the rows can be pickled or forked.

    Attributes
    ----------
    schema
        Schema of the batches.
    n_rows
        Number of rows.
    batch_rows
        Rows of each batch; the last one may have fewer.
    target
        Name of the column with the class.
    features
        Names of the columns that are features.
    summary
        Class sizes before and after, search, recall, time and memory of the preparation; those
        of all rows, also in a shard.
    """

    def __init__(
        self,
        prepared: PreparedRows,
        start: int = 0,
        stop: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        output = prepared.opened()
        self._prepared = prepared
        self._start = start
        self._stop = output.n_rows if stop is None else stop
        self._columns = columns
        self.schema = _selected(output.schema, columns)
        self.batch_rows = output.batch_rows or output.plan.group_rows
        self.target = prepared.target
        written = set(self.schema.names)
        self.features = [name for name in prepared.features if name in written]
        self.summary = prepared.summary

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self._stop - self._start

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self.batches()

    def batches(self, start: int = 0) -> Iterator[pa.RecordBatch]:
        """Return an iterator over the batches from a row on.

        Parameters
        ----------
        start
            Position of the first row, from 0 to ``n_rows``. It need not be the first of a
            batch; batches are counted from there.

        Raises
        ------
        ValueError
            If there is no such row, or the rows are closed.
        OSError
            During the iteration, if a file was changed since the rows were prepared, or cannot
            be read.
        """
        start = operator.index(start)
        if not 0 <= start <= self.n_rows:
            raise ValueError(f"start={start} must be from 0 to {self.n_rows:,}, the rows.")
        self._prepared.opened()
        return self._batches(self._start + start)

    def _batches(self, start: int) -> Iterator[pa.RecordBatch]:
        output, release_at = self._output(), start
        with _explain_changes(self._prepared):
            for batch in batches_of(output, start, self._stop, self.schema.names):
                start += batch.num_rows
                if start > release_at and not uses_jemalloc():
                    release_memory()
                    release_at = start + _RELEASE_AFTER * batch.num_rows // (batch.nbytes + 1)
                yield batch
                del batch
                self._prepared.opened()
            if start < self._stop:
                raise SourceChangedError(f"{self._stop - start:,} rows are missing.")

    def _output(self) -> OutputRows:
        """Return the rows with the columns to read."""
        output = self._prepared.opened()
        if self._columns is None:
            return output
        return output.with_columns({*self._columns, *self._prepared.needed})

    def shard(self, index: int, n_shards: int) -> ResampledRows:
        """Return a part of the rows, for one of several workers or machines.

        Parameters
        ----------
        index
            Number of the part, from 0 to ``n_shards - 1``.
        n_shards
            Number of parts. They have consecutive rows, and their sizes differ by at most one.

        Raises
        ------
        ValueError
            If there is no such part.

        Examples
        --------
        In a worker of PyTorch: ``rows.shard(worker.id, worker.num_workers)``.
        """
        index, n_shards = operator.index(index), operator.index(n_shards)
        if not 0 <= index < n_shards:
            raise ValueError(
                f"index={index} must be from 0 to n_shards-1, and n_shards={n_shards}."
            )
        first, last = (self.n_rows * i // n_shards for i in (index, index + 1))
        begin = self._start
        return ResampledRows(self._prepared, begin + first, begin + last, self._columns)

    def select(self, columns: Sequence[str]) -> ResampledRows:
        """Return the rows with some of the columns; others are not read.

        Parameters
        ----------
        columns
            Names of columns, in the order of the result.

        Raises
        ------
        ValueError
            If a column does not exist, or is named twice.
        """
        names = [columns] if isinstance(columns, str) else list(columns)
        known = self.schema.names
        for name in names:
            if name not in known:
                raise ValueError(
                    f"{quote_name(name)} is not a column of these rows."
                    f"{did_you_mean(name, known)} Their columns are {list_names(known)}."
                )
        if not names or len(set(names)) < len(names):
            raise ValueError(f"columns={names} must name at least one column, each once.")
        return ResampledRows(self._prepared, self._start, self._stop, names)

    def matrix(self, dtype: Any = np.float64) -> RowMatrix:
        """Return the features as a matrix that reads its rows when they are indexed.

        Parameters
        ----------
        dtype
            float32 or float64, the default. Missing values are NaN.

        Returns
        -------
        RowMatrix
            Of shape (n_rows, n_features). It has the methods that ``lightgbm.Sequence`` needs.

        Raises
        ------
        ValueError
            If a feature is not numeric, or ``dtype`` is another type.
        """
        found = check_dtype(dtype)
        if not self.features:
            raise ValueError("No feature is left in these rows. Select some.")
        return RowMatrix(self.select(self.features), found)

    def first_row_to_read(self, row: int) -> int:
        """Return the position at which reading begins for the batches from ``row`` on."""
        n_skipped = self._prepared.opened().n_skipped(self._start + row)
        return max(0, row - n_skipped)

    def to_reader(self) -> pa.RecordBatchReader:
        """Return the batches as a ``pyarrow.RecordBatchReader``, for one pass over the rows.

        Polars, DuckDB and pandas take one. Many libraries also take the rows themselves,
        through ``__arrow_c_stream__``.
        """
        return pa.RecordBatchReader.from_batches(self.schema, iter(self))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def close(self) -> None:
        """Release the memory, and remove the copy of a source that is not Parquet.

        The rows and all parts of them are closed. The end of a ``with`` block does the same,
        and so does the end of the last reference to them.
        """
        self._prepared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"<ResampledRows: {self.n_rows:,} rows x {len(self.schema)} columns, in batches of "
            f"{self.batch_rows:,}>"
        )


@contextmanager
def _explain_changes(prepared: PreparedRows) -> Iterator[None]:
    """Say what to do if a file was changed between the preparation and an iteration."""
    try:
        yield
    except (SourceChangedError, FileNotFoundError) as error:
        prepared.opened()  # a copy, and sorted rows, are gone when they are closed
        error.add_note("The rows were prepared before. Call iter_resampled again.")
        raise


def _selected(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    if columns is None:
        return schema
    return pa.schema(map(schema.field, columns), metadata=schema.metadata)
