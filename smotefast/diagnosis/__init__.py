"""Diagnosis: data flow in before they are resampled; what is likely to go wrong flows out.

``diagnose`` looks at containers in memory, ``diagnose_dataset`` at Parquet files. Both read
blocks in the same way, and for the same rows say the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from smotefast.diagnosis.findings import ClassFigures, Point, Recommendation
from smotefast.diagnosis.report import Diagnosis

__all__ = [
    "ClassFigures",
    "Diagnosis",
    "Point",
    "Recommendation",
    "diagnose",
    "diagnose_dataset",
]


def diagnose(X: Any, y: Any = None, sampler: Any = None, *, target: Any = None) -> Diagnosis:
    """Say what is likely to go wrong in resampling, and what to do about it.

    At most 2,000 rows of each class, drawn with a fixed seed, are looked at closely; their
    neighbours are searched for among all rows, exactly. Nothing is resampled and nothing
    changed.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe, Arrow table} of shape (n_samples, n_features)
        The data, as they would be resampled. The path of a Parquet file, or of a folder of
        them, is diagnosed as by :func:`diagnose_dataset`.
    y : array-like of shape (n_samples,), or the name of a column of X
        The class of each row.
    sampler : object, class or str, default=None
        Any sampler of this package, its class, or its name, to be judged with its parameters.
        None judges SMOTE's defaults and leaves the choice open.
    target : str, default=None
        The name of the column that holds the class; another way to say ``y="name"``.

    Returns
    -------
    Diagnosis
        Print it, show it in a notebook, or read its ``points`` and ``advice``.

    Raises
    ------
    ValueError
        If X or y cannot be read, or y has one class only.

    Examples
    --------
    >>> import numpy as np
    >>> import smotefast
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3)) * [1, 1, 1000]
    >>> y = np.repeat([0, 1], [280, 20])
    >>> X[y == 1, :2] += 6
    >>> found = smotefast.diagnose(X, y)
    >>> [(point.name, point.level) for point in found.points]
    [('scales', 'problem'), ('far_past_the_data', 'warning')]
    >>> found.points[0].columns, found.advice.sampler
    ((2,), 'SMOTE')
    """
    if y is not None and target is not None:
        raise TypeError(
            "diagnose() got both y and target. Give the labels as y, or the name of the column "
            "that holds them as target."
        )
    if y is None and target is None:
        raise TypeError(
            "diagnose() takes the class of each row: as y, or as the name of a column of X, "
            "diagnose(X, target='label')."
        )
    if isinstance(X, str | os.PathLike):
        y = target if y is None else y
        if not isinstance(y, str):
            raise TypeError(f"X={X!r} is a path: name its target column, target='label'.")
        return diagnose_dataset(X, target=y, sampler=sampler)
    return _diagnose_table(X, y, sampler, target)


def _diagnose_table(X: Any, y: Any, sampler: Any, name: Any) -> Diagnosis:
    from smotefast.diagnosis.examine import examine
    from smotefast.diagnosis.in_memory import open_data, split_target, with_refusals
    from smotefast.diagnosis.sampler_facts import judge
    from smotefast.engine.class_counts import class_counts
    from smotefast.tables import open_table, open_target

    if name is not None:
        X, y = split_target(X, name, "target")
    elif isinstance(y, str | int):
        X, y = split_target(X, y, "y")
    target, table = open_target(y), open_table(X)
    if table.n_samples != len(target.values):
        raise ValueError(
            f"X has {table.n_samples} rows and y has {len(target.values)}; give one label for "
            "each row."
        )
    counts = class_counts(target.values)
    made = _made(sampler)
    judged = judge(made, table, counts, target.values)
    judged = with_refusals(judged, made, X, y)
    data = open_data(table, judged.declared, target.values)
    return examine(data, judged, lambda block: None)


def diagnose_dataset(
    source: str | os.PathLike[str],
    *,
    target: str,
    sampler: Any = None,
    drop: Iterable[str] = (),
    memory_limit: int | str | None = None,
    progress: bool | Callable[[int, int], object] | None = None,
) -> Diagnosis:
    """Diagnose a data set in Parquet files that may be larger than memory.

    The report is that of :func:`diagnose` for the whole table in memory. The target is read
    twice, and all columns twice: to draw rows and count, and to search for the drawn rows'
    neighbours.

    Parameters
    ----------
    source
        A Parquet file, or a folder of Parquet files of one schema.
    target
        The column that holds the class. All others, except dropped ones, are features.
    sampler
        A sampler, its class or its name, to be judged; None judges SMOTE's defaults. For
        samplers that need all rows in memory a problem says that jobs do not take them.
    drop
        Columns to leave out.
    memory_limit
        What the resident set of the whole process stays under; None as for
        :func:`resample_dataset`.
    progress
        None shows a bar in a terminal or a notebook; True, False.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        If an argument or the target column does not serve.
    OSError
        If a file cannot be read.
    MemoryError
        If it does not stay under the limit.
    """
    from smotefast.diagnosis.files import diagnose_files

    return diagnose_files(source, target, _made(sampler), drop, memory_limit, progress)


def _made(sampler: Any) -> Any:
    """Return a sampler with parameters that hold; None stays None."""
    if sampler is None:
        return None
    from smotefast.registry import all_names, make_sampler

    made = make_sampler(sampler, all_names())
    made.check_params()
    return made
