"""Base classes of all samplers: ``fit``, ``fit_resample`` and the checks of X and y.

``single_sampler`` is the base of samplers of one step, ``combine.combination`` of two steps.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from smotefast._messages import list_names
from smotefast._phases import resampling
from smotefast._registration import add_class
from smotefast._typing import Container
from smotefast.engine.aligned import Alignment, resample_aligned
from smotefast.engine.class_counts import Counts
from smotefast.engine.hooks import refuse_hooks
from smotefast.engine.input_checks import columns_of, n_rows_of
from smotefast.engine.needs import Needs, Tags, sampler_tags
from smotefast.engine.suggestions import SuggestingMixin
from smotefast.typing import XType, YType

# Attributes that describe the columns of X. A call that fails still updates them.
_COLUMNS = frozenset({"feature_names_in_", "n_features_in_"})


class BaseSampler(
    SuggestingMixin,
    OneToOneFeatureMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
    metaclass=ABCMeta,
):
    """Base of all samplers: ``fit``, ``fit_resample`` and the state of a call."""

    _estimator_type = "sampler"
    _sampling_type: ClassVar[str]
    _parameter_constraints: ClassVar[dict[str, list[Any]]]
    _needs: ClassVar[Needs] = Needs()
    _takes_booleans: ClassVar[bool] = False  # whether it computes with booleans
    _sets_sample_indices: ClassVar[bool] = False

    sampling_strategy_: Counts
    feature_names_in_: np.ndarray
    n_features_in_: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_hooks(cls)
        add_class(cls)

    @classmethod
    def __subclasshook__(cls, subclass: type) -> bool:
        """Count real subclasses only.

        ``ABCMeta`` asks every subclass as well, and a replacement of imbalanced-learn's class
        (see ``patch``) counts that class as its own.
        """
        return cls in subclass.__mro__

    def fit(self, X: Container, y: Container, **params: Any) -> Self:
        """Check the data and resolve ``sampling_strategy``, without resampling.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The class of each row.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        BaseSampler
            The sampler itself.
        """
        self._refuse_extra(params)
        with self._working_copy() as worker:
            worker._check(X, y)
        return self

    def fit_resample(self, X: XType, y: YType, **params: Any) -> tuple[XType, YType]:
        """Resample the classes as ``sampling_strategy`` says.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe, Arrow table} of shape \
                (n_samples, n_features)
            The data.
        y : array-like of shape (n_samples,)
            The class of each row.
        **params
            Not used: any parameter raises an error.

        Returns
        -------
        X_resampled : same type as X, of shape (n_samples_new, n_features)
            Over-samplers return the rows of X in order, then the synthetic samples by class
            in label order. Under-samplers return a subset of the rows.
        y_resampled : same type as y, of shape (n_samples_new,)
            The class of each row.

        Raises
        ------
        ValueError
            If the data or a parameter cannot be used; the message names it and says what to
            do.
        """
        self._refuse_extra(params)
        with resampling(type(self).__name__) as running, self._working_copy() as worker:
            resampled: tuple[XType, YType] = worker._resample(X, y)
            running.n_rows = n_rows_of(resampled[1])
            return resampled

    def resample_aligned(self, array: XType, synthetic: Any = "base") -> XType:
        """Resample an array as the last ``fit_resample`` resampled X.

        For sample weights, groups, timestamps, texts, images: anything with one row for each
        row of X.

        Parameters
        ----------
        array : array-like, frame or series of shape (n_samples, ...)
            One row for each row of the X that was resampled.
        synthetic : {"base", "interpolate"} or a constant, default="base"
            Values for synthetic samples: those of the base row, values between those of the
            base row and its neighbor (numbers only, at the step of the sample), or this
            constant. Selected and copied rows keep their values.

        Returns
        -------
        resampled : same type as ``array``, of shape (n_samples_new, ...)
            A tuple comes back as a list.

        Raises
        ------
        NotFittedError
            If nothing has been resampled yet.
        ValueError
            If the number of rows is not that of X, or the values cannot be interpolated.

        Examples
        --------
        >>> import numpy as np
        >>> from smotefast import TomekLinks
        >>> X, y = np.array([[0.0], [1.0], [1.1], [3.0]]), [0, 0, 1, 0]
        >>> sampler = TomekLinks()
        >>> X_new, y_new = sampler.fit_resample(X, y)
        >>> sampler.resample_aligned(["a", "b", "c", "d"])
        ['a', 'c', 'd']
        """
        for alignment in self.alignments():
            array = resample_aligned(array, alignment, synthetic)
        return array

    @abstractmethod
    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from, for each step of the sampler."""

    def needs(self) -> Needs:
        """Return what the sampler, with its parameters, needs of the data."""
        return self._needs

    @classmethod
    def default_needs(cls) -> Needs:
        """Return what the sampler needs of the data, with its default parameters."""
        return cls._needs

    def check_params(self) -> None:
        """Raise an error if a parameter has an invalid value."""
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
    def _working_copy(self) -> Iterator[Any]:
        """Work on a copy without fitted attributes, then take over the attributes it sets.

        So two threads may call one sampler. As in scikit-learn, a call that fails still updates
        the attributes that describe the columns, if it has read them.
        """
        worker = object.__new__(type(self))  # not copy: a subclass may restrict what it copies
        worker.__dict__.update(self.__dict__)
        worker._forget()
        before = dict(worker.__dict__)
        kept: frozenset[str] = _COLUMNS
        try:
            yield worker
            kept = frozenset(before) | frozenset(worker.__dict__)
        finally:
            self._forget()
            for name in kept & (before.keys() - worker.__dict__.keys()):
                self.__dict__.pop(name, None)
            changed = {
                name: value
                for name, value in worker.__dict__.items()
                if name in kept and not (name in before and before[name] is value)
            }
            self.__dict__.update(changed)
            self._fitted_names = frozenset(changed) - before.keys() - _COLUMNS

    @abstractmethod
    def _check(self, X: Container, y: Container) -> object:
        """Check parameters and data, and set what ``fit`` sets."""

    @abstractmethod
    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        """Check the data, set fitted attributes and return the resampled X and y."""

    def __sklearn_tags__(self) -> Tags:
        needs = self._needs  # with the default parameters
        return sampler_tags(
            takes_any_type=needs.copies_rows or needs.takes_categories,
            takes_missing=getattr(self, "missing", None) == "distance",
            sets_sample_indices=self._sets_sample_indices,
        )

    def _refuse_extra(self, params: dict[str, Any]) -> None:
        if params:
            raise TypeError(
                f"{type(self).__name__} takes only X and y; got {list_names(sorted(params))}."
            )

    def _forget(self) -> None:
        """Remove the attributes that the last call set, except those of the columns."""
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

    def _learn_names(self, X: Container) -> int:
        """Set ``feature_names_in_`` or remove it; return the number of columns.

        The caller sets ``n_features_in_`` after the data are checked, as scikit-learn does.
        """
        names, n_features = columns_of(X)
        self.__dict__.pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = names
        return n_features


add_class(BaseSampler)
