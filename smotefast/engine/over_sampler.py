"""What over-samplers share: the original rows in their order, then the new ones.

A sampler itself adds ``_prepare``: the rows of its classes and a quota in, a ``Job`` out.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from smotefast.engine.damage import warn_of
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.params import OVER_SAMPLER
from smotefast.engine.quota import Counts, sampling_quota
from smotefast.engine.recipe import Origins, Provenance
from smotefast.engine.rows import ClassRows, MatrixRows
from smotefast.engine.sampler import SingleSampler
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
