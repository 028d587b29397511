"""The estimator contract that every sampler shares.

X and y flow in as any container, are checked and opened; what a kind of sampler makes of
them flows out: with rows added (``over_sampler``), with rows chosen (``selector``), or both,
one after the other (``combination``).
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

from smotefast._messages import listed
from smotefast.engine.column_checks import warn_about_columns
from smotefast.engine.finite import finite_numbers
from smotefast.engine.hooks import refuse_hooks
from smotefast.engine.sampling_strategy import Counts, class_counts
from smotefast.engine.suggestions import SuggestingMixin
from smotefast.engine.tags import Tags, sampler_tags
from smotefast.tables import Table, Target, open_table, open_target
from smotefast.tables.protocol import repeated_names

# What describes the columns of X.
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
    _may_copy_rows = False  # whether the sampler can do without looking at values of X
    _copies_rows: Any = False  # whether, with its parameters, it does
    _takes_categories = False  # whether columns may hold categories of any type
    _takes_booleans = False  # whether it computes with booleans as they are
    _measures_distance: ClassVar[bool] = True  # whether the scales of columns matter
    _tells_rows: ClassVar[bool] = False  # whether sample_indices_ says where rows stand in X
    # What to do about text and the like; None for the advice of the tables.
    _if_not_numeric: ClassVar[str | None] = None
    # What resampling sets; a fit that fails, or that only looks, leaves none of it behind.
    _made_by_resampling: ClassVar[tuple[str, ...]] = ()

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

    @contextmanager
    def _call(self) -> Iterator[Any]:
        """Work on a copy, so that two threads may use one sampler; keep what it learned.

        As in scikit-learn, a call that fails still updates the columns if it got that far.
        """
        call = copy.copy(self)
        learned, before = call.__dict__, frozenset(call.__dict__)
        try:
            yield call
        except BaseException:
            learned = {name: learned[name] for name in _COLUMNS & learned.keys()}
            before = _COLUMNS
            raise
        finally:
            self._forget()
            for name in before - learned.keys():
                self.__dict__.pop(name, None)
            self.__dict__.update(learned)

    @abstractmethod
    def _check(self, X: Any, y: Any) -> object:
        """Check parameters and data, and set what ``fit`` sets."""

    @abstractmethod
    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Check the data, set fitted attributes and return what the caller gets."""

    def _refuse_by_counts(self, counts: Counts, quota: Counts) -> None:
        """Refuse what the sizes of the classes tell, before a row is searched for.

        ``quota`` is the resolved ``sampling_strategy`` for classes of these sizes.
        """

    def __sklearn_tags__(self) -> Tags:
        return sampler_tags(
            copies_rows=self._may_copy_rows,
            takes_categories=self._takes_categories,
            tells_rows=self._tells_rows,
        )

    def _refuse_extra(self, params: dict[str, Any]) -> None:
        if params:
            raise TypeError(
                f"{type(self).__name__} takes X and y only; got also {listed(sorted(params))}."
            )

    def _forget(self) -> None:
        for name in ("sampling_strategy_", "_given", "_made", *self._made_by_resampling):
            self.__dict__.pop(name, None)

    def _refuse_early(self, name: str, made: str) -> None:
        """Refuse to give an attribute before ``fit_resample`` has set what it is made of."""
        if not hasattr(self, made):
            raise AttributeError(f"This {type(self).__name__} has no {name} yet.")

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """Make an attribute when it is asked for the first time, and keep it."""
        made: dict[str, Any] = self.__dict__.setdefault("_made", {})
        if name not in made:
            made[name] = make()
        return made[name]

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
                f"X has several columns of the same name: {listed(repeated_names(X))}. "
                "scikit-learn reads the names of frames only where they differ. Rename the "
                "columns."
            ) from error
        self.__dict__.pop("feature_names_in_", None)
        if hasattr(seen, "feature_names_in_"):
            self.feature_names_in_ = seen.feature_names_in_
        return int(seen.n_features_in_)


class Given(NamedTuple):
    """X and y of a call, and which rows of them; None for all."""

    X: Any
    y: Any
    positions: np.ndarray | None = None


class SingleSampler(BaseSampler):
    """Base of samplers that do one thing to a table: add rows, or choose some."""

    # Whether an attribute is an estimator fitted on all rows, which is made when asked for. X
    # and y are kept for it: the caller's objects, no copies of them.
    _keeps_data: ClassVar[bool] = False

    sampling_strategy: Any
    _given: Given

    def _check(self, X: Any, y: Any) -> object:
        return self._arrive(X, y)

    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        resampled = self._resample(*self._looked_over(X, y))
        if self._keeps_data:
            self._given = Given(X, y)
        return resampled

    def _looked_over(self, X: Any, y: Any) -> tuple[Table, Target, Any]:
        """Check the data, warn of columns that should not be there; hold no copy of X."""
        table, target, matrix = self._arrive(X, y)
        if matrix is not None:
            parts = self._column_parts(matrix)
            warn_about_columns(parts, target.values, table.names)
        return table, target, matrix

    def _column_parts(self, matrix: Any) -> list[tuple[Any, Sequence[int]]]:
        """Return the numbers that are computed with, and which columns of X they are."""
        return [(matrix, range(matrix.shape[1]))]

    @abstractmethod
    def _resample(self, table: Table, target: Target, matrix: Any) -> tuple[Any, Any]:
        """Set fitted attributes and return the containers that the caller gets.

        ``matrix`` holds the values of X, or is None where they are not looked at.
        """

    @staticmethod
    @abstractmethod
    def _quota_of(
        sampling_strategy: Any, counts: Counts, y: np.ndarray, *, allow_reached: bool = False
    ) -> Counts:
        """Resolve a ``sampling_strategy`` for classes of these sizes.

        ``allow_reached`` leaves classes as they are that have what is asked for already.
        """

    def _rows_given(self) -> Any:
        """Return the values of the rows of the last call."""
        matrix = self._checked_matrix(open_table(self._given.X))
        positions = self._given.positions
        return matrix if positions is None else matrix[positions]

    def _labels_given(self) -> np.ndarray:
        """Return the labels of the rows of the last call."""
        labels = open_target(self._given.y).values
        positions = self._given.positions
        return labels if positions is None else labels[positions]

    def _arrive(self, X: Any, y: Any) -> tuple[Table, Target, Any]:
        """Check parameters, target and data, in that order; resolve the quota."""
        self._forget()
        self._validate_params()
        target = open_target(y)
        table = open_table(X)
        n_features = self._learn_names(X)
        matrix = None if self._copies_rows else self._checked_matrix(table)
        self.n_features_in_ = n_features
        if table.n_samples != len(target.values):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: X has "
                f"{table.n_samples} rows and y has {len(target.values)}."
            )
        counts = class_counts(target.values)
        self.sampling_strategy_ = self._quota_of(self.sampling_strategy, counts, target.values)
        return table, target, matrix

    def _checked_matrix(self, table: Table) -> Any:
        matrix = finite_numbers(table, self)
        if matrix.dtype.kind == "b" and not self._takes_booleans:
            raise TypeError(
                f"{type(self).__name__} cannot interpolate between booleans. Convert X to "
                "numbers, or use RandomOverSampler, which copies rows."
            )
        return matrix
