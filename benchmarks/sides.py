"""The two sides of a measurement, as run inside a fresh process by ``worker``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.programs import MODULES
from benchmarks.worker import time_calls


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return a sampler of one of the two libraries.

    A parameter that is an object is given by the function that makes it, as
    "benchmarks.module:function".
    """
    from importlib import import_module

    given = {of: _made(value) for of, value in parameters.items()}
    return getattr(import_module(MODULES[library]), name)(random_state=0, **given)


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
) -> dict[str, Any]:
    """Time ``fit_resample``; optionally save the new rows, or referee their neighbours.

    With ``n_categories`` X is a pandas frame whose last columns are that many categories.
    """
    X, y = load(folder)
    if n_categories:
        X = _as_frame(X, n_categories)
    made = make_sampler(library, sampler, **(parameters or {}))
    answer, (X_new, y_new) = time_calls(lambda: made.fit_resample(X, y), later)
    answer["input_bytes"] = _size(X) + y.nbytes
    answer["result_bytes"] = _size(X_new) + y_new.nbytes
    answer["new_rows"] = len(X_new) - len(X)
    answer["counts"] = class_counts(y_new)
    answer["search"] = getattr(made, "search_", None)
    if save:
        np.save(save, _codes_and_numbers(X_new)[len(X) :])
    if recall:
        from benchmarks.recall import recall_of

        answer["recall"] = recall_of(made, X)
    return answer


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
    if one.dtype != other.dtype or one.shape != other.shape:
        return {"equal": 0, "rows": len(one)}
    same = one.view(np.uint8) == other.view(np.uint8)
    return {"equal": int(same.all(axis=1).sum()), "rows": len(one)}
