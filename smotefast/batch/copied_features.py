"""Features of any type, for jobs whose synthetic samples are copies of rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa

from smotefast.batch.class_tables import GatheredTable, gather_table
from smotefast.batch.features import PicklableFeatures, numeric_dtype, refuse_index
from smotefast.batch.gathering import Gathered
from smotefast.batch.memory_needs import MemoryNeed, ScratchNeed, position_bytes
from smotefast.batch.packed_rows import gather_into_files
from smotefast.batch.reading import FileReader
from smotefast.batch.request import Request
from smotefast.engine.job import Job


class CopiedFeatures(PicklableFeatures):
    """All columns of the classes to over-sample, as an Arrow table; no value is looked at.

    Parameters
    ----------
    request
        The job.
    are_compared
        Whether the second step compares rows by numbers; then the features must be numeric.
    in_files
        Classes whose rows are in temporary files: none, or all.
    """

    phase = "drawing rows"
    n_codes = 0

    def __init__(
        self, request: Request, *, are_compared: bool, in_files: Collection[Any] = ()
    ) -> None:
        self._request = request
        self.in_files = frozenset(in_files)
        # The target and columns to keep are copied along, except those that become null.
        self.names = [name for name in request.columns if name not in request.null_columns]
        self.n_numbers = len(request.features)
        self.dtype = None
        if are_compared:
            refuse_index(request.source, request.features)
            self.dtype = numeric_dtype(request, request.features)

    def memory_need(self) -> MemoryNeed:
        """Return the memory of the table."""
        sizes = self._request.column_sizes
        if self.in_files:
            read_row = int(sizes.row_bytes(self.names)) + 48
            return MemoryNeed(sizes.dictionary_bytes(self.names), 0, read_row=read_row)
        n_rows = sum(self._request.class_sizes.values())
        gathered = n_rows * (sizes.row_bytes(self.names) + 16)
        gathered += sizes.dictionary_bytes(self.names)
        # One column is held twice while its pieces are joined.
        joining = max(n_rows * sizes.row_bytes([name]) for name in self.names)
        return MemoryNeed(int(gathered), int(joining))

    def scratch_need(self) -> ScratchNeed:
        """Return the size of the temporary files, with the positions of the rows."""
        if not self.in_files:
            return ScratchNeed()
        row = self._request.column_sizes.row_bytes(self.names)
        row += position_bytes(self._request.source.n_rows)
        return ScratchNeed(int(sum(self._request.class_sizes.values()) * row))

    def gather(self, reader: FileReader) -> Gathered:
        """Read the rows of the classes to over-sample."""
        gather = gather_into_files if self.in_files else gather_table
        self._rows: GatheredTable = gather(reader, self.names, self._request.class_sizes)
        return Gathered(self._rows)

    def columns(self, job: Job, start: int, stop: int) -> dict[str, pa.Array]:
        """Return the columns of the synthetic samples ``start..stop``."""
        return self._rows.take(self.names, job.positions(start, stop))
