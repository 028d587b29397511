"""The estimator contract that every over-sampler shares.

X and y flow in as any container; the same containers with the new rows flow out. A
sampler itself adds ``_prepare``: the rows of its classes and a quota in, a ``Job`` out.
"""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sklearn.base import BaseEstimator, OneToOneFeatureMixin
from sklearn.utils.validation import check_array, validate_data

from smotefast.engine.damage import warn_of
from smotefast.engine.job import Job, provenance_of
from smotefast.engine.params import OVER_SAMPLER
from smotefast.engine.quota import Counts, class_counts, sampling_quota
from smotefast.engine.recipe import Origins, Provenance
from smotefast.engine.rows import ClassRows, MatrixRows
from smotefast.engine.tags import Tags, sampler_tags
from smotefast.tables import Table, Target, open_table, open_target


class BaseOverSampler(OneToOneFeatureMixin, BaseEstimator, metaclass=ABCMeta):  # type: ignore[misc]
    """Base of over-samplers: ``fit``, ``fit_resample`` and what they have in common."""

    _estimator_type = "sampler"
    _sampling_type = "over-sampling"
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = OVER_SAMPLER
    _may_copy_rows = False  # whether the sampler can do without looking at values of X
    _copies_rows: Any = False  # whether, with its parameters, it does
    # What is read of a data set in files: rows of "classes" that get new ones, their
    # nearest "neighbors" in all rows besides, or "everything".
    _reads: ClassVar[str] = "classes"
    _takes_categories = False  # whether columns may hold categories of any type
    _takes_booleans = False  # whether it computes with booleans as they are
    # What resampling sets; a fit that fails, or that only looks, leaves none of it behind.
    _made_by_resampling: ClassVar[tuple[str, ...]] = ("_origins",)

    sampling_strategy: Any
    random_state: Any
    sampling_strategy_: Counts
    _origins: list[Origins]

    def fit(self, X: Any, y: Any, **params: Any) -> BaseOverSampler:
        """Check the data and resolve ``sampling_strategy``; create no rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The class of each row.
        **params
            No sampler takes any so far.

        Returns
        -------
        BaseOverSampler
            The sampler itself.
        """
        self._refuse_extra(params)
        with self._call() as call:
            call._arrive(X, y)
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Add new rows until each class has what ``sampling_strategy`` asks for.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The class of each row.
        **params
            No sampler takes any so far.

        Returns
        -------
        X_resampled : same kind as X, of shape (n_samples_new, n_features)
            The rows of X in their order, then the new rows by class in label order.
        y_resampled : same kind as y, of shape (n_samples_new,)
            Their classes.

        Raises
        ------
        ValueError
            If the data or a parameter is not what the sampler can work on; the message
            names it and says what to do.
        """
        self._refuse_extra(params)
        with self._call() as call:
            table, target, matrix = call._arrive(X, y)
            job = call._prepare(MatrixRows(matrix, target.values), call.sampling_strategy_)
            del matrix  # as large as X where X is a frame; the job holds the rows it needs
            call._origins = job.origins()
            warn_of(job.notes)
            return call._extend(table, target, job)

    @contextmanager
    def _call(self) -> Iterator[BaseOverSampler]:
        """Work on a copy, so that two threads may use one sampler; keep what it learned."""
        call = copy.copy(self)
        try:
            yield call
        except BaseException:
            self._forget()
            raise
        self._forget()
        self.__dict__.update(call.__dict__)

    @abstractmethod
    def _prepare(self, rows: ClassRows, quota: Counts) -> Job:
        """Set fitted attributes and declare how the rows of ``quota`` are made."""

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

    def __sklearn_tags__(self) -> Tags:
        return sampler_tags(
            copies_rows=self._may_copy_rows, takes_categories=self._takes_categories
        )

    def _refuse_extra(self, params: dict[str, Any]) -> None:
        if params:
            raise TypeError(
                f"{type(self).__name__} takes X and y only; got also {sorted(params)}."
            )

    def _forget(self) -> None:
        for name in ("sampling_strategy_", *self._made_by_resampling):
            self.__dict__.pop(name, None)

    def _arrive(self, X: Any, y: Any) -> tuple[Table, Target, Any]:
        """Check parameters, target and data, in that order; resolve the quota."""
        self._forget()
        self._validate_params()
        target = open_target(y)
        table = open_table(X)
        matrix = None if self._copies_rows else self._checked_matrix(table)
        self._note_columns(X)
        if table.n_samples != len(target.values):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {len(target.values)}."
            )
        counts = class_counts(target.values)
        self.sampling_strategy_ = sampling_quota(self.sampling_strategy, counts, target.values)
        return table, target, matrix

    def _note_columns(self, X: Any) -> None:
        try:
            validate_data(self, X=X, reset=True, skip_check_array=True)
        except ValueError as error:
            if type(error).__name__ != "DuplicateError":
                raise
            raise ValueError(
                "X has several columns of the same name, and scikit-learn reads the names of "
                f"frames only where they differ. Rename the columns. {error}"
            ) from error

    def _checked_matrix(self, table: Table) -> Any:
        matrix = check_array(
            table.numeric(), accept_sparse="csr", estimator=self, input_name="X"
        )
        if matrix.dtype.kind == "b" and not self._takes_booleans:
            raise TypeError(
                f"{type(self).__name__} cannot interpolate between booleans. Convert X to "
                "numbers, or use RandomOverSampler, which copies rows."
            )
        return matrix

    def _extend(self, table: Table, target: Target, job: Job) -> tuple[Any, Any]:
        n_new = job.n_rows
        labels = job.labels(0, n_new, target.values.dtype)
        if table.is_sparse:
            block = job.sparse_rows(0, n_new) if n_new else None
            return table.append_sparse(block), target.extend(labels)
        X = table.extend(n_new, lambda out: job.fill(0, n_new, out), job.dtype)
        return X, target.extend(labels)
