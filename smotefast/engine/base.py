"""Base classes of all samplers: ``fit``, ``fit_resample`` and the checks of X and y.

``over_sampling.base`` adds rows, ``under_sampling.base`` selects rows, and
``combine.combination`` does one after the other.
"""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin
from sklearn.utils.validation import validate_data

from smotefast._messages import list_names
from smotefast.engine.class_counts import Counts, class_counts
from smotefast.engine.column_checks import warn_about_columns
from smotefast.engine.finite import finite_numbers
from smotefast.engine.hooks import refuse_hooks
from smotefast.engine.needs import Needs
from smotefast.engine.suggestions import SuggestingMixin
from smotefast.engine.tags import Tags, sampler_tags
from smotefast.tables import Table, Target, open_table, open_target
from smotefast.tables.protocol import duplicate_names

# Attributes that describe the columns of X. A call that fails still updates them.
_COLUMNS = frozenset({"feature_names_in_", "n_features_in_"})


class BaseSampler(
    SuggestingMixin,
    OneToOneFeatureMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
    metaclass=ABCMeta,
):
    """Base of all samplers: ``fit``, ``fit_resample`` and what they have in common."""

    _estimator_type = "sampler"
    _sampling_type: ClassVar[str]
    _parameter_constraints: ClassVar[dict[str, list[Any]]]
    _needs: ClassVar[Needs] = Needs()
    _may_copy_rows: ClassVar[bool] = False  # whether some parameters allow any type of value
    _takes_booleans: ClassVar[bool] = False  # whether it computes with booleans as they are
    _sets_sample_indices: ClassVar[bool] = False

    sampling_strategy_: Counts
    feature_names_in_: np.ndarray
    n_features_in_: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_hooks(cls)

    def fit(self, X: Any, y: Any, **params: Any) -> BaseSampler:
        """Check the data and resolve ``sampling_strategy``; resample nothing.

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
        BaseSampler
            The sampler itself.
        """
        self._refuse_extra(params)
        with self._call() as call:
            call._check(X, y)
        return self

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Add rows to classes, or take rows away, as ``sampling_strategy`` asks for.

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
            What over-samplers give are the rows of X in their order, then the new rows by
            class in label order; under-samplers give some of the rows.
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
            resampled: tuple[Any, Any] = call._resampled(X, y)
            return resampled

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        return self._needs

    def check_params(self) -> None:
        """Raise an error if a parameter has a value that it must not have."""
        self._validate_params()

    def check_counts(self, counts: Counts, target_counts: Counts) -> None:
        """Raise an error if the class sizes alone show that resampling must fail.

        Parameters
        ----------
        counts
            Rows of each class, in label order.
        target_counts
            The resolved ``sampling_strategy`` for classes of these sizes.
        """

    @contextmanager
    def _call(self) -> Iterator[Any]:
        """Work on a copy without fitted attributes; take over what it sets.

        Two threads may call one sampler. As in scikit-learn, a call that fails still updates
        the attributes that describe the columns, if it got that far.
        """
        call = copy.copy(self)
        call._forget()
        before = dict(call.__dict__)
        kept: frozenset[str] = _COLUMNS
        try:
            yield call
            kept = frozenset(before) | frozenset(call.__dict__)
        finally:
            self._forget()
            for name in kept & (before.keys() - call.__dict__.keys()):
                self.__dict__.pop(name, None)
            changed = {
                name: value
                for name, value in call.__dict__.items()
                if name in kept and not (name in before and before[name] is value)
            }
            self.__dict__.update(changed)
            self._fitted_names = frozenset(changed) - before.keys() - _COLUMNS

    @abstractmethod
    def _check(self, X: Any, y: Any) -> object:
        """Check parameters and data, and set what ``fit`` sets."""

    @abstractmethod
    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Check the data, set fitted attributes and return what the caller gets."""

    def __sklearn_tags__(self) -> Tags:
        return sampler_tags(
            copies_rows=self._may_copy_rows,
            takes_categories=self._needs.takes_categories,
            sets_sample_indices=self._sets_sample_indices,
        )

    def _refuse_extra(self, params: dict[str, Any]) -> None:
        if params:
            raise TypeError(
                f"{type(self).__name__} takes only X and y; got {list_names(sorted(params))}."
            )

    def _forget(self) -> None:
        """Remove what the last call set, but not the description of the columns."""
        for name in ("_cache", *self.__dict__.pop("_fitted_names", ())):
            self.__dict__.pop(name, None)

    def _check_fitted(self, name: str, source: str) -> None:
        """Raise AttributeError for a fitted attribute before ``fit_resample``."""
        if not hasattr(self, source):
            raise AttributeError(f"This {type(self).__name__} has no {name} yet.")

    def _cached(self, name: str, compute: Callable[[], Any]) -> Any:
        """Compute a fitted attribute at its first use and keep it until the next call."""
        cache: dict[str, Any] = self.__dict__.setdefault("_cache", {})
        if name not in cache:
            cache[name] = compute()
        return cache[name]

    def _learn_names(self, X: Any) -> int:
        """Set ``feature_names_in_`` or remove it; return the number of columns.

        ``n_features_in_`` is set by the caller once the data are checked, as in scikit-learn.
        """
        seen = copy.copy(self)
        try:
            validate_data(seen, X=X, reset=True, skip_check_array=True)
        except ValueError as error:
            if type(error).__name__ != "DuplicateError":
                raise
            raise ValueError(
                f"X has several columns of the same name: {list_names(duplicate_names(X))}. "
                "scikit-learn reads the names of frames only where they differ. Rename the "
                "columns."
            ) from error
        self.__dict__.pop("feature_names_in_", None)
        if hasattr(seen, "feature_names_in_"):
            self.feature_names_in_ = seen.feature_names_in_
        return int(seen.n_features_in_)


class LastData(NamedTuple):
    """X and y of a call, and the positions of a subset of its rows; None for all rows."""

    X: Any
    y: Any
    positions: np.ndarray | None = None


class SingleSampler(BaseSampler):
    """Base of samplers that add rows to a table, or select rows of it."""

    # Whether X and y are kept (the caller's objects, not copied) for an estimator that is
    # fitted on all rows at its first use.
    _keeps_data: ClassVar[bool] = False

    sampling_strategy: Any
    _last_data: LastData

    def _check(self, X: Any, y: Any) -> object:
        return self._opened(X, y)

    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        resampled = self._resample(*self._checked(X, y))
        if self._keeps_data:
            self._last_data = LastData(X, y)
        return resampled

    def _checked(self, X: Any, y: Any) -> tuple[Table, Target, Any]:
        """Check the data and warn about columns such as keys; hold no copy of X."""
        table, target, matrix = self._opened(X, y)
        if matrix is not None:
            parts = self._column_parts(matrix)
            warn_about_columns(parts, target.values, table.names)
        return table, target, matrix

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        """Return matrices of numbers, each with the positions of its columns in X."""
        return [(matrix, range(matrix.shape[1]))]

    @abstractmethod
    def _resample(self, table: Table, target: Target, matrix: Any) -> tuple[Any, Any]:
        """Set fitted attributes and return the resampled X and y.

        ``matrix`` holds the values of X, or is None if the sampler does not read them.
        """

    @staticmethod
    @abstractmethod
    def resolve_strategy(
        sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
    ) -> Counts:
        """Return the target count of each class for a ``sampling_strategy``.

        With ``allow_reached`` a class that has enough rows already (for under-samplers: few
        enough) stays as it is.
        """

    def _last_matrix(self) -> Any:
        """Return the values of X of the last call."""
        matrix = self._checked_matrix(open_table(self._last_data.X))
        positions = self._last_data.positions
        return matrix if positions is None else matrix[positions]

    def _last_labels(self) -> np.ndarray:
        """Return the labels of y of the last call."""
        labels = open_target(self._last_data.y).values
        positions = self._last_data.positions
        return labels if positions is None else labels[positions]

    def _opened(self, X: Any, y: Any) -> tuple[Table, Target, Any]:
        """Check parameters, target and data, in this order; resolve the strategy."""
        self._validate_params()
        target = open_target(y)
        table = open_table(X)
        n_features = self._learn_names(X)
        matrix = None if self.needs().copies_rows else self._checked_matrix(table)
        self.n_features_in_ = n_features
        if table.n_samples != len(target.values):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {len(target.values)}."
            )
        counts = class_counts(target.values)
        self.sampling_strategy_ = self.resolve_strategy(
            self.sampling_strategy, counts, target.values
        )
        return table, target, matrix

    def _checked_matrix(self, table: Table) -> Any:
        matrix = finite_numbers(table, self)
        if matrix.dtype.kind == "b" and not self._takes_booleans:
            raise TypeError(
                f"{type(self).__name__} cannot interpolate between booleans. Convert X to "
                "numbers, or use RandomOverSampler, which copies rows."
            )
        return matrix
