"""One sampler of one library on one data set, as run inside a fresh process."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement import is_selection, last_step, recall_of, save_result
from benchmarks.data import mixed_frame
from smotefast._process import peak_bytes
from smotefast.bench.worker import limited, time_calls

_PACKAGES = {"smotefast": "smotefast", "imbalanced-learn": "imblearn"}
_PARTS = ("over_sampling", "under_sampling", "combine", "regression", "multilabel")
_WORDS = 80
# A process makes calls for so many seconds, and may use so much address space.
_ENOUGH, _GIB = 20, 20


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return a sampler of one of the two libraries, with a seed if it takes one.

    "svm_estimator" is "linear", a linear machine on scaled columns, or "kernel", the same on
    100 columns that approximate the kernel of ``SVC``.
    """
    modules = (import_module(f"{_PACKAGES[library]}.{part}") for part in _PARTS)
    cls = next(getattr(module, name) for module in modules if hasattr(module, name))
    if "random_state" in inspect.signature(cls).parameters:
        parameters["random_state"] = 0
    if "svm_estimator" in parameters:
        parameters["svm_estimator"] = _machine(parameters["svm_estimator"])
    return cls(**parameters)


def _machine(kind: str) -> Any:
    from sklearn.kernel_approximation import Nystroem
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    kernel = [Nystroem(n_components=100, random_state=0)] if kind == "kernel" else []
    return make_pipeline(StandardScaler(), *kernel, LinearSVC(random_state=0))


def load(
    folder: str = "",
    table: str = "",
    columns: str = "",
    dtype: str = "float64",
    n_categories: int = 0,
    n_mixed: int = 0,
) -> Any:
    """Return X and y of a folder with arrays, of a public table, or a frame of mixed columns.

    The last ``n_categories`` columns become categories of a pandas frame.
    """
    if table:
        return import_module("benchmarks.real_tables").load(folder, table, columns)
    if n_mixed:
        return mixed_frame(n_mixed)
    X = np.load(Path(folder) / "X.npy").astype(dtype, copy=False)
    y = np.load(Path(folder) / "y.npy")
    return (_as_frame(X, n_categories) if n_categories else X), y


def _as_frame(X: np.ndarray, n_categories: int) -> Any:
    import pandas as pd

    frame = pd.DataFrame(X, columns=[f"column_{i}" for i in range(X.shape[1])])
    for name in frame.columns[-n_categories:]:
        frame[name] = frame[name].map("level {:02.0f}".format).astype("category")
    return frame


def sampler_calls(
    library: str,
    sampler: str,
    data: dict[str, Any],
    later: int = 0,
    parameters: dict[str, Any] | None = None,
    save: str | None = None,
    recall: bool = False,
    limit: float | None = None,
) -> dict[str, Any]:
    """Time ``fit_resample`` on what ``load`` returns for ``data``.

    Parameters
    ----------
    save
        File for what is compared with the other library.
    recall
        Whether to measure the recall of the neighbors that were used.
    limit
        Seconds after which a call is stopped.

    Returns
    -------
    dict
        As ``time_calls`` and what is known of the result; "refused" with a message if the
        sampler raises an error, "stopped" if a call takes longer than ``limit``.
    """
    X, y = load(**data)
    fitted = make_sampler(library, sampler, **(parameters or {}))
    known = {"rows": X.shape[0], "features": X.shape[1], "input_bytes": _size(X) + _size(y)}
    known["before"] = class_counts(y)
    _limit_address_space()
    call = limited(lambda: fitted.fit_resample(X, y), limit, known)
    try:
        answer, (X_new, y_new) = time_calls(call, later, _ENOUGH)
    except Exception as error:  # whatever is raised is what a table shows
        words = str(error).partition(" for an array")[0]  # numpy goes on with its shape
        refused = (words or type(error).__name__)[:_WORDS]
        return known | {"refused": refused, "peak": peak_bytes()}
    answer |= known | _described(fitted, X_new, y_new, len(X))
    if save:
        save_result(save, fitted, len(X), X_new)
    if recall:
        answer["recall"] = recall_of(fitted, X)
    return answer


def resample_once(**given: Any) -> None:
    """Load data, resample them, and end: only the whole process counts."""
    answer = sampler_calls(**given)
    if "refused" in answer:
        raise RuntimeError(answer["refused"])


def _limit_address_space() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_GIB << 30, _GIB << 30))


def _described(fitted: Any, X_new: Any, y_new: Any, n_before: int) -> dict[str, Any]:
    """Return what is known of a result; None is what means nothing for a sampler."""
    is_longer = not is_selection(fitted) and len(X_new) >= n_before
    found = {
        "result_bytes": _size(X_new) + _size(y_new),
        "new_rows": len(X_new) - n_before if is_longer else None,
        "counts": class_counts(y_new),
    }
    step = last_step(fitted)
    search = getattr(step, "search_", None)
    for name in ("recall", "disagreement"):
        value = getattr(step, f"{name}_", None)
        found[name] = None if value is None else float(value)
    return found | {"search": search if isinstance(search, str) else None}


def class_counts(y: Any) -> dict[str, int] | None:
    """Count the rows of each class, by text as JSON has it; None without classes."""
    values = np.asarray(y)
    if values.ndim > 1 or values.dtype.kind == "f":
        return None
    labels, counts = np.unique(values, return_counts=True)
    return {str(of): int(n) for of, n in zip(labels, counts, strict=True)}


def _size(values: Any) -> int:
    """Return the bytes of an array, a frame or a series."""
    if hasattr(values, "memory_usage"):
        return int(np.sum(values.memory_usage(index=False, deep=True)))
    return int(values.nbytes)
