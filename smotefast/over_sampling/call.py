"""One call of a sampler that interpolates: its neighbor searches, draws and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.utils import check_random_state

from smotefast._row_files import RowFile
from smotefast._threads import thread_count
from smotefast._typing import Label, Matrix, Rows
from smotefast.engine.draws import Draws, Values
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.recipes import Origins
from smotefast.engine.rows import ClassRows
from smotefast.engine.user_estimators import neighbor_estimator
from smotefast.neighbors import (
    Neighbors,
    find_neighbors,
    find_neighbors_in_file,
)

# Draws that are read at a time: as many as lie between two checkpoints.
_DRAWS_AT_ONCE = 1 << 20


class Parameters(Protocol):
    """Parameters that all samplers with neighbors have."""

    random_state: Any
    search: str
    n_jobs: int | None

    def check_class_size(self, label: Label, n_rows: int, k: int) -> None:
        """Raise an error if a class has too few rows."""
        ...


class Call:
    """State of one call: what the recipes of all classes share.

    Attributes
    ----------
    k
        Number of neighbors to choose from.
    estimator
        A clone of the user's neighbor estimator, or None.
    search
        The searches of the call.
    messages
        Sentences for one warning.
    """

    def __init__(self, sampler: Parameters, parameter: str) -> None:
        self.search = NeighborSearch(sampler.search, thread_count(sampler.n_jobs))
        self.estimator, self.k = neighbor_estimator(parameter, getattr(sampler, parameter))
        self.messages: list[str] = []
        self._sampler = sampler

    def interpolation(
        self,
        rows: ClassRows,
        label: Label,
        n_new: int,
        *,
        base_rows: np.ndarray | None = None,
        step_size: float = 1.0,
    ) -> Interpolate:
        """Return a recipe: interpolate between rows of a class and neighbors in the class.

        Parameters
        ----------
        rows
            The data.
        label
            The class.
        n_new
            Number of samples to generate.
        base_rows
            Base rows, by index in the class; None means all.
        step_size
            Largest step; negative to step away from the neighbor.
        """
        matrix = rows.matrix(label)
        origins = self.origins(
            label, matrix, rows.positions(label), n_new, base_rows, step_size=step_size
        )
        base = matrix if base_rows is None else selected_rows(matrix, base_rows)
        return Interpolate.between(origins, base, matrix)

    def origins(
        self,
        label: Label,
        matrix: Matrix | RowFile,
        positions: np.ndarray,
        n_new: int,
        base_rows: np.ndarray | None = None,
        *,
        then: Sequence[Values] = ("uniform",),
        step_size: float | None = 1.0,
        metric: str = "euclidean",
    ) -> Origins:
        """Draw a base row and one of its k nearest neighbors in the class for each sample.

        Parameters
        ----------
        label
            The class.
        matrix, positions
            Its rows, and their positions in X; both in files if the rows are.
        n_new
            Number of samples to generate.
        base_rows
            Base rows, by index in the class; None means all.
        then, step_size
            What each sample draws besides, see ``Draws``, and the largest step between base row
            and neighbor, see ``Origins``.
        metric
            What neighbors are near by, see ``neighbors.find_neighbors``; of rows in memory.
        """
        k = self.class_k(label, len(positions))
        n_base = len(positions) if base_rows is None else len(base_rows)
        draws = self.draws(n_new, n_base * k, then)
        neighbors = self.neighbors_of_drawn(matrix, k, draws, base_rows, metric=metric)
        base_positions = positions if base_rows is None else positions[base_rows]
        indices = base_rows if isinstance(matrix, RowFile) else None
        return Origins(label, base_positions, positions, neighbors, draws, step_size, indices)

    def neighbors_of_drawn(
        self,
        matrix: Matrix | RowFile,
        k: int,
        draws: Draws,
        base_rows: np.ndarray | None = None,
        *,
        codes: Rows | None = None,
        weight: float = 0.0,
        metric: str = "euclidean",
    ) -> Rows:
        """Return the k nearest rows of the class of each base row; zeros if it is not drawn.

        ``base_rows`` are indices of rows of the matrix, ascending; None means all. ``codes``
        and ``weight`` are those of ``find_neighbors``; the codes of a matrix in a file are in a
        file, too.
        """
        if isinstance(matrix, RowFile):
            assert codes is None or isinstance(codes, RowFile)
            return self._neighbors_in_file(matrix, k, draws, base_rows, codes, weight)
        assert not isinstance(codes, RowFile)
        n_base = matrix.shape[0] if base_rows is None else len(base_rows)
        drawn = queries = drawn_rows(draws, n_base, k)
        if base_rows is not None:
            queries = base_rows if drawn is None else base_rows[drawn]
        found = self.find_neighbors(
            matrix, k, queries, codes=codes, weight=weight, metric=metric
        )
        return neighbors_of_all(found.indices, drawn, n_base)

    def class_k(self, label: Label, n_rows: int) -> int:
        """Return the number of neighbors to choose from in a class of this size."""
        self._sampler.check_class_size(label, n_rows, self.k)
        if n_rows > self.k:
            return self.k
        if n_rows == 1:
            self.messages.append(
                f"Class {label!r} has one row, so its synthetic samples are copies of it."
            )
            return 1
        self.messages.append(
            f"Class {label!r} has {n_rows} rows: its synthetic samples use {n_rows - 1} "
            f"neighbors instead of {self.k}."
        )
        return n_rows - 1

    def find_neighbors(
        self,
        matrix: Matrix,
        k: int,
        queries: np.ndarray | None,
        *,
        codes: np.ndarray | None = None,
        weight: float = 0.0,
        metric: str = "euclidean",
    ) -> Neighbors:
        """Find the k nearest other rows of the class; queries are indices, None for all."""
        if matrix.shape[0] == 1:  # copies of a single row: the row is its own neighbor
            return Neighbors(np.zeros((1, 1), dtype=np.int32), "exact")
        neighbors = find_neighbors(
            matrix,
            k,
            queries=queries,
            search=self.search.search,
            n_threads=self.search.n_threads,
            estimator=self.estimator_for(k),
            codes=codes,
            weight=weight,
            metric=metric,
        )
        self.search.record(neighbors)
        return neighbors

    def _neighbors_in_file(
        self,
        rows: RowFile,
        k: int,
        draws: Draws,
        base_rows: np.ndarray | None,
        codes: RowFile | None,
        weight: float,
    ) -> Rows:
        if len(rows) == 1:  # as in memory
            return np.zeros((1, 1), dtype=np.int32)
        is_base = None if base_rows is None else marked(base_rows, len(rows))
        is_query = mark_drawn_rows(draws, len(rows) if base_rows is None else len(base_rows), k)
        if base_rows is not None:
            is_query = is_base if is_query is None else marked(base_rows[is_query], len(rows))
        found = find_neighbors_in_file(
            rows,
            k,
            is_query=is_query,
            in_table=is_base,
            search=self.search.search,
            codes=codes,
            weight=weight,
            n_threads=self.search.n_threads,
            folder=rows.folder,
        )
        self.search.record(found.info)
        return found.indices

    def estimator_for(self, k: int) -> Any:
        """Return the user's estimator for k neighbors, fewer in a small class; or None."""
        if self.estimator is not None and self.estimator.n_neighbors != k + 1:
            self.estimator.set_params(n_neighbors=k + 1)
        return self.estimator

    def draws(self, n_new: int, high: int, then: Sequence[Values] = ("uniform",)) -> Draws:
        """Return the random draws of a class, see ``Draws``.

        An int seed starts again for each class; any other generator continues.
        """
        random_state = check_random_state(self._sampler.random_state)
        return Draws(random_state, n_new, high, then, advance=self.generator_continues)

    @property
    def generator_continues(self) -> bool:
        """Whether the classes share one random generator."""
        seed = self._sampler.random_state
        return seed is None or isinstance(seed, np.random.RandomState)


def selected_rows(matrix: Any, rows: np.ndarray, width: int | None = None) -> Any:
    """Return rows by index, or their first columns; those of a file in another file."""
    if isinstance(matrix, RowFile):
        return matrix.selected(rows, width)
    return matrix[rows] if width is None else matrix[rows, :width]


def marked(rows: np.ndarray, n_rows: int) -> np.ndarray:
    """Return an array that is true for rows by index, shape (n_rows,), bool."""
    is_marked = np.zeros(n_rows, dtype=bool)
    is_marked[rows] = True
    return is_marked


def drawn_rows(draws: Draws, n_base: int, k: int) -> np.ndarray | None:
    """Return the base rows that were drawn, or None if a search for all is as cheap."""
    is_drawn = mark_drawn_rows(draws, n_base, k)
    return None if is_drawn is None else np.flatnonzero(is_drawn)


def mark_drawn_rows(draws: Draws, n_base: int, k: int) -> np.ndarray | None:
    """Return which base rows were drawn, or None if a search for all is as cheap.

    With as many draws as rows 63% of the rows are drawn, with three times as many 95%.
    """
    if draws.n > 2 * n_base:
        return None
    is_drawn = np.zeros(n_base, dtype=bool)
    for start in range(0, draws.n, _DRAWS_AT_ONCE):
        choices = draws.choices(start, min(start + _DRAWS_AT_ONCE, draws.n))
        is_drawn[choices // k] = True
    return is_drawn


def neighbors_of_all(indices: np.ndarray, drawn: np.ndarray | None, n_base: int) -> np.ndarray:
    """Return a table of neighbors with a row for each base row, zeros for those not drawn."""
    if drawn is None:
        return indices
    table = np.zeros((n_base, indices.shape[1]), dtype=indices.dtype)
    table[drawn] = indices
    return table
