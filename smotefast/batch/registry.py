"""Samplers by the names that the command line and ``resample_dataset`` know.

A new sampler that works from files adds one line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

SAMPLERS = {
    "smote": "smotefast.over_sampling:SMOTE",
    "random": "smotefast.over_sampling:RandomOverSampler",
}


def make_sampler(sampler: Any, **params: Any) -> Any:
    """Return a sampler by its name, or a copy of the one given.

    Parameters
    ----------
    sampler
        A name of ``SAMPLERS`` or a sampler.
    **params
        Parameters to set on it.

    Raises
    ------
    ValueError
        If there is no such sampler, or it does not take a parameter.
    TypeError
        If it is neither a name nor a sampler of this package.
    """
    from sklearn.base import clone

    from smotefast.engine.sampler import BaseOverSampler

    if isinstance(sampler, str):
        if sampler not in SAMPLERS:
            raise ValueError(f"sampler={sampler!r} is not one of {sorted(SAMPLERS)}.")
        module, name = SAMPLERS[sampler].split(":")
        made = getattr(import_module(module), name)()
    elif isinstance(sampler, BaseOverSampler):
        made = clone(sampler)
    else:
        raise TypeError(
            f"sampler={sampler!r} is neither one of {sorted(SAMPLERS)} nor an over-sampler of "
            "smotefast.over_sampling."
        )
    foreign = sorted(set(params) - set(made.get_params(deep=False)))
    if foreign:
        raise ValueError(f"{type(made).__name__} does not take {', '.join(foreign)}.")
    return made.set_params(**params)
