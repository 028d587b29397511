"""Base classes of over-samplers.

A sampler adds ``_prepare``, which takes the rows of its classes and the numbers of samples to
generate, and returns a ``Job``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state

from smotefast._threads import thread_count
from smotefast.engine.base import SingleSampler
from smotefast.engine.draws import FEW_DRAWS, Draws, Then
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.mixed_recipes import Recipe
from smotefast.engine.neighbor_search import Searches
from smotefast.engine.param_constraints import NEIGHBOR_COUNT, OVER_SAMPLER, SEARCH, SMALL_CLASS
from smotefast.engine.recipes import Interpolate, Origins, Provenance
from smotefast.engine.rows import ClassRows, MatrixRows
from smotefast.engine.sampling_strategy import Counts, sampling_quota
from smotefast.engine.user_estimators import fitted_neighbors, neighbor_estimator
from smotefast.exceptions import warn_of
from smotefast.neighbors import Neighbors, find_neighbors
from smotefast.tables import Table, Target


class BaseOverSampler(SingleSampler):
    """Base of over-samplers."""

    _sampling_type = "over-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = OVER_SAMPLER
    # What is read of a data set in files: rows of "classes" that get new ones, their
    # nearest "neighbors" in all rows besides, or "everything".
    _reads: ClassVar[str] = "classes"
    # Whether each class gets exactly the rows that are asked for.
    _makes_exactly: ClassVar[bool] = True
    _made_by_resampling: ClassVar[tuple[str, ...]] = ("_origins",)

    _quota_of = staticmethod(sampling_quota)

    random_state: Any
    _origins: list[Origins]

    def _resample(self, table: Table, target: Target, matrix: Any) -> tuple[Any, Any]:
        rows = MatrixRows(matrix, target.values)
        self._refuse_by_counts(rows.sizes, self.sampling_strategy_)
        job = self._prepare(rows, self.sampling_strategy_)
        del matrix, rows  # as large as X where X is a frame; the job holds the rows it needs
        self._origins = job.origins()
        warn_of(job.notes)
        return self._extend(table, target, job)

    @abstractmethod
    def _prepare(self, rows: ClassRows, quota: Counts) -> Job:
        """Set fitted attributes and declare how the rows of ``quota`` are made."""

    def _searches_all(self) -> list[Any]:
        """Return the numbers of neighbours, or the estimators, for searches among all rows."""
        return []

    @property
    def provenance_(self) -> Provenance:
        """Base row, neighbour row and step of each new row, recomputed when asked for.

        Positions count rows of the X that was resampled. The i-th new row is row
        ``len(X) + i`` of the result.
        """
        if not hasattr(self, "_origins"):
            raise AttributeError(
                f"This {type(self).__name__} has no provenance_ yet; call fit_resample first."
            )
        return provenance_of(self._origins)

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_new = job.n_rows
        labels = job.labels(0, n_new, target.values.dtype)
        if table.is_sparse:
            block = job.sparse_rows(0, n_new) if n_new else None
            return table.append_sparse(block), target.extend(labels)
        X = table.extend(n_new, lambda out: job.fill(0, n_new, out), job.dtype)
        return X, target.extend(labels)


Search = Callable[[np.ndarray | None, int], Neighbors]


class NeighborSampler(BaseOverSampler):
    """Base of samplers that make rows between a row and its neighbours in the class."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "k_neighbors": NEIGHBOR_COUNT,
        **SEARCH,
        **SMALL_CLASS,
    }
    _made_by_resampling: ClassVar[tuple[str, ...]] = (
        "_origins",
        "_estimator",
        "_last",
        "search_",
        "recall_",
    )

    _neighbors_parameter = "k_neighbors"

    search: str
    search_: str | None
    recall_: float | None
    small_class: str
    n_jobs: int | None
    _last: Any  # the recipe of the class that came last

    def _begin(self) -> None:
        """Set what every call begins with."""
        self._searches = Searches(self.search, thread_count(self.n_jobs))
        self._estimator, self._k = neighbor_estimator(
            self._neighbors_parameter, getattr(self, self._neighbors_parameter)
        )
        self._notes: list[str] = []

    def _refuse_by_counts(self, counts: Counts, quota: Counts) -> None:
        """Refuse a class that is too small, wherever it stands among the classes."""
        name = self._neighbors_parameter
        k = neighbor_estimator(name, getattr(self, name))[1]
        for label, _ in wanted(quota):
            self._refuse_small(label, counts[label], k)

    def _job(self, recipes: Sequence[Recipe]) -> Job:
        notes, searches = self._notes, self._searches
        del self._notes, self._searches, self._k  # of this call only
        self.search_, self.recall_ = searches.method, searches.recall
        self._last = recipes[-1] if recipes else None
        return Job(recipes, n_threads=searches.n_threads, method=searches.method, notes=notes)

    def _interpolation(
        self,
        rows: ClassRows,
        label: Any,
        n_new: int,
        *,
        chosen: np.ndarray | None = None,
        step_size: float = 1.0,
    ) -> Interpolate:
        """Declare rows between rows of a class and their neighbours in it.

        ``chosen`` are the rows to go out from, by position in the class; None means all.
        """
        matrix, positions = rows.matrix(label), rows.positions(label)
        n_rows = matrix.shape[0]
        k = self._class_k(label, n_rows)
        draws = self._draws(n_new, (n_rows if chosen is None else len(chosen)) * k)
        search = self._searched(matrix, chosen)
        neighbors = drawn_neighbors(draws, k, n_rows if chosen is None else len(chosen), search)
        base, base_positions = matrix, positions
        if chosen is not None:
            base, base_positions = matrix[chosen], positions[chosen]
        origins = Origins(label, base_positions, positions, neighbors, draws, step_size)
        return Interpolate.between(origins, base, matrix)

    def _searched(self, matrix: Any, chosen: np.ndarray | None) -> Search:
        """Return a search among the rows of a class, for rows by position in ``chosen``."""

        def search(rows: np.ndarray | None, k: int) -> Neighbors:
            queries = rows
            if chosen is not None:
                queries = chosen if rows is None else chosen[rows]
            return self._search_class(matrix, k, queries)

        return search

    def _search_class(self, matrix: Any, k: int, queries: np.ndarray | None) -> Neighbors:
        if matrix.shape[0] == 1:  # a class of one is its own neighbour, if it may be
            return Neighbors(np.zeros((1, 1), dtype=np.int32), "exact")
        found = find_neighbors(
            matrix,
            k,
            queries=queries,
            search=self.search,
            n_threads=self._searches.n_threads,
            estimator=self._asked_for(k),
        )
        self._searches.note(found)
        return found

    def _asked_for(self, k: int) -> Any:
        """Return the user's estimator, if there is one; a small class may have lowered it."""
        if self._estimator is not None and self._estimator.n_neighbors != k + 1:
            self._estimator.set_params(n_neighbors=k + 1)
        return self._estimator

    def _draws(self, n_new: int, high: int, then: Then = "uniform") -> Draws:
        # An int seed begins anew for each class; any other generator goes on. A new one may
        # be moved as well, which pays for few draws: they are not drawn a second time.
        return Draws(
            check_random_state(self.random_state),
            n_new,
            high,
            then=then,
            advance=self._seed_goes_on or n_new <= FEW_DRAWS,
        )

    @property
    def _seed_goes_on(self) -> bool:
        seed = self.random_state
        return seed is None or isinstance(seed, np.random.RandomState)

    def _class_k(self, label: Any, n_rows: int) -> int:
        """Return how many neighbours a class of this size has to choose from."""
        self._refuse_small(label, n_rows, self._k)
        if n_rows > self._k:
            return self._k
        if n_rows == 1:
            self._notes.append(f"Class {label!r} has one row, and its new rows are copies.")
            return 1
        self._notes.append(
            f"Class {label!r} has {n_rows} rows: its new rows are made with "
            f"{n_rows - 1} neighbours instead of {self._k}."
        )
        return n_rows - 1

    def _refuse_small(self, label: Any, n_rows: int, k: int) -> None:
        """Refuse a class with fewer than k + 1 rows, unless ``small_class`` allows it."""
        is_error = self.small_class == "error" or (n_rows == 1 and self.small_class == "clamp")
        if n_rows > k or not is_error:
            return
        name = self._neighbors_parameter
        way_out = f"Lower {name} to {n_rows - 1} or less, set small_class='clamp'"
        if n_rows == 1:
            way_out = "Set small_class='duplicate', which copies the row"
        raise ValueError(
            f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {k + 1}, "
            f"n_samples_fit = {n_rows}: {name}={k} needs at least {k + 1} rows in "
            f"class {label!r}. {way_out}, or leave the class out of sampling_strategy."
        )

    @property
    def nn_k_(self) -> Any:
        """The neighbour estimator, fitted on the rows that were searched last."""
        self._refuse_early("nn_k_", "_last")
        return self._once("nn_k_", self._fitted_in_class)

    def _fitted_in_class(self) -> Any:
        if self._estimator is not None:
            return self._estimator
        n_neighbors = int(getattr(self, self._neighbors_parameter)) + 1
        rows = None if self._last is None else self._last_rows()
        return fitted_neighbors(n_neighbors, rows)

    def _last_rows(self) -> Any:
        """Return the rows that neighbours were looked for among last."""
        return self._last.pool

    def _fitted_in_all(self, estimator: Any, n_neighbors: Any) -> Any:
        """Return the user's estimator, or one for a number that is fitted on all rows."""
        if estimator is not None:
            return estimator
        rows = None if self._last is None else self._rows_given()
        return fitted_neighbors(int(n_neighbors) + 1, rows)


def wanted(quota: Counts) -> Iterator[tuple[Any, int]]:
    """Yield the classes that get rows, with how many."""
    return ((label, n_new) for label, n_new in quota.items() if n_new)


def drawn_neighbors(draws: Draws, k: int, n_rows: int, search: Search) -> np.ndarray:
    """Search for the base rows that were drawn; return a table with a row for each."""
    used = _drawn_rows(draws, n_rows, k)
    return _spread(search(used, k).indices, used, n_rows)


def _drawn_rows(draws: Draws, n_rows: int, k: int) -> np.ndarray | None:
    """Return the base rows that will be used, or None when it does not pay to know.

    With as many draws as rows 63% of the rows are used, with three times as many 95%.
    """
    if draws.n > 2 * n_rows:
        return None
    used = np.zeros(n_rows, dtype=bool)
    used[draws.choices(0, draws.n) // k] = True
    return np.flatnonzero(used)


def _spread(indices: np.ndarray, rows: np.ndarray | None, n_rows: int) -> np.ndarray:
    """Put the neighbours of some rows where all rows can be looked up."""
    if rows is None:
        return indices
    everywhere = np.zeros((n_rows, indices.shape[1]), dtype=indices.dtype)
    everywhere[rows] = indices
    return everywhere
