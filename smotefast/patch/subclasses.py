"""Subclasses that users derive from replaced classes.

A subclass that overrides or calls a method which only imbalanced-learn's class has (a hook) is
built on that class, the original, and a warning says so.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from typing import Any

from smotefast._messages import list_names
from smotefast.engine.hooks import HOOKS, hooks_of
from smotefast.exceptions import PatchWarning, warn_at_caller

_HOOKS = {name for names in HOOKS.values() for name in names}
_LIBRARIES = {"smotefast", "imblearn", "sklearn"}


def is_replacement(cls: type) -> bool:
    """Tell whether a class replaces one of imbalanced-learn, its ``_original``."""
    return "_original" in vars(cls)


def built_on_originals(cls: Any) -> bool:
    """Derive a new class from originals if it has or calls hooks; return whether it does."""
    hooks = sorted(_hooks_used(cls))
    if not hooks:
        return False
    replacement = next(filter(is_replacement, cls.__mro__))
    for between in cls.__mro__:  # the class, and users' classes that it derives from
        if not is_replacement(between) and any(map(is_replacement, between.__bases__)):
            between.__bases__ = tuple(map(_original_of, between.__bases__))
            if "__new__" not in vars(between):
                between.__new__ = staticmethod(_new)  # Python keeps that of the former base
    warn_at_caller(
        f"{cls.__name__} overrides or calls {list_names(hooks)}: imbalanced-learn's "
        f"{replacement.__name__} has it, smotefast's has not. {cls.__name__} is built on "
        "imbalanced-learn's class, as without the patch, and runs at its speed.",
        PatchWarning,
    )
    return True


def _original_of(cls: Any) -> Any:
    return cls._original if is_replacement(cls) else cls


def _new(cls: type, *args: Any, **params: Any) -> Any:
    return object.__new__(cls)


def warn_of_hook(cls: type, name: str) -> None:
    """Warn if a program sets a hook of an instance: it would not be called."""
    if name in _HOOKS and name in hooks_of(cls):
        warn_at_caller(
            f"{name} of {cls.__name__} is set, but smotefast's {cls.__name__} does not call "
            f"it. Override it in a subclass, or do not patch {cls.__name__}: "
            "patch_imblearn(samplers=[...]) names the classes to patch.",
            PatchWarning,
        )


def _hooks_used(cls: type) -> set[str]:
    """Return the hooks that a class, or a user's class it derives from, has or calls."""
    hooks = set(hooks_of(cls))
    used: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] not in _LIBRARIES:
            used |= hooks & vars(base).keys()
            used |= hooks & {name for value in vars(base).values() for name in _names_in(value)}
    return used


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names of attributes that a method, also a property, reads."""
    if isinstance(value, property):
        for function in (value.fget, value.fset, value.fdel):
            yield from _names_in(function)
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, types.FunctionType):
        yield from _names_in_code(inspect.unwrap(value).__code__)


def _names_in_code(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):  # of a function inside
            yield from _names_in_code(constant)
