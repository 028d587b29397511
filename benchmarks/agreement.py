"""How much of two results is equal: decisions about rows, and rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.libraries import LAST_STEPS, selects


def last_step(fitted: Any) -> Any:
    """Return what removed rows: the sampler itself, or the last step of a combination."""
    step = LAST_STEPS.get(type(fitted).__name__)
    return fitted if step is None else getattr(fitted, step)


def save_result(path: str, fitted: Any, n_before: int, X_new: Any) -> None:
    """Save what is compared: decisions and new rows, new rows, or the rows of a shorter result.

    ``n_before`` is the number of rows before resampling.
    """
    if selects(type(fitted).__name__):
        kept = last_step(fitted).sample_indices_
        is_new = kept >= n_before
        rows = np.asarray(X_new)[is_new] if is_new.any() else np.empty((0, 0))
        is_combined = type(fitted).__name__ in LAST_STEPS
        n_new = sum(fitted.smote_.sampling_strategy_.values()) if is_combined else 0
        arrays = {"kept": kept, "n_before": n_before, "n_decided": n_before + n_new}
    else:
        rows, arrays = _rows_from(X_new, n_before if len(X_new) >= n_before else 0), {}
    with open(path, "wb") as file:  # numpy would add a suffix to a name
        np.savez(file, rows=rows, **arrays)


def _rows_from(X: Any, start: int) -> np.ndarray:
    """Return rows as an array; the categories of a frame as numbers of their levels."""
    if isinstance(X, np.ndarray):
        return X[start:]
    columns = (X[name].iloc[start:] for name in X.columns)
    return np.column_stack([one.cat.codes if hasattr(one, "cat") else one for one in columns])


def compare(first: str, second: str) -> dict[str, Any]:
    """Return the shares of decisions, if there are any, and of rows that are equal.

    A decision is whether a row is kept; of a combination also whether a new one is. A row of
    the result counts as equal if the other result has it as well, wherever it stands; a new
    one also has to have the same values, bit for bit.
    """
    one, other = (dict(np.load(path, allow_pickle=True)) for path in (first, second))
    rows = one["rows"], other["rows"]
    if "kept" not in one:
        return {"rows_equal": count_equal(*rows) / len(rows[0]) if len(rows[0]) else 1.0}
    n_decided = max(int(side["n_decided"]) for side in (one, other))
    flags = [np.zeros(n_decided, dtype=bool) for _ in range(2)]
    for is_kept, side in zip(flags, (one, other), strict=True):
        is_kept[side["kept"]] = True
    n_before = int(one["n_before"])
    n_equal = int((flags[0] & flags[1])[:n_before].sum()) + _equal_new(one, other)
    largest = max(int(is_kept.sum()) for is_kept in flags)
    return {
        "decisions_equal": float((flags[0] == flags[1]).mean()),
        "rows_equal": n_equal / largest if largest else 1.0,
    }


def _equal_new(one: dict[str, Any], other: dict[str, Any]) -> int:
    """Count the new rows that both kept, with the same values."""
    numbers = [side["kept"][side["kept"] >= side["n_before"]] for side in (one, other)]
    _, at, of = np.intersect1d(*numbers, return_indices=True)
    return count_equal(one["rows"][at], other["rows"][of]) if len(at) else 0


def count_equal(one: np.ndarray, other: np.ndarray) -> int:
    """Count the rows that are equal: bit for bit, or in value where the types differ."""
    if one.shape != other.shape:
        return 0
    if one.dtype != other.dtype or one.dtype == object:
        return int((one == other).all(axis=1).sum())
    same = np.ascontiguousarray(one).view(np.uint8) == np.ascontiguousarray(other).view("u1")
    return int(same.all(axis=1).sum())
