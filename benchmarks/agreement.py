"""How good a result is: what two results share, and the recall of the neighbors of one."""

from __future__ import annotations

from typing import Any

import numpy as np


def last_step(fitted: Any) -> Any:
    """Return what removed rows: the sampler itself, or the last step of a combination."""
    return getattr(fitted, "enn_", getattr(fitted, "tomek_", fitted))


def is_selection(fitted: Any) -> bool:
    """Return whether a sampler decides about rows: which are kept is what compares then."""
    is_longer = "over_sampling" in type(fitted).__module__
    return hasattr(last_step(fitted), "sample_indices_") and not is_longer


def save_result(path: str, fitted: Any, n_before: int, X_new: Any) -> None:
    """Save the rows that are compared, and of a selection the positions of those kept.

    Rows are the new ones of a longer result, and else all. ``n_before`` is the number of rows
    before resampling.
    """
    arrays, start = {}, n_before if len(X_new) >= n_before else 0
    if is_selection(fitted):
        smote = getattr(fitted, "smote_", None)
        n_new = sum(smote.sampling_strategy_.values()) if smote is not None else 0
        arrays = {"kept": last_step(fitted).sample_indices_, "n_decided": n_before + n_new}
        start = 0
    with open(path, "wb") as file:  # numpy would add a suffix to a name
        np.savez(file, rows=_rows_from(X_new, start), **arrays)


def _rows_from(X: Any, start: int) -> np.ndarray:
    """Return rows as an array; the categories of a frame as numbers of their levels."""
    if isinstance(X, np.ndarray):
        return X[start:]
    columns = (X[name].iloc[start:] for name in X.columns)
    return np.column_stack([one.cat.codes if hasattr(one, "cat") else one for one in columns])


def compare(first: str, second: str) -> dict[str, float]:
    """Return the share of rows that are equal, and of a selection that of equal decisions.

    A decision is whether a row is kept; of a combination also whether a new one is.
    """
    one, other = (dict(np.load(path)) for path in (first, second))
    found = {"rows_equal": equal_share(one["rows"], other["rows"])}
    if "kept" in one:
        n_decided = int(max(one["n_decided"], other["n_decided"]))
        flags = [np.isin(np.arange(n_decided), side["kept"]) for side in (one, other)]
        found["decisions_equal"] = float((flags[0] == flags[1]).mean())
    return found


def equal_share(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of the rows of the larger result that the other one has, bit for bit.

    Rows of different types are equal if their values are.
    """
    largest = max(len(one), len(other))
    if one.shape[1:] != other.shape[1:] or not largest:
        return float(one.shape == other.shape)
    dtype = np.result_type(one, other)
    keys = [np.ascontiguousarray(rows, dtype=dtype).view(f"V{rows.shape[1] * dtype.itemsize}")
            for rows in (one, other)]  # fmt: skip
    _, number = np.unique(np.concatenate(keys).ravel(), return_inverse=True)
    counts = [np.bincount(part, minlength=number.max() + 1)
              for part in np.split(number.ravel(), [len(one)])]  # fmt: skip
    return float(np.minimum(*counts).sum() / largest)


def recall_of(sampler: Any, X: np.ndarray, sample: int = 1000) -> float:
    """Return the recall of the neighbors behind the last new class of a sampler.

    scikit-learn finds the true ones in float64, for a sample of the base rows that were used.
    A neighbor counts when it is no farther than the true k-th. The base rows may be some of
    the class only, as for BorderlineSMOTE.
    """
    from sklearn.neighbors import NearestNeighbors

    origins = sampler._origins[-1]
    k = origins.neighbors.shape[1]
    used = np.unique(origins.draws.choices(0, origins.draws.n) // k)
    rows = np.random.default_rng(0).choice(used, min(sample, len(used)), replace=False)
    pool = X[origins.pool_positions].astype(np.float64)
    base = X[origins.base_positions[rows]].astype(np.float64)
    tree = NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree").fit(pool)
    farthest = tree.kneighbors(base)[0][:, -1:]  # the row itself is the nearest one
    found = np.linalg.norm(pool[origins.neighbors[rows]] - base[:, np.newaxis], axis=2)
    return float((found <= farthest * (1 + 1e-9)).mean())
