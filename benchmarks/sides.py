"""One library on one data set, as run inside a fresh process."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement import last_step, save_result
from benchmarks.data import mixed_frame
from benchmarks.libraries import module_of, seed_of, selects
from smotefast._process import peak_bytes
from smotefast.bench.worker import limited, time_calls

_WORDS = 80


def make_sampler(library: str, name: str, **parameters: Any) -> Any:
    """Return a sampler of one of the two libraries, with a seed if it takes one.

    An estimator is given by the name of the function of this module that makes it.
    """
    given = {
        of: globals()[value]() if of == "svm_estimator" else value
        for of, value in parameters.items()
    }
    return getattr(import_module(module_of(library, name)), name)(**seed_of(name), **given)


def load(folder: str, table: str = "", columns: str = "", n_categories: int = 0) -> Any:
    """Return X and y of a folder with arrays, or of a public table.

    The last ``n_categories`` columns become categories of a pandas frame.
    """
    if table:
        return import_module("benchmarks.real_tables").load(folder, table, columns)
    X, y = np.load(Path(folder) / "X.npy"), np.load(Path(folder) / "y.npy")
    return (_as_frame(X, n_categories) if n_categories else X), y


def sampler_calls(
    library: str,
    sampler: str,
    data: dict[str, Any],
    later: int = 0,
    parameters: dict[str, Any] | None = None,
    save: str | None = None,
    recall: bool = False,
    limit: float | None = None,
    enough: float = math.inf,
    gib: float | None = None,
) -> dict[str, Any]:
    """Time ``fit_resample`` on what ``load`` returns for ``data``.

    Parameters
    ----------
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
    X, y = load(**data)
    fitted = make_sampler(library, sampler, **(parameters or {}))
    known = {"rows": X.shape[0], "features": X.shape[1], "before": class_counts(y)}
    known["input_bytes"] = _size(X) + _size(y)
    if gib is not None:
        _limit_address_space(gib)
    call = limited(lambda: fitted.fit_resample(X, y), limit, known)
    try:
        answer, (X_new, y_new) = time_calls(call, later, enough)
    except Exception as error:  # whatever is raised is what a table shows
        words = str(error).partition(" for an array")[0]  # numpy goes on with its shape
        refused = (words or type(error).__name__)[:_WORDS]
        return known | {"refused": refused, "peak": peak_bytes()}
    answer |= known | _described(fitted, X_new, y_new, len(X))
    if save:
        save_result(save, fitted, len(X), X_new)
    if recall:
        answer["recall_of_sample"] = import_module("benchmarks.recall").recall_of(fitted, X)
    return answer


def _limit_address_space(gib: float) -> None:
    import resource

    space = int(gib * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _described(fitted: Any, X_new: Any, y_new: Any, n_before: int) -> dict[str, Any]:
    """Return what is known of a result; None is what means nothing for a sampler."""
    is_longer = not selects(type(fitted).__name__) and len(X_new) >= n_before
    step = last_step(fitted)
    search, recall, disagreement = (
        getattr(step, f"{name}_", None) for name in ("search", "recall", "disagreement")
    )
    return {
        "result_bytes": _size(X_new) + _size(y_new),
        "new_rows": len(X_new) - n_before if is_longer else None,
        "counts": class_counts(y_new),
        "search": search if isinstance(search, str) else None,
        "recall": None if recall is None else float(recall),
        "disagreement": None if disagreement is None else float(disagreement),
    }


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
    return int(np.sum(values.memory_usage(index=False)))


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
