"""The two sides of a measurement, as run inside a fresh process by ``worker``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.limits import limited
from benchmarks.programs import module_of, seed_of, selects
from benchmarks.selections import count_equal, reliability, save_selection
from benchmarks.worker import peak_bytes, time_calls


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return a sampler of one of the two libraries, with a seed if it takes one.

    A parameter that is an object is given by the function that makes it, as
    "benchmarks.module:function".
    """
    from importlib import import_module

    given = {of: _made(value) for of, value in parameters.items()}
    return getattr(import_module(module_of(library, name)), name)(**seed_of(name), **given)


def _made(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("benchmarks.")):
        return value
    from importlib import import_module

    module, name = value.split(":")
    return getattr(import_module(module), name)()


def sampler_calls(
    library: str,
    folder: str,
    later: int,
    sampler: str = "SMOTE",
    parameters: dict[str, Any] | None = None,
    n_categories: int = 0,
    save: str | None = None,
    recall: bool = False,
    limit: float | None = None,
) -> dict[str, Any]:
    """Time ``fit_resample``; optionally save its rows, or referee their neighbours.

    With ``n_categories`` X is a pandas frame whose last columns are that many categories.
    A call that takes longer than ``limit`` seconds is stopped; one that asks for more memory
    than there is, is answered by what it says.
    """
    X, y = load(folder)
    if n_categories:
        X = _as_frame(X, n_categories)
    made = make_sampler(library, sampler, **(parameters or {}))
    told = {"input_bytes": _size(X) + y.nbytes}
    resample = limited(lambda: made.fit_resample(X, y), limit, told)
    try:
        answer, (X_new, y_new) = time_calls(resample, later)
    except MemoryError as error:
        words = str(error).partition(" for an array")[0]  # numpy goes on with its shape
        return told | {"refused": words, "peak": peak_bytes()}
    answer |= told | _described(made, X_new, y_new, len(X))
    if save:
        _save(save, made, len(X), X_new)
    if recall:
        from benchmarks.recall import recall_of

        answer["recall"] = recall_of(made, X)
    return answer


def _described(made: Any, X_new: Any, y_new: Any, n_before: int) -> dict[str, Any]:
    """Return what is told of a result; None is what means nothing for a sampler."""
    known = reliability(made)
    is_longer = not selects(type(made).__name__) and len(X_new) >= n_before
    return {
        "result_bytes": _size(X_new) + y_new.nbytes,
        "new_rows": len(X_new) - n_before if is_longer else None,
        "counts": class_counts(y_new),
        "search": None if known else getattr(made, "search_", None),
        "reliability": known,
    }


def _save(path: str, made: Any, n_before: int, X_new: Any) -> None:
    """Save what compares: decisions, new rows, or all rows of a result that has fewer."""
    if selects(type(made).__name__):
        save_selection(path, made, n_before, X_new)
    else:
        start = n_before if len(X_new) >= n_before else 0
        np.save(path, _codes_and_numbers(X_new)[start:])


def load(folder: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y as ``save_arrays`` left them."""
    return np.load(Path(folder) / "X.npy"), np.load(Path(folder) / "y.npy")


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


def _size(X: Any) -> int:
    return int(X.nbytes if hasattr(X, "nbytes") else X.memory_usage(index=False).sum())


def _codes_and_numbers(X: Any) -> np.ndarray:
    if isinstance(X, np.ndarray):
        return X
    columns = (X[name] for name in X.columns)
    return np.column_stack([one.cat.codes if hasattr(one, "cat") else one for one in columns])


def compare_rows(first: str, second: str) -> dict[str, Any]:
    """Count the saved rows that are equal bit for bit."""
    one, other = np.load(first), np.load(second)
    return {"equal": count_equal(one, other), "rows": len(one)}
