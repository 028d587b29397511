"""Numbers of neighbors, and estimators that the user passes as a parameter."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from sklearn.base import clone

from smotefast._typing import Matrix


def neighbor_estimator(name: str, value: Any) -> tuple[Any, int]:
    """Return a clone of the user's estimator (or None) and the number of neighbors.

    Parameters
    ----------
    name
        The parameter, for the message.
    value
        Its value: a number of neighbors, or an estimator with ``kneighbors``. The first
        neighbor that an estimator returns is the row itself.
    """
    if not hasattr(value, "kneighbors"):
        return None, int(value)
    estimator = clone(value)
    if estimator.n_neighbors < 2:
        raise ValueError(
            f"{name}={estimator!r} has n_neighbors={estimator.n_neighbors}, and "
            "the first neighbor that an estimator reports is the row itself. Give it "
            "n_neighbors=2 or more: one more than the neighbors to choose from."
        )
    return estimator, number_of_neighbors(estimator)


def number_of_neighbors(value: Any) -> int:
    """Return k for a number, or for the user's estimator, which counts the row itself."""
    return int(value.n_neighbors) - 1 if hasattr(value, "kneighbors") else int(value)


def fitted_neighbors(
    n_neighbors: int, rows: Matrix | None, n_jobs: int | None = None, **params: Any
) -> Any:
    """Return scikit-learn's ``NearestNeighbors``, fitted on rows; not fitted without rows."""
    from sklearn.neighbors import NearestNeighbors

    if rows is not None:
        n_neighbors = min(n_neighbors, rows.shape[0])  # a class may be smaller
    estimator = NearestNeighbors(n_neighbors=n_neighbors, n_jobs=n_jobs, **params)
    return estimator if rows is None else estimator.fit(rows)


def check_n_rows(name: str, k: int, n_samples: int) -> None:
    """Raise an error for more neighbors than there are other rows."""
    if n_samples <= k:
        raise ValueError(
            f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {k + 1}, "
            f"n_samples_fit = {n_samples}: {name}={k} needs at least {k + 1} rows in X. "
            f"Lower {name}."
        )


def is_deterministic(estimator: Any) -> bool:
    """Return whether a second fit on the same data gives the same result.

    That is certain only if the estimator has seeds and all of them are ints.
    """
    params = estimator.get_params(deep=True)
    seeds = [value for name, value in params.items() if name.split("__")[-1] == "random_state"]
    return bool(seeds) and all(isinstance(seed, Integral) for seed in seeds)
