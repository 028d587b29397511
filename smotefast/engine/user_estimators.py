"""Numbers of neighbors, estimators that the user passes as a parameter, and their seeds."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from copy import deepcopy
from inspect import signature
from numbers import Integral
from typing import Any, NamedTuple

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
    seeds = [params[name] for name in _seed_names(estimator)]
    return bool(seeds) and all(isinstance(seed, Integral) for seed in seeds)


def _seed_names(estimator: Any) -> list[str]:
    """Return the parameters that hold seeds, also those of estimators inside."""
    if not hasattr(estimator, "get_params"):
        return []
    params = estimator.get_params(deep=True)
    return [name for name in params if name.split("__")[-1] == "random_state"]


def copied(synthesizer: Any) -> Any:
    """Return a clone of an object with ``get_params``, and a copy of any other.

    An unfitted TVAE of ctgan cannot be copied as it is pickled: its attributes are copied.
    """
    try:
        return clone(synthesizer, safe=False)
    except Exception:
        if hasattr(synthesizer, "get_params"):
            raise
        return Attributes(type(synthesizer), deepcopy(synthesizer.__dict__)).as_object()


class Attributes(NamedTuple):
    """An object that refuses to be pickled, as its class and its attributes."""

    cls: type
    attributes: dict[str, Any]

    def as_object(self) -> Any:
        """Return an object with these attributes."""
        new: Any = object.__new__(self.cls)
        new.__dict__.update(self.attributes)
        return new


def picklable(synthesizer: Any) -> Any:
    """Return an object if it can be pickled, else its ``Attributes``.

    So an unfitted TVAE of ctgan can be passed to another process.
    """
    try:
        pickle.dumps(synthesizer)
    except Exception:
        if hasattr(synthesizer, "__dict__"):
            return Attributes(type(synthesizer), dict(vars(synthesizer)))
    return synthesizer


def takes_seed(synthesizer: Any) -> bool:
    """Tell whether ``seed_synthesizer`` can seed an object with ``sample(n)``."""
    return (
        bool(_seed_names(synthesizer))
        or hasattr(synthesizer, "set_random_state")
        or "random_state" in parameters_of(synthesizer.sample)
    )


def seed_synthesizer(synthesizer: Any, seed: int | None) -> dict[str, int]:
    """Seed an object for its next call, and return arguments to pass to ``sample``.

    The seed becomes all ``random_state`` among its parameters, or goes to
    ``set_random_state``. None changes nothing.
    """
    if seed is None:
        return {}
    if names := _seed_names(synthesizer):
        synthesizer.set_params(**dict.fromkeys(names, seed))
    elif hasattr(synthesizer, "set_random_state"):
        synthesizer.set_random_state(seed)
    takes = "random_state" in parameters_of(synthesizer.sample)
    return {"random_state": seed} if takes else {}


def parameters_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the parameters of a function by name; none if it does not tell.

    The methods of ctgan are wrapped by functions of ``*args, **kwargs`` that do not tell what
    they wrap: their closure does.
    """
    try:
        parameters = signature(function).parameters
    except (TypeError, ValueError):
        return {}
    if any(
        each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters.values()
    ):
        return parameters
    closure = getattr(getattr(function, "__func__", function), "__closure__", None) or ()
    wrapped = [cell.cell_contents for cell in closure if callable(cell.cell_contents)]
    return parameters_of(wrapped[0]) if len(wrapped) == 1 else parameters
