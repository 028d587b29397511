"""All rows after over-sampling: rows in files, then synthetic samples generated on demand.

TomekLinks as a second step searches among them: originals and synthetic samples stream past
the queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from smotefast._row_files import RowFile
from smotefast._typing import Rows
from smotefast.batch.file_of_all_rows import find_in_file, write_blocks
from smotefast.batch.reading import NumberReader, joined_blocks
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job
from smotefast.engine.recipes import Copy
from smotefast.neighbors import Neighbors, saved
from smotefast.neighbors.streaming import StreamingNeighbors


class OverSampledRows:
    """Rows by position: first those of the files, then the synthetic samples.

    Parameters
    ----------
    reader
        The numeric columns of the files.
    matrices, positions
        Rows of the files and their positions, by class: of the classes to search, and of those
        with synthetic samples.
    job
        The synthetic samples.
    counts
        Rows of each class in the files, in label order.
    n_threads
        Threads of a search.
    """

    def __init__(
        self,
        reader: NumberReader,
        matrices: Mapping[Any, Rows],
        positions: Mapping[Any, np.ndarray],
        job: Job,
        counts: Counts,
        n_threads: int,
    ) -> None:
        generated = job.counts()
        self.sizes = {label: n + generated.get(label, 0) for label, n in counts.items()}
        self._reader = reader
        self._matrices, self._positions = matrices, positions
        self._job = job
        self._n_originals = reader.files.source.n_rows
        self._n_threads = n_threads

    def positions(self, label: Any) -> np.ndarray:
        """Return the positions of the rows of a class in memory, ascending."""
        generated = [
            np.arange(at, at + last - first) + self._n_originals
            for recipe, first, last, at in self._job.parts(0, self._job.n_rows)
            if recipe.origins.label == label
        ]
        return np.concatenate([self._positions[label], *generated])

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Return the position of the nearest other row of each row, of any class."""
        if not len(positions):
            return np.empty(0, dtype=np.int64)
        return saved(lambda: [self._find_nearest(positions)])[0].indices[:, 0]

    def _find_nearest(self, positions: np.ndarray) -> Neighbors:
        search = StreamingNeighbors(
            self._rows_at(positions),
            1,
            positions=positions,
            n_threads=self._n_threads,
            n_at_once=self._reader.files.query_rows,
        )
        for start, block in joined_blocks(self._blocks(), self._reader.files.pool_rows):
            search.add_block(block, start)
        return Neighbors(search.positions, "exact")

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield all rows in blocks, each with the position of its first row."""
        yield from self._reader.blocks("finding Tomek links")
        for start, block in self._synthetic_blocks():
            yield self._n_originals + start, block

    def _rows_at(self, positions: np.ndarray) -> np.ndarray:
        """Return rows by ascending position."""
        rows = self._reader.empty(len(positions))
        n_originals = int(np.searchsorted(positions, self._n_originals))
        self._copy_originals(positions[:n_originals], rows[:n_originals])
        synthetic = positions[n_originals:] - self._n_originals
        for start, block in self._synthetic_blocks() if len(synthetic) else ():
            first, last = np.searchsorted(synthetic, [start, start + len(block)])
            selected = block[synthetic[first:last] - start]
            rows[n_originals + first : n_originals + last] = selected
        return rows

    def _copy_originals(self, positions: np.ndarray, out: np.ndarray) -> None:
        """Copy rows of the files; only those that are not in memory are read."""
        is_missing = np.ones(len(positions), dtype=bool)
        for label, in_memory in self._positions.items():
            index = np.minimum(np.searchsorted(in_memory, positions), len(in_memory) - 1)
            members = np.flatnonzero(in_memory[index] == positions)
            is_missing[members] = False
            for start in range(0, len(members), self._reader.files.batch_rows):
                block = members[start : start + self._reader.files.batch_rows]
                out[block] = self._matrices[label][index[block]]
        missing = np.flatnonzero(is_missing)
        if len(missing):
            for part, values in self._reader.rows_at(positions[missing]):
                out[missing[part]] = values

    def _synthetic_blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the synthetic samples in blocks, each with the index of its first sample."""
        job, batch_rows = self._job, self._reader.files.batch_rows
        for start in range(0, job.n_rows, batch_rows):
            stop = min(start + batch_rows, job.n_rows)
            block = self._reader.empty(stop - start)
            for recipe, first, last, at in job.parts(start, stop):
                out = block[at : at + last - first]
                if isinstance(recipe, Copy):
                    choices = recipe.origins.draws.choices(first, last)
                    out[:] = self._matrices[recipe.origins.label][choices]
                else:
                    recipe.fill(first, last, out, n_threads=job.n_threads)
            yield start, block


class OverSampledRowsInFile(OverSampledRows):
    """The same rows in a temporary file, and searches there, whatever the classes take.

    It needs the positions of the classes to search, and the rows of those with samples that
    are copies.
    """

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Return the position of the nearest other row of each row, of any class."""
        if not len(positions):
            return np.empty(0, dtype=np.int64)
        n_threads = self._n_threads
        found = find_in_file(self._all_rows, {None: positions}, 1, n_threads=n_threads)[None]
        return found.indices.reshape(-1)[:].astype(np.int64)

    @cached_property
    def _all_rows(self) -> RowFile:
        n_rows = self._n_originals + self._job.n_rows
        return write_blocks(self._blocks(), self._reader.empty_file(n_rows))
