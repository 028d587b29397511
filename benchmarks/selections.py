"""What a sampler kept: what is saved of it, and how much of two selections is equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.programs import LAST_STEPS


def selector(made: Any) -> Any:
    """Return what took rows away: the sampler itself, or the last step of a combination."""
    step = LAST_STEPS.get(type(made).__name__)
    return made if step is None else getattr(made, step)


def reliability(made: Any) -> dict[str, Any]:
    """Return what a sampler knows of its searches: nothing if it is not ours, or has none."""
    last = selector(made)
    if not hasattr(last, "disagreement_"):
        return {}
    return {name: getattr(last, f"{name}_") for name in ("search", "recall", "disagreement")}


def save_selection(path: str, made: Any, n_before: int, X_new: Any) -> None:
    """Save which rows were kept, of how many, and the values of those that are new."""
    kept = selector(made).sample_indices_
    is_new = kept >= n_before
    new = np.asarray(X_new)[is_new] if is_new.any() else np.empty((0, 0))
    n_decided = n_before + _n_created(made)
    with open(path, "wb") as file:  # numpy would add a suffix to a name
        np.savez(file, kept=kept, new=new, n_before=n_before, n_decided=n_decided)


def _n_created(made: Any) -> int:
    if type(made).__name__ not in LAST_STEPS:
        return 0
    return sum(made.smote_.sampling_strategy_.values())


def compare(first: str, second: str) -> dict[str, Any]:
    """Return the shares of decisions and of rows of the result that are equal.

    A decision is whether a row is kept; of a combination also whether a new one is. A row of
    the result counts as equal if the other result has it as well, wherever it stands; a new
    one also has to have the same values, bit for bit.
    """
    with np.load(first) as one, np.load(second) as other:
        both = [dict(one), dict(other)]
    n_decided = max(int(side["n_decided"]) for side in both)
    flags = [np.zeros(n_decided, dtype=bool) for _ in both]
    for is_kept, side in zip(flags, both, strict=True):
        is_kept[side["kept"]] = True
    n_before = int(both[0]["n_before"])
    n_equal = int((flags[0] & flags[1])[:n_before].sum()) + _equal_new(*both)
    largest = max(int(is_kept.sum()) for is_kept in flags)
    return {
        "decisions_equal": float((flags[0] == flags[1]).mean()),
        "rows_equal": n_equal / largest if largest else 1.0,
    }


def _equal_new(one: dict[str, Any], other: dict[str, Any]) -> int:
    """Count the new rows that both kept, with the same values."""
    numbers = [side["kept"][side["kept"] >= side["n_before"]] for side in (one, other)]
    _, at, of = np.intersect1d(*numbers, return_indices=True)
    return count_equal(one["new"][at], other["new"][of]) if len(at) else 0


def count_equal(one: np.ndarray, other: np.ndarray) -> int:
    """Count the rows that are equal bit for bit."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return 0
    same = np.ascontiguousarray(one).view(np.uint8) == np.ascontiguousarray(other).view("u1")
    return int(same.all(axis=1).sum())
