"""Classes that replace imbalanced-learn's samplers: its names, parameters and pickles.

A replacement is a subclass of the sampler of this package. Its name, module, docstrings and
parameters are those of imbalanced-learn's class, the original, so that programs print and store
what they did before.
"""

from __future__ import annotations

import copyreg
import inspect
import re
import sys
from collections.abc import Callable
from copy import copy, deepcopy
from functools import cache, wraps
from typing import Any, cast

from smotefast.engine.base import BaseSampler
from smotefast.engine.hooks import hooks_of
from smotefast.patch.subclasses import built_on_originals, is_replacement, warn_of_hook
from smotefast.patch.usage import USAGE

# Fitted attributes that imbalanced-learn does not have.
_NOT_IN_IMBLEARN = frozenset({"provenance_", "search_", "recall_", "disagreement_"})
# The section of attributes in a docstring as numpydoc reads it, up to the next section.
_ATTRIBUTES = re.compile(
    r"\n    Attributes\n    -{10}\n(.*?)(?=\n\n    \w[\w ]*\n    -{3,}\n|\s*\Z)", re.DOTALL
)
_COLUMNS = frozenset({"n_features_in_", "feature_names_in_"})
# Replacements by the class of this package.
_replacements: dict[type, type] = {}
_originals: set[type] = set()


@cache
def replacement_of(original: type, ours: type[BaseSampler]) -> type:
    """Return the class that replaces a class of imbalanced-learn.

    Parameters
    ----------
    original
        A sampler class of imbalanced-learn.
    ours
        The class of the same name of this package.
    """
    only_ours = _parameters(ours).keys() - _parameters(original).keys()
    namespace = {
        "__module__": original.__module__,
        "__qualname__": original.__qualname__,
        "__doc__": _docstring(original, ours),
        "_original": original,
        "_ours": ours,
        "_parameter_constraints": {
            name: constraints
            for name, constraints in ours._parameter_constraints.items()
            if name not in only_ours
        },
        # Programs may call private methods of imbalanced-learn; samplers do not call them.
        **{name: inspect.getattr_static(original, name) for name in hooks_of(ours)},
        **_methods(original, ours, only_ours),
        **{name: _stored_or_computed(ours, name) for name in _computed_names(ours)},
        # Parameters that imbalanced-learn does not have are attributes of the class.
        **{name: _parameters(ours)[name].default for name in only_ours},
    }
    replacement = type(original)(original.__name__, (_ImblearnState, ours), namespace)
    _replacements[ours] = replacement
    _originals.add(original)
    return replacement


def _docstring(original: type, ours: type) -> str | None:
    """Return the docstring of the original, and in it the attributes that only ours has."""
    text = original.__doc__ or ""
    theirs, of_ours = _ATTRIBUTES.search(text), _ATTRIBUTES.search(ours.__doc__ or "")
    if theirs is None or of_ours is None:  # Python leaves docstrings out with -OO
        return original.__doc__
    known, added = _entries(theirs[1]), _entries(of_ours[1])
    entries = [f"{entry}\n\n" for name, entry in added.items() if name not in known]
    return text[: theirs.start(1)] + "".join(entries) + text[theirs.start(1) :]


def _entries(section: str) -> dict[str, str]:
    """Return the entries of a section by the name they begin with."""
    entries = re.split(r"\n+(?=    \S)", section.strip("\n"))
    return {entry.split(":")[0].strip(): entry for entry in entries}


def _methods(
    original: Any, ours: type[BaseSampler], only_ours: set[str]
) -> dict[str, Callable[..., Any]]:
    """Return methods with the signatures and docstrings of the original."""

    @wraps(original.__init__)
    def __init__(self: Any, *args: Any, **params: Any) -> None:
        ours.__init__(self, *args, **params)
        for name in only_ours:
            del vars(self)[name]

    @wraps(original.fit)
    def fit(self: Any, X: Any, y: Any, **params: Any) -> Any:
        return ours.fit(self, X, y, **params)

    @wraps(original.fit_resample)
    def fit_resample(self: Any, X: Any, y: Any, **params: Any) -> Any:
        with USAGE.call_of(original):
            return ours.fit_resample(self, X, y, **params)

    return {"__init__": __init__, "fit": fit, "fit_resample": fit_resample}


class _ImblearnState:
    """Mixin: pickles and private methods are those of imbalanced-learn."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        derived = cls if built_on_originals(cls) else _ImblearnState
        super(derived, cls).__init_subclass__(**kwargs)

    @classmethod
    def __subclasshook__(cls, subclass: type) -> bool:
        """Count the original and the sampler of this package as subclasses of a replacement."""
        counted: set[Any] = {cls}
        if is_replacement(cls):
            counted |= {vars(cls)["_original"], vars(cls)["_ours"]}
        return not counted.isdisjoint(subclass.__mro__)

    def __setattr__(self, name: str, value: object) -> None:
        warn_of_hook(type(self), name)
        super().__setattr__(name, value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        cls = type(self)
        if is_replacement(cls):
            cls = _class_by_name(cls)
        elif cls.__reduce__ is not object.__reduce__:  # a user's
            return self.__reduce__()
        return _reduced(cls, self.__getstate__())

    def __getstate__(self) -> dict[str, Any]:
        return _state(self)  # for skops, too, which does not call __reduce_ex__

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        # The next call removes them.
        self._fitted_names = frozenset(name for name in state if name.endswith("_")) - _COLUMNS

    def __copy__(self) -> Any:
        return _copied(self, dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return _copied(self, lambda state: deepcopy(state, memo), memo)


def _copied(sampler: Any, copy_state: Callable[[Any], Any], memo: Any = None) -> Any:
    """Copy all attributes; a subclass may choose which, and how to restore them."""
    cls: Any = type(sampler)
    copied = _with_attributes(cls, {})
    if memo is not None:
        memo[id(sampler)] = copied
    is_ours = cls.__getstate__ is _ImblearnState.__getstate__
    state = copy_state(vars(sampler) if is_ours else sampler.__getstate__())
    if cls.__setstate__ is _ImblearnState.__setstate__:
        vars(copied).update(state)
    else:
        copied.__setstate__(state)
    return copied


def reduce_class(cls: type) -> Any:
    """Pickle a class as before, but an original as what its name currently stands for.

    Dicts, partial functions and default arguments from before the patch hold originals.
    """
    by_name = _class_by_name(cls) if cls in _originals else cls
    return cls.__qualname__ if by_name is cls else (copy, (by_name,))


def reduce_original(sampler: Any) -> Any:
    """Pickle a sampler made before the patch: its class is no longer found by its name."""
    return _reduced(_class_by_name(type(sampler)), sampler.__getstate__())


def _reduced(cls: type, state: dict[str, Any]) -> Any:
    # The way of protocol 0, which takes a class that is not the type of the object.
    return copyreg._reconstructor, (cls, object, None), state  # type: ignore[attr-defined]


def _class_by_name(cls: type) -> type:
    """Return what the name of a class currently stands for: the original or its replacement."""
    return cast(type, getattr(sys.modules[cls.__module__], cls.__name__))


def _state(sampler: Any) -> dict[str, Any]:
    """Return the attributes that an instance of the original would have."""
    fitted = vars(sampler).get("_fitted_names", frozenset())
    hidden = {name for name in fitted if name.startswith("_")} | {"_fitted_names", "_cache"}
    state = {
        name: value
        for name, value in vars(sampler).items()
        if name not in hidden and name not in _NOT_IN_IMBLEARN
    }
    state = {**_computed(sampler), **state}
    return {name: _as_replacement(value) for name, value in state.items()}


def _as_replacement(value: Any) -> Any:
    """Return a sampler of this package, such as a fitted step, as its replacement."""
    ours: Any = type(value)
    cls = _replacements.get(ours)
    if cls is None:
        return value
    dropped = _parameters(ours).keys() - _parameters(cls).keys()
    dropped |= {name for name in vars(value) if name.startswith("_")}
    attributes = {name: item for name, item in vars(value).items() if name not in dropped}
    return _with_attributes(cls, {**_computed(value), **attributes})


def _with_attributes(cls: type, attributes: dict[str, Any]) -> Any:
    sampler: Any = object.__new__(cls)
    vars(sampler).update(attributes)
    return sampler


def _computed(sampler: Any) -> dict[str, Any]:
    cls: Any = type(sampler)
    names = _computed_names(cls)
    return {name: getattr(sampler, name) for name in names if hasattr(sampler, name)}


@cache
def _computed_names(cls: Any) -> list[str]:
    """Return the fitted attributes of imbalanced-learn that are computed at their first use."""
    names = {
        name
        for base in cls.__mro__
        for name, value in vars(base).items()
        if isinstance(value, property) and name.endswith("_") and not name.startswith("_")
    }
    return sorted(names - _NOT_IN_IMBLEARN)


def _stored_or_computed(ours: Any, name: str) -> property:
    """Return a property that prefers the attribute of a sampler that was unpickled."""
    compute = getattr(ours, name).fget

    def get(self: Any) -> Any:
        return vars(self)[name] if name in vars(self) else compute(self)

    def set_until_next_call(self: Any, value: Any) -> None:  # by a hook, called from outside
        vars(self)[name] = value
        self._fitted_names = vars(self).get("_fitted_names", frozenset()) | {name}

    return property(get, set_until_next_call, doc=compute.__doc__)


@cache
def _parameters(cls: Any) -> dict[str, inspect.Parameter]:
    _, *parameters = inspect.signature(cls.__init__).parameters.values()
    return {parameter.name: parameter for parameter in parameters}
