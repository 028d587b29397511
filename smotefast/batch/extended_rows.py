"""All rows after the first step of a job: originals in files, then new rows made on demand.

What Tomek links ask of them: the positions of each class, and nearest rows, found while
originals and new rows stream past the rows that are searched for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from smotefast.batch.reading import Reading, number_blocks, read_rows
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job
from smotefast.engine.recipes import Copy, Interpolate, Smooth
from smotefast.neighbors.streaming import NearestInBlocks


class ExtendedRows:
    """Originals and new rows, by position: the new ones come after the others.

    Parameters
    ----------
    reading
        The files.
    features
        Names of the numeric columns.
    matrices, positions
        The rows of the classes that are in memory, and where they stand in the files.
    job
        The new rows.
    counts
        Rows of each class in the files, in label order.
    n_threads
        Threads of a search.
    """

    def __init__(
        self,
        reading: Reading,
        features: list[str],
        matrices: dict[Any, np.ndarray],
        positions: dict[Any, np.ndarray],
        job: Job,
        counts: Counts,
        n_threads: int,
    ) -> None:
        made = job.counts()
        self.sizes = {label: n + made.get(label, 0) for label, n in counts.items()}
        self._reading = reading
        self._features = features
        self._matrices = matrices
        self._positions = positions
        self._job = job
        self._n_originals = reading.source.n_rows
        self._n_threads = n_threads
        self._dtype = next(iter(matrices.values())).dtype

    def positions(self, label: Any) -> np.ndarray:
        """Return where the rows of one class in memory stand, ascending."""
        made = [
            np.arange(at, at + last - first) + self._n_originals
            for recipe, first, last, at in self._job.parts(0, self._job.n_rows)
            if recipe.origins.label == label
        ]
        return np.concatenate([self._positions[label], *made])

    def nearest(self, positions: np.ndarray) -> np.ndarray:
        """Return the position of the row of any class that is nearest to each of some rows."""
        if not len(positions):
            return np.empty(0, dtype=np.int64)
        values = self._values(positions)
        search = NearestInBlocks(
            values,
            positions,
            1,
            n_threads=self._n_threads,
            n_at_once=self._reading.query_rows,
        )
        phase = "finding Tomek links"
        for start, block in number_blocks(self._reading, self._features, self._dtype, phase):
            search.offer(block, start)
        for start, block in self._new_blocks():
            search.offer(block, self._n_originals + start)
        return search.positions[:, 0]

    def _values(self, positions: np.ndarray) -> np.ndarray:
        """Return rows by position, ascending."""
        values = np.empty((len(positions), len(self._features)), self._dtype)
        n_old = int(np.searchsorted(positions, self._n_originals))
        self._copy_originals(positions[:n_old], values[:n_old])
        asked = positions[n_old:] - self._n_originals
        for start, block in self._new_blocks() if len(asked) else ():
            first, last = np.searchsorted(asked, [start, start + len(block)])
            values[n_old + first : n_old + last] = block[asked[first:last] - start]
        return values

    def _copy_originals(self, positions: np.ndarray, out: np.ndarray) -> None:
        """Copy rows of the files; only those that are not in memory are read."""
        is_missing = np.ones(len(positions), dtype=bool)
        for label, own in self._positions.items():
            place = np.minimum(np.searchsorted(own, positions), len(own) - 1)
            found = np.flatnonzero(own[place] == positions)
            is_missing[found] = False
            for start in range(0, len(found), self._reading.batch_rows):
                some = found[start : start + self._reading.batch_rows]
                out[some] = self._matrices[label][place[some]]
        missing = np.flatnonzero(is_missing)
        if len(missing):
            how = self._reading, self._features, self._dtype
            for some_missing, values in read_rows(*how, positions[missing]):
                out[missing[some_missing]] = values

    def _new_blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the new rows as blocks of numbers, with where they begin among them."""
        job, step = self._job, self._reading.batch_rows
        for start in range(0, job.n_rows, step):
            stop = min(start + step, job.n_rows)
            block = np.empty((stop - start, len(self._features)), self._dtype)
            for recipe, first, last, at in job.parts(start, stop):
                out = block[at : at + last - first]
                if isinstance(recipe, Copy):
                    choices = recipe.origins.draws.choices(first, last)
                    np.take(self._matrices[recipe.origins.label], choices, axis=0, out=out)
                else:
                    assert isinstance(recipe, Interpolate | Smooth)  # rows of numbers
                    recipe.fill(first, last, out, n_threads=job.n_threads)
            yield start, block
