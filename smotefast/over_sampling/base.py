"""Base classes of over-samplers.

``BaseOverSampler`` returns the original rows in order, then the synthetic samples. A sampler
adds ``prepare``: rows and the number of samples to generate of each class in, a ``Job`` out.
``NeighborSampler`` is the base of the SMOTE family; its samplers add ``_recipes``. A call runs
``fit_resample`` (in ``engine.base``), ``_resample``, ``prepare`` and ``_recipes``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from smotefast._phases import phase
from smotefast._typing import Container, Label, Matrix
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import (
    NEIGHBOR_COUNT,
    OVER_SAMPLER,
    SEARCH,
    SMALL_CLASS,
)
from smotefast.engine.recipes import Origins, Provenance, Recipe
from smotefast.engine.rows import AllRows
from smotefast.engine.sampling_strategy import counts_to_generate
from smotefast.engine.single_sampler import SingleSampler
from smotefast.engine.user_estimators import fitted_neighbors, neighbor_estimator
from smotefast.exceptions import warn_resampling
from smotefast.over_sampling.call import Call
from smotefast.tables import Table, TableSchema, Target
from smotefast.typing import Search, SmallClass


class BaseOverSampler(SingleSampler):
    """Base of over-samplers."""

    _sampling_type = "over-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = OVER_SAMPLER

    resolve_strategy = staticmethod(counts_to_generate)

    random_state: Any
    _origins: list[Origins]

    @abstractmethod
    def prepare(self, rows: AllRows, n_to_generate: Counts) -> Job:
        """Set fitted attributes and return the job that generates the samples.

        Parameters
        ----------
        rows
            The data. A sampler uses only the part of ``AllRows`` that ``needs().reads`` tells,
            and declares the type of that part: a job on files has no other.
        n_to_generate
            Number of samples to generate, by class in label order.
        """

    def learn_columns(self, columns: TableSchema) -> None:
        """Resolve parameters that name columns, for a job whose rows come from files."""

    def load_kernels(
        self, dtype: np.dtype[Any], n_features: int, n_codes: int, n_threads: int
    ) -> None:
        """Run kernels that only this sampler uses, so that they are compiled and loaded."""

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        table, target, rows = self._checked_data(X, y)
        self.check_counts(rows.sizes, self.sampling_strategy_)
        job = self.prepare(rows, self.sampling_strategy_)
        del rows  # of a frame they are as large as X; the job holds the rows it needs
        self._origins = job.origins()
        warn_resampling(job.messages)
        with phase("generating samples", job.n_rows):
            return self._extend(table, target, job)

    @property
    def provenance_(self) -> Provenance:
        """Base row, neighbor and step of each synthetic sample, computed at each access.

        Base rows and neighbors are positions in the X that was resampled. Synthetic sample i is
        row ``len(X) + i`` of the result.
        """
        if not hasattr(self, "_origins"):
            raise AttributeError(
                f"This {type(self).__name__} has no provenance_ yet; call fit_resample first."
            )
        return provenance_of(self._origins)

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "_origins", msg=NOT_RESAMPLED)
        provenance = self.provenance_
        positions = np.concatenate([np.arange(self._n_samples), provenance.base])
        return [Alignment(self._n_samples, positions, provenance)]

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_new = job.n_rows
        labels = job.labels(0, n_new, target.values.dtype)
        if table.is_sparse:
            block = job.sparse_rows(0, n_new) if n_new else None
            return table.append_sparse(block), target.extend(labels)
        X = table.extend(n_new, lambda out: job.fill(0, n_new, out), job.dtype)
        return X, target.extend(labels)


class NeighborSampler(BaseOverSampler):
    """Base of the SMOTE family: samples between base rows and neighbors of their class."""

    _needs: ClassVar[Needs] = Needs(neighbors_parameter="k_neighbors")
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OVER_SAMPLER,
        "k_neighbors": NEIGHBOR_COUNT,
        **SEARCH,
        **SMALL_CLASS,
    }

    search: Search
    search_: str | None
    recall_: float | None
    small_class: SmallClass
    n_jobs: int | None
    _estimator: Any  # the user's neighbor estimator of the last call, or None
    _last_recipe: Any  # of the last class that got samples, or None

    def prepare(self, rows: AllRows, n_to_generate: Counts) -> Job:
        """Search for neighbors and return the job that generates the samples."""
        call = Call(self, self._parameter)
        n_positive = {label: n for label, n in n_to_generate.items() if n}
        recipes = self._recipes(rows, n_positive, call)
        self.search_, self.recall_ = call.search.method, call.search.recall
        self._estimator = call.estimator
        self._last_recipe = recipes[-1] if recipes else None
        return Job(
            recipes,
            n_threads=call.search.n_threads,
            method=call.search.method,
            messages=call.messages,
        )

    @abstractmethod
    def _recipes(self, rows: AllRows, n_to_generate: Counts, call: Call) -> Sequence[Recipe]:
        """Return one recipe or more for each class that gets samples, in label order.

        ``n_to_generate`` holds only classes that get samples.
        """

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if a class that gets samples is too small, whichever class it is."""
        k = neighbor_estimator(self._parameter, getattr(self, self._parameter))[1]
        for label, n in target_counts.items():
            if n:
                self.check_class_size(label, counts[label], k)

    def check_class_size(self, label: Label, n_rows: int, k: int) -> None:
        """Raise an error for fewer than k + 1 rows, unless ``small_class`` allows it."""
        if n_rows > k or self.small_class == "duplicate":
            return
        if self.small_class == "clamp" and n_rows > 1:
            return
        raise ValueError(
            f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {k + 1}, "
            f"n_samples_fit = {n_rows}: {self._parameter}={k} needs at least {k + 1} rows in "
            f"class {label!r}. {self._advice(n_rows)}"
        )

    def _advice(self, n_rows: int) -> str:
        """Say what helps with a class of few rows; under the patch, there is no small_class."""
        has_choice = "small_class" in self.get_params(deep=False)
        ways = []
        if n_rows > 1:
            ways.append(f"lower {self._parameter} to {n_rows - 1} or less")
        if has_choice:
            copies = "set small_class='duplicate', which copies the row"
            ways.append(copies if n_rows == 1 else "set small_class='clamp'")
        *others, last = *ways, "leave the class out of sampling_strategy"
        text = f"{', '.join(others)}, or {last}" if others else last
        return f"{text[0].upper()}{text[1:]}."

    @property
    def _parameter(self) -> str:
        """Name of the parameter with the number of neighbors."""
        name = self._needs.neighbors_parameter
        assert name is not None
        return name

    @property
    def nn_k_(self) -> Any:
        """The neighbor estimator, fitted on the rows that were searched last."""
        self._check_fitted("nn_k_", "_last_recipe")
        return self._cached("nn_k_", self._fitted_in_class)

    def _fitted_in_class(self) -> Any:
        if self._estimator is not None:
            return self._estimator
        rows = None if self._last_recipe is None else self._last_pool()
        return fitted_neighbors(int(getattr(self, self._parameter)) + 1, rows)

    def _last_pool(self) -> Matrix:
        """Return the rows among which neighbors were searched last."""
        pool: Matrix = self._last_recipe.pool
        return pool
