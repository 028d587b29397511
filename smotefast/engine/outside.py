"""Estimators that a sampler fits on all rows: whether to fit them again, with what threads."""

from __future__ import annotations

import contextlib
from numbers import Integral
from typing import Any

from smotefast._forks import scikit_learn_threads_usable


def fits_alike(estimator: Any) -> bool:
    """Whether a second fit on the same data must give the same: all of its seeds are ints.

    Without any seed it is not known whether the estimator draws.
    """
    params = estimator.get_params(deep=True)
    seeds = [value for name, value in params.items() if name.split("__")[-1] == "random_state"]
    return bool(seeds) and all(isinstance(seed, Integral) for seed in seeds)


def usable_threads() -> contextlib.AbstractContextManager[Any]:
    """Keep a forked child on one thread: OpenMP would wait for threads of its parent."""
    if scikit_learn_threads_usable():
        return contextlib.nullcontext()
    from threadpoolctl import threadpool_limits

    one: contextlib.AbstractContextManager[Any] = threadpool_limits(1, user_api="openmp")
    return one
