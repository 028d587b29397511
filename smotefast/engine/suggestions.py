"""Errors about parameters and attributes that do not exist suggest the name that may be meant.

Names of former versions of imbalanced-learn count as misspelled.
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

# Former parameters of imbalanced-learn, and names of the same parameters in other libraries.
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
# If more samplers than this have a parameter, the message names none of them.
_MAX_OTHERS = 3


class SuggestingMixin:
    """Mixin for estimators: errors about names suggest the name that may be meant.

    The types of the errors and scikit-learn's messages stay the same; a sentence is added.
    """

    def __new__(cls, *args: Any, **params: Any) -> Self:
        """Refuse parameters that ``__init__`` would refuse, with a suggestion."""
        for name in _unknown(cls, params) if params else ():
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
            hints = [parameter_hint(type(self), name) for name in _unknown(type(self), names)]
            raise ValueError(f"{error}{hints[0] if hints else ''}") from error
        return self

    def _validate_params(self) -> None:
        with with_suggestions(self):
            super()._validate_params()  # type: ignore[misc]

    if not TYPE_CHECKING:  # a type checker would assume that every attribute exists

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that raised an error: raise it again
                return object.__getattribute__(self, name)
            hint = "" if name.startswith("_") else _attribute_hint(type(self), name)
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            # Without obj Python adds no suggestion of its own.
            raise AttributeError(f"{text}.{hint}" if hint else text, name=name, obj=None)


def parameter_hint(cls: Any, name: str) -> str:
    """Return what to write instead of a parameter that a class does not have."""
    suggestion = did_you_mean(name, parameter_names(cls) or (), _PARAMETERS)
    if suggestion:
        return suggestion
    if name == "return_indices" and getattr(cls, "_sets_sample_indices", False):
        return " Read the attribute sample_indices_ after fit_resample."
    others = {
        other.__name__
        for other in _subclasses(SuggestingMixin)
        if other.__module__.startswith("smotefast.")
        and name in (parameter_names(other) or ())
        and _target(other) == _target(cls)
    }
    is_telling = 0 < len(others) <= _MAX_OTHERS
    return f" It is a parameter of {' and '.join(sorted(others))}." if is_telling else ""


# Pipelines ask for attributes that may not exist: 0.4 ms the first time, 1 microsecond after.
@lru_cache(256)
def _attribute_hint(cls: Any, name: str) -> str:
    public = [attribute for attribute in dir(cls) if not attribute.startswith("_")]
    return did_you_mean(name, [*public, "sampling_strategy_"], _ATTRIBUTES)


@lru_cache(256)
def parameter_names(cls: Any) -> tuple[str, ...] | None:
    """Return the parameters that a class takes; None if it takes any."""
    _, *parameters = inspect.signature(cls.__init__).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return tuple(parameter.name for parameter in parameters)


def _target(cls: Any) -> str:
    """Return what y of a sampler is, if it is not classes."""
    needs = getattr(cls, "_needs", None)
    return "" if needs is None else str(needs.target)


def _all_parameters(cls: Any) -> str:
    return f" It takes {list_names(parameter_names(cls) or ())}."


def _unknown(cls: Any, names: Iterable[str]) -> list[str]:
    """Return the names that are no parameters of a class."""
    known = parameter_names(cls)
    return [] if known is None else [name for name in names if name not in known]


def _subclasses(cls: Any) -> Iterator[type]:
    """Yield all subclasses that have been imported, at any depth."""
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
