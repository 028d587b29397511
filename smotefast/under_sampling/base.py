"""Base classes of under-samplers and cleaning samplers.

A sampler adds ``select``, which takes all rows and the target counts and returns the positions
of the rows to keep. Rows of X and y are then copied by position, so no value is converted.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from smotefast._threads import thread_count
from smotefast._typing import Container
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.class_counts import Counts
from smotefast.engine.needs import Needs
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.param_constraints import CLEANER, SEARCH, TAKES_NUMBERS, UNDER_SAMPLER
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import classes_to_clean, counts_to_keep
from smotefast.engine.single_sampler import SingleSampler
from smotefast.exceptions import warn_resampling
from smotefast.typing import Search


class BaseSelector(SingleSampler):
    """Base of samplers that keep a subset of the rows."""

    _needs: ClassVar[Needs] = Needs(
        reads="everything", text_advice=TAKES_NUMBERS, alternative="tomek-links"
    )
    _sets_sample_indices = True
    _takes_booleans = True

    sample_indices_: np.ndarray

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        table, target, rows = self._checked_data(X, y)
        self.check_counts(rows.sizes, self.sampling_strategy_)
        self._messages: list[str] = []
        self.sample_indices_ = self.select(rows, self.sampling_strategy_)
        warn_resampling(self.__dict__.pop("_messages"))
        return table.take(self.sample_indices_), target.take(self.sample_indices_)

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, ["sample_indices_", "_n_samples"], msg=NOT_RESAMPLED)
        return [Alignment(self._n_samples, self.sample_indices_)]

    @abstractmethod
    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result.

        Parameters
        ----------
        rows
            All rows.
        target_counts
            Number of rows to keep of each class, or the classes to clean, in label order.
        """


class BaseUnderSampler(BaseSelector):
    """Base of samplers that keep a given number of rows of each class."""

    _sampling_type = "under-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = UNDER_SAMPLER

    resolve_strategy = staticmethod(counts_to_keep)


class BaseCleaner(BaseSelector):
    """Base of cleaning samplers: they remove rows of some classes that meet a condition."""

    _sampling_type = "clean-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CLEANER

    resolve_strategy = staticmethod(classes_to_clean)


class NeighborCleaner(BaseCleaner):
    """Base of cleaning samplers that search for neighbors among all rows."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {**CLEANER, **SEARCH}

    search: Search
    n_jobs: int | None

    def select(self, rows: MatrixRows, target_counts: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""
        search = NeighborSearch(self.search, thread_count(self.n_jobs))
        kept = self._clean(rows, target_counts, search)
        self.search_, self.recall_ = search.method, search.recall
        self.disagreement_ = search.disagreement
        return kept

    @abstractmethod
    def _clean(
        self, rows: MatrixRows, target_counts: Counts, search: NeighborSearch
    ) -> np.ndarray:
        """Return the positions of the rows to keep.

        The keys of ``target_counts`` are the classes to clean.
        """
