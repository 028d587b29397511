"""Diagnosis of a data set before resampling: what may go wrong, and what to compare.

``diagnose`` reads data in memory and ``diagnose_dataset`` Parquet files. Both give the same
report for the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from smotefast.diagnosis.report import ClassFigures, Diagnosis, Point, Step

if TYPE_CHECKING:
    from smotefast.engine.base import BaseSampler

    Sampler = BaseSampler | type[BaseSampler] | str | None

__all__ = [
    "ClassFigures",
    "Diagnosis",
    "Point",
    "Step",
    "diagnose",
    "diagnose_dataset",
]


def diagnose(
    X: Any, y: Any = None, sampler: Sampler = None, *, target: Any = None
) -> Diagnosis:
    """Report what is likely to go wrong when data are resampled, and what to do about it.

    The report is based on at most 2,000 random rows per class, drawn with a fixed seed, and on
    an exact search for their neighbors among all rows. The data are not changed.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_features)
        The data to resample. The path of a Parquet file, or of a folder of Parquet files, is
        diagnosed by :func:`diagnose_dataset`.
    y : array-like of shape (n_samples,), or the name of a column of X
        The class of each row.
    sampler : object, class or str, default=None
        A sampler of this package, its class, or its name. The report is about this sampler
        and its parameters. None means SMOTE's defaults, without a preference for SMOTE.
    target : str, default=None
        The name of the column that holds the class, the same as ``y="name"``.

    Returns
    -------
    Diagnosis
        Print it, display it in a notebook, or read its ``points`` and ``candidates``.

    Raises
    ------
    ValueError
        If X or y cannot be read, or y has only one class.

    Examples
    --------
    >>> import numpy as np
    >>> import smotefast
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3)) * [1, 1, 1000]
    >>> y = np.repeat([0, 1], [280, 20])
    >>> X[y == 1, :2] += 6
    >>> diagnosis = smotefast.diagnose(X, y)
    >>> [(point.name, point.level) for point in diagnosis.points]
    [('scales', 'problem'), ('far_past_the_data', 'warning')]
    >>> diagnosis.points[0].columns, diagnosis.points[0].code
    ((2,), 'make_pipeline(StandardScaler(), ResampledClassifier(sampler, model))')
    >>> diagnosis.candidates
    ('threshold', 'class-weight', 'random', 'smote')
    """
    if (y is None) == (target is None):
        raise TypeError(
            "diagnose() needs the class of each row: pass the labels as y, or the name of a "
            "column of X as in diagnose(X, target='label'), but not both y and target."
        )
    name = y if isinstance(y, str | int) else target
    if isinstance(X, str | os.PathLike):
        if not isinstance(name, str):
            raise TypeError(f"X={X!r} is a path: name its target column, target='label'.")
        return diagnose_dataset(X, target=name, sampler=sampler)

    from smotefast.diagnosis.data import open_data
    from smotefast.diagnosis.examine import examine
    from smotefast.diagnosis.sampler_facts import describe_sampler, with_data_error
    from smotefast.engine.class_counts import class_counts
    from smotefast.tables import open_table, open_target
    from smotefast.tables.target_column import split_target

    if name is not None:
        X, y = split_target(X, name, "y" if target is None else "target")
    labels, table = open_target(y).values, open_table(X)
    if table.n_samples != len(labels):
        raise ValueError(
            f"X has {table.n_samples} rows and y has {len(labels)}; pass one label per row."
        )
    checked = checked_sampler(sampler)
    facts = describe_sampler(checked, table, class_counts(labels), labels)
    facts = with_data_error(facts, checked, X, y)
    data = open_data(table, facts.categorical, labels)
    return examine(data, facts, lambda block: None)


def diagnose_dataset(
    source: str | os.PathLike[str],
    *,
    target: str,
    sampler: Sampler = None,
    drop: Iterable[str] = (),
    memory_limit: int | str | None = None,
    progress: bool | Callable[[int, int], object] | None = None,
    format: Literal["delta"] | None = None,
) -> Diagnosis:
    """Diagnose a data set in Parquet files that may be larger than memory.

    The report is the same as that of :func:`diagnose` for the whole table in memory. The
    target column is read twice, then all columns twice: to sample rows and count values, and
    to search for the neighbors of the sampled rows.

    Parameters
    ----------
    source
        A Parquet file, or a folder of Parquet files with the same schema.
    target
        The column that holds the class. All other columns are features, except dropped ones.
    sampler
        As for :func:`diagnose`. That jobs do not support it is a problem.
    drop
        Columns to leave out.
    memory_limit
        Limit for the resident memory of the whole process, as for :func:`resample_dataset`.
    progress
        None shows a progress bar in a terminal or a notebook; True always, False never.
    format
        "delta" for a Delta table, as for :func:`resample_dataset`.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError, OSError
        If an argument or the target column is invalid, or a file cannot be read.
    MemoryError
        If the diagnosis needs more memory than the limit.
    """
    from smotefast.diagnosis.files import diagnose_files

    checked = checked_sampler(sampler)
    return diagnose_files(source, target, checked, drop, memory_limit, progress, format)


def checked_sampler(sampler: Sampler) -> BaseSampler | None:
    """Return a sampler with valid parameters from a sampler, a class or a name."""
    if sampler is None:
        return None
    from smotefast.registry import all_names, make_sampler

    checked: BaseSampler = make_sampler(sampler, all_names())
    checked.check_params()
    return checked
