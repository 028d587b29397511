"""Estimators that a sampler fits on all rows."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def fits_alike(estimator: Any) -> bool:
    """Whether a second fit on the same data must give the same: all of its seeds are ints.

    Without any seed it is not known whether the estimator draws.
    """
    params = estimator.get_params(deep=True)
    seeds = [value for name, value in params.items() if name.split("__")[-1] == "random_state"]
    return bool(seeds) and all(isinstance(seed, Integral) for seed in seeds)
