"""Samples of the queries of a file, by which an approximate search chooses cells."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from smotefast._phases import phase
from smotefast.neighbors.cells.approximate import RECALL_QUERIES, RECALL_SEED
from smotefast.neighbors.cells.estimate import CenterExcesses
from smotefast.neighbors.cells.partition import Assignment
from smotefast.neighbors.cells.search import Reach
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.queries import (
    FilePoints,
    other_queries,
    random_rows,
    work_blocks,
)
from smotefast.neighbors.result import SearchResult, recall
from smotefast.neighbors.streaming import StreamingNeighbors

# Marks that are counted at a time, a multiple of the rows of a group; these are as many as
# one byte counts.
_MARKS, _RANKED = 1 << 20, 1 << 8


class MarkedRows:
    """The rows of a file that a mask marks, by their number among these.

    Parameters
    ----------
    is_marked
        The mask, shape (n_rows,), bool; None marks all rows.
    n_rows
        Rows of the file.
    """

    def __init__(self, is_marked: np.ndarray | None, n_rows: int) -> None:
        self._is_marked = is_marked
        self._n_marked = n_rows if is_marked is None else int(np.count_nonzero(is_marked))

    def __len__(self) -> int:
        return self._n_marked

    def rows(self, numbers: np.ndarray) -> np.ndarray:
        """Return the rows with some numbers."""
        if self._is_marked is None:
            return numbers
        rows, before = np.empty(len(numbers), dtype=np.int64), 0
        for block in work_blocks(len(self._is_marked), 1, _MARKS, 1):
            found = np.flatnonzero(self._is_marked[block]) + block.start
            is_here = (numbers >= before) & (numbers < before + len(found))
            rows[is_here] = found[numbers[is_here] - before]
            before += len(found)
        return rows

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of each of some rows, which are marked."""
        if self._is_marked is None:
            return rows
        starts, ranks = self._ranks
        return np.asarray(starts[rows // _RANKED] + ranks[rows])

    @cached_property
    def _ranks(self) -> tuple[np.ndarray, np.ndarray]:
        """Marked rows before each group of rows, and before each row in its group.

        The second is one byte a row.
        """
        assert self._is_marked is not None
        n_rows = len(self._is_marked)
        counts = np.zeros(-(-n_rows // _RANKED) + 1, dtype=np.int64)
        ranks = np.empty(n_rows, dtype=np.uint8)
        for block in work_blocks(n_rows, 1, _MARKS, 1):
            marks = self._is_marked[block]
            groups = np.resize(marks, -(-len(marks) // _RANKED) * _RANKED)
            groups[len(marks) :] = False
            groups = groups.reshape(-1, _RANKED)
            first = block.start // _RANKED + 1
            counts[first : first + len(groups)] = np.count_nonzero(groups, axis=1)
            # The last sum may be one more than fits, and is 255 again without its own row.
            sums = np.cumsum(groups, axis=1, dtype=np.uint8) - groups
            ranks[block] = sums.reshape(-1)[: len(marks)]
        return np.cumsum(counts), ranks


class FileSample:
    """Queries that cells are chosen by, and others that the recall is measured on.

    They are those of ``SampledSearch``.
    """

    def __init__(
        self,
        points: FilePoints,
        assigned: Assignment,
        queries: MarkedRows,
        k: int,
        n_threads: int,
        n_bytes: int,
    ) -> None:
        random_state = np.random.RandomState(RECALL_SEED)
        size = min(2 * RECALL_QUERIES, len(queries))
        rows = queries.rows(random_rows(random_state, len(queries), size))
        sample = points.subset(rows)
        row_bytes = 24 * (sample.values.shape[1] + sample.codes.shape[1]) + 64
        true = StreamingNeighbors(
            sample.values, k, positions=rows, codes=sample.codes, weight=sample.weight,
            n_threads=n_threads,
        )  # fmt: skip
        with phase("measuring recall", len(rows)):
            for block in points.values.blocks(max(1, n_bytes // row_bytes)):
                part = points.subset(block)
                true.add_block(part.values, block.start, part.codes)
        nearest = SearchResult(true.positions, true.squared_distances)
        half = slice(0, len(rows) // 2)
        self._excesses = CenterExcesses(
            assigned, other_queries(sample.subset(half)), assigned.cell[rows[half]],
            nearest.subset(half),
        )  # fmt: skip
        others = half.stop + np.argsort(rows[half.stop :])
        self._points, self._n_threads, self._rows = points, n_threads, rows[others]
        self._sample, self._true = sample.subset(others), nearest.squared()[others]
        self._found = np.full((len(others), k), len(points.values))

    def reach_for(self, target: float) -> Reach:
        """Return the cells that hold a share of the neighbors of the sample."""
        return self._excesses.reach_for(target)

    def see(self, rows: np.ndarray, indices: np.ndarray) -> None:
        """Remember what was found for queries of the sample."""
        which = np.isin(rows, self._rows)
        self._found[np.searchsorted(self._rows, rows[which])] = indices[which]

    def recall(self) -> float:
        """Return the share of the k nearest rows found."""
        n_rows, k = len(self._points.values), self._found.shape[1]
        rows = np.unique(self._found)
        rows = rows[rows < n_rows]
        pool, queries = self._points.subset(rows), other_queries(self._sample)
        candidates = np.searchsorted(rows, self._found)
        ranked = rank_candidates(pool, queries, candidates, k, n_threads=self._n_threads)
        return recall(ranked.squared(), self._true)
