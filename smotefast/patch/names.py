"""The names that the patch replaces, in every loaded module."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from smotefast import SUBPACKAGES

# Samplers that imbalanced-learn does not have.
_ONLY_HERE = {
    "Combination",
    "GenerativeOverSampler",
    "GeometricSMOTE",
    "PolynomFitSMOTE",
    "ProWSyn",
    "ROSE",
    "SafeLevelSMOTE",
}
# The samplers of both packages, by the subpackage, which has the same name in both.
SAMPLERS = {
    subpackage: tuple(name for name in SUBPACKAGES[subpackage] if name not in _ONLY_HERE)
    for subpackage in ("over_sampling", "under_sampling", "combine")
}
ALL_NAMES = tuple(name for names in SAMPLERS.values() for name in names)


def class_pairs(names: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    """Yield imbalanced-learn's and this package's class for each name.

    No patch may be active.
    """
    for subpackage, known in SAMPLERS.items():
        theirs = import_module(f"imblearn.{subpackage}")
        ours = import_module(f"smotefast.{subpackage}")
        for name in known:
            if name in names and hasattr(theirs, name):
                yield getattr(theirs, name), getattr(ours, name)


class SwappedNames:
    """Names in modules that were set to other objects.

    Parameters
    ----------
    swaps : mapping
        The new object for each old one.
    """

    def __init__(self, swaps: Mapping[Any, Any]) -> None:
        self.swaps = swaps
        self._set = _set_names(swaps)

    def undo(self) -> None:
        """Set every name back, also those of modules that were loaded since."""
        for namespace, name, old in self._set:
            if namespace.get(name) is self.swaps[old]:
                namespace[name] = old
        _set_names({new: old for old, new in self.swaps.items()})


def _set_names(swaps: Mapping[Any, Any]) -> list[tuple[dict[str, Any], str, Any]]:
    """Set names to the new objects; return the namespace, name and old object of each."""
    by_id = {id(old): (old, new) for old, new in swaps.items()}
    changed = []
    for namespace in _namespaces():
        for name, value in list(namespace.items()):
            if id(value) in by_id:
                old, namespace[name] = by_id[id(value)]
                changed.append((namespace, name, old))
    return changed


def _namespaces() -> Iterator[dict[str, Any]]:
    """Yield the global variables of every loaded module."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            yield vars(module)
    # The script of a spawned worker: its functions have other globals than the module.
    script = sys.modules.get("__mp_main__")
    owners = [script, *(value for value in _values(script) if isinstance(value, type))]
    functions = (value for owner in owners for value in _values(owner))
    globals_of_functions = {
        id(function.__globals__): function.__globals__
        for function in functions
        if isinstance(function, FunctionType) and function.__module__ == "__mp_main__"
    }
    yield from globals_of_functions.values()


def _values(owner: object) -> list[Any]:
    return list(getattr(owner, "__dict__", {}).values())
