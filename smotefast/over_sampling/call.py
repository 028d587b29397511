"""One call of a sampler that interpolates: its searches, draws and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from sklearn.utils import check_random_state

from smotefast._threads import thread_count
from smotefast.engine.draws import FEW_DRAWS, Draws, Then
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.recipes import Interpolate, Origins
from smotefast.engine.rows import ClassRows
from smotefast.engine.user_estimators import neighbor_estimator
from smotefast.neighbors import Neighbors, find_neighbors

# Takes base rows by their position in a class (None for all) and k; returns their neighbors.
Search = Callable[[np.ndarray | None, int], Neighbors]


class Parameters(Protocol):
    """Parameters that all samplers with neighbors have."""

    random_state: Any
    search: str
    n_jobs: int | None

    def check_class_size(self, label: Any, n_rows: int, k: int) -> None:
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
        label: Any,
        n_new: int,
        *,
        base_rows: np.ndarray | None = None,
        step_size: float = 1.0,
    ) -> Interpolate:
        """Return a recipe: interpolate from rows of a class towards neighbors in the class.

        Parameters
        ----------
        rows
            The data.
        label
            The class.
        n_new
            Number of samples to generate.
        base_rows
            Rows to start from, by position in the class; None means all.
        step_size
            Largest step; negative to step away from the neighbor.
        """
        matrix, positions = rows.matrix(label), rows.positions(label)
        n_base = matrix.shape[0] if base_rows is None else len(base_rows)
        k = self.class_k(label, matrix.shape[0])
        draws = self.draws(n_new, n_base * k)
        neighbors = drawn_neighbors(draws, k, n_base, self.search_class(matrix, base_rows))
        base, base_positions = matrix, positions
        if base_rows is not None:
            base, base_positions = matrix[base_rows], positions[base_rows]
        origins = Origins(label, base_positions, positions, neighbors, draws, step_size)
        return Interpolate.between(origins, base, matrix)

    def class_k(self, label: Any, n_rows: int) -> int:
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

    def search_class(self, matrix: Any, base_rows: np.ndarray | None = None) -> Search:
        """Return a search in a class for a subset of ``base_rows``, given by index."""

        def search(subset: np.ndarray | None, k: int) -> Neighbors:
            queries = subset
            if base_rows is not None:
                queries = base_rows if subset is None else base_rows[subset]
            return self.find_neighbors(matrix, k, queries)

        return search

    def find_neighbors(self, matrix: Any, k: int, queries: np.ndarray | None) -> Neighbors:
        """Find the k nearest other rows of the same class."""
        if matrix.shape[0] == 1:  # copies of a single row: the row is its own neighbor
            return Neighbors(np.zeros((1, 1), dtype=np.int32), "exact")
        found = find_neighbors(
            matrix,
            k,
            queries=queries,
            search=self.search.search,
            n_threads=self.search.n_threads,
            estimator=self.estimator_for(k),
        )
        self.search.record(found)
        return found

    def estimator_for(self, k: int) -> Any:
        """Return the user's estimator for k neighbors, fewer in a small class; or None."""
        if self.estimator is not None and self.estimator.n_neighbors != k + 1:
            self.estimator.set_params(n_neighbors=k + 1)
        return self.estimator

    def draws(self, n_new: int, high: int, then: Then = "uniform") -> Draws:
        """Return the random draws of a class: integers below ``high``, then steps.

        An int seed starts again for each class; any other generator continues. For few draws
        the generator is advanced as well, which saves drawing a second time.
        """
        return Draws(
            check_random_state(self._sampler.random_state),
            n_new,
            high,
            then=then,
            advance=self.generator_continues or n_new <= FEW_DRAWS,
        )

    @property
    def generator_continues(self) -> bool:
        """Whether the classes share one random generator."""
        seed = self._sampler.random_state
        return seed is None or isinstance(seed, np.random.RandomState)


def drawn_neighbors(draws: Draws, k: int, n_base: int, search: Search) -> np.ndarray:
    """Search for the base rows that were drawn; return a table with a row for each base row."""
    used = _drawn_rows(draws, n_base, k)
    indices = search(used, k).indices
    if used is None:
        return indices
    table = np.zeros((n_base, indices.shape[1]), dtype=indices.dtype)
    table[used] = indices
    return table


def _drawn_rows(draws: Draws, n_base: int, k: int) -> np.ndarray | None:
    """Return the base rows that were drawn, or None if a search for all is as cheap.

    With as many draws as rows 63% of the rows are used, with three times as many 95%.
    """
    if draws.n > 2 * n_base:
        return None
    is_used = np.zeros(n_base, dtype=bool)
    is_used[draws.choices(0, draws.n) // k] = True
    return np.flatnonzero(is_used)
