"""Any over-sampler, followed by any sampler that takes rows away."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone

from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts, class_counts
from smotefast.engine.column_checks import columns_checked, columns_named
from smotefast.engine.finite import finite_numbers
from smotefast.engine.param_constraints import CREATION, SELECTION
from smotefast.exceptions import NotNumericError
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables import open_table, open_target
from smotefast.under_sampling.base import BaseSelector


class BaseCombination(BaseSampler):
    """Base of samplers that add rows at first, and then take some away."""

    _sampling_type = "over-sampling"

    @abstractmethod
    def steps(self) -> tuple[Any, Any]:
        """Set the fitted steps; return the over-sampler and the sampler that removes rows."""

    def _check(self, X: Any, y: Any) -> object:
        creation, selection, n_features = self._opened(X)
        creation.fit(X, y)
        self.n_features_in_ = n_features
        self.sampling_strategy_ = _created(creation)
        for name, value in list(vars(self).items()):
            if value is creation or value is selection:  # set by resampling only
                delattr(self, name)
        return creation

    def _opened(self, X: Any) -> tuple[Any, Any, int]:
        """Return the steps and the number of columns."""
        self._validate_params()
        open_table(X)  # raises an error for what is no table
        creation, selection = self.steps()
        return creation, selection, self._learn_names(X)

    def _resampled(self, X: Any, y: Any) -> tuple[Any, Any]:
        creation, selection, n_features = self._opened(X)
        _check_counts(creation, selection, y)
        resampled: tuple[Any, Any]
        if _takes_whole(creation, selection, X):
            X_more, y_more = creation.fit_resample(X, y)
            try:
                with columns_checked():  # by the first step, if it looked at values
                    resampled = selection.fit_resample(X_more, y_more)
            except ValueError as error:
                _refuse_categories(X, creation, selection, error)
                raise
        else:
            resampled = _through_numbers(X, y, creation, selection)
        self.n_features_in_ = n_features
        self.sampling_strategy_ = _created(creation)
        return resampled


def _refuse_categories(X: Any, creation: Any, selection: Any, error: ValueError) -> None:
    """Refuse columns that the first step takes, and that the second one cannot compare."""
    # The second is scikit-learn's text, for samplers of others.
    if not isinstance(error, NotNumericError) and "could not convert" not in str(error):
        return
    try:
        open_table(X).to_matrix()
    except NotNumericError as why:
        raise why.with_advice(_second_step_advice(creation, selection)) from error


def _second_step_advice(creation: Any, selection: Any) -> str:
    """Say what to do about text that the second of two steps cannot compare."""
    first, second = type(creation).__name__, type(selection).__name__
    return (
        f"{first} takes it; {second}, the step after it, compares rows by numbers alone. "
        f"Encode it as numbers before both steps, use {first} alone, or let "
        f"RandomUnderSampler, which takes rows of any type, come after it: "
        f"Combination({first}(...), RandomUnderSampler())."
    )


def _check_counts(creation: Any, selection: Any, y: Any) -> None:
    """Raise the error of the second step before the first one searches.

    The class sizes after the first step have to be known: it generates exactly what was
    requested, and no strategy is called with labels.
    """
    if not isinstance(creation, BaseOverSampler) or not isinstance(selection, BaseSelector):
        return
    strategies = creation.sampling_strategy, selection.sampling_strategy
    if not creation.needs().exact_counts or any(map(callable, strategies)):
        return
    creation.check_params()
    selection.check_params()
    labels = open_target(y).values
    counts = class_counts(labels)
    n_to_generate = creation.resolve_strategy(strategies[0], counts, labels)
    creation.check_counts(counts, n_to_generate)
    after = {label: n + n_to_generate.get(label, 0) for label, n in counts.items()}
    selection.check_counts(after, selection.resolve_strategy(strategies[1], after, labels))


def _created(creation: Any) -> Counts:
    """Return the rows that a step was to create, by class; samplers of others may not say."""
    strategy = getattr(creation, "sampling_strategy_", None)
    return strategy if isinstance(strategy, Mapping) else {}  # type: ignore[return-value]


def _takes_whole(creation: Any, selection: Any, X: Any) -> bool:
    """Whether X itself goes through the steps, and not the numbers in it.

    Columns of integers beside others, in frames and lists: new rows are rounded to them at the
    very end, after a second step that looks at values and can say which rows it takes.
    """
    if isinstance(X, np.ndarray) or issparse(X):
        return True
    if not (isinstance(creation, BaseOverSampler) and isinstance(selection, BaseSelector)):
        return True
    needs = creation.needs()
    reads_numbers = not (needs.copies_rows or needs.takes_categories)
    return not reads_numbers or selection.needs().copies_rows


def _through_numbers(X: Any, y: Any, creation: Any, selection: Any) -> tuple[Any, Any]:
    """Resample the numbers of a frame or a list; return rows of its kind."""
    target, table = open_target(y), open_table(X)
    with columns_named(table.names):
        rows, labels = creation.fit_resample(finite_numbers(table, creation), target.values)
    with columns_checked():
        selection.fit_resample(rows, labels)
    kept, n_before = selection.sample_indices_, table.n_samples
    if table.is_sparse:
        n_new = rows.shape[0] - n_before
        X_all = table.append_sparse(rows[n_before:] if n_new else None)
    else:

        def fill(out: np.ndarray) -> None:
            out[:] = rows[n_before:]

        X_all = table.extend(len(rows) - n_before, fill, rows.dtype)
    y_all = target.extend(labels[n_before:])
    return open_table(X_all).take(kept), open_target(y_all).take(kept)


class Combination(BaseCombination):
    """Add rows with one sampler, then take rows away with another.

    Parameters
    ----------
    creation : sampler
        An over-sampler; it is cloned.
    selection : sampler
        An under-sampler or a cleaner; it is cloned.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows to create, by class; empty if ``creation`` does not say.
    creation_ : sampler
        The first step, fitted; ``creation_.provenance_`` says where new rows came from.
    selection_ : sampler
        The second step, fitted; ``selection_.sample_indices_`` says which row each row of the
        result is: of X, or from ``len(X)`` on of the new rows.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Defined only when all of them are strings.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from smotefast.combine import Combination
    >>> from smotefast.over_sampling import SMOTE
    >>> from smotefast.under_sampling import RandomUnderSampler
    >>> X, y = make_classification(1000, weights=[0.9], flip_y=0, random_state=0)
    >>> over = SMOTE(sampling_strategy=0.5, random_state=0)
    >>> sampler = Combination(over, RandomUnderSampler(random_state=0))
    >>> X_new, y_new = sampler.fit_resample(X, y)
    >>> print(sorted(Counter(y_new.tolist()).items()))
    [(0, 450), (1, 450)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "creation": CREATION,
        "selection": SELECTION,
    }

    def __init__(self, creation: Any, selection: Any) -> None:
        self.creation = creation
        self.selection = selection

    def steps(self) -> tuple[Any, Any]:
        """Set the fitted steps; return the over-sampler and the sampler that removes rows."""
        self.creation_ = clone(self.creation)
        self.selection_ = clone(self.selection)
        return self.creation_, self.selection_
