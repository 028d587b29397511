"""Combination: an over-sampler, then a sampler that removes rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from smotefast._typing import Container
from smotefast.engine.aligned import NOT_RESAMPLED, Alignment
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts, class_counts
from smotefast.engine.column_checks import columns_checked, columns_described
from smotefast.engine.input_checks import finite_numbers
from smotefast.engine.param_constraints import CREATION, SELECTION
from smotefast.exceptions import NotNumericError
from smotefast.over_sampling.base import BaseOverSampler
from smotefast.tables import open_table, open_target
from smotefast.under_sampling.base import BaseSelector


class BaseCombination(BaseSampler):
    """Base of samplers that add rows and then remove rows."""

    _sampling_type = "over-sampling"
    _fitted_steps: tuple[Any, Any]
    _n_samples: int  # of the X that was resampled last

    @abstractmethod
    def steps(self) -> tuple[Any, Any]:
        """Set the fitted steps; return the over-sampler and the sampler that removes rows."""

    def _check(self, X: Container, y: Container) -> object:
        creation, selection, n_features = self._opened(X)
        with _columns_of_steps(X, selection):
            creation.fit(X, y)
        self.n_features_in_ = n_features
        self.sampling_strategy_ = _strategy_of(creation)
        for name, value in list(vars(self).items()):
            if value is creation or value is selection:  # set by resampling only
                delattr(self, name)
        return creation

    def alignments(self) -> list[Alignment]:
        """Return where the rows of the last result come from."""
        check_is_fitted(self, "_fitted_steps", msg=NOT_RESAMPLED)
        alignments: list[Alignment] = []
        for step in self._fitted_steps:
            if isinstance(step, BaseSampler):
                alignments += step.alignments()
            elif hasattr(step, "sample_indices_"):
                n_samples = len(alignments[-1].positions) if alignments else self._n_samples
                keeps_index = type(step).__name__ == "RandomUnderSampler"
                alignments.append(
                    Alignment(n_samples, step.sample_indices_, keeps_index=keeps_index)
                )
            else:
                raise TypeError(
                    f"{type(step).__name__} does not tell which rows it returns: it has no "
                    "sample_indices_. Use the sampler of the same name of smotefast."
                )
        return alignments

    def _opened(self, X: Container) -> tuple[Any, Any, int]:
        """Return the steps and the number of columns."""
        self._validate_params()
        self._n_samples = open_table(X).n_samples  # raises an error if X is no table
        creation, selection = self.steps()
        return creation, selection, self._learn_names(X)

    def _resample(self, X: Container, y: Container) -> tuple[Container, Container]:
        creation, selection, n_features = self._opened(X)
        self._fitted_steps = creation, selection
        _check_counts(creation, selection, y)
        resampled: tuple[Container, Container]
        if _passes_containers(creation, selection, X):
            with _columns_of_steps(X, selection):
                X_over, y_over = creation.fit_resample(X, y)
            try:
                with columns_checked():  # by the first step, if it reads values
                    resampled = selection.fit_resample(X_over, y_over)
            except ValueError as error:
                _refuse_categories(X, creation, selection, error)
                raise
        else:
            resampled = _resample_numbers(X, y, creation, selection)
        self.n_features_in_ = n_features
        self.sampling_strategy_ = _strategy_of(creation)
        return resampled


def _columns_of_steps(X: Container, selection: Any) -> AbstractContextManager[None]:
    """Tell the first step about X, whose values the second step reads, too."""
    if isinstance(selection, BaseSelector) and selection.needs().copies_rows:
        return nullcontext()
    return columns_described(open_table(X))


def _refuse_categories(X: Container, creation: Any, selection: Any, error: ValueError) -> None:
    """Raise an error about columns that the first step takes and the second cannot compare."""
    # The second text is scikit-learn's, in samplers of other packages.
    if not isinstance(error, NotNumericError) and "could not convert" not in str(error):
        return
    try:
        open_table(X).to_matrix()
    except NotNumericError as why:
        raise why.with_advice(_second_step_advice(creation, selection)) from error


def _second_step_advice(creation: Any, selection: Any) -> str:
    """Return what to do about text that the second step cannot compare."""
    first, second = type(creation).__name__, type(selection).__name__
    return (
        f"{first} takes it; {second}, the step after it, compares only numbers. Encode it as "
        f"numbers before both steps, use {first} alone, or follow it by RandomUnderSampler, "
        f"which takes rows of any type: Combination({first}(...), RandomUnderSampler())."
    )


def _check_counts(creation: Any, selection: Any, y: Container) -> None:
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


def _strategy_of(creation: Any) -> Counts:
    """Return ``sampling_strategy_`` of a step; samplers of other packages may have none."""
    strategy = getattr(creation, "sampling_strategy_", None)
    return strategy if isinstance(strategy, Mapping) else {}  # type: ignore[return-value]


def _passes_containers(creation: Any, selection: Any, X: Container) -> bool:
    """Return whether the first step passes a container of X's type to the second.

    Otherwise it passes numbers: samples are then rounded to the integer columns of a frame or
    list after the second step, which reads values and sets ``sample_indices_``.
    """
    if isinstance(X, np.ndarray) or issparse(X):
        return True
    if not (isinstance(creation, BaseOverSampler) and isinstance(selection, BaseSelector)):
        return True
    needs = creation.needs()
    reads_numbers = not (needs.copies_rows or needs.takes_categories)
    return not reads_numbers or selection.needs().copies_rows


def _resample_numbers(
    X: Container, y: Container, creation: BaseOverSampler, selection: BaseSelector
) -> tuple[Container, Container]:
    """Resample the numbers of a frame or list; return a container of the same type."""
    target, table = open_target(y), open_table(X)
    rows: Any
    if creation.needs().takes_missing:
        finite_numbers(table, selection)  # which names the columns with missing values
    with columns_described(table):
        rows, labels = creation.fit_resample(finite_numbers(table, creation), target.values)
    with columns_checked():
        selection.fit_resample(rows, labels)
    kept, n_before = selection.sample_indices_, table.n_samples
    if table.is_sparse:
        n_new = rows.shape[0] - n_before
        X_over = table.append_sparse(rows[n_before:] if n_new else None)
    else:

        def fill(out: np.ndarray) -> None:
            out[:] = rows[n_before:]

        X_over = table.extend(len(rows) - n_before, fill, rows.dtype)
    y_over = target.extend(labels[n_before:])
    return open_table(X_over).take(kept), open_target(y_over).take(kept)


class Combination(BaseCombination):
    """Add rows with one sampler, then remove rows with another.

    Parameters
    ----------
    creation : sampler
        An over-sampler; it is cloned.
    selection : sampler
        An under-sampler or a cleaning sampler; it is cloned.

    Attributes
    ----------
    sampling_strategy_ : dict
        Number of samples to generate, by class; empty if ``creation`` has no such attribute.
    creation_ : sampler
        The fitted over-sampler; its ``provenance_`` tells where synthetic samples come from.
    selection_ : sampler
        The fitted second step. Its ``sample_indices_`` are the positions of the rows of the
        result: in X, or from ``len(X)`` on among the synthetic samples.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns. Defined only when all of them are strings.

    Raises
    ------
    ValueError
        If a step raises it; or if the first step takes text and the second cannot compare it.

    See Also
    --------
    SMOTEENN : SMOTE, then edited nearest neighbors.
    SMOTETomek : SMOTE, then removal of Tomek links.

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
