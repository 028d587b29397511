"""Estimators whose errors suggest a name: misspelled parameters, values and methods.

Names of imbalanced-learn's former versions count as misspelled ones of today.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from smotefast._messages import did_you_mean, list_names
from smotefast.engine.param_constraints import with_suggestions

if TYPE_CHECKING:
    from typing import Self

# Former parameters of imbalanced-learn, and what other libraries call the same thing.
_PARAMETERS = {
    "ratio": "sampling_strategy",
    "strategy": "sampling_strategy",
    "k": "k_neighbors",
    "m": "m_neighbors",
    "size_ngh": "n_neighbors",
    "ver3_samp_ngh": "n_neighbors_ver3",
    "seed": "random_state",
    "n_threads": "n_jobs",
}
# A parameter that more samplers than this have tells nothing about which one is meant.
_FEW_OTHERS = 3
_ATTRIBUTES = {
    "fit_sample": "fit_resample",
    "sample": "fit_resample",
    "resample": "fit_resample",
    "transform": "fit_resample",
    "fit_transform": "fit_resample",
    "ratio_": "sampling_strategy_",
    "return_indices": "sample_indices_",
    **_PARAMETERS,
}


class SuggestingMixin:
    """Mixin for estimators: errors about names say which name may be meant.

    The types of the errors and scikit-learn's texts stay; a sentence is added.
    """

    def __new__(cls, *args: Any, **params: Any) -> Self:
        """Refuse parameters that ``__init__`` would refuse, with a suggestion."""
        for name in _unknown(cls, params):
            raise TypeError(
                f"{cls.__name__}.__init__() got an unexpected keyword argument {name!r}."
                + (parameter_hint(cls, name) or _all_parameters(cls))
            )
        return super().__new__(cls)

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of nested samplers as ``<name>__<parameter>``."""
        try:
            super().set_params(**params)  # type: ignore[misc]
        except ValueError as error:
            names = [name.partition("__")[0] for name in params]
            hints = [parameter_hint(type(self), one) for one in _unknown(type(self), names)]
            raise ValueError(f"{error}{hints[0] if hints else ''}") from error
        return self

    def _validate_params(self) -> None:
        with with_suggestions(self):
            super()._validate_params()  # type: ignore[misc]

    if not TYPE_CHECKING:  # a type checker would take every attribute for one that exists

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that refuses: in its own words
                return object.__getattribute__(self, name)
            hint = "" if name.startswith("_") else _attribute_hint(type(self), name)
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            # Without obj Python adds no second suggestion of its own.
            raise AttributeError(f"{text}.{hint}" if hint else text, name=name, obj=None)


# Pipelines ask for attributes that may not exist: 0.4 ms the first time, 1 microsecond after.
@lru_cache(256)
def _attribute_hint(kind: Any, name: str) -> str:
    public = [one for one in dir(kind) if not one.startswith("_")]
    return did_you_mean(name, [*public, "sampling_strategy_"], _ATTRIBUTES)


@lru_cache(256)
def _taken(kind: Any) -> tuple[str, ...] | None:
    """Return the parameters that a class takes; None where it takes any."""
    _, *taken = inspect.signature(kind.__init__).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in taken):
        return None
    return tuple(one.name for one in taken)


def _unknown(kind: Any, names: Iterable[str]) -> list[str]:
    """Return the names that a class does not take as parameters."""
    taken = _taken(kind)
    return [] if taken is None else [name for name in names if name not in taken]


def parameter_hint(kind: Any, name: str) -> str:
    """Return what to write instead of a parameter that a class does not take."""
    meant = did_you_mean(name, _taken(kind) or (), _PARAMETERS)
    if meant:
        return meant
    if name == "return_indices" and kind._sets_sample_indices:
        return " Read the attribute sample_indices_ after fit_resample."
    others = {
        other.__name__
        for other in _subclasses(SuggestingMixin)
        if other.__module__.startswith("smotefast.") and name in (_taken(other) or ())
    }
    few = 0 < len(others) <= _FEW_OTHERS
    return f" It is a parameter of {' and '.join(sorted(others))}." if few else ""


def _all_parameters(kind: Any) -> str:
    return f" It takes {list_names(_taken(kind) or ())}."


def _subclasses(kind: Any) -> Iterator[type]:
    """Yield all classes below one that have been imported."""
    for below in kind.__subclasses__():
        yield below
        yield from _subclasses(below)
