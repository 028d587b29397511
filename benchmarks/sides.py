"""One library on one data set, as run inside a fresh process."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.data import load, mixed_frame
from benchmarks.programs import module_of, seed_of, selects
from benchmarks.selections import count_equal, reliability, save_selection
from smotefast.bench.worker import limited, peak_bytes, time_calls

_WORDS = 80


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return a sampler of one of the two libraries, with a seed if it takes one.

    An estimator is given by the function that makes it, as "module:function".
    """
    given = {of: _made(value) for of, value in parameters.items()}
    return getattr(import_module(module_of(library, name)), name)(**seed_of(name), **given)


def _made(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("benchmarks.")):
        return value
    module, name = value.split(":")
    return getattr(import_module(module), name)()


def sampler_calls(
    library: str,
    later: int,
    folder: str = "",
    sampler: str = "SMOTE",
    parameters: dict[str, Any] | None = None,
    table: dict[str, str] | None = None,
    n_categories: int = 0,
    save: str | None = None,
    recall: bool = False,
    limit: float | None = None,
    enough: float = math.inf,
    gib: float | None = None,
) -> dict[str, Any]:
    """Time ``fit_resample`` on the arrays of a folder or on a real table.

    Parameters
    ----------
    table
        What ``real_tables.load`` takes.
    n_categories
        The last columns that become categories of a pandas frame.
    save
        File for what is compared with the other library.
    recall
        Whether to measure the recall of the neighbors that were used.
    limit, enough, gib
        Seconds after which a call is stopped; seconds of calls that suffice; address space.

    Returns
    -------
    dict
        As ``time_calls`` and what is known of the result; "refused" with a message if the
        sampler raises an error, "stopped" if a call takes longer than ``limit``.
    """
    if table is not None:
        X, y = import_module("benchmarks.real_tables").load(**table)
    else:
        X, y = load(folder)
    if n_categories:
        X = _as_frame(X, n_categories)
    made = make_sampler(library, sampler, **(parameters or {}))
    known = {"rows": X.shape[0], "features": X.shape[1], "before": class_counts(y)}
    known["input_bytes"] = _size(X) + _size(y)
    if gib is not None:
        _limit_address_space(gib)
    call = limited(lambda: made.fit_resample(X, y), limit, known)
    try:
        answer, (X_new, y_new) = time_calls(call, later, enough)
    except Exception as error:  # whatever is raised is what a table shows
        words = str(error).partition(" for an array")[0]  # numpy goes on with its shape
        refused = (words or type(error).__name__)[:_WORDS]
        return known | {"refused": refused, "peak": peak_bytes()}
    answer |= known | _described(made, X_new, y_new, len(X))
    if save:
        _save(save, made, len(X), X_new)
    if recall:
        answer["recall"] = import_module("benchmarks.recall").recall_of(made, X)
    return answer


def _limit_address_space(gib: float) -> None:
    import resource

    space = int(gib * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _described(made: Any, X_new: Any, y_new: Any, n_before: int) -> dict[str, Any]:
    """Return what is known of a result; None is what means nothing for a sampler."""
    searched = reliability(made)
    is_longer = not selects(type(made).__name__) and len(X_new) >= n_before
    return {
        "result_bytes": _size(X_new) + _size(y_new),
        "new_rows": len(X_new) - n_before if is_longer else None,
        "counts": class_counts(y_new),
        "search": None if searched else getattr(made, "search_", None),
        "reliability": searched,
    }


def _save(path: str, made: Any, n_before: int, X_new: Any) -> None:
    """Save what is compared: decisions, new rows, or all rows of a result with fewer rows."""
    if selects(type(made).__name__):
        save_selection(path, made, n_before, X_new)
        return
    start = n_before if len(X_new) >= n_before else 0
    is_array = isinstance(X_new, np.ndarray)
    values = X_new[start:] if is_array else _codes_and_numbers(X_new, start)
    with open(path, "wb") as file:  # numpy would add a suffix to a name
        np.save(file, values)


def compare_rows(first: str, second: str) -> dict[str, float]:
    """Return the share of the saved rows that are equal in every value."""
    one, other = (np.load(path, allow_pickle=True) for path in (first, second))
    if one.dtype != other.dtype and one.shape == other.shape:
        return {"rows_equal": float((one == other).all(axis=1).mean())}
    return {"rows_equal": count_equal(one, other) / max(1, len(one)) if len(one) else 1.0}


def class_counts(y: Any) -> dict[str, int]:
    """Count the rows of each class; JSON has only strings for names."""
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    return {str(of): int(n) for of, n in zip(labels, counts, strict=True)}


def _as_frame(X: np.ndarray, n_categories: int) -> Any:
    import pandas as pd

    frame = pd.DataFrame(X, columns=[f"column_{i}" for i in range(X.shape[1])])
    for name in frame.columns[-n_categories:]:
        codes = frame[name].astype(int)
        levels = [f"level {i:02}" for i in range(codes.max() + 1)]
        frame[name] = pd.Categorical.from_codes(codes, levels)
    return frame


def _size(values: Any) -> int:
    if hasattr(values, "nbytes"):
        return int(values.nbytes)
    used = values.memory_usage(index=False)
    return int(used.sum() if hasattr(used, "sum") else used)


def _codes_and_numbers(X: Any, start: int) -> np.ndarray:
    """Return the values of a frame, its categories as their position in the list of levels."""
    columns = (X[name].iloc[start:] for name in X.columns)
    return np.column_stack([one.cat.codes if hasattr(one, "cat") else one for one in columns])


def over_sample_frame(library: str, n_samples: int, later: int) -> dict[str, Any]:
    """Measure RandomOverSampler on a mixed frame, after a call on few rows that imports."""
    from smotefast.storage import release_memory

    frame, y = mixed_frame(n_samples)
    sampler = make_sampler(library, "RandomOverSampler")
    sampler.fit_resample(frame[:100], y[:100])
    release_memory()
    answer, (X_new, y_new) = time_calls(lambda: sampler.fit_resample(frame, y), later)
    n_bytes = X_new.memory_usage(deep=True).sum() + y_new.memory_usage(deep=True)
    return answer | {"result_bytes": int(n_bytes)}


def linear_machine() -> Any:
    """Return a linear machine on scaled columns; imbalanced-learn's SVMSMOTE refuses it."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    return make_pipeline(StandardScaler(), LinearSVC(random_state=0))


def kernel_machine() -> Any:
    """Return a linear machine on 100 columns that approximate the kernel of ``SVC``."""
    from sklearn.kernel_approximation import Nystroem

    machine = linear_machine()
    machine.steps.insert(1, ("nystroem", Nystroem(n_components=100, random_state=0)))
    return machine
