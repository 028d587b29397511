"""What samplers share that choose rows: under-samplers and cleaners.

A sampler itself adds ``_select``: the rows and a quota in, positions of the rows to keep
out. The containers are taken from by position; no value passes through the common dtype.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from smotefast._threads import thread_count
from smotefast.engine.base import SingleSampler
from smotefast.engine.neighbor_search import Searches
from smotefast.engine.param_constraints import CLEANER, SEARCH, TAKES_NUMBERS, UNDER_SAMPLER
from smotefast.engine.rows import MatrixRows
from smotefast.engine.sampling_strategy import Counts
from smotefast.engine.sampling_strategy_under import cleaning_quota, keep_quota
from smotefast.exceptions import warn_of
from smotefast.tables import Table, Target


class BaseSelector(SingleSampler):
    """Base of samplers that keep some of the rows."""

    _tells_rows = True
    _takes_booleans = True
    _if_not_numeric = TAKES_NUMBERS
    _made_by_resampling: ClassVar[tuple[str, ...]] = ("sample_indices_",)

    sample_indices_: np.ndarray

    def _resample(self, table: Table, target: Target, matrix: Any) -> tuple[Any, Any]:
        rows = MatrixRows(matrix, target.values)
        self._refuse_by_counts(rows.sizes, self.sampling_strategy_)
        self._notes: list[str] = []
        self.sample_indices_ = self._select(rows, self.sampling_strategy_)
        warn_of(self.__dict__.pop("_notes"))
        return table.take(self.sample_indices_), target.take(self.sample_indices_)

    @abstractmethod
    def _select(self, rows: MatrixRows, quota: Counts) -> np.ndarray:
        """Return the positions of the rows to keep, in the order of the result."""


class BaseUnderSampler(BaseSelector):
    """Base of samplers that are told how many rows to keep of each class."""

    _sampling_type = "under-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = UNDER_SAMPLER
    _quota_of = staticmethod(keep_quota)


class BaseCleaner(BaseSelector):
    """Base of samplers that remove what they find, by nearest neighbours."""

    _sampling_type = "clean-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {**CLEANER, **SEARCH}
    _made_by_resampling: ClassVar[tuple[str, ...]] = (
        *BaseSelector._made_by_resampling,
        "search_",
        "recall_",
        "disagreement_",
    )

    _quota_of = staticmethod(cleaning_quota)

    search: str
    n_jobs: int | None

    def _begin(self) -> Searches:
        """Return the searches of this call."""
        return Searches(self.search, thread_count(self.n_jobs))

    def _end(self, searches: Searches) -> None:
        """Keep what is known of the searches of this call."""
        self.search_ = searches.method
        self.recall_ = searches.recall
        self.disagreement_ = searches.disagreement
