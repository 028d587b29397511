"""Comparison of options for imbalanced data: whether resampling helps, and which.

``compare`` cross-validates doing nothing, class weights, a moved threshold and samplers with
several classifiers, and says what is shown and what is not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smotefast.evaluation.arguments import Arguments
    from smotefast.evaluation.comparison import Comparison
    from smotefast.evaluation.options import TargetCounts
    from smotefast.evaluation.resampled_classifier import ResampledClassifier

__all__ = ["Comparison", "ResampledClassifier", "TargetCounts", "compare"]

_HOMES = {
    "Comparison": "comparison",
    "ResampledClassifier": "resampled_classifier",
    "TargetCounts": "options",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def compare(
    X: Any,
    y: Any = None,
    *,
    target: Any = None,
    models: str | Sequence[Any] | Mapping[str, Any] = ("logistic", "boosting"),
    samplers: Iterable[Any] | str | None = None,
    ratios: Sequence[float] | None = None,
    k_neighbors: Sequence[int] | None = None,
    folds: int = 5,
    repeats: int | None = None,
    metric: str = "average_precision",
    cost_fn: float | None = None,
    cost_fp: float | None = None,
    groups: Any = None,
    time: Any = None,
    categorical: Iterable[Hashable] = (),
    scaling: str = "standard",
    drop: Iterable[Hashable] = (),
    max_rows: int | None = None,
    time_limit: float | None = None,
    holdout: float = 0.2,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: bool | Callable[[str], object] | None = None,
) -> Comparison:
    """Find out whether resampling helps on these data, by cross-validation.

    The options are: nothing, class weights, nothing with a tuned threshold, random under- and
    over-sampling, under-sampling with weights, and samplers at several ratios, each with each
    classifier. Only training rows are resampled; imputation, scaling and encoding are learned
    from them as well. A share of the rows is kept for a last estimate of the option that is
    used. Interrupted by Ctrl-C, SIGTERM or SIGHUP, it returns what is finished.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_features)
        The data; or the path of Parquet or CSV files.
    y : array-like of shape (n_samples,), or the name of a column of X
        The class of each row.
    target : str, default=None
        The name of the column that holds the class, the same as ``y="name"``.
    models : str, classifier, sequence or mapping, default=("logistic", "boosting")
        "logistic", "boosting" (HistGradientBoostingClassifier), "forest", or classifiers of
        scikit-learn with ``predict_proba``; a mapping gives them names.
    samplers : sequence of str or samplers, default=None
        Names of samplers, or samplers, which are used as they are, also of imbalanced-learn.
        Their ``categorical_features`` are columns of X, and categories for all options. None
        means random ones and those that fit the types of the columns.
    ratios : sequence of float, default=None
        Rows of the smaller class divided by those of the larger one after resampling. None
        means three between the ratio of the data and 1.
    k_neighbors : sequence of int, default=None
        Numbers of neighbors; None means the default of each sampler.
    folds : int, default=5
        Number of folds.
    repeats : int, default=None
        How often the folds are drawn. None means 3, and 1 for more than 50,000 rows.
    metric : str, default="average_precision"
        The metric to choose by: "roc_auc", "average_precision", "f1", "mcc", "recall",
        "precision", "balanced_accuracy", "cost", "brier" or "log_loss".
    cost_fn, cost_fp : float, default=None
        Cost of a missed row of the smallest class, and of a false alarm; two classes only.
        Thresholds are then tuned for the cost.
    groups : array-like of shape (n_samples,), or the name of a column of X, default=None
        Rows of one group are never both in the training rows and in the test rows.
    time : array-like of shape (n_samples,), or the name of a column of X, default=None
        Folds go forward in time: test rows are later than training rows.
    categorical : sequence of column names or positions, default=()
        Columns of numbers that hold categories. Columns of text, booleans and categories
        always do.
    scaling : {"standard", "minmax", "robust", "none"}, default="standard"
        How numbers are scaled before samplers and classifiers.
    drop : sequence of column names, default=()
        Columns of a frame to leave out.
    max_rows : int, default=None
        Compare on a sample of at most so many rows, drawn by class.
    time_limit : float, default=None
        Seconds after which the comparison stops and returns what is finished.
    holdout : float, default=0.2
        Share of the rows that are kept for the last estimate; 0 for none.
    random_state : int, default=0
        Seed of folds, samplers and classifiers.
    n_jobs : int, default=None
        Number of processes. None means one for short comparisons and all cores for others.
    progress : bool or callable, default=None
        Whether to print the number of fits, the estimated time and the progress to standard
        error; None prints in terminals and notebooks. A callable gets each line.

    Returns
    -------
    Comparison
        Print it, display it in a notebook, or read its ``verdict`` and ``options``.

    Raises
    ------
    ValueError
        If an argument or the data cannot be used.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> import smotefast
    >>> X, y = make_classification(600, weights=[0.9], random_state=0)
    >>> result = smotefast.compare(
    ...     X, y, models="logistic", samplers=["smote"], ratios=[0.5], repeats=1
    ... )
    >>> [option.label for option in result.options]
    ['none', 'class-weight', 'threshold', 'smote 0.5']
    >>> result.winner.option.name
    'none'
    """
    from smotefast.evaluation.comparing import compare_data, compare_files

    arguments = make_arguments(
        models=models,
        samplers=samplers,
        ratios=ratios,
        k_neighbors=k_neighbors,
        folds=folds,
        repeats=repeats,
        metric=metric,
        cost_fn=cost_fn,
        cost_fp=cost_fp,
        categorical=categorical,
        scaling=scaling,
        drop=drop,
        max_rows=max_rows,
        time_limit=time_limit,
        holdout=holdout,
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
    )
    if y is not None and target is not None:
        raise TypeError("compare() got both y and target. Pass one of them.")
    if isinstance(X, str | os.PathLike):
        return compare_files(X, y if target is None else target, groups, time, arguments)
    return compare_data(X, y if target is None else target, groups, time, arguments)


def make_arguments(
    *, samplers: Any, random_state: int, categorical: Any, drop: Any, **others: Any
) -> Arguments:
    """Return the checked arguments of ``compare``, those that do not depend on the data.

    Raises
    ------
    ValueError, TypeError
        If an argument is invalid.
    """
    from smotefast.evaluation.arguments import Arguments

    is_one = isinstance(samplers, str) or hasattr(samplers, "fit_resample")
    given = None if samplers is None else [samplers] if is_one else list(samplers)
    arguments = Arguments(
        samplers=given,
        seed=random_state,
        categorical=_names(categorical),
        drop=_names(drop),
        **others,
    )
    arguments.check()
    return arguments


def _names(names: Any) -> list[Any]:
    return [names] if isinstance(names, str) else list(names)
